package prompt

import (
	"context"
	"errors"
	"strings"

	"qpay/internal/client/plain"
	"qpay/internal/client/tool"
)

// Zenity asks in a small window, for a program that was started from the
// desktop. It is a program of its own, so that qpay links no toolkit.
type Zenity struct{}

const zenity = "zenity"

// FindZenity is a prompt by zenity, if it is installed and there is a display;
// else Nobody.
func FindZenity(getenv func(string) string) Prompt {
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" || !tool.Installed(zenity) {
		return Nobody{}
	}
	return Zenity{}
}

// zenityCancelled is its exit code for Cancel, Escape or the window closed.
const zenityCancelled = 1

// Ask opens the window. Whatever is shown goes through label: a service's words
// are among it.
func (Zenity) Ask(ctx context.Context, q Question) (string, error) {
	var parts []string
	for _, p := range []string{q.About, q.Wrong, q.Text} {
		if p != "" {
			parts = append(parts, label(p))
		}
	}
	text, err := tool.Output(ctx, MaxAnswer+1, zenity, "--entry", "--title=qpay", "--width=420",
		"--text="+strings.Join(parts, `\n\n`), "--entry-text="+q.Offer, "--ok-label="+q.Button)
	var failed *tool.Failed
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, tool.ErrTooLong):
		return "", ErrTooLong
	case errors.As(err, &failed) && failed.Code == zenityCancelled:
		return "", ErrCancelled
	case err != nil:
		return "", ErrNobody
	}
	return clean([]byte(text))
}

// width is in characters; zenity does not wrap this label, and would grow wider
// than the screen.
const width = 60

// label makes a text mean itself, in lines: zenity undoes backslashes in it, and
// takes an underscore for a mnemonic.
func label(text string) string {
	lines := wrap(plain.Text(text), width)
	return strings.NewReplacer(`\`, `\\`, "_", "__", "\n", `\n`).Replace(strings.Join(lines, "\n"))
}

// wrap breaks a text at spaces, and words that are longer than a line anywhere.
func wrap(text string, width int) (lines []string) {
	var line []rune
	for _, word := range strings.Fields(text) {
		w := []rune(word)
		if len(line) > 0 && len(line)+1+len(w) > width {
			lines, line = append(lines, string(line)), nil
		}
		if len(line) > 0 {
			line = append(line, ' ')
		}
		for line = append(line, w...); len(line) > width; line = line[width:] {
			lines = append(lines, string(line[:width]))
		}
	}
	return append(lines, string(line))
}
