package screen

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"qpay/internal/money"
)

func TestPageThereAndBack(t *testing.T) {
	want := Page{Kind: Ask, Heading: "1 sat", Rows: []Row{{Key: "Says", Value: "a\nb", Style: Text}},
		Amount: &AmountQuestion{Max: money.Max}}
	var b strings.Builder
	sent, err := WriteLine(&b, want)
	if err != nil {
		t.Fatal(err)
	}
	got, drawn, err := ReadPage(NewReader(iotest.OneByteReader(strings.NewReader(b.String()))))
	if err != nil || got.Rows[0] != want.Rows[0] || got.Amount.Max != money.Max {
		t.Fatalf("%+v, %v", got, err)
	}
	if sent != drawn {
		t.Fatalf("digest of what was sent %s, of what was drawn %s", sent, drawn)
	}
}

func TestReadPageRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"a NUL, which would cut the text": `{"kind":"ask","heading":"Pay\u0000 nothing"}` + "\n",
		"a right-to-left override":        `{"kind":"ask","heading":"\u202e1 sat"}` + "\n",
		"a newline outside a text box":    `{"kind":"ask","heading":"1\n2"}` + "\n",
		"a bidi character in a text box":  `{"kind":"ask","heading":"","rows":[{"key":"k","value":"\u2066","style":"text"}]}` + "\n",
		"a field that it does not know":   `{"kind":"ask","heading":"","pay_by_enter":true}` + "\n",
		"rubbish":                         "\x00\xff\n",
		"a line that stops half way":      `{"kind":"ask"`,
		"a line without end":              strings.Repeat("a", MaxLine+1),
	} {
		if p, _, err := ReadPage(NewReader(strings.NewReader(in))); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: read as %+v, %v", name, p, err)
		}
	}
}
