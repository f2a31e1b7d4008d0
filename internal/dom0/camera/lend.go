package camera

import (
	"context"
	"errors"
	"slices"
	"time"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/state"
)

// loan is what is lent in this run, with the lock. After close nothing is.
type loan struct {
	s     *Session
	store *state.Store
	keep  func() // ends the keeper
	note  *state.Loan
}

// lend takes the device from its holder and gives it, or its pictures, to the
// target.
func (l *loan) lend(ctx context.Context, d candidate, target adminapi.Qube) error {
	ctx, done := l.s.Dialogs.Busy(ctx, "Lending the camera to "+string(target)+"…")
	defer done()
	err := l.lendNow(ctx, d, target)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func (l *loan) lendNow(ctx context.Context, c candidate, target adminapi.Qube) (err error) {
	note := state.Loan{Target: target}
	if c.Owner != "" {
		note.Owner, note.Owned = c.Owner, state.Of(c.Owned)
	}
	if l.keep, err = l.s.Keep(); err != nil {
		return trouble(err, "", "The camera was not touched.")
	}
	d := c.Device
	if c.Owner != "" {
		if err := l.save(note); err != nil {
			return err
		}
		if d, err = l.takeAway(ctx, c, target); err != nil {
			return err
		}
	}
	err = l.attach(ctx, note, d)
	if errors.Is(err, adminapi.ErrNoVideo) && d.Parent != "" {
		// Its feature said otherwise: the package was removed meanwhile.
		whole, there, errFind := l.s.API.Find(ctx, adminapi.Device{Class: adminapi.USB, Backend: d.Backend, Port: d.Parent})
		if errFind == nil && there && isOf(d, whole) {
			d, err = whole, l.attach(ctx, note, whole)
		}
	}
	if err != nil {
		return attachTrouble(err, d, target)
	}
	return nil
}

// attach notes what is about to be lent, lends it, and notes that it is. A
// change is never left half-way for a Cancel or a signal.
func (l *loan) attach(ctx context.Context, note state.Loan, d adminapi.Device) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	note.Lent, note.Done = state.Of(d), false
	if err := l.save(note); err != nil {
		return err
	}
	wanted := ""
	if d.Class == adminapi.Webcam {
		wanted = format(d.Formats)
	}
	err := l.s.API.Attach(context.WithoutCancel(ctx), d, note.Target, wanted)
	if errors.Is(err, adminapi.ErrUnreachable) {
		return err
	}
	note.Done = true
	return errors.Join(err, l.save(note))
}

// takeAway detaches what the owner has and waits until it is free. Then there
// may be something better to lend: a device that was away whole has no pictures.
func (l *loan) takeAway(ctx context.Context, c candidate, target adminapi.Qube) (adminapi.Device, error) {
	err := l.s.API.Detach(context.WithoutCancel(ctx), c.Owned, c.Owner)
	if !errors.Is(err, adminapi.ErrUnreachable) {
		note := *l.note
		note.Done = true
		if errSave := l.save(note); errSave != nil {
			return c.Device, errSave
		}
	}
	if err != nil {
		return c.Device, detachTrouble(err, c)
	}
	free, err := l.s.waitFree(ctx, c.Owned)
	if err != nil {
		return free, err
	}
	if !c.Device.Same(c.Owned) {
		return l.s.waitFree(ctx, c.Device)
	}
	if video, err := l.s.canVideo(ctx, target); err != nil || !video || free.Class == adminapi.Webcam {
		return free, err
	}
	return l.s.betterAs(ctx, free)
}

// betterAs waits a moment for the pictures of a device, where there are any.
func (s *Session) betterAs(ctx context.Context, d adminapi.Device) (adminapi.Device, error) {
	classes, err := s.API.Classes(ctx)
	if err != nil || !slices.Contains(classes, adminapi.Webcam) {
		return d, err
	}
	for end := time.Now().Add(s.Settle / 2); time.Now().Before(end) && ctx.Err() == nil; pause(ctx) {
		list, err := s.API.Devices(ctx, d.Backend, adminapi.Webcam)
		if err != nil {
			break
		}
		if i := slices.IndexFunc(list, func(cam adminapi.Device) bool { return isOf(cam, d) }); i >= 0 {
			return list[i], nil
		}
	}
	return d, nil
}

func (l *loan) save(note state.Loan) error {
	if err := l.store.Save(note); err != nil {
		return trouble(err, "Is the disk of dom0 full?", "What is lent could not be noted.")
	}
	l.note = &note
	return nil
}
