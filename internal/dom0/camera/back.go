package camera

import (
	"context"
	"errors"
	"time"

	"qpay/internal/dom0/adminapi"
)

// giveBack undoes the loan and ends the keeper. It runs on after a signal, and
// does nothing the second time.
func (l *loan) giveBack() error {
	defer l.close()
	if l.note == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := l.s.settle(ctx, l.store, *l.note)
	l.note = nil
	return err
}

// giveBackAfter undoes the loan after an error or none, and tells of both.
func (l *loan) giveBackAfter(err error) error {
	return errors.Join(err, l.giveBack())
}

// close ends the keeper before the lock is free: else the keeper had the lock
// for a moment, and a next run found it busy.
func (l *loan) close() {
	if l.keep != nil {
		l.keep()
		l.keep = nil
	}
	if l.store != nil {
		l.store.Close()
		l.store = nil
	}
}

// waitFree waits until the device is listed, the same as before, and nobody's.
func (s *Session) waitFree(ctx context.Context, d adminapi.Device) (adminapi.Device, error) {
	for end := time.Now().Add(s.Settle); ; pause(ctx) {
		now, err := s.now(ctx, d)
		if err != nil {
			return d, apiTrouble(err)
		}
		holder, err := s.holder(ctx, d)
		over := !time.Now().Before(end)
		switch {
		case err != nil:
			return d, apiTrouble(err)
		case ctx.Err() != nil:
			return d, context.Cause(ctx)
		case now != nil && now.Print != d.Print:
			return d, trouble(nil, "It was left alone.", "Another device is at %s now.", d)
		case now != nil && holder == "":
			return *now, nil
		case over && holder != "":
			return d, trouble(nil, "Detach it by hand (device widget in the panel).", "The qube %s does not let go of the camera %s.", holder, d)
		case over:
			return d, trouble(nil, "Plug it in again and try once more.", "The camera %s is not connected any more.", d)
		}
	}
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(100 * time.Millisecond):
	}
}
