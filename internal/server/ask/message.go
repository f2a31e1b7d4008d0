package ask

import (
	"time"

	"qpay/internal/screen"
	"qpay/internal/server/payment"
	"qpay/internal/server/signing"
)

// MessageQuestion is all that is known when a person is asked to sign a text.
type MessageQuestion struct {
	Caller  payment.Qube
	Origin  string
	Message string // that passed signing.Check
}

// messageLines bounds the lines of a text that is shown whole; what is drawn
// must not get higher than an X11 window can be.
const messageLines = 300

// Page is the question as it is drawn: with every character of the text, since
// what is signed is signed for good.
func (q MessageQuestion) Page() screen.Page {
	s := draw(q.Message, signing.Max, messageLines, harmless)
	rows := append(askedBy(q.Caller, q.Origin),
		screen.Row{Key: "Text", Value: s.text, Note: s.note(), Alert: s.note() != "", Source: fromQube, Style: screen.Text},
		screen.Row{Key: "Length", Value: count(len(q.Message), "byte", "bytes"), Source: fromWallet, Style: screen.Plain},
		screen.Row{Key: "It means", Value: "Whoever has the signature can show for ever that this node signed this text. Websites take it for a login.",
			Source: fromWallet, Style: screen.Plain})
	return screen.Page{Kind: screen.Ask, Heading: "Sign this text?", Subheading: "With the key of your node. No money moves.",
		Rows: rows, PayLabel: "Sign"}
}

// Ends is never.
func (MessageQuestion) Ends() time.Time { return time.Time{} }

// ApprovedMessage is a text that a person saw and wants signed. Only
// MessageQuestion.Approve makes one.
type ApprovedMessage struct {
	message string
	valid   bool
}

// Valid tells an approval from the zero value, which anybody can write.
func (a ApprovedMessage) Valid() bool { return a.valid }

// Message is the text: the very bytes that were received.
func (a ApprovedMessage) Message() string { return a.message }

// Approve turns the event of a window into an approval; see Question.Approve.
func (q MessageQuestion) Approve(digest string, e screen.Event, _ time.Time) (ApprovedMessage, error) {
	if !about(digest, e) || e.Amount != nil || e.FeeLimit != nil || signing.Check(q.Message) != nil {
		return ApprovedMessage{}, ErrNotShown
	}
	return ApprovedMessage{q.Message, true}, nil
}

// Signed is the page of a text that was signed.
func Signed(caller payment.Qube, answered bool) screen.Page {
	given := "given to " + line(string(caller), 64).text
	if !answered {
		given = line(string(caller), 64).text + " is gone and did not get it"
	}
	return screen.Page{Kind: screen.Done, Heading: "Signed", Subheading: "With the key of your node.",
		Rows: []screen.Row{{Key: "Signature", Value: given, Style: screen.Plain}}}
}
