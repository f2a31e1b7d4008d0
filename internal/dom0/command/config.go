package command

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/urfave/cli/v2"

	"qpay/internal/dom0/adminapi"
	"qpay/internal/dom0/camera"
)

// file is camera.toml: what holds where the command line says nothing.
type file struct {
	Qube    string `toml:"qube"`
	Camera  string `toml:"camera"`
	Timeout int    `toml:"timeout"`
}

func readConfig(name string) (file, error) {
	f := file{Timeout: 60}
	known, err := toml.DecodeFile(name, &f)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil && len(known.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %q", known.Undecoded()[0].String())
	}
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

func (r *run) wish(c *cli.Context) (w camera.Wish, err error) {
	f, err := readConfig(r.Config)
	if err != nil {
		return w, err
	}
	if c.IsSet("qube") {
		f.Qube = c.String("qube")
	}
	if c.IsSet("camera") {
		f.Camera = c.String("camera")
	}
	if c.IsSet("timeout") {
		f.Timeout = c.Int("timeout")
	}
	if f.Timeout < 10 || f.Timeout > 600 {
		return w, fmt.Errorf("a timeout of %d seconds: 10 to 600 is possible", f.Timeout)
	}
	w.Timeout = time.Duration(f.Timeout) * time.Second
	if f.Qube != "" {
		if w.Qube, err = adminapi.ParseQube(f.Qube); err != nil {
			return w, err
		}
	}
	if f.Camera != "" {
		backend, port, _ := strings.Cut(f.Camera, ":")
		if w.Backend, err = adminapi.ParseQube(backend); err != nil {
			return w, fmt.Errorf("camera: %w", err)
		}
		// What 4.3 shows behind the port, the id, is found out anew.
		port, _, _ = strings.Cut(port, ":")
		if w.Port, err = adminapi.ParsePort(port); err != nil {
			return w, fmt.Errorf("camera: %w", err)
		}
	}
	return w, nil
}
