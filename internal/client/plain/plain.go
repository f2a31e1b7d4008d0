// Package plain is in the asking qube, untrusted: what every text goes through
// before it reaches a terminal or a notification. What came by a pipe, a page
// or a picture might else move the cursor, set the title, or reorder the line
// (CVE-2021-42574).
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Text has a question mark in place of each control, formatting and
// bidirectional character, of line ends too, and of bytes that are not UTF-8.
func Text(untrusted string) string {
	return strings.Map(func(c rune) rune {
		if visible(c) {
			return c
		}
		return '?'
	}, untrusted)
}

// JSON does the same to JSON, which stays the same to its reader: outside of
// strings there is nothing but ASCII.
func JSON(untrusted string) string {
	var b strings.Builder
	for _, c := range untrusted {
		switch {
		case visible(c):
			b.WriteRune(c)
		case c > 0xffff:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, c)
		}
	}
	return b.String()
}

// Short is Text, cut after so many characters.
func Short(untrusted string, most int) string {
	text := []rune(Text(untrusted))
	if len(text) <= most {
		return string(text)
	}
	return string(text[:most-1]) + "…"
}

// visible: a letter, mark, number, sign or space that stands where it is
// written. The letters among them that are drawn as nothing could hide in a
// name.
func visible(c rune) bool {
	switch c {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u034f', '\u2800', '\ufffd':
		return false
	}
	if c >= 0xfe00 && c <= 0xfe0d || c >= 0xe0100 && c <= 0xe01ef {
		return false // variation selectors, but for the two of emoji
	}
	return unicode.IsGraphic(c)
}
