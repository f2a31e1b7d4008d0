package history

import (
	"fmt"
	"io"
	"time"

	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
)

// Show writes all that is known of each record.
func Show(w io.Writer, rs []journal.Record) error {
	for i, r := range rs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := show(w, r); err != nil {
			return err
		}
	}
	return nil
}

func show(w io.Writer, r journal.Record) (err error) {
	row := func(name, value string) {
		if err == nil && value != "" {
			_, err = fmt.Fprintf(w, "%-16s  %s\n", name, value)
		}
	}
	row("payment hash", r.Hash.String())
	row("qube", ask.Line(string(r.Qube), whole))
	row("state", string(r.State))
	for _, s := range r.Steps {
		row("  "+string(s.State), s.At.Local().Format(time.RFC3339))
	}
	row("failure reason", ask.Line(string(r.Reason), whole))
	row("amount", amount(r))
	if r.FeeLimit > 0 {
		row("fee limit", r.FeeLimit.String())
	}
	row("fee", fee(r))
	row("network", ask.Line(r.Network, whole))
	row("payee", ask.Line(r.Destination, whole))
	row("description", ask.Line(r.Description, whole))
	if r.Origin != "" {
		row("web page", ask.Line(r.Origin, whole)+"  (by the qube's word)")
	}
	if r.Address != "" {
		row("address", ask.Line(r.Address, whole)+"  (by the qube's word)")
	}
	if r.Keysend {
		row("keysend", "sent without an invoice")
	}
	row("payment request", ask.Line(r.PaymentRequest, whole))
	proof(row, r)
	return err
}

// proof spells out how the preimage proves the payment: whoever has it and the
// invoice, which the payee signed, can do the same sum.
func proof(row func(name, value string), r journal.Record) {
	if r.Preimage == nil {
		return
	}
	sum := r.Preimage.Hash()
	verdict := "which is the payment hash: proven"
	if sum != r.Hash {
		verdict = "which is NOT the payment hash: no proof"
	}
	row("preimage", r.Preimage.String())
	row("proof of payment", "SHA-256(preimage) =")
	row(" ", sum.String()+",")
	row(" ", verdict)
	row("to check", "echo "+r.Preimage.String()+" | xxd -r -p | sha256sum")
}
