package camera

import (
	"context"
	"errors"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/state"
)

const restoreHint = "Run qpay-camera restore in dom0 then."

func openTrouble(err error) error {
	if errors.Is(err, state.ErrBusy) {
		return trouble(nil, "Finish it, or close its window, and try again.", "Another scan is under way.")
	}
	return trouble(err, "", "The folder for what is lent cannot be used.")
}

func apiTrouble(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, adminapi.ErrNoQube):
		return trouble(err, "qvm-ls lists the qubes.", "The qube is gone.")
	}
	return trouble(err, "Is qubesd running, and is this account in the group qubes?", "qubesd in dom0 does not answer.")
}

// attachTrouble: what qubesd says beside the type of an error may quote the
// qube, so these are all the sentences there are.
func attachTrouble(err error, d adminapi.Device, target adminapi.Qube) error {
	var t *Trouble
	hint := "The camera goes back to where it was."
	switch {
	case errors.As(err, &t):
		return err
	case errors.Is(err, adminapi.ErrNoProxy):
		hint = "Install qubes-usb-proxy in the templates of " + string(target) + " and of " + string(d.Backend) + "."
	case errors.Is(err, adminapi.ErrNoVideo):
		hint = "Install qubes-video-companion in the template of " + string(target) + "."
	case errors.Is(err, adminapi.ErrNotRunning):
		hint = "The qube " + string(target) + " was shut down meanwhile."
	case errors.Is(err, adminapi.ErrRefused):
		hint = "Another device may be at that port now, or dom0 keeps cameras from " + string(target) + " (qvm-device, devices_denied)."
	}
	return trouble(err, hint, "The camera %s could not be lent to %s.", d, target)
}

func detachTrouble(err error, c candidate) error {
	hint := "It was left where it is."
	if errors.Is(err, adminapi.ErrNotHalted) {
		hint = "It is assigned to " + string(c.Owner) + " for good: shut that qube down, or take the assignment back."
	}
	return trouble(err, hint, "The camera %s could not be taken from %s.", c.Owned, c.Owner)
}

func stuck(err error, d adminapi.Device, target adminapi.Qube) error {
	return &Trouble{"The qube " + string(target) + " may still have the camera " + d.String() + ".",
		"Detach it (device widget in the panel), or shut " + string(target) + " down. " + restoreHint, err, true}
}

func notHandedBack(err error, owner adminapi.Qube, d adminapi.Device) error {
	again := errors.Is(err, adminapi.ErrUnreachable) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	hint := "Attach it by hand (device widget in the panel)."
	if again {
		hint = restoreHint
	}
	var t *Trouble
	if errors.As(err, &t) {
		hint = t.Text + " " + hint
		err = t.Err
	}
	return &Trouble{"The qube " + string(owner) + " did not get its camera " + d.String() + " back.", hint, err, again}
}

func unknownEnd(target adminapi.Qube, err error) error {
	hint := "If a payment was asked for, look at the history in the wallet's qube before you pay again."
	if errors.Is(err, context.Canceled) {
		return trouble(nil, hint, "The scan was stopped.")
	}
	return trouble(err, hint, "It is not known how the scan in %s ended.", target)
}
