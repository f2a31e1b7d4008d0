// Package atspi drives a window as a screen reader does: it reads what is shown
// and presses buttons over AT-SPI, the accessibility bus. It is for tests and
// the demo, needs no cgo, and every call ends with its context.
//
// DoAction on a greyed button answers "true" and does nothing, so a test must
// look at what comes of a press, never at its answer.
package atspi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	registry = "org.a11y.atspi.Registry"
	rootPath = "/org/a11y/atspi/accessible/root"
	iface    = "org.a11y.atspi."
)

// callTime bounds one call: a program that hangs must not hang its test.
const callTime = 10 * time.Second

// Bus is a connection to the accessibility bus.
type Bus struct{ conn *dbus.Conn }

// Connect finds the accessibility bus of a desktop by the session bus in env,
// a list as os.Environ gives.
func Connect(ctx context.Context, env []string) (*Bus, error) {
	address := value(env, "AT_SPI_BUS_ADDRESS")
	if address == "" {
		session, err := dial(ctx, value(env, "DBUS_SESSION_BUS_ADDRESS"))
		if err != nil {
			return nil, fmt.Errorf("session bus: %w", err)
		}
		defer session.Close()
		// Whoever asks first has the service started, which takes a moment.
		err = session.Object("org.a11y.Bus", "/org/a11y/bus").CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address)
		if err != nil {
			return nil, fmt.Errorf("accessibility bus: %w", err)
		}
	}
	conn, err := dial(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("accessibility bus: %w", err)
	}
	return &Bus{conn}, nil
}

func dial(ctx context.Context, address string) (*dbus.Conn, error) {
	if address == "" {
		return nil, errors.New("no address in the environment")
	}
	// The context of a connection ends it, so it is not the caller's.
	conn, err := dbus.Dial(address)
	if err != nil {
		return nil, err
	}
	done := make(chan error, 1)
	go func() { done <- errors.Join(conn.Auth(nil), conn.Hello()) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// Close ends the connection.
func (b *Bus) Close() { b.conn.Close() }

// Program waits for a running program by the name of its file. With a pid it
// must be that process; 0 takes any.
func (b *Bus) Program(ctx context.Context, name string, pid int) (*Program, error) {
	var p *Program
	err := poll(ctx, func() error {
		var err error
		p, err = b.program(ctx, name, pid)
		return err
	})
	return p, err
}

func (b *Bus) program(ctx context.Context, name string, pid int) (*Program, error) {
	root := object{b, ref{registry, rootPath}}
	children, err := root.children(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range children {
		o := object{b, c}
		// A program that ends right now is still on the list but no longer
		// answers: that is not our error.
		if is, err := o.name(ctx); err != nil || is != name {
			continue
		}
		if of, err := b.pid(ctx, c.Bus); err == nil && (pid == 0 || of == pid) {
			return &Program{o}, nil
		}
	}
	return nil, fmt.Errorf("no program %q on the accessibility bus", name)
}

func (b *Bus) pid(ctx context.Context, name string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var pid uint32
	err := b.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, name).Store(&pid)
	return int(pid), err
}

// poll tries until it works or the context ends.
func poll(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(40 * time.Millisecond):
		}
	}
}

func value(env []string, key string) (v string) {
	for _, kv := range env {
		if after, ok := strings.CutPrefix(kv, key+"="); ok {
			v = after // the last one counts
		}
	}
	return v
}
