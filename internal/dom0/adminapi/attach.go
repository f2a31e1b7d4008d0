package adminapi

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
)

// formatPattern is what Video Companion takes: width, height, pictures a second.
var formatPattern = regexp.MustCompile(`^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}x[1-9][0-9]{0,2}$`)

// Attachment is a device that a qube has, by its place. Lasting ones come back
// at each start of the qube and cannot be taken from it while it runs.
type Attachment struct {
	Backend Qube
	Port    Port
	Lasting bool
}

// Attached lists what a qube has of a class. 4.2 and 4.3 have different words
// for it, and refuse the other's with a warning in dom0's journal.
func (c *Client) Attached(ctx context.Context, holder Qube, class Class) ([]Attachment, error) {
	words := []string{"Attached", "List"}
	if c.listing != "" {
		words = []string{c.listing}
	}
	var data []byte
	err := ErrRefused
	for _, word := range words {
		data, err = c.call(ctx, quick, holder, "admin.vm.device."+string(class)+"."+word, "", "")
		if err == nil {
			c.listing = word
		}
		if !errors.Is(err, ErrRefused) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return parseAttached(data), nil
}

// parseAttached: lines of "BACKEND+PORT options", in 4.3 "BACKEND+PORT:ID options".
func parseAttached(untrusted []byte) []Attachment {
	var list []Attachment
	for line := range bytes.Lines(untrusted) {
		head, rest, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		untrustedBackend, place, _ := strings.Cut(head, "+")
		untrustedPort, _, _ := strings.Cut(place, ":")
		backend, err := ParseQube(untrustedBackend)
		if err != nil {
			continue
		}
		port, err := ParsePort(untrustedPort)
		if err != nil {
			continue
		}
		// Options are qubesd's own in 4.2; in 4.3 the mode of what is attached
		// does not tell, and Detach does.
		list = append(list, Attachment{backend, port, strings.Contains(" "+rest+" ", " persistent=yes ")})
	}
	return list
}

// Attach gives a device to a running qube, for as long as that runs. format is
// for a webcam, or "".
func (c *Client) Attach(ctx context.Context, d Device, to Qube, format string) error {
	payload := ""
	if format != "" {
		if d.Class != Webcam || !formatPattern.MatchString(format) {
			return errors.New("a format that Video Companion does not have")
		}
		payload = "mode='manual' _format='" + format + "'"
	}
	_, err := c.call(ctx, slow, to, "admin.vm.device."+string(d.Class)+".Attach", d.argument(), payload)
	return err
}

// Detach takes a device from a qube.
func (c *Client) Detach(ctx context.Context, d Device, from Qube) error {
	_, err := c.call(ctx, slow, from, "admin.vm.device."+string(d.Class)+".Detach", d.argument(), "")
	return err
}

// argument names the device. With the id 4.3 refuses what was plugged in at the
// same port meanwhile.
func (d Device) argument() string {
	arg := string(d.Backend) + "+" + string(d.Port)
	if d.ID != "" {
		arg += "+" + strings.ReplaceAll(d.ID, ":", "+")
	}
	return arg
}
