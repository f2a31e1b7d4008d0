package uri

import "qpay/internal/wire"

// All refusals are made here: a sentence, and what to do. Nothing of the text
// is repeated in them.

const known = "qpay knows BOLT 11 invoices, lightning: and bitcoin: links, LNURL and Lightning addresses"

// unknown: qpay does not know what this is.
func unknown(message, hint string) *wire.Error { return wire.New(wire.NoPaymentText, message, hint) }

// bad: qpay knows what it is meant to be, and it is broken.
func bad(message, hint string) *wire.Error { return wire.New(wire.BadLink, message, hint) }

// badInvoice is the same of a BOLT 11 invoice, with the code that the wallet has
// for it.
func badInvoice(message, hint string) *wire.Error { return wire.New(wire.BadInvoice, message, hint) }

// never: qpay knows what it is, and does not do that.
func never(message, hint string) *wire.Error { return wire.New(wire.UnsupportedLink, message, hint) }

func offer() *wire.Error {
	return never("This is a BOLT 12 offer, which lnd cannot pay.", "ask the payee for a BOLT 11 invoice or a Lightning address")
}

func onChain() *wire.Error {
	return never("There is no Lightning instruction, only what is paid on the chain.", "qpay pays by Lightning alone: ask the payee for a Lightning invoice")
}

func insecure() *wire.Error {
	return wire.New(wire.UnsafeLink, "The LNURL leads to an address that is not https.",
		"others could change the invoice on its way: ask the service for one with https")
}

func login() *wire.Error {
	return never("This is a login by LNURL-auth, which qpay does not do.",
		"it would need a key of its own, and the site's name would be a claim of this qube: log in another way")
}

func channel() *wire.Error {
	return never("This asks for a channel to be opened (LNURL-channel), which qpay does not do.", "open channels at the node")
}
