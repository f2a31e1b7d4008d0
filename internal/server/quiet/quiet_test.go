package quiet

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"qpay/internal/server/payment"
)

// clock is the time since a boot, which a test sets.
type clock struct{ time.Duration }

func open(t *testing.T, first time.Duration) (*Quiet, *clock) {
	t.Helper()
	q, err := Open(t.TempDir(), first)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Hour}
	q.now = func() time.Duration { return c.Duration }
	return q, c
}

func left(t *testing.T, q *Quiet, qube payment.Qube, want time.Duration, wantMuted bool) {
	t.Helper()
	if d, muted := q.Left(qube); d != want || muted != wantMuted {
		t.Errorf("%s: %v, %t, want %v, %t", qube, d, muted, want, wantMuted)
	}
}

func TestPausesGrowForOneQubeAndEndWithAnApproval(t *testing.T) {
	q, c := open(t, time.Second)
	for _, s := range []int{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		d := time.Duration(s) * time.Second
		if err := q.Refused("work"); err != nil {
			t.Fatal(err)
		}
		left(t, q, "work", d, false)
		left(t, q, "other", 0, false)
		c.Duration += d - 1
		left(t, q, "work", 1, false)
		c.Duration++
		left(t, q, "work", 0, false)
	}
	if was, err := q.End("work"); was || err != nil {
		t.Error(was, err)
	}
	q.Refused("work")
	left(t, q, "work", time.Second, false)
}

func TestAnOldRefusalIsForgotten(t *testing.T) {
	q, c := open(t, time.Second)
	q.Refused("work")
	q.Refused("work")
	c.Duration += forgotten + 3*time.Second
	q.Refused("work")
	left(t, q, "work", time.Second, false)
}

func TestMuteLastsTenMinutes(t *testing.T) {
	q, c := open(t, 0)
	if err := q.Mute("work"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(filepath.Dir(q.dir), 0) // another process
	if err != nil {
		t.Fatal(err)
	}
	again.now = q.now
	left(t, again, "work", MuteFor, true)
	left(t, again, "other", 0, false)
	c.Duration += MuteFor
	left(t, again, "work", 0, false)
	q.Mute("work")
	if was, err := again.End("work"); !was || err != nil {
		t.Error(was, err)
	}
	left(t, q, "work", 0, false)
}

func TestPauseOfNothing(t *testing.T) {
	q, _ := open(t, 0)
	for range 9 {
		q.Refused("work")
		left(t, q, "work", 0, false)
	}
}

// A new start of the qube sets the clock back: nothing lasts for ever.
func TestRebootEndsIt(t *testing.T) {
	q, c := open(t, time.Second)
	q.Mute("work")
	c.Duration = time.Minute
	left(t, q, "work", 0, false)
	q.Refused("work")
	left(t, q, "work", time.Second, false)
}

func TestWhatMakesNoSenseMutesNobody(t *testing.T) {
	q, _ := open(t, time.Second)
	for _, text := range []string{"", "{", `{"since_ns":-1,"for_ns":9e99}`, `{"refusals":-5,"for_ns":1000000000,"since_ns":3600000000000}`} {
		if err := os.WriteFile(filepath.Join(q.dir, "work"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		left(t, q, "work", 0, false)
	}
	for _, name := range []payment.Qube{"", "../x", "a/b", "a.new"} {
		if q.Refused(name) == nil || q.Mute(name) == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
