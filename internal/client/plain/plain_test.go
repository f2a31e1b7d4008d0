package plain

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"two coffees, 3 \u20ac":     "two coffees, 3 \u20ac",
		"\x1b]0;x\a\x1b[2J":         "?]0;x??[2J",
		"a\r\nb\tc\x00":             "a??b?c?",
		"\u202egnp.exe\u2066":       "?gnp.exe?",
		"pay\u200bpal\ufeff":        "pay?pal?",
		"\u2028\u2029\u0085":        "???",
		"\u3164\u115f\ufe00":        "???",
		"\U000e0041 \U000e0100":     "? ?", // tags, variation selectors
		"\xff\xc0":                  "??",
		"a\u00a0b, e\u0301, \u05d0": "a\u00a0b, e\u0301, \u05d0",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	if got := Short("\u20ac\u20ac\u20ac\u20ac", 3); got != "\u20ac\u20ac\u2026" {
		t.Errorf("%q", got)
	}
	if got := Short("abc", 3); got != "abc" {
		t.Errorf("%q", got)
	}
}

// Whatever goes in, nothing comes out that a terminal acts upon.
func FuzzText(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff")
	f.Fuzz(func(t *testing.T, in string) {
		for _, out := range []string{Text(in), JSON(in), Short(in, 10)} {
			if !utf8.ValidString(out) || strings.ContainsFunc(out, func(c rune) bool { return !unicode.IsGraphic(c) }) {
				t.Fatalf("%q: %q", in, out)
			}
		}
		if !utf8.ValidString(in) {
			return
		}
		line, err := json.Marshal(in)
		var back string
		if err != nil || json.Unmarshal([]byte(JSON(string(line))), &back) != nil || back != in {
			t.Fatalf("%q: %q", in, back)
		}
	})
}
