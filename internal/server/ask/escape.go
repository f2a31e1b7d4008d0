package ask

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How text from outside becomes text that may be drawn. Whoever wrote it wants
// the person to read something else than what is there: so every character
// that has no shape of its own, or changes the order or the look of others, is
// shown by its number, ⟨U+202E⟩, and the reader is told how many there were.

// Bounds of what is shown of a text, in characters as a person counts them.
const (
	blockChars = 640
	blockLines = 12
	maxMarks   = 2 // combining marks on one character; more would cover other rows
)

// shown is a text that may be drawn, and what was done to it.
type shown struct {
	text    string
	escaped int  // characters shown by number
	kept    int  // characters shown, if it was shortened
	of      int  // characters in the original, if it was shortened; else 0
	mixed   bool // a word mixes alphabets that look alike
}

// note says what was done, in words; empty if nothing was.
func (s shown) note() string {
	var parts []string
	if s.escaped > 0 {
		parts = append(parts, fmt.Sprintf("%s shown as ⟨…⟩", count(s.escaped, "hidden or special character is", "hidden or special characters are")))
	}
	if s.mixed {
		parts = append(parts, "letters of different alphabets are mixed in one word")
	}
	if s.of > 0 {
		parts = append(parts, fmt.Sprintf("shortened: %d of %d characters", s.kept, s.of))
	}
	return strings.Join(parts, "; ")
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// block makes a text of several lines drawable: newlines stay up to a number
// of lines, later ones become ⏎.
func block(untrusted string) shown { return draw(untrusted, blockChars, blockLines, harmless) }

// line makes a text drawable in one line of at most max characters.
func line(untrusted string, max int) shown { return draw(untrusted, max, 1, harmless) }

// address makes a web address drawable in one line. Browsers write them in
// ASCII; any other letter is there to look like one of another domain.
func address(untrusted string, max int) shown {
	return draw(untrusted, max, 1, func(c rune) bool { return ' ' < c && c < 0x7F })
}

func draw(untrusted string, chars, lines int, fine func(rune) bool) (s shown) {
	var b strings.Builder
	n, marks, newlines, full := 0, 0, 0, false
	for i, w := 0, 0; i < len(untrusted); i += w {
		c, width := utf8.DecodeRuneInString(untrusted[i:])
		w = width
		if unicode.Is(unicode.M, c) && n > 0 {
			marks++
		} else {
			marks = 0
		}
		if marks == 0 || marks > maxMarks { // a mark too many is shown by number: one more to count
			n++
		}
		if full = full || n > chars; full {
			continue // only counting
		}
		switch {
		case c == utf8.RuneError && width == 1:
			fmt.Fprintf(&b, "⟨0x%02X⟩", untrusted[i])
			s.escaped++
		case c == '\n' && newlines < lines-1:
			newlines++
			b.WriteByte('\n')
		case c == '\n':
			b.WriteRune('⏎')
		case !fine(c), marks > maxMarks:
			fmt.Fprintf(&b, "⟨U+%04X⟩", c)
			s.escaped++
		default:
			b.WriteRune(c)
		}
	}
	if full {
		b.WriteString("…")
		s.kept, s.of = chars, n
	}
	s.text, s.mixed = b.String(), mixed(untrusted)
	return s
}

// harmless tells whether a character has a shape that stays in its place:
// graphic by Unicode, no other space than the plain one, none of the letters
// and signs that are drawn as nothing.
func harmless(c rune) bool {
	return unicode.IsGraphic(c) && (c == ' ' || !unicode.Is(unicode.Zs, c)) && !unicode.Is(blank, c)
}

// blank has what Unicode counts as graphic and fonts draw as nothing: fillers,
// the invisible joiner, variation selectors, the braille blank.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x034F, 0x034F, 1}, {0x115F, 0x1160, 1}, {0x17B4, 0x17B5, 1}, {0x180B, 0x180F, 1},
		{0x2800, 0x2800, 1}, {0x3164, 0x3164, 1}, {0xFE00, 0xFE0F, 1}, {0xFFA0, 0xFFA0, 1},
	},
	R32: []unicode.Range32{{0xE0000, 0xE0FFF, 1}},
}

// lookAlikes are alphabets with letters that cannot be told apart by eye.
var lookAlikes = []*unicode.RangeTable{
	unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee,
}

// mixed tells whether one word has letters of two such alphabets, as in
// "Bitсoin" with a Cyrillic с.
func mixed(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.Is(unicode.M, c) }) {
		found := 0
		for _, alphabet := range lookAlikes {
			if strings.ContainsFunc(word, func(c rune) bool { return unicode.Is(alphabet, c) }) {
				found++
			}
		}
		if found > 1 {
			return true
		}
	}
	return false
}
