package service

import (
	"context"
	"errors"
	"os"
	"time"

	"qpay/internal/screen"
	"qpay/internal/server/ask"
	"qpay/internal/server/config"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/queue"
	"qpay/internal/server/quiet"
	"qpay/internal/wire"
)

// session is what a service has at hand to answer one call: configuration,
// journal, node, the caller's line, and a window once it has the screen.
type session struct {
	Call
	conf    config.Config
	journal *journal.Journal
	queue   *queue.Queue
	place   *os.File // in the crowd, until there is a window
	quiet   *quiet.Quiet
	node    *lnd.Client
	words   ask.Words
	out     *reply

	screen *queue.Screen
	window *ask.Window
}

// noticeWithin is how long a mere notice may wait for the screen.
const noticeWithin = 5 * time.Second

// refuse answers at once and then tells the person, who may be looking for a
// window because of a click in a browser. That window waits for no answer and
// gives way to any question, so it may outlive the caller.
func (s *session) refuse(ctx context.Context, e *wire.Error) {
	s.out.refuse(e)
	if e.Code == wire.BadRequest {
		return
	}
	ctx, stop := context.WithTimeout(ctx, noticeWithin)
	defer stop()
	if s.window != nil || s.enter(ctx) {
		s.cameToNothing()
		s.show(s.words.Refusal(s.Caller, e))
		s.linger()
	}
}

// enter waits for the screen and opens the window on it.
func (s *session) enter(alive context.Context) bool {
	if refusal := s.silenced(); refusal != nil {
		s.out.refuse(refusal)
		return false
	}
	screen, err := s.queue.Wait(alive, s.Caller)
	switch {
	case errors.Is(err, queue.ErrBusy):
		s.out.refuse(wire.New(wire.Busy, "Other requests wait for an answer already.",
			"nothing was paid; answer or cancel the window that is open, then try again"))
		return false
	case err != nil:
		s.out.refuse(wire.New(wire.NotAnswered, "The program that asked went away.", "nothing was paid"))
		return false
	}
	s.screen = screen
	if refusal := s.silenced(); refusal != nil { // while it waited
		s.out.refuse(refusal)
		s.leave()
		return false
	}
	s.place.Close()
	if s.window, err = ask.OpenWindow(s.Dialog); err != nil {
		s.out.refuse(cannotShow())
		return false
	}
	s.show(s.words.Checking(s.Caller))
	return true
}

// leave closes the window and gives the screen to the next request.
func (s *session) leave() {
	if s.window != nil {
		s.window.Close()
		s.window = nil
	}
	if s.screen != nil {
		s.screen.Leave()
		s.screen = nil
	}
}

func (s *session) close() {
	s.leave()
	s.node.Close()
}

// show draws a page. A window that is gone shows when its events end.
func (s *session) show(page screen.Page) (digest string) {
	if s.window == nil {
		return ""
	}
	digest, err := s.window.Show(page)
	if err != nil { // gone, or a page that must not be drawn: nothing can be approved on it
		return ""
	}
	return digest
}

func (s *session) events() <-chan screen.Event {
	if s.window == nil {
		return nil
	}
	return s.window.Events()
}

func cannotShow() *wire.Error {
	return wire.New(wire.CannotShow, "The wallet's qube cannot show its window.",
		"nothing was paid; see that the wallet's qube has a display")
}

// check probes the node until it can do what was asked, or the person gives
// up.
func (s *session) check(alive context.Context, probe func(context.Context) *wire.Error) bool {
	deadline := time.NewTimer(s.conf.AskFor)
	defer deadline.Stop()
	for {
		trouble := probe(alive)
		if trouble == nil {
			return true
		}
		if alive.Err() != nil {
			return false
		}
		switch trouble.Code {
		case wire.NodeDisagrees, wire.Unsupported, wire.BadDestination: // for good
			s.refuse(alive, trouble)
			return false
		}
		digest := s.show(s.words.Trouble(trouble))
		if !s.retry(alive, deadline.C, digest) {
			s.cameToNothing()
			s.out.refuse(trouble)
			return false
		}
		s.show(s.words.Checking(s.Caller))
	}
}

// retry waits for the person to press Retry on the page that has the digest.
func (s *session) retry(alive context.Context, deadline <-chan time.Time, digest string) bool {
	for {
		select {
		case e, ok := <-s.events():
			switch {
			case !ok:
				return false
			case e.What == screen.Retry && e.Digest == digest:
				return true
			case e.What == screen.Deny || e.What == screen.Close:
				return false
			}
		case <-deadline:
			return false
		case <-alive.Done():
			return false
		}
	}
}

// linger leaves the last page on the screen until the person closes it, or
// another request has waited long enough.
func (s *session) linger() {
	shown := time.Now()
	looks := time.NewTicker(look)
	defer looks.Stop()
	for s.window != nil {
		select {
		case e, ok := <-s.events():
			if !ok || e.What == screen.Close || e.What == screen.Deny {
				s.leave()
			}
		case <-looks.C:
			if s.screen.Wanted() && time.Since(shown) > readFor {
				s.leave()
			}
		}
	}
}
