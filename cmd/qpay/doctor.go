package main

import (
	"context"
	"fmt"

	"qpay/internal/client/doctor"
	"qpay/internal/client/handler"
	"qpay/internal/client/qrexec"
	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

func doctorVerb() verb {
	v := verb{
		name: "doctor", usage: "say what of qpay works in this qube, and who switched off the rest", timeout: answerTakes,
		text: `qpay doctor                     ok, off or fail, one line for each check
qpay doctor --json              one JSON object for each

It opens no window and changes nothing. The wallet's qube is started if it is
not running. What is switched off on purpose does not change the exit code.`,
		run: diagnose,
	}
	for _, s := range wallet.Services {
		v.services = append(v.services, s.Name)
	}
	return v
}

func diagnose(c *call) error {
	d := doctor.Doctor{Installed: qrexec.Installed(), Send: func(ctx context.Context, service string, line []byte) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		return qrexec.Call(ctx, service, line)
	}}
	exit := wire.ExitOK
	say := func(check doctor.Check) {
		text := fmt.Sprintf("%-4s  %s: %s", check.State, check.Name, check.Message)
		if check.Hint != "" {
			text += "; " + check.Hint
		}
		c.print(check, text)
		if check.State == doctor.Fail && exit == wire.ExitOK {
			exit = wire.ExitFor(check.Error)
		}
	}
	say(doctor.Links(handler.All(c.Context.Context)))
	d.Run(c.Context.Context, say)
	if exit != wire.ExitOK {
		return exitError(exit)
	}
	return nil
}
