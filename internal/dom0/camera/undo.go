package camera

import (
	"context"
	"errors"
	"time"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/state"
)

// leftover undoes what an earlier run left behind. If the owner cannot get the
// camera back, that is told and forgotten; if the camera cannot be taken from
// the qube that scanned, nothing goes on.
func (s *Session) leftover(ctx context.Context, store *state.Store) error {
	note, err := store.Load()
	if err != nil {
		return trouble(err, "Look who has the camera (qvm-usb), and remove that file.", "What an earlier scan lent cannot be read.")
	}
	if note == nil {
		return nil
	}
	ctx, done := s.Dialogs.Busy(ctx, "Taking the camera back after the last scan…")
	err = s.settle(ctx, store, *note)
	done()
	var t *Trouble
	if err == nil {
		s.Say("the camera was taken back after an earlier scan")
	} else if errors.As(err, &t) && !t.stuck {
		s.Say(t.Error())
		_ = s.Dialogs.Warn(ctx, t.Window())
		err = nil
	}
	return err
}

// settle undoes a loan. The note stays where trying again may help.
func (s *Session) settle(ctx context.Context, store *state.Store, note state.Loan) error {
	err := s.undo(ctx, note)
	var t *Trouble
	if err == nil || errors.As(err, &t) && !t.stuck {
		err = errors.Join(err, store.Clear())
	}
	return err
}

func (s *Session) undo(ctx context.Context, note state.Loan) error {
	if note.Lent != nil {
		if err := s.takeBack(ctx, note); err != nil {
			return err
		}
	}
	if note.Owned != nil {
		return s.handBack(ctx, note)
	}
	return nil
}

// takeBack detaches until qubesd says that the target does not have it. An
// attachment that was asked for and not seen to be made may still be made.
func (s *Session) takeBack(ctx context.Context, note state.Loan) error {
	d := note.Lent.Device()
	var last error
	start, tries := time.Now(), 0
	for ; ; pause(ctx) {
		now, err := s.API.State(ctx, note.Target)
		if errors.Is(err, adminapi.ErrNoQube) || err == nil && now == adminapi.Halted {
			return nil // what it had went with it
		}
		has, errHas := s.has(ctx, note.Target, d)
		if err := errors.Join(err, errHas); err != nil {
			return stuck(err, d, note.Target)
		}
		waited := time.Since(start) >= s.Settle
		switch {
		case has != nil && tries < 3:
			last = s.API.Detach(ctx, d, note.Target)
			tries++
		case has != nil && waited:
			return stuck(last, d, note.Target)
		case has != nil: // qubesd may be slow to notice
		case note.Done || tries > 0 || waited:
			return nil
		}
	}
}

// handBack attaches the device to who had it before. A qube that is off, and
// one that was given the camera by somebody else meanwhile, change nothing.
func (s *Session) handBack(ctx context.Context, note state.Loan) error {
	owner, d := note.Owner, note.Owned.Device()
	now, err := s.API.State(ctx, owner)
	switch {
	case errors.Is(err, adminapi.ErrNoQube), err == nil && now == adminapi.Halted:
		return nil
	case err != nil:
		return notHandedBack(err, owner, d)
	}
	start := time.Now()
	for ; ; pause(ctx) {
		holder, err := s.holder(ctx, d)
		if err != nil {
			return notHandedBack(err, owner, d)
		}
		// It may still be about to be taken away.
		if underWay := note.Lent == nil && !note.Done; holder == owner && underWay && time.Since(start) < s.Settle {
			continue
		}
		if holder != "" {
			return nil
		}
		break
	}
	free, err := s.waitFree(ctx, d)
	if err != nil {
		return notHandedBack(err, owner, d)
	}
	err = s.API.Attach(ctx, free, owner, "")
	if holder, errHolder := s.holder(ctx, d); errHolder == nil && holder == owner {
		return nil
	}
	return notHandedBack(err, owner, d)
}
