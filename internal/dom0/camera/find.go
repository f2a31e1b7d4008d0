package camera

import (
	"context"
	"errors"
	"slices"
	"strings"

	"qpay/internal/dom0/adminapi"
)

// candidate is a camera that could be lent.
type candidate struct {
	adminapi.Device               // what the target would get
	Owner           adminapi.Qube // who has it now, "" if nobody
	Owned           adminapi.Device
	pictures        *adminapi.Device // of a whole device, where it has some to lend
}

// pick is the camera to scan with, after the person was asked whatever has to
// be asked.
func (s *Session) pick(ctx context.Context, w Wish, target adminapi.Qube) (candidate, error) {
	for {
		found, err := s.cameras(ctx, w, target)
		if err != nil {
			return candidate{}, apiTrouble(err)
		}
		if len(found) == 0 {
			if err := s.retry(ctx, w); err != nil {
				return candidate{}, err
			}
			continue
		}
		d := found[0]
		if len(found) > 1 {
			if d, err = s.choose(ctx, found); err != nil {
				return d, err
			}
		}
		if d.Owner != "" && d.Owner != target {
			err = s.Dialogs.Ask(ctx, "The camera "+d.String()+" is in use by the qube "+string(d.Owner)+
				".\n\nTake it away for the scan? "+string(d.Owner)+" gets it back afterwards.", "Take it for the scan", "Cancel")
		}
		return d, err
	}
}

func (s *Session) retry(ctx context.Context, w Wish) error {
	text := "There is no camera."
	if w.Port != "" {
		text = "The camera " + string(w.Backend) + ":" + string(w.Port) + " is not there."
	}
	return s.Dialogs.Ask(ctx, text+"\n\nPlug it in or switch it on (some computers have a switch for it), "+
		"see that the qube with the USB controller (mostly sys-usb) is running, and press Retry.", "Retry", "Cancel")
}

func (s *Session) choose(ctx context.Context, found []candidate) (candidate, error) {
	var rows [][]string
	for _, d := range found {
		holder := string(d.Owner)
		if holder == "" {
			holder = "-"
		}
		rows = append(rows, []string{d.String(), holder, "“" + d.Label + "”"})
	}
	i, err := s.Dialogs.Choose(ctx, "Which camera?", []string{"Camera", "In use by", "It says of itself"}, rows)
	if err != nil {
		return candidate{}, err
	}
	return found[i], nil
}

// cameras are those that the target can get, in order, with their owners.
func (s *Session) cameras(ctx context.Context, w Wish, target adminapi.Qube) ([]candidate, error) {
	all, err := s.API.Qubes(ctx)
	if err != nil {
		return nil, err
	}
	var found []candidate
	for _, q := range all {
		if q.Name == target || q.State != adminapi.Running || w.Backend != "" && q.Name != w.Backend {
			continue
		}
		list, err := s.camerasOf(ctx, q.Name, w, target)
		if errors.Is(err, adminapi.ErrUnreachable) {
			return nil, err
		} else if err != nil {
			continue // a qube that shuts down just now
		}
		found = append(found, list...)
	}
	for i := range found {
		if err := s.owner(ctx, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// owner finds who would have to give the camera up. Lending a device ends its
// pictures, which another qube may have.
func (s *Session) owner(ctx context.Context, c *candidate) (err error) {
	for _, d := range []*adminapi.Device{&c.Device, c.pictures} {
		if d == nil || c.Owner != "" {
			continue
		}
		if c.Owner, err = s.holder(ctx, *d); err != nil {
			return err
		}
		c.Owned = *d
	}
	return nil
}

// canVideo: Video Companion lends the pictures and not the device, so that the
// target can do nothing to the camera itself. It is there from 4.3 on, where it
// is installed in both qubes.
func (s *Session) canVideo(ctx context.Context, target adminapi.Qube) (bool, error) {
	feature, err := s.API.Feature(ctx, target, "supported-rpc.qvc.WebcamAttach")
	return feature != "", err
}

// webcams are the cameras whose pictures a qube offers.
func (s *Session) webcams(ctx context.Context, q adminapi.Qube) ([]adminapi.Device, error) {
	classes, err := s.API.Classes(ctx)
	if err != nil || !slices.Contains(classes, adminapi.Webcam) {
		return nil, err
	}
	return s.API.Devices(ctx, q, adminapi.Webcam)
}

// camerasOf leaves out what a qube without any hardware of its own claims to
// have: it could show the scanner a picture of an invoice of its choice.
func (s *Session) camerasOf(ctx context.Context, q adminapi.Qube, w Wish, target adminapi.Qube) ([]candidate, error) {
	if w.Backend == "" && q != adminapi.Dom0 {
		hardware, err := s.API.Attached(ctx, q, "pci")
		if err != nil || len(hardware) == 0 {
			return nil, err
		}
	}
	webcams, err := s.webcams(ctx, q)
	if err != nil {
		return nil, err
	}
	usb, err := s.API.Devices(ctx, q, adminapi.USB)
	if err != nil {
		return nil, err
	}
	video, err := s.canVideo(ctx, target)
	return match(webcams, usb, w.Port, video), err
}

// match joins the two views of each camera, its pictures and the whole device.
func match(webcams, usb []adminapi.Device, wished adminapi.Port, video bool) (found []candidate) {
	for _, cam := range webcams {
		if video && (wished == "" || cam.Port == wished || cam.Parent == wished) {
			found = append(found, candidate{Device: cam})
		}
	}
	for _, d := range usb {
		if wished == "" && !d.Camera || wished != "" && d.Port != wished {
			continue
		}
		c := candidate{Device: d}
		if i := slices.IndexFunc(webcams, func(cam adminapi.Device) bool { return isOf(cam, d) }); i >= 0 {
			c.pictures = &webcams[i]
		}
		if c.pictures == nil || !video {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b candidate) int { return strings.Compare(a.String(), b.String()) })
	return found
}

// isOf: pictures and device have one id. The port alone does not count, since a
// camera could name that of a keyboard.
func isOf(cam, d adminapi.Device) bool {
	return cam.Class == adminapi.Webcam && cam.Backend == d.Backend && cam.Parent == d.Port && cam.Print == d.Print
}
