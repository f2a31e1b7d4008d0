package lnurl

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"qpay/internal/client/prompt"
	"qpay/internal/wire"
	"qpay/test/atspi"
)

// What the options leave open is asked for on the terminal: again after an
// answer that will not do.
func TestQuestionsOnTheTerminal(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("anna", User{Min: 2000, Max: 5_000_000, Metadata: metadata("coffee"), Comment: 5, Payer: `{"email":{"mandatory":true},"name":{"mandatory":false}}`})
	c := atTerminal(t, ctx, w, s, "1\n1,5\n1 234\na@b.example\ngr\u00fc\u00dfe\n", "anna@"+Host)
	must(t, w.Press(ctx, button(1234)))
	must(t, w.Press(ctx, "Close"))
	c.wait(wire.ExitOK)
	c.says("Amount in sat, from 2 sat to 5 000 sat: ", "The service does not take 1 sat", "That is no amount", "wants to know your email", "Comment for the payee", "paid 1 234 sat")
	asked := s.Asked()
	if q := asked[len(asked)-1]; q.Get("comment") != "grüße" || q.Get("payerdata") != `{"email":"a@b.example"}` || q.Get("amount") != "1234000" {
		t.Error(q)
	}
}

func TestQuestionsRefused(t *testing.T) {
	w, s, ctx := start(t)
	s.Add("anna", User{Min: 2000, Max: 5_000_000, Metadata: metadata("coffee")})
	before := len(s.Asked())
	for answers, want := range map[string]wire.Exit{
		"\x04":      wire.ExitDenied, // the end of the input
		"1\nx\n0\n": wire.ExitUsage,  // three that will not do
	} {
		c := atTerminal(t, ctx, w, s, answers, "anna@"+Host)
		c.wait(want)
		c.says("hint: nothing was paid")
	}
	if len(s.Asked()) != before {
		t.Error("the service was asked for an invoice")
	}
}

// The window of zenity, for a program that was started from the desktop: the
// words of a service mean nothing to it.
func TestQuestionByZenity(t *testing.T) {
	if _, err := exec.LookPath("zenity"); err != nil && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(err)
	}
	w, _, ctx := start(t)
	for _, v := range w.Desktop.Env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	p := prompt.FindZenity(os.Getenv)
	q := prompt.Question{About: "anna@x: a_b\\nc <b>bold</b> &amp; %s\u202e\nTotal: 0", Text: "Amount in sat", Button: "Continue"}
	type result struct {
		text string
		err  error
	}
	ask := func(ctx context.Context) chan result {
		done := make(chan result, 1)
		go func() {
			text, err := p.Ask(ctx, q)
			done <- result{text, err}
		}()
		return done
	}
	zenity := func() *atspi.Program {
		t.Helper()
		z, err := w.Bus.Program(ctx, "zenity", 0)
		must(t, err)
		_, err = z.WaitText(ctx, "anna@x: a_b\\nc <b>bold</b> &amp; %s??Total: 0")
		must(t, err)
		id, err := w.Desktop.Window(ctx, "qpay")
		must(t, err)
		must(t, w.Desktop.Focus(ctx, id))
		_, err = z.Wait(ctx, "a focused entry", func(n atspi.Node) bool { return n.Role == "text" && n.Focused })
		must(t, err)
		return z
	}
	done := ask(ctx)
	z := zenity()
	must(t, w.Desktop.Type(ctx, "1 234"))
	must(t, z.Press(ctx, "Continue"))
	if r := <-done; r.text != "1 234" || r.err != nil {
		t.Errorf("%+v", r)
	}
	must(t, w.Desktop.NoWindow(ctx, "qpay"))
	done = ask(ctx)
	must(t, zenity().Press(ctx, "Cancel"))
	if r := <-done; !errors.Is(r.err, prompt.ErrCancelled) {
		t.Errorf("%+v", r)
	}
	must(t, w.Desktop.NoWindow(ctx, "qpay"))
	short, stop := context.WithCancel(ctx)
	done = ask(short)
	zenity()
	stop()
	if r := <-done; !errors.Is(r.err, context.Canceled) {
		t.Errorf("%+v", r)
	}
	must(t, w.Desktop.NoWindow(ctx, "qpay"))
}

// A click on a link: the amount is asked for in a window here, the payment in
// the wallet's, and a notice tells what the payee says.
func TestClickedLink(t *testing.T) {
	if _, err := exec.LookPath("zenity"); err != nil && os.Getenv("QPAY_REQUIRE_TOOLS") == "" {
		t.Skip(err)
	}
	w, s, ctx := start(t)
	s.Add("anna", User{Min: 2000, Max: 5_000_000, Metadata: metadata(strings.Repeat("very long words about coffee ", 40)),
		Action: Says("tag", "message", "message", "<b>thanks</b>")})
	c := prepare(t, ctx, w, s, "open", "lnurlp://"+Host+"/u/anna")
	c.cmd.Env = append(c.cmd.Env, w.Desktop.Env()[2:]...)
	c.cmd.Stdout, c.cmd.Stderr = &c.out, &c.err
	c.run()
	z, err := w.Bus.Program(ctx, "zenity", 0)
	must(t, err)
	_, err = z.WaitText(ctx, "Amount in sat, from 2 sat to 5 000 sat")
	must(t, err)
	id, err := w.Desktop.Window(ctx, "qpay")
	must(t, err)
	r, err := w.Desktop.Geometry(ctx, id)
	must(t, err)
	if r.W > 900 || r.H > 600 {
		t.Errorf("the window is %d by %d", r.W, r.H)
	}
	if file := os.Getenv("QPAY_PICTURE"); file != "" {
		must(t, w.Desktop.ScreenshotWindow(ctx, id, file))
	}
	must(t, w.Desktop.Focus(ctx, id))
	_, err = z.Wait(ctx, "a focused entry", func(n atspi.Node) bool { return n.Role == "text" && n.Focused })
	must(t, err)
	must(t, w.Desktop.Type(ctx, "21"))
	must(t, z.Press(ctx, "Continue"))
	must(t, w.Press(ctx, button(21)))
	must(t, w.Press(ctx, "Close"))
	must(t, w.NoWindow(ctx))
	z, err = w.Bus.Program(ctx, "zenity", 0)
	must(t, err)
	_, err = z.WaitText(ctx, "The payee says: <b>thanks</b>")
	must(t, err)
	must(t, z.Press(ctx, "OK"))
	c.wait(wire.ExitOK)
}
