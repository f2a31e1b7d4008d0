package ask

import (
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"qpay/internal/screen"
	"qpay/internal/server/metadata"
	"qpay/internal/wire"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"coffee & <b>cake</b>":     "coffee & <b>cake</b>", // drawn as text: nothing to escape
		"a\u202eb":                 "a⟨U+202E⟩b",
		"a\u200bb\ufeff":           "a⟨U+200B⟩b⟨U+FEFF⟩",
		"nul\x00":                  "nul⟨U+0000⟩",
		"\x1b[31mred":              "⟨U+001B⟩[31mred",
		"bad \xff\xfe":             "bad ⟨0xFF⟩⟨0xFE⟩",
		"tab\there\r":              "tab⟨U+0009⟩here⟨U+000D⟩",
		"soft\u00adhyphen":         "soft⟨U+00AD⟩hyphen",
		"wide\u2003space\u00a0":    "wide⟨U+2003⟩space⟨U+00A0⟩",
		"filler\u3164":             "filler⟨U+3164⟩",
		"\u2028line":               "⟨U+2028⟩line",
		"e\u0301\u0301\u0301":      "e\u0301\u0301⟨U+0301⟩", // the third mark would cover the row above
		"日本語 ñ 🍰":                  "日本語 ñ 🍰",
		"tag\U000E0041":            "tag⟨U+E0041⟩",
		"unassigned \U000EFFFF":    "unassigned ⟨U+EFFFF⟩",
		"private \ue000":           "private ⟨U+E000⟩",
		"variation a\ufe0f":        "variation a⟨U+FE0F⟩",
		strings.Repeat("\n", 15):   strings.Repeat("\n", 11) + "⏎⏎⏎⏎",
		strings.Repeat("a", 641):   strings.Repeat("a", 640) + "…",
		strings.Repeat("é", 10000): strings.Repeat("é", 640) + "…",
	} {
		if got := block(in).text; got != want {
			t.Errorf("%.40q: %.80q, want %.80q", in, got, want)
		}
	}
	if got := line("two\nlines", 100).text; got != "two⏎lines" {
		t.Error(got)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://shop.example":        "https://shop.example",
		"https://\u0430pple.example":  "https://⟨U+0430⟩pple.example", // a Cyrillic letter
		"https://a.example\u2024b.de": "https://a.example⟨U+2024⟩b.de",
		"https://a b":                 "https://a⟨U+0020⟩b",
	} {
		if got := address(in, 100).text; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestNotes(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                  "",
		"Bit\u0441oin is \u202e": "1 hidden or special character is shown as ⟨…⟩; letters of different alphabets are mixed in one word",
		"Привет Bitcoin":         "", // two alphabets in two words is how people write
		strings.Repeat("x", 700): "shortened: 640 of 700 characters",
	} {
		if got := block(in).note(); got != want {
			t.Errorf("%.20q: %q, want %q", in, got, want)
		}
	}
}

// A megabyte costs no more to draw than a page.
func TestLongTextIsBounded(t *testing.T) {
	for _, in := range []string{strings.Repeat("\u202e", 1<<20), strings.Repeat("\n", 1<<20), "a" + strings.Repeat("\u0301", 1<<20)} {
		if s := block(in); utf8.RuneCountInString(s.text) > 10*blockChars && !strings.HasPrefix(in, "a") {
			t.Errorf("%d characters", utf8.RuneCountInString(s.text))
		} else if len(s.text) > screen.MaxLine/4 {
			t.Errorf("%d bytes", len(s.text))
		}
	}
}

// Whatever goes in, nothing comes out that the window refuses to draw, or that
// is longer than its bounds.
func FuzzEscape(f *testing.F) {
	f.Add(hostile)
	f.Add("e\u0301\u0301\u0301\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		s := block(in)
		p := screen.Page{Rows: []screen.Row{{Value: s.text, Note: s.note(), Style: screen.Text}}}
		if err := p.Check(); err != nil {
			t.Fatalf("%q -> %q: %v", in, s.text, err)
		}
		if n := strings.Count(s.text, "\n"); n >= blockLines {
			t.Fatalf("%d lines", n)
		}
		one := line(in, originChars)
		if err := (screen.Page{Heading: one.text}).Check(); err != nil {
			t.Fatalf("%q -> %q: %v", in, one.text, err)
		}
		for _, c := range s.text {
			if c != '\n' && !unicode.IsGraphic(c) {
				t.Fatalf("U+%04X", c)
			}
		}
	})
}

// Whatever LNURL texts and addresses go in, the page can be drawn and sent, and
// nothing is called verified that is not.
func FuzzClaims(f *testing.F) {
	f.Add(hostile, hostile, hostile, true)
	f.Add("a", strings.Repeat("e\u0301\u0301\u0301\n", 900), "b", false)
	q := asked(made(f, 1000))
	f.Fuzz(func(t *testing.T, short, long, address string, committed bool) {
		q.Claims.Address = address
		q.Claims.Text = metadata.Text{Texts: wire.Texts{Short: short, Long: long}, Given: true, Committed: committed}
		p := q.Page()
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		if _, err := screen.WriteLine(io.Discard, p); err != nil {
			t.Fatal(err)
		}
		for _, r := range p.Rows {
			if r.Source == verified && !committed {
				t.Fatalf("%+v", r)
			}
		}
	})
}
