package lnurl

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"

	"qpay/internal/wire"
)

const tellService = "nothing was paid; the service does not keep to the rules: tell it so"

func badAnswer(message string) *wire.Error { return wire.New(wire.ServiceAnswer, message, tellService) }

func notLNURL() *wire.Error {
	return wire.New(wire.ServiceAnswer, "The answer is not that of an LNURL service.", "nothing was paid; look at the link or address for a typing error")
}

func unsafe(message string) *wire.Error {
	return wire.New(wire.UnsafeLink, message, "nothing was paid; others could read or change what is asked there: use another way to pay")
}

func unsupported(message, hint string) *wire.Error {
	return wire.New(wire.UnsupportedLink, message, hint)
}

func login() *wire.Error {
	return unsupported("This is a login by LNURL-auth, which qpay does not do.",
		"it would need a key of its own, and the site's name would be a claim of this qube: log in another way")
}

func badChoice(message, hint string) *wire.Error { return wire.New(wire.BadChoice, message, hint) }

// unreachable says why there was no answer, or no whole one.
func unreachable(ctx context.Context, err error) *wire.Error {
	var (
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return wire.New(wire.ServiceNotThere, "Interrupted before the service answered.", "nothing was paid")
	case errors.Is(err, errPrivate):
		return wire.New(wire.UnsafeLink, "The service has an address of a private net or of this qube itself.",
			"nothing was asked there and nothing was paid; a link must not make this qube talk to its neighbours")
	case errors.Is(err, errInsecure):
		return unsafe("The service led to an address that is not https.")
	case errors.Is(err, errRedirects):
		return badAnswer("The service led from one address to the next, more than three times.")
	case errors.As(err, &certificate), errors.As(err, &authority):
		return unsafe("The certificate of the service is not good: it may be somebody else.")
	case errors.As(err, &record):
		return unsafe("The service does not speak https.")
	case errors.As(err, &name):
		return wire.New(wire.ServiceNotThere, "The name of the service was not found.",
			"nothing was paid; look for a typing error, and whether this qube has a network")
	case timeout(err):
		return wire.New(wire.ServiceNotThere, "The service did not answer in time.", "nothing was paid; try again later")
	}
	return wire.New(wire.ServiceNotThere, "The service cannot be reached, or ended its answer half way.",
		"nothing was paid; try again later, and see whether this qube has a network")
}

// maxQuote bounds words of a service in a sentence of ours.
const maxQuote = 200

// quote makes words from outside fit for a sentence: what does not print is
// escaped, and what is long is cut.
func quote(untrusted string) string {
	if r := []rune(untrusted); len(r) > maxQuote {
		return strconv.Quote(string(r[:maxQuote])) + "…"
	}
	return strconv.Quote(untrusted)
}
