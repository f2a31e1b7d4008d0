package open

import (
	"context"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// notification is what the desktop was asked to show.
type notification struct {
	app, icon, title, body string
	urgency                byte // 1 normal, 2 critical: it stays
}

// daemon is the notification service of the desktop's session bus.
type daemon struct {
	conn *dbus.Conn
	got  chan notification
}

const name, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"

// Notify is called over the bus, as are the next two.
func (d *daemon) Notify(app string, _ uint32, icon, title, body string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	urgency, _ := hints["urgency"].Value().(byte)
	d.got <- notification{app, icon, title, body, urgency}
	return 1, nil
}

func (d *daemon) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "body-markup"}, nil
}

func (d *daemon) GetServerInformation() (string, string, string, string, *dbus.Error) {
	return "test", "qpay", "1", "1.2", nil
}

// listen starts it, until the test ends.
func listen(t *testing.T, env []string) *daemon {
	t.Helper()
	conn, err := dbus.Connect(value(env, "DBUS_SESSION_BUS_ADDRESS"))
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	d := &daemon{conn, make(chan notification, 16)}
	must(t, conn.Export(d, path, name))
	reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if must(t, err); reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal("another notification service has the name: ", reply)
	}
	return d
}

// next waits for a notification.
func (d *daemon) next(t *testing.T, ctx context.Context) notification {
	t.Helper()
	select {
	case n := <-d.got:
		return n
	case <-ctx.Done():
		t.Fatal("no notification came")
		return notification{}
	}
}

// none sees that there was not one more.
func (d *daemon) none(t *testing.T) {
	t.Helper()
	select {
	case n := <-d.got:
		t.Errorf("%+v", n)
	default:
	}
}

func value(env []string, name string) string {
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}
