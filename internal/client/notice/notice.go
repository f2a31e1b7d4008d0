// Package notice is stage 3, in the asking qube, untrusted: it tells a person
// who clicked a link what became of it, by a desktop notification or else a
// small window, since nobody sees the standard error of such a program.
package notice

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qpay/internal/client/plain"
	"qpay/internal/client/tool"
)

// Level says how a notice is shown.
type Level string

const (
	Good   Level = "info"    // it is done
	Bad    Level = "error"   // it is not, and nothing was lost
	Urgent Level = "warning" // it stays until the person has seen it: money may be on its way
)

// Notice is what is shown. Its texts may come from outside.
type Notice struct {
	Level       Level
	Title, Text string
}

// ErrNobody means that nothing could be shown: no bus, no display, or none of
// the programs.
var ErrNobody = errors.New("no notification could be shown")

// Bounds of what is shown, in characters.
const (
	maxTitle = 80
	maxText  = 600
)

// patience is for the desktop to take a notification.
const patience = 10 * time.Second

// Show shows a notice. Where windows is false, nothing is opened that somebody
// would have to close. With a window it returns once that is closed.
func Show(ctx context.Context, n Notice, windows bool) error {
	if hasBus() && notify(ctx, n) == nil {
		return nil
	}
	if windows && hasDisplay() && window(ctx, n) == nil {
		return nil
	}
	return ErrNobody
}

func hasBus() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), "bus"))
	return err == nil
}

func hasDisplay() bool { return os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != "" }

func notify(ctx context.Context, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	urgency := map[Level]string{Good: "normal", Bad: "normal", Urgent: "critical"}[n.Level]
	_, err := tool.Output(ctx, 4096, "notify-send", "--app-name=qpay", "--icon=qpay", "--urgency="+urgency,
		"--", plain.Short(n.Title, maxTitle), body(n.Text))
	return err
}

func window(ctx context.Context, n Notice) error {
	text := wrap(plain.Short(n.Title, maxTitle)) + "\n\n" + wrap(plain.Short(n.Text, maxText))
	// Whether it undoes escapes differs between its versions, so there are none.
	text = strings.ReplaceAll(text, `\`, "\u2216")
	_, err := tool.Output(ctx, 4096, "zenity", "--"+string(n.Level), "--no-markup", "--title=qpay", "--text="+text)
	var failed *tool.Failed
	if errors.As(err, &failed) && failed.Code == 1 {
		return nil // closed by its cross, which is as good as OK
	}
	return err
}

// body is the text of a notification: its server may take it as markup, so that
// a service's words could be drawn as a link or a picture.
func body(text string) string {
	return backslashes(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(plain.Short(text, maxText)))
}

// width is that of a window's lines, in characters: zenity makes long ones as
// wide as the screen.
const width = 64

func wrap(text string) string {
	var b strings.Builder
	at := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case at > 0 && at+1+n > width:
			b.WriteByte('\n')
			at = 0
		case at > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// backslashes keeps notify-send from making characters of escapes, which it
// undoes as C does.
func backslashes(text string) string { return strings.ReplaceAll(text, `\`, `\\`) }
