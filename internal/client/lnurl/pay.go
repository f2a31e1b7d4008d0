package lnurl

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"qpay/internal/client/uri"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// Pay is what a service wants for a payment (LUD-06).
type Pay struct {
	service
	limits
	wire.Texts           // what it is for
	CommentMax int       // characters; 0: takes no comment (LUD-12)
	Payer      PayerData // what it wants to know of the payer (LUD-18)

	metadata string // byte for byte: it is hashed
}

func readPay(s service, body []byte) (*Pay, *wire.Error) {
	var a struct {
		Min      *uint64 `json:"minSendable"`
		Max      *uint64 `json:"maxSendable"`
		Metadata *string `json:"metadata"`
		Comment  int     `json:"commentAllowed"`
	}
	if json.Unmarshal(body, &a) != nil || a.Metadata == nil || a.Comment < 0 {
		return nil, badAnswer("The service does not say what it wants as LNURL-pay has it.")
	}
	if a.Min != nil && *a.Min == 0 {
		return nil, badAnswer("The service takes payments of nothing.")
	}
	l, e := readLimits(a.Min, a.Max)
	if e != nil {
		return nil, e
	}
	texts, err := wire.ReadMetadata(*a.Metadata)
	if err != nil {
		return nil, badAnswer("The service does not say what the payment is for as LNURL-pay has it.")
	}
	payer, e := readPayerData(body)
	if e != nil {
		return nil, e
	}
	return &Pay{service: s, limits: l, Texts: texts, CommentMax: a.Comment, Payer: payer, metadata: *a.Metadata}, nil
}

// Choice is what a person decides about a payment.
type Choice struct {
	Amount  money.Msat
	Comment string
	Payer   map[string]string // by the names that PayerData has
}

// Within refuses an amount that the service does not take.
func (p *Pay) Within(m money.Msat) *wire.Error { return p.within(m, "take", "nothing was paid") }

// Check says whether the service would take a choice, so that a mistake is
// found before the service hears of it.
func (p *Pay) Check(c Choice) *wire.Error {
	if e := p.Within(c.Amount); e != nil {
		return e
	}
	if e := p.checkComment(c.Comment); e != nil {
		return e
	}
	return p.Payer.check(c.Payer)
}

func (p *Pay) checkComment(comment string) *wire.Error {
	switch n := utf8.RuneCountInString(comment); {
	case comment == "":
		return nil
	case !utf8.ValidString(comment):
		return badChoice("The comment is not UTF-8 text.", "nothing was paid; write it anew")
	case p.CommentMax == 0:
		return badChoice("The service takes no comment.", "nothing was paid; leave it out")
	case n > p.CommentMax:
		return badChoice(fmt.Sprintf("The comment has %d characters, and the service takes %d.", n, p.CommentMax), "nothing was paid; shorten it")
	}
	return nil
}

// Bill is an invoice that a service made, with what belongs to it.
type Bill struct {
	Invoice string
	Amount  money.Msat
	Context wire.Context // for the wallet: who and what for
	Action  *Action      // what is to be shown after the payment; nil: nothing
}

// Bill asks the service for the invoice and holds it against the choice.
func (p *Pay) Bill(ctx context.Context, c Choice) (*Bill, *wire.Error) {
	if e := p.Check(c); e != nil {
		return nil, e
	}
	parameters := []string{"amount", fmt.Sprint(uint64(c.Amount))}
	if c.Comment != "" {
		parameters = append(parameters, "comment", c.Comment)
	}
	payer := encodePayer(c.Payer)
	if payer != "" {
		parameters = append(parameters, "payerdata", payer)
	}
	body, e := p.call(ctx, parameters...)
	if e != nil {
		return nil, e
	}
	return p.readBill(body, c.Amount, payer)
}

func (p *Pay) readBill(body []byte, asked money.Msat, payer string) (*Bill, *wire.Error) {
	var a struct {
		Request string          `json:"pr"`
		Action  json.RawMessage `json:"successAction"`
	}
	if json.Unmarshal(body, &a) != nil || a.Request == "" {
		return nil, badAnswer("The service gave no invoice.")
	}
	t, e := uri.Parse(a.Request)
	if e != nil || t.Kind != uri.Invoice || !strings.EqualFold(a.Request, t.Invoice) {
		return nil, badAnswer("The service gave an invoice that is none.")
	}
	if t.Amount == nil || *t.Amount != asked {
		return nil, badAnswer("The service gave an invoice over " + over(t.Amount) + ", and " + asked.String() + " was asked for.")
	}
	action, e := readAction(a.Action, p.callback.Hostname())
	if e != nil {
		return nil, e
	}
	return &Bill{Invoice: t.Invoice, Amount: asked, Action: action, Context: p.context(t.Invoice, payer)}, nil
}

// context leaves the metadata out where it would be too long: the wallet then
// shows only that the invoice has a hash. In JSON it may be much longer.
func (p *Pay) context(invoice, payer string) wire.Context {
	short := wire.Context{Address: p.Name}
	whole := wire.Context{Address: p.Name, Metadata: p.metadata, PayerData: payer}
	line, err := wire.Encode(wire.PayRequest{V: wire.Version, Invoice: invoice, Context: &whole})
	if err != nil || len(line) > wire.MaxRequest || len(p.metadata)+len(payer) > wire.MaxMetadata {
		return short
	}
	return whole
}

func over(m *money.Msat) string {
	if m == nil {
		return "no amount"
	}
	return m.String()
}
