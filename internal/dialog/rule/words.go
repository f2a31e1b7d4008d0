package rule

import (
	"fmt"
	"strings"
	"time"
)

// Countdown says how long there is left, rounded up so that it never reads zero
// while Pay still works, and whether this is the last minute.
func Countdown(left time.Duration) (text string, urgent bool) {
	s := int64((left + time.Second - 1) / time.Second)
	switch {
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60), s <= 60
	case s < 48*3600:
		return fmt.Sprintf("%d h %02d min", s/3600, s%3600/60), false
	}
	return fmt.Sprintf("%d days", s/86400), false
}

// Elapsed is the whole time that has passed.
func Elapsed(d time.Duration) string {
	s := max(0, int64(d/time.Second))
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}

// Mnemonic turns a button's text into a label whose first letter is its
// mnemonic, and names the keys. An underscore in the text itself is doubled, as
// it would move the mnemonic to another letter.
func Mnemonic(text string) (label, keys string) {
	label = "_" + strings.ReplaceAll(text, "_", "__")
	for _, c := range text {
		return label, "Alt+" + strings.ToUpper(string(c))
	}
	return "", ""
}

// LongWord says whether a text has a word of hundreds of characters. Pango's
// search for a place to break it takes time that grows with the third power of
// its length: 45 seconds for 10,000 characters, during which no window comes up.
// Such a text is broken at any character instead.
func LongWord(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if len(word) > 400 {
			return true
		}
	}
	return false
}
