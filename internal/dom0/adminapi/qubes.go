package adminapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// State is what qubesd calls the power state of a qube.
type State string

// The states that this program acts on.
const (
	Running State = "Running"
	Halted  State = "Halted"
	Paused  State = "Paused"
)

// Info is one qube in a list.
type Info struct {
	Name  Qube
	Class string // AppVM, TemplateVM, …
	State State
}

// Qubes lists all qubes, dom0 among them.
func (c *Client) Qubes(ctx context.Context) ([]Info, error) {
	data, err := c.call(ctx, quick, Dom0, "admin.vm.List", "", "")
	if err != nil {
		return nil, err
	}
	return parseQubes(data)
}

// parseQubes: lines of "NAME class=AppVM state=Running", in 4.3 with "uuid=…".
func parseQubes(untrusted []byte) ([]Info, error) {
	var qubes []Info
	for line := range bytes.Lines(untrusted) {
		words := strings.Fields(string(line))
		if len(words) == 0 {
			return nil, fmt.Errorf("%w: an empty line in the list of qubes", ErrAnswer)
		}
		name, err := ParseQube(words[0])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
		}
		info := Info{Name: name}
		for _, w := range words[1:] {
			switch key, value, _ := strings.Cut(w, "="); key {
			case "class":
				info.Class = value
			case "state":
				info.State = State(value)
			}
		}
		qubes = append(qubes, info)
	}
	return qubes, nil
}

// State is that of one qube, ErrNoQube if there is none.
func (c *Client) State(ctx context.Context, name Qube) (State, error) {
	qubes, err := c.Qubes(ctx)
	if err != nil {
		return "", err
	}
	for _, q := range qubes {
		if q.Name == name {
			return q.State, nil
		}
	}
	return "", ErrNoQube
}

// Tagged tells whether a qube has a tag.
func (c *Client) Tagged(ctx context.Context, name Qube, tag string) (bool, error) {
	data, err := c.call(ctx, quick, name, "admin.vm.tag.Get", tag, "")
	return string(data) == "1", err
}

// Feature is a feature of the qube or of its template, "" if neither has it.
func (c *Client) Feature(ctx context.Context, name Qube, feature string) (string, error) {
	data, err := c.call(ctx, quick, name, "admin.vm.feature.CheckWithTemplate", feature, "")
	if errors.Is(err, ErrNoFeature) {
		return "", nil
	}
	return string(data), err
}

// Start starts a qube; one that runs already is fine.
func (c *Client) Start(ctx context.Context, name Qube) error {
	_, err := c.call(ctx, slower, name, "admin.vm.Start", "", "")
	if errors.Is(err, ErrNotHalted) {
		return nil
	}
	return err
}

// Unpause lets a paused qube go on.
func (c *Client) Unpause(ctx context.Context, name Qube) error {
	_, err := c.call(ctx, slow, name, "admin.vm.Unpause", "", "")
	return err
}
