package queue

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"qpay/internal/server/payment"
)

func open(t *testing.T) *Queue {
	t.Helper()
	q, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestOneAtATimeAndOneWaitingForEachQube(t *testing.T) {
	q := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	first, err := q.Wait(ctx, "work")
	if err != nil {
		t.Fatal(err)
	}
	if first.Wanted() {
		t.Fatal("wanted by nobody")
	}
	second := make(chan *Screen)
	go func() {
		s, err := q.Wait(ctx, "work") // may wait while its first is on the screen
		if err != nil {
			t.Error(err)
		}
		second <- s
	}()
	for !first.Wanted() {
	}
	if _, err := q.Wait(ctx, "work"); !errors.Is(err, ErrBusy) {
		t.Fatalf("a second waiting request of one qube: %v", err)
	}
	select {
	case <-second:
		t.Fatal("two have the screen")
	default:
	}
	first.Leave()
	(<-second).Leave()
}

func TestAFewInAll(t *testing.T) {
	q := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	on, err := q.Wait(ctx, "work")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	for i := range waiting {
		go func() { _, err := q.Wait(ctx, payment.Qube(fmt.Sprintf("q%d", i))); ended <- err }()
	}
	for i := range waiting {
		for !q.taken(place(i)) {
		}
	}
	if _, err := q.Wait(ctx, "other"); !errors.Is(err, ErrBusy) {
		t.Fatalf("one too many: %v", err)
	}
	cancel() // the callers go away: their places are free again
	for range waiting {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	on.Leave()
	s, err := q.Wait(context.Background(), "other")
	if err != nil {
		t.Fatal(err)
	}
	s.Leave()
}

func TestNamesThatAreNoQubesAreRefused(t *testing.T) {
	for _, name := range []payment.Qube{"", "../x", "a/b", "a\x00", "-a", "0a", "@dispvm", "abcdefghijklmnopqrstuvwxyz1234567890"} {
		if _, err := open(t).Wait(context.Background(), name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
