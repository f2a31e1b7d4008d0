package camera

import (
	"context"
	"errors"
	"slices"

	"qpay/internal/dom0/adminapi"
)

// holder is who has a device now, "" if nobody has. qubesd tells it of each
// qube, by the place of the device alone: the device's own words, which stand
// in other lists, cannot hide it.
func (s *Session) holder(ctx context.Context, d adminapi.Device) (adminapi.Qube, error) {
	all, err := s.API.Qubes(ctx)
	if err != nil {
		return "", err
	}
	var lasting adminapi.Qube
	for _, q := range all {
		if q.State == adminapi.Halted || q.Name == adminapi.Dom0 {
			continue
		}
		has, err := s.has(ctx, q.Name, d)
		switch {
		case errors.Is(err, adminapi.ErrUnreachable):
			return "", err
		case err != nil || has == nil: // one that shuts down just now
		case has.Lasting:
			lasting = q.Name // assigned for good; another may have it now
		default:
			return q.Name, nil
		}
	}
	return lasting, nil
}

// has is the attachment of a device to a qube, nil if there is none.
func (s *Session) has(ctx context.Context, q adminapi.Qube, d adminapi.Device) (*adminapi.Attachment, error) {
	list, err := s.API.Attached(ctx, q, d.Class)
	i := slices.IndexFunc(list, func(a adminapi.Attachment) bool { return a.Backend == d.Backend && a.Port == d.Port })
	if err != nil || i < 0 {
		return nil, err
	}
	return &list[i], nil
}

// now is the device that is at a place now, nil if none is.
func (s *Session) now(ctx context.Context, place adminapi.Device) (*adminapi.Device, error) {
	state, err := s.API.State(ctx, place.Backend)
	if errors.Is(err, adminapi.ErrNoQube) || err == nil && state != adminapi.Running {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	d, there, err := s.API.Find(ctx, place)
	if err != nil || !there {
		return nil, err
	}
	return &d, nil
}
