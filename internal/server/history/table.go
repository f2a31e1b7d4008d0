package history

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"qpay/internal/money"
	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/payment"
)

// wide is how much of a description the table shows, whole the most that any
// other form does: far above what fits into an invoice.
const (
	wide  = 40
	whole = 20_000
)

// Table writes one line for each record, in the local time.
func Table(w io.Writer, rs []journal.Record) error {
	rows := [][]string{{"TIME", "QUBE", "STATE", "AMOUNT", "FEE", "PAYEE", "HASH", "DESCRIPTION"}}
	for _, r := range rs {
		rows = append(rows, []string{stamp(asked(r), "2006-01-02 15:04"), string(r.Qube), string(r.State), amount(r), fee(r),
			short(r.Destination), short(r.Hash.String()), ask.Line(r.Description, wide)})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		if _, err := fmt.Fprintln(w, strings.TrimRight(aligned(row, widths), " ")); err != nil {
			return err
		}
	}
	return nil
}

// aligned puts amounts to the right, all else to the left.
func aligned(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 3 || i == 4 {
			cell = space + cell
		} else {
			cell += space
		}
		b.WriteString(cell + "  ")
	}
	return b.String()
}

func stamp(t time.Time, form string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(form)
}

func amount(r journal.Record) string {
	if r.Amount == 0 { // the invoice has none, and nobody has typed one
		return "-"
	}
	return r.Amount.String()
}

func fee(r journal.Record) string {
	if r.State != payment.Paid {
		return "-"
	}
	return r.Fee.String()
}

// short is enough of a key or a hash to tell it from others, and to find it.
func short(hex string) string {
	if hex == "" {
		return "-"
	}
	return ask.Line(hex[:min(len(hex), fewest)], fewest)
}

// JSON writes an array of whole records. What is not ASCII is written as
// \uXXXX: the same text to a program, and harmless to a terminal.
func JSON(w io.Writer, rs []journal.Record) error {
	if rs == nil {
		rs = []journal.Record{}
	}
	b, err := json.MarshalIndent(rs, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, ascii(string(b))+"\n")
	return err
}

func ascii(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c > 0xFFFF:
			c -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xD800+c>>10, 0xDC00+c&0x3FF)
		case c >= 0x7F:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// CSV writes a header and one line for each record. Amounts are in
// millisatoshi, which every spreadsheet reads alike; times in UTC.
func CSV(w io.Writer, rs []journal.Record) error {
	c := csv.NewWriter(w)
	c.Write([]string{"time", "qube", "state", "since", "amount_msat", "fee_msat", "destination", "payment_hash",
		"preimage", "failure_reason", "origin", "description"})
	for _, r := range rs {
		preimage := ""
		if r.Preimage != nil {
			preimage = r.Preimage.String()
		}
		c.Write([]string{utc(asked(r)), cell(string(r.Qube)), string(r.State), utc(r.Since()), number(r.Amount), number(r.Fee),
			cell(r.Destination), cell(r.Hash.String()), preimage, cell(string(r.Reason)), cell(r.Origin), cell(r.Description)})
	}
	c.Flush()
	return c.Error()
}

func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func number(m money.Msat) string { return fmt.Sprint(uint64(m)) }

// cell keeps a spreadsheet from taking a text for a formula, and a terminal
// for a command. Spreadsheets of Asia take the wide signs too.
func cell(untrusted string) string {
	s := ask.Line(untrusted, whole)
	if t := strings.TrimLeft(s, " "); t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) {
		return "'" + s
	}
	return s
}
