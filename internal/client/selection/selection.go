// Package selection is stage 3, in the asking qube, untrusted: it reads what a
// person has selected or copied, by xsel under X11 and by wl-paste under
// Wayland, and on request puts a text there.
package selection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"qpay/internal/client/plain"
	"qpay/internal/client/tool"
)

// Selection is one of the three that X11 has; Wayland has no secondary one.
type Selection string

const (
	Primary   Selection = "primary selection"
	Secondary Selection = "secondary selection"
	Clipboard Selection = "clipboard"
)

const (
	maxText  = 8 << 10         // as package uri takes
	patience = 5 * time.Second // the program that owns a selection may hang
)

// Error is a sentence with what to do.
type Error struct{ Message, Hint string }

func (e *Error) Error() string { return e.Message }

// Read returns the text of a selection. Every error is an *Error.
func Read(ctx context.Context, s Selection) (string, error) {
	p, err := s.program()
	if err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	text, err := tool.Output(limited, maxText, p.read[0], p.read[1:]...)
	switch {
	case errors.Is(err, tool.ErrTooLong):
		return "", &Error{fmt.Sprintf("the %s has more than %d bytes", s, maxText), "select the invoice or the link alone"}
	case err != nil && !p.empty(err):
		return "", p.failed(limited, s, err)
	case strings.TrimSpace(text) == "":
		return "", &Error{fmt.Sprintf("the %s has no text", s), "select or copy an invoice or a link first"}
	}
	return text, nil
}

// Write puts a text there. A child of the program that does it stays, until
// something else is selected. Every error is an *Error.
func Write(ctx context.Context, s Selection, text string) error {
	p, err := s.program()
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := tool.Feed(limited, text, p.write[0], p.write[1:]...); err != nil {
		return p.failed(limited, s, err)
	}
	return nil
}

// program reads and writes one selection.
type program struct {
	pack        string   // the package that has it, in Debian and in Fedora
	read, write []string // the command lines
	emptyIs     []string // what it says of an empty selection, with an exit code
}

func (s Selection) program() (*program, error) {
	switch {
	case os.Getenv("WAYLAND_DISPLAY") != "":
		return s.wayland()
	case os.Getenv("DISPLAY") != "":
		flag := map[Selection]string{Primary: "-p", Secondary: "-s", Clipboard: "-b"}[s]
		return &program{pack: "xsel", read: []string{"xsel", flag, "-o"}, write: []string{"xsel", flag, "-i"}}, nil
	}
	return nil, &Error{fmt.Sprintf("there is no display, so no %s", s), "give the invoice or the link as an argument, or on standard input"}
}

func (s Selection) wayland() (*program, error) {
	if s == Secondary {
		return nil, &Error{"Wayland has no secondary selection", "use --primary or --clipboard"}
	}
	p := &program{pack: "wl-clipboard", read: []string{"wl-paste", "--no-newline", "--type", "text"}, write: []string{"wl-copy"},
		emptyIs: []string{"Nothing is copied", "No selection", "No suitable type of content copied"}}
	if s == Primary {
		p.read = append(p.read, "--primary")
		p.write = append(p.write, "--primary")
	}
	return p, nil
}

func (p *program) empty(err error) bool {
	var f *tool.Failed
	if !errors.As(err, &f) {
		return false
	}
	for _, text := range p.emptyIs {
		if strings.HasPrefix(f.Says, text) {
			return true
		}
	}
	return false
}

func (p *program) failed(ctx context.Context, s Selection, err error) *Error {
	var f *tool.Failed
	switch {
	case errors.Is(err, tool.ErrMissing):
		return &Error{fmt.Sprintf("%s, which reads and writes the %s, is not installed", p.read[0], s),
			fmt.Sprintf("install the package %s in this qube's template", p.pack)}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{fmt.Sprintf("the program that owns the %s does not answer", s), "copy the text anew"}
	case errors.As(err, &f) && f.Says != "":
		return &Error{fmt.Sprintf("the %s cannot be used: %s says %q", s, p.read[0], plain.Short(f.Says, 100)), "look whether the display can be reached from here"}
	}
	return &Error{fmt.Sprintf("the %s cannot be used: %s failed", s, p.read[0]), "look whether the display can be reached from here"}
}
