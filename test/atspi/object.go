package atspi

import (
	"context"
	"slices"

	"github.com/godbus/dbus/v5"
)

// ref is how AT-SPI names a node: the program's bus name and a path in it.
type ref struct {
	Bus  string
	Path dbus.ObjectPath
}

type object struct {
	bus *Bus
	ref ref
}

func (o object) call(ctx context.Context, method string, out any, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	c := o.bus.conn.Object(o.ref.Bus, o.ref.Path).CallWithContext(ctx, iface+method, 0, args...)
	if out == nil {
		return c.Err
	}
	return c.Store(out)
}

func (o object) children(ctx context.Context) (refs []ref, err error) {
	err = o.call(ctx, "Accessible.GetChildren", &refs)
	return refs, err
}

func (o object) role(ctx context.Context) (role string, err error) {
	err = o.call(ctx, "Accessible.GetRoleName", &role)
	return role, err
}

func (o object) name(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var v dbus.Variant
	err := o.bus.conn.Object(o.ref.Bus, o.ref.Path).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0,
		iface+"Accessible", "Name").Store(&v)
	name, _ := v.Value().(string)
	return name, err
}

// Bits of the state of a node.
const (
	focused   = 12
	sensitive = 24
	showing   = 25
)

func (o object) state(ctx context.Context) (bits uint64, err error) {
	var words []uint32 // low word first
	if err := o.call(ctx, "Accessible.GetState", &words); err != nil {
		return 0, err
	}
	for i, w := range words {
		bits |= uint64(w) << (32 * i)
	}
	return bits, nil
}

// text asks for a text only where there is one: GTK complains about others.
func (o object) text(ctx context.Context) (text string, err error) {
	var has []string
	if err := o.call(ctx, "Accessible.GetInterfaces", &has); err != nil {
		return "", err
	}
	if !slices.Contains(has, iface+"Text") {
		return "", nil
	}
	err = o.call(ctx, "Text.GetText", &text, int32(0), int32(-1))
	return text, err
}

func (o object) extents(ctx context.Context) (r [4]int, err error) {
	var out struct{ X, Y, W, H int32 }
	err = o.call(ctx, "Component.GetExtents", &out, uint32(0)) // 0: on the screen
	return [4]int{int(out.X), int(out.Y), int(out.W), int(out.H)}, err
}
