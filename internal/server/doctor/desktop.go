package doctor

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func (x *examination) dialog() {
	info, err := os.Stat(x.Dialog)
	switch {
	case err != nil:
		x.fail("dialog", oneLine(err), "install the package qpay-server again")
	case !info.Mode().IsRegular() || unix.Access(x.Dialog, unix.X_OK) != nil:
		x.fail("dialog", x.Dialog+" cannot be run", "install the package qpay-server again")
	default:
		x.ok("dialog", "%s", x.Dialog)
	}
}

// display looks for the X server that windows would be on. Qubes gives the
// service the display :0 of the logged-in user.
func (x *examination) display() {
	d := x.Getenv("DISPLAY")
	if d == "" {
		if listens(":0") {
			x.warn("display", "DISPLAY is not set here, but there is a display :0, which Qubes gives to the service", "")
			return
		}
		x.fail("display", "there is none, so no question can be shown", "run this in a terminal of the qube; its templates need qubes-gui")
		return
	}
	if !listens(d) {
		x.fail("display", fmt.Sprintf("nothing listens at the display %.60q", d), "see that the qube has its GUI (features gui, qubes-gui-agent)")
		return
	}
	x.ok("display", "%s", d)
}

// listens connects to a display on this machine, as "named" by DISPLAY. One
// elsewhere is taken on trust.
func listens(display string) bool {
	host, number, ok := strings.Cut(display, ":")
	if !ok {
		return false
	}
	if host != "" && host != "unix" {
		return true
	}
	number, _, _ = strings.Cut(number, ".")
	path := "/tmp/.X11-unix/X" + number
	for _, address := range []string{path, "@" + path} {
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		c, err := new(net.Dialer).DialContext(ctx, "unix", address)
		stop()
		if err == nil {
			c.Close()
			return true
		}
	}
	return false
}

// withNetwork is the first version of Landlock that restricts TCP.
const withNetwork = 4

// sandbox judges the kernel's version of Landlock. Without a good one the
// server refuses to run, unless the configuration lets it.
func (x *examination) sandbox(abi int) {
	text := fmt.Sprintf("Landlock, ABI %d", abi)
	switch {
	case abi == 0:
		text = "this kernel has no Landlock, or it is switched off"
	case abi < withNetwork:
		text += ", which does not know the network"
	default:
		x.ok("sandbox", "%s", text)
		return
	}
	if x.ready && !x.conf.Sandboxed {
		x.warn("sandbox", text+"; config.toml lets qpay run without", "boot Linux 6.7 or later with lsm=landlock, then set required = true")
		return
	}
	x.fail("sandbox", text+", so qpay refuses to pay", "boot Linux 6.7 or later with lsm=landlock; or run without: required = false in [sandbox] of config.toml")
}

// oneLine makes one line of joined errors.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
