// Package rule holds what the window of stage 8 decides: when Pay may be
// pressed, what a typed amount means, how a countdown reads. It runs in
// lightningvm and is trusted. There is no toolkit in it and no clock of its own,
// so that plain table tests reach every rule; internal/dialog reports what
// happens and draws the outcome.
package rule

import (
	"time"

	"qpay/internal/screen"
)

const (
	// Wait is how long the window must have had the focus without a break, a
	// key, a resize or a change before Pay can be pressed. A window that pops up
	// under a pointer about to click, or under fingers that type, pays nothing.
	Wait = 3 * time.Second
	// Settle is the same for all other keys and for the Close button of a page
	// that came after Pay: the Enter or Escape meant for another window, and the
	// second half of a double click, do nothing.
	Settle = time.Second
)

// Phase is where the window stands. Nothing else remembers it.
type Phase int

const (
	Loading Phase = iota // the server is at work, or has trouble: no Pay
	Asking               // the question is up, the focus elsewhere
	Arming               // it has the focus, and the wait runs
	Armed                // Pay can be pressed
	Expired              // too late; no way leads out but another page
	Paying               // approved
	Result               // the end
)

// State is the one state machine of the window. Its zero value is a window
// without a page and without focus.
type State struct {
	phase   Phase
	focused bool
	settled bool      // a key may act on a page other than an armed one
	drawn   time.Time // when the page came
	seen    time.Time // when the page or the focus came, whichever was later
	quiet   time.Time // since when nothing has disturbed
	expires time.Time // zero: never
}

// Phase is the state at the time of the last call.
func (s *State) Phase() Phase { return s.phase }

// Show begins a page. Whatever the old page had reached is void.
func (s *State) Show(now time.Time, kind screen.Kind, expires time.Time) {
	*s = State{focused: s.focused, drawn: now, seen: now, quiet: now, expires: expires}
	switch kind {
	case screen.Loading, screen.Trouble:
		s.phase = Loading
	case screen.Ask:
		s.phase = Asking
		s.restart(now)
	case screen.Paying:
		s.phase = Paying
	default:
		s.phase = Result
	}
	s.Tick(now)
}

// Focus notes that the focus came or went. Both start the wait anew.
func (s *State) Focus(now time.Time, in bool) {
	s.focused, s.seen, s.settled = in, now, false
	s.restart(now)
	s.Tick(now)
}

// Disturb notes a resize, or a change of what is asked: the person has not seen
// this for three seconds yet.
func (s *State) Disturb(now time.Time) {
	s.restart(now)
	s.Tick(now)
}

// Key notes a key press, of bare modifiers too, and says whether the key may do
// something. While Pay is not armed it may not, and the wait starts again: keys
// that were meant for another window never arm the button.
func (s *State) Key(now time.Time) (acts bool) {
	s.Tick(now)
	switch {
	case s.phase == Armed || s.settled:
		return true
	case s.asks() || now.Sub(s.quiet) < Settle:
		s.restart(now)
		return false
	}
	s.settled = true
	return true
}

// Escape says whether Escape may deny. It needs no quiet, as it costs nothing
// but the question; only one typed before the window was there is ignored.
func (s *State) Escape(now time.Time) bool { return now.Sub(s.seen) >= Settle }

// Closable says whether the Close button can be pressed.
func (s *State) Closable(now time.Time) bool {
	return s.phase != Paying && s.phase != Result || now.Sub(s.drawn) >= Settle
}

// Approve is the last word on a press of Pay. GTK delivers a click up to 250 ms
// after the key that caused it, and to a button that was made insensitive in
// between; so everything is looked at again, and with the window's own word on
// whether it is active. It says yes once for a page at most.
func (s *State) Approve(now time.Time, active bool) bool {
	s.Tick(now)
	if s.phase != Armed || !active {
		return false
	}
	s.phase = Paying
	s.drawn = now
	return true
}

// Tick lets time do its work.
func (s *State) Tick(now time.Time) {
	if !s.asks() {
		return
	}
	switch {
	case !s.expires.IsZero() && !now.Before(s.expires):
		s.phase, s.quiet, s.settled = Expired, now, false
	case s.phase == Arming && now.Sub(s.quiet) >= Wait:
		s.phase = Armed
	}
}

// Left is the rest of the wait in whole seconds, rounded up.
func (s *State) Left(now time.Time) int {
	return int((s.quiet.Add(Wait).Sub(now) + time.Second - 1) / time.Second)
}

// Next is the time until something changes by itself, 0 if nothing will. since
// is the start of the seconds that a page counts, if it does.
func (s *State) Next(now, since time.Time) time.Duration {
	var next time.Duration
	soonest := func(d time.Duration) {
		if d > 0 && (next == 0 || d < next) {
			next = d
		}
	}
	if s.phase == Arming {
		soonest(toSecond(s.quiet.Add(Wait).Sub(now)))
	}
	if s.asks() && !s.expires.IsZero() {
		soonest(toSecond(s.expires.Sub(now)))
	}
	if !since.IsZero() {
		soonest(time.Second - now.Sub(since)%time.Second)
	}
	if !s.Closable(now) {
		soonest(s.drawn.Add(Settle).Sub(now))
	}
	return next
}

// toSecond is how long until a countdown with d to go reaches a whole second.
func toSecond(d time.Duration) time.Duration {
	if rest := d % time.Second; rest > 0 {
		return rest
	}
	return min(d, time.Second)
}

func (s *State) asks() bool { return s.phase == Asking || s.phase == Arming || s.phase == Armed }

func (s *State) restart(now time.Time) {
	s.quiet = now
	switch {
	case !s.asks():
	case s.focused:
		s.phase = Arming
	default:
		s.phase = Asking
	}
}
