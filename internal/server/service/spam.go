package service

import (
	"fmt"
	"time"

	"qpay/internal/screen"
	"qpay/internal/wire"
)

// What keeps a qube from being a nuisance: after a request that a person
// refused, or that came to nothing on the screen, it waits a while (package
// quiet). The rest is in package queue.

// silenced tells why the qube may not have a window now, if so.
func (s *session) silenced() *wire.Error {
	left, muted := s.quiet.Left(s.Caller)
	switch {
	case left <= 0:
		return nil
	case muted:
		return s.muted(left)
	}
	return wire.New(wire.Busy, fmt.Sprintf("A request of this qube was refused a moment ago; it may ask again in %s.", inWords(left)),
		"nothing was paid; try again then")
}

func (s *session) muted(left time.Duration) *wire.Error {
	return wire.New(wire.Muted, fmt.Sprintf("This qube is muted in the wallet's qube for %s.", inWords(left)),
		fmt.Sprintf("nothing was paid; qpay-server unmute %s in the wallet's qube ends it", s.Caller))
}

// inWords rounds up, so that nobody comes too early.
func inWords(d time.Duration) string {
	n, unit := int((d+time.Second-1)/time.Second), "second"
	if n > 60 {
		n, unit = (n+59)/60, "minute"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// came notes how a question ended, before the next request gets the screen.
// Where that cannot be written, the qube may ask again at once.
func (s *session) came(end *ending) {
	switch {
	case end == nil:
		_, _ = s.quiet.End(s.Caller)
	case end.error.Code == wire.Muted:
		_ = s.quiet.Mute(s.Caller)
	case end.error.Code == wire.Denied, end.error.Code == wire.NotAnswered:
		s.cameToNothing()
	}
}

// cameToNothing is for a request that took the screen in vain.
func (s *session) cameToNothing() { _ = s.quiet.Refused(s.Caller) }

// mutable is a question with the button that mutes.
func mutable(p screen.Page) screen.Page {
	p.CanMute = true
	return p
}
