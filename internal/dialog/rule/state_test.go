package rule

import (
	"testing"
	"time"

	"qpay/internal/screen"
)

var start = time.Date(2026, 2, 3, 14, 0, 0, 0, time.UTC)

// at gives times by seconds after the start.
func at(s float64) time.Time { return start.Add(time.Duration(s * float64(time.Second))) }

// step is one thing that happens at a time.
type step struct {
	at float64
	do func(*State, time.Time)
}

func in(s *State, t time.Time)      { s.Focus(t, true) }
func out(s *State, t time.Time)     { s.Focus(t, false) }
func key(s *State, t time.Time)     { s.Key(t) }
func changed(s *State, t time.Time) { s.Disturb(t) }
func tick(s *State, t time.Time)    { s.Tick(t) }
func pay(s *State, t time.Time)     { s.Approve(t, true) }
func question(s *State, t time.Time) {
	s.Show(t, screen.Ask, at(60))
}

func TestWhenPayIsArmed(t *testing.T) {
	for name, c := range map[string]struct {
		steps []step
		look  float64
		want  Phase
	}{
		"no focus, ever":                             {nil, 30, Asking},
		"three seconds of focus":                     {[]step{{1, in}}, 4, Armed},
		"not quite three seconds":                    {[]step{{1, in}}, 3.99, Arming},
		"the focus was there before the page":        {[]step{{0, in}, {2, question}}, 4.9, Arming},
		"and then for three seconds":                 {[]step{{0, in}, {2, question}}, 5, Armed},
		"focus lost and back":                        {[]step{{1, in}, {3, out}, {3.1, in}}, 6, Arming},
		"focus lost for good":                        {[]step{{1, in}, {3, out}}, 20, Asking},
		"focus lost when armed":                      {[]step{{1, in}, {5, out}}, 5, Asking},
		"focus lost when armed, and back":            {[]step{{1, in}, {5, out}, {6, in}}, 8.9, Arming},
		"a key while it waits":                       {[]step{{1, in}, {3, key}}, 5.9, Arming},
		"three seconds after the last key":           {[]step{{1, in}, {3, key}}, 6, Armed},
		"a key held":                                 {[]step{{1, in}, {2, key}, {3, key}, {4, key}, {5, key}, {6, key}}, 8, Arming},
		"a key when armed leaves it":                 {[]step{{1, in}, {5, key}}, 5, Armed},
		"a resize or a change":                       {[]step{{1, in}, {3, changed}}, 5.9, Arming},
		"a change when armed":                        {[]step{{1, in}, {5, changed}}, 5, Arming},
		"a change without focus does not arm":        {[]step{{5, changed}}, 30, Asking},
		"expired while waiting":                      {[]step{{58, in}}, 60, Expired},
		"expired when armed":                         {[]step{{1, in}}, 60, Expired},
		"the last moment":                            {[]step{{1, in}}, 59.99, Armed},
		"focus does not bring an expired one back":   {[]step{{1, in}, {60, tick}, {61, out}, {62, in}}, 70, Expired},
		"nor does a change or a clock that is reset": {[]step{{1, in}, {60, tick}, {61, changed}, {10, tick}}, 20, Expired},
		"another page does":                          {[]step{{1, in}, {60, tick}, {10, question}}, 13, Armed},
		"paid":                                       {[]step{{1, in}, {5, pay}}, 5, Paying},
		"paid, then all that could happen":           {[]step{{1, in}, {5, pay}, {6, out}, {7, in}, {8, key}, {9, changed}}, 70, Paying},
		"pay too soon":                               {[]step{{1, in}, {3, pay}}, 3, Arming},
		"pay too late":                               {[]step{{1, in}, {60, pay}}, 60, Expired},
		"pay after the focus went":                   {[]step{{1, in}, {5, out}, {5.1, pay}}, 6, Asking},
	} {
		var s State
		question(&s, at(0))
		for _, step := range c.steps {
			step.do(&s, at(step.at))
		}
		s.Tick(at(c.look))
		if s.Phase() != c.want {
			t.Errorf("%s: phase %d, want %d", name, s.Phase(), c.want)
		}
	}
}

func TestApproveOnceAndOnlyActive(t *testing.T) {
	var s State
	question(&s, at(0))
	s.Focus(at(0), true)
	if s.Approve(at(4), false) {
		t.Error("approved in a window that is not active")
	}
	if !s.Approve(at(4), true) {
		t.Error("not approved when armed")
	}
	if s.Approve(at(4), true) {
		t.Error("approved twice")
	}
}

// Only a question can be approved, whatever page it is.
func TestNoOtherPageIsApproved(t *testing.T) {
	for _, k := range []screen.Kind{screen.Loading, screen.Trouble, screen.Paying, screen.Paid, screen.Failed,
		screen.Open, screen.Notice, screen.Gone, "rubbish", ""} {
		var s State
		s.Focus(at(0), true)
		s.Show(at(0), k, time.Time{})
		s.Tick(at(10))
		if s.Phase() == Armed || s.Approve(at(10), true) {
			t.Errorf("page %q can be approved", k)
		}
	}
}

func TestWhichKeysAct(t *testing.T) {
	var s State
	s.Focus(at(0), true)
	s.Show(at(0), screen.Trouble, time.Time{})
	for _, c := range []struct {
		at   float64
		want bool
		why  string
	}{
		{0.5, false, "meant for another window"},
		{1.4, false, "not one second after the last"},
		{2.4, true, "after a second of rest"},
		{2.5, true, "and from then on"},
	} {
		if got := s.Key(at(c.at)); got != c.want {
			t.Errorf("a key at %v acts: %t, but it is %s", c.at, got, c.why)
		}
	}
	s.Focus(at(3), false)
	s.Focus(at(4), true)
	if s.Key(at(4.5)) {
		t.Error("a key right after the focus came back acts")
	}

	question(&s, at(10))
	if s.Key(at(12)) {
		t.Error("a key on a question that is not armed acts")
	}
	if !s.Key(at(15)) {
		t.Error("a key on an armed question does not act")
	}
}

func TestEscapeAndClose(t *testing.T) {
	var s State
	question(&s, at(0))
	s.Focus(at(5), true)
	if s.Escape(at(5.9)) {
		t.Error("Escape acts within a second of the focus")
	}
	s.Key(at(5.9))
	if !s.Escape(at(6)) {
		t.Error("Escape does not act a second after the focus")
	}
	if !s.Closable(at(0)) {
		t.Error("Cancel of a question is grey")
	}
	s.Show(at(10), screen.Paid, time.Time{})
	if s.Closable(at(10.9)) || !s.Closable(at(11)) {
		t.Error("Close of a result is not grey for one second")
	}
}

// Whoever follows Next sees every change when it comes, and the seconds one by
// one; and where nothing will change, no timer is left.
func TestNext(t *testing.T) {
	var s State
	s.Focus(at(0), true)
	s.Show(at(0), screen.Ask, at(5.5))
	var seen []float64
	now := at(0)
	for range 20 {
		d := s.Next(now, time.Time{})
		if d == 0 {
			break
		}
		now = now.Add(d)
		s.Tick(now)
		seen = append(seen, now.Sub(start).Seconds())
	}
	want := []float64{0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4.5, 5.5}
	if len(seen) != len(want) || s.Phase() != Expired {
		t.Fatalf("woken at %v, phase %d", seen, s.Phase())
	}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("woken at %v, want %v", seen, want)
		}
	}
	s.Show(at(100), screen.Paying, time.Time{})
	if d := s.Next(at(100.2), at(99.5)); d != 300*time.Millisecond {
		t.Errorf("the seconds of a payment: next in %v", d)
	}
	if d := s.Next(at(110), time.Time{}); d != 0 {
		t.Errorf("nothing to count, but next in %v", d)
	}
}

func TestLeft(t *testing.T) {
	var s State
	question(&s, at(0))
	s.Focus(at(0), true)
	for now, want := range map[float64]int{0: 3, 0.1: 3, 1: 2, 1.9: 2, 2: 1, 2.99: 1} {
		if got := s.Left(at(now)); got != want {
			t.Errorf("%v: %d left, want %d", now, got, want)
		}
	}
}
