// Package browser drives the real Firefox and the real Chromium for tests, with
// the standard library alone: raw Marionette here, chromedriver there. What a
// person does (clicks, keys, windows) goes this way and is trusted input to the
// page; what a page does is the business of test/browser/page.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Kind is one of the two browsers.
type Kind string

const (
	Firefox  Kind = "firefox"
	Chromium Kind = "chromium"
)

// Kinds are both.
var Kinds = []Kind{Firefox, Chromium}

// ErrNoTools means that a browser or its driver is not installed. Tests skip
// on it.
var ErrNoTools = errors.New("a browser is missing")

// Packages are the Debian packages that Start needs.
const Packages = "firefox-esr chromium chromium-driver"

// Options of a browser.
type Options struct {
	Kind Kind
	// Env is its whole environment: that of the qube it runs in, and a display.
	Env []string
	// Dir takes the profile and the log. It may hold the profile of an earlier run.
	Dir string
	// Extensions are the folders of extensions.
	Extensions []string
	// Args are more arguments.
	Args []string
	// Prefs are more preferences of Firefox.
	Prefs map[string]any
	// Names are host names that lead to this machine, for a hostile page.
	Names []string
}

// Browser is one running browser with one session of its driver.
type Browser struct {
	Kind    Kind
	wire    wire
	started []*process // last first to be ended
}

// wire is the driver's protocol: one command, one answer.
type wire interface {
	do(ctx context.Context, c command, params map[string]any, out any) error
	close()
}

// Start starts a browser. The context bounds the start only; Close ends it.
func Start(ctx context.Context, o Options) (b *Browser, err error) {
	program, err := find(o.Kind)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	b = &Browser{Kind: o.Kind}
	defer func() {
		if err != nil {
			b.Close()
			b, err = nil, fmt.Errorf("%s: %w\n%s", o.Kind, err, tail(o.log()))
		}
	}()
	if o.Kind == Firefox {
		return b, b.startFirefox(ctx, program, o)
	}
	return b, b.startChromium(ctx, program, o)
}

// programs are the names of each browser, by distribution.
var programs = map[Kind][]string{
	Firefox:  {"firefox-esr", "firefox"},
	Chromium: {"chromium", "chromium-browser"},
}

// find is the browser's program.
func find(kind Kind) (string, error) {
	for _, name := range programs[kind] {
		if _, err := exec.LookPath(name); err == nil {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: %s; on Debian: apt-get install %s", ErrNoTools, kind, Packages)
}

func (o Options) log() string { return filepath.Join(o.Dir, "log") }

// Pid is the browser's own process, the parent of what it starts.
func (b *Browser) Pid() int { return b.started[0].cmd.Process.Pid }

// Close ends the browser, the hard way: nothing in its profile is wanted.
func (b *Browser) Close() {
	if b.wire != nil {
		b.wire.close()
	}
	for i := len(b.started) - 1; i >= 0; i-- {
		b.started[i].kill()
	}
	b.started = nil
}

func (b *Browser) run(o Options, name string, args ...string) (*process, error) {
	p, err := start(o, name, args...)
	if err == nil {
		b.started = append(b.started, p)
	}
	return p, err
}

// tail is the end of a log, for the message of a failed start.
func tail(file string) string {
	text, _ := os.ReadFile(file)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}

// poll tries until it works, the context ends or the process has ended.
func poll(ctx context.Context, p *process, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		var over <-chan struct{}
		if p != nil {
			over = p.over
		}
		select {
		case <-over:
			return fmt.Errorf("%s has ended: %w", p.cmd.Args[0], err)
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}
