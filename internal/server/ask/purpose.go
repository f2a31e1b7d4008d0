package ask

import (
	"fmt"
	"strings"

	"qpay/internal/screen"
	"qpay/internal/wire"
)

// A text that is committed to says so below it, where there is room for what
// verified means.
const (
	verified   = "verified"
	committed  = "committed to by the payee's key"
	shortChars = 120
)

// purpose are the rows that say what a payment is for: the description; or the
// text whose hash is in its place, if the qube gave it; and what the qube says
// besides, as a claim.
func (q Question) purpose() []screen.Row {
	text := q.Claims.Text
	switch {
	case text.Committed:
		rows := forRows("For", text.Texts, verified)
		last := &rows[len(rows)-1]
		last.Note = strings.Join(append(notes(last.Note), committed), "; ")
		return rows
	case !text.Given:
		return []screen.Row{q.description()}
	}
	return append([]screen.Row{q.description()}, forRows("Said to be for", text.Texts, fromQube)...)
}

func notes(note string) []string {
	if note == "" {
		return nil
	}
	return []string{note}
}

// forRows are a text and its long form, which LUD-20 wants first. The short one
// is then a line: two boxes would push the payee off the window.
func forRows(key string, t wire.Texts, source string) []screen.Row {
	if strings.TrimSpace(t.Long) == "" {
		return []screen.Row{textRow(key, t.Short, source)}
	}
	s := line(t.Short, shortChars)
	return []screen.Row{textRow(key, t.Long, source),
		{Key: "In short", Value: s.text, Note: s.note(), Alert: s.note() != "", Source: source, Style: screen.Plain}}
}

// description is the invoice's, or the hash of a text that nobody gave.
func (q Question) description() screen.Row {
	if h, ok := q.Invoice.DescriptionHash(); ok {
		return screen.Row{Key: "For", Value: "only a hash of a text: " + Groups(fmt.Sprintf("%x", h[:8])) + " …",
			Source: fromInvoice, Style: screen.Plain}
	}
	text, _ := q.Invoice.Description()
	return textRow("For", text, fromInvoice)
}

// textRow is a text from outside.
func textRow(key, untrusted, source string) screen.Row {
	if strings.TrimSpace(untrusted) == "" {
		return screen.Row{Key: key, Value: "no description", Source: source, Style: screen.Plain}
	}
	s := block(untrusted)
	return screen.Row{Key: key, Value: s.text, Note: s.note(), Alert: s.note() != "", Source: source, Style: screen.Text}
}
