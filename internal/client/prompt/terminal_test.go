package prompt

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestTerminal(t *testing.T) {
	for what, c := range map[string]struct {
		in, offer, want string
		err             error
	}{
		"an answer":             {"1000\n", "", "1000", nil},
		"white space around it": {" 12 345 \r\n", "", "12 345", nil},
		"other letters":         {"größer ☕\n", "", "größer ☕", nil},
		"nothing":               {"\n", "", "", nil},
		"what was offered":      {"\n", "500", "500", nil},
		"as long as may be":     {strings.Repeat("a", MaxAnswer) + "\n", "", strings.Repeat("a", MaxAnswer), nil},
		"a byte more":           {strings.Repeat("a", MaxAnswer+1) + "\n", "", "", ErrTooLong},
		"a line without end":    {strings.Repeat("a", MaxAnswer*3), "", "", ErrTooLong},
		"not UTF-8":             {"\xff\n", "", "", ErrTooLong},
		"the end of the input":  {"", "", "", ErrCancelled},
		"the end in the line":   {"10", "5", "", ErrCancelled},
	} {
		var said strings.Builder
		got, err := Terminal{iotest.OneByteReader(strings.NewReader(c.in)), &said}.Ask(context.Background(), Question{Text: "Amount", Offer: c.offer})
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %.40q, %v", what, got, err)
		}
	}
}

// Only its own line is read: what follows is the next answer's.
func TestTerminalReadsOneLine(t *testing.T) {
	in := strings.NewReader("1\n2\n")
	p := Terminal{in, io.Discard}
	for _, want := range []string{"1", "2"} {
		if got, err := p.Ask(context.Background(), Question{}); got != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestTerminalEscapesQuestions(t *testing.T) {
	var said strings.Builder
	Terminal{strings.NewReader("x\n"), &said}.Ask(context.Background(), Question{Text: "a\x1b[2J\u202eb\nqpay: paid", Wrong: "no\r", Offer: "5\x07"})
	if said.String() != "qpay: no?\nqpay: a?[2J?b?qpay: paid [5?]: " {
		t.Errorf("%q", said.String())
	}
}

func TestTerminalIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, w := io.Pipe()
	defer w.Close()
	if _, err := (Terminal{r, io.Discard}).Ask(ctx, Question{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestNobody(t *testing.T) {
	if _, err := (Nobody{}).Ask(context.Background(), Question{}); !errors.Is(err, ErrNobody) {
		t.Error(err)
	}
	if _, nobody := FindZenity(func(string) string { return "" }).(Nobody); !nobody {
		t.Error("zenity without a display")
	}
}

func TestWrap(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"one two three":          "one two|three",
		"12345678 9":             "12345678|9",
		"12345678901234567 x y":  "12345678|90123456|7 x y",
		"  spaces   between  it": "spaces|between|it",
		"grüße ☕☕":               "grüße ☕☕",
	} {
		if got := strings.Join(wrap(in, 8), "|"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestLabel(t *testing.T) {
	if got := label("a_b\\nc\n<b>\u202e"); got != `a__b\\nc?<b>?` {
		t.Errorf("%q", got)
	}
}
