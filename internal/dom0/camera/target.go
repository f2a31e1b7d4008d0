package camera

import (
	"context"
	"errors"

	"qpay/internal/dom0/adminapi"
)

const enrolHint = "Add it to qpay:clients in the pillar and run sudo qubesctl state.apply qpay in dom0."

// target is the qube that is to scan: the one that was named, the only one that
// is enrolled, or the one that the person takes.
func (s *Session) target(ctx context.Context, named adminapi.Qube) (adminapi.Qube, error) {
	all, err := s.API.Qubes(ctx)
	if err != nil {
		return "", apiTrouble(err)
	}
	var enrolled []adminapi.Info
	for _, q := range all {
		switch q.Class {
		case "AdminVM", "TemplateVM", "RemoteVM":
			continue
		}
		tagged, err := s.API.Tagged(ctx, q.Name, Tag)
		if err != nil && !errors.Is(err, adminapi.ErrNoQube) { // removed meanwhile
			return "", apiTrouble(err)
		}
		if q.Name == named && tagged {
			return named, nil
		}
		if tagged {
			enrolled = append(enrolled, q)
		}
	}
	switch {
	case named != "":
		return "", s.notEnrolled(all, named)
	case len(enrolled) == 0:
		return "", trouble(nil, enrolHint, "No qube may ask for payments yet.")
	case len(enrolled) == 1:
		return enrolled[0].Name, nil
	}
	var rows [][]string
	for _, q := range enrolled {
		rows = append(rows, []string{string(q.Name), stateWord(q.State)})
	}
	i, err := s.Dialogs.Choose(ctx, "Which qube is to scan the code and ask for the payment?", []string{"Qube", "State"}, rows)
	if err != nil {
		return "", err
	}
	return enrolled[i].Name, nil
}

func (s *Session) notEnrolled(all []adminapi.Info, named adminapi.Qube) error {
	for _, q := range all {
		if q.Name == named {
			return trouble(nil, enrolHint, "The qube %s may not ask for payments.", named)
		}
	}
	return trouble(nil, "qvm-ls lists the qubes.", "There is no qube %s.", named)
}

// stateWord: qubesd's own words, of which these are shown.
func stateWord(st adminapi.State) string {
	switch st {
	case adminapi.Running:
		return "running"
	case adminapi.Halted:
		return "not running"
	case adminapi.Paused:
		return "paused"
	}
	return "in between"
}

// wake makes sure that the target runs and has its screen, before it gets the
// camera: starting takes longer than a scan.
func (s *Session) wake(ctx context.Context, target adminapi.Qube) error {
	now, err := s.API.State(ctx, target)
	if err != nil {
		return apiTrouble(err)
	}
	if now == adminapi.Running {
		return nil
	}
	ctx, done := s.Dialogs.Busy(ctx, "Starting the qube "+string(target)+"…")
	defer done()
	if now == adminapi.Paused {
		err = s.API.Unpause(ctx, target)
	} else {
		err = s.API.Start(ctx, target)
	}
	if err == nil {
		_, err = s.Run(ctx, target, "true") // waits for the session
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return trouble(err, "Start it from the menu, see what is wrong, and try again.", "The qube %s could not be started.", target)
	}
	return nil
}
