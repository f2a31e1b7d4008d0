package command

import (
	"flag"
	"io"
	"testing"

	"qpay/test/manual"
)

var update = flag.Bool("update", false, "write the man page and the completions anew")

func TestManual(t *testing.T) {
	p := manual.Of((&run{}).app("dev", io.Discard))
	p.Files = [][2]string{
		{"/etc/qpay/camera.toml", "the camera and the qube, if they are always the same"},
		{"~/.local/state/qpay-camera/loan.json", "what is lent, and to whom it goes back"},
	}
	p.See = []string{"qvm-run(1)", "zenity(1)"}
	manual.Check(t, p, *update)
}
