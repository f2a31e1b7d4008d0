// Package screen is what qpay-server and qpay-dialog say to each other, both in
// lightningvm, both trusted (stage 8 of the design). The server writes pages,
// one JSON line each, to the dialog's standard input; the dialog draws the
// newest one and writes events, one JSON line each, to its standard output.
//
// Whatever a person decides is bound to what they saw: an event repeats the
// SHA-256 of the very line that was drawn, and the server takes no other.
// All text is made by the server; the dialog adds the words of its own that
// depend on time or on typing, namely the countdowns and a typed amount.
package screen

import "qpay/internal/money"

// Kind says which layout a page has.
type Kind string

const (
	Loading Kind = "loading" // spinner and Heading; Cancel
	Ask     Kind = "ask"     // the question: amount, rows, Cancel and Pay
	Trouble Kind = "trouble" // the node cannot pay now: what is wrong, Cancel and Retry
	Paying  Kind = "paying"  // spinner, seconds since Since; may be closed, the payment goes on
	Paid    Kind = "paid"    // tick, rows, the preimage to copy
	Failed  Kind = "failed"  // final: no money moved
	Open    Kind = "open"    // in flight or unknown: may still be paid
	Notice  Kind = "notice"  // nothing to decide: wrong invoice, expired, already paid
	Done    Kind = "done"    // tick, rows: what was approved is done, and was no payment
	Gone    Kind = "gone"    // no page: the dialog closes its window and ends
)

// Level is how loud a banner is.
type Level string

const (
	Info    Level = "info"
	Warning Level = "warning"
	Error   Level = "error"
)

// Banner is a sentence in a coloured bar above the amount.
type Banner struct {
	Level Level  `json:"level"`
	Text  string `json:"text"`
}

// Style is how the value of a row is set.
type Style string

const (
	Plain Style = "plain" // one or few lines, wrapped
	Mono  Style = "mono"  // keys and hashes, fixed width, wrapped
	Text  Style = "text"  // words from outside: a box of fixed height that scrolls
)

// Row is one fact and where it comes from.
type Row struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Note   string `json:"note,omitempty"`   // a remark on the value: escaped, shortened, a match
	Alert  bool   `json:"alert,omitempty"`  // the remark is a reason to look twice
	Source string `json:"source,omitempty"` // who says so: Qubes, the invoice, this wallet, a claim of the qube
	Style  Style  `json:"style"`
}

// AmountQuestion asks for an amount: what to pay for an invoice that has none,
// or what a new invoice is to ask for. The dialog shows the fee limit that
// FeeBase and FeePPM give for what is typed, where something is paid.
type AmountQuestion struct {
	Min       money.Msat  `json:"min_msat,omitempty"` // 0: anything above nothing
	Max       money.Msat  `json:"max_msat"`
	Optional  bool        `json:"optional,omitempty"`       // may be left empty: Pay then has no amount
	NoFee     bool        `json:"no_fee,omitempty"`         // nothing is paid: Pay then has no fee limit
	Hint      string      `json:"hint,omitempty"`           // below the empty entry, in place of the dialog's own
	Suggested *money.Msat `json:"suggested_msat,omitempty"` // a claim of the qube; drawn as such
	FeeBase   money.Msat  `json:"fee_base_msat"`
	FeePPM    uint64      `json:"fee_ppm"`
}

// Page is all that one state of the window shows. Times are Unix milliseconds,
// 0 for none.
type Page struct {
	Kind       Kind            `json:"kind"`
	Heading    string          `json:"heading"`              // the amount, or the result in a word or two
	Subheading string          `json:"subheading,omitempty"` // the amount in bitcoin, or a sentence
	Banner     *Banner         `json:"banner,omitempty"`
	Rows       []Row           `json:"rows,omitempty"`
	Amount     *AmountQuestion `json:"amount,omitempty"` // Ask only
	PayLabel   string          `json:"pay_label,omitempty"`
	CanMute    bool            `json:"can_mute,omitempty"` // offer "Deny and mute this qube"
	Expires    int64           `json:"expires_ms,omitempty"`
	Since      int64           `json:"since_ms,omitempty"`
	Copy       string          `json:"copy,omitempty"`       // what the copy button copies
	CopyLabel  string          `json:"copy_label,omitempty"` // its label
}

// Happening is what a person did.
type Happening string

const (
	Pay   Happening = "pay"   // on Ask: approved
	Deny  Happening = "deny"  // Cancel, Escape or the window closed, before approval
	Mute  Happening = "mute"  // on Ask: denied, and this qube is not to ask for a while
	Retry Happening = "retry" // on Trouble
	Close Happening = "close" // the window closed on a page where nothing is decided
)

// Event is one happening. Digest is that of the page which was on the screen.
// Amount and FeeLimit are there on Pay where the page asked for them: as typed,
// and as shown beside it.
type Event struct {
	What     Happening   `json:"event"`
	Digest   string      `json:"digest"`
	Amount   *money.Msat `json:"amount_msat,omitempty"`
	FeeLimit *money.Msat `json:"fee_limit_msat,omitempty"`
}
