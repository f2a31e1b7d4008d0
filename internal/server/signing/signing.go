// Package signing is a part of stage 7, in lightningvm, trusted: it says which
// texts are never signed with the node's key, whoever approves.
//
// Two kinds matter. One text is worth money and logins: LUD-13 derives all
// LNURL-auth keys of a node from its signature of a fixed phrase. And texts
// that begin like what another protocol signs have no honest use here: lnd puts
// "Lightning Signed Message:" before each text, so such a signature is of no
// use there, unless somebody finds a way to make it so, or only means to fool
// the person who approves. doc/protocol.md has the list with its reasons.
package signing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Max bounds a message in bytes, so that all of it can be shown.
const Max = 4096

// Check returns why a message is not signed, in a fragment of a sentence, or
// nil.
func Check(message string) error {
	switch {
	case !utf8.ValidString(message):
		return errors.New("is not UTF-8")
	case len(message) > Max:
		return fmt.Errorf("has %d bytes, more than %d", len(message), Max)
	case strings.ContainsRune(message, 0):
		return errors.New("has a NUL, which ends a text for many programs")
	}
	words := fold(message)
	squeezed := strings.ReplaceAll(words, " ", "")
	switch {
	case squeezed == "":
		return errors.New("is empty")
	case strings.HasPrefix(squeezed, phrase):
		return errors.New("begins with the phrase from which LNURL-auth logins are made, which must never be signed")
	case separator.MatchString(words) || unicode.IsControl(first(message)):
		return errors.New("begins like what another protocol signs")
	}
	return nil
}

// phrase begins the text of LUD-13, with the letters alone.
const phrase = "donoteversignthistext"

// separator has the domain separators of other protocols, as fold writes them:
// "Bitcoin Signed Message:", of Ethereum, Tezos and so on, lnd's own, and
// BIP 322; TLS 1.3; SSH; PGP; Solana, StarkNet and TON.
var separator = regexp.MustCompile(`^(\S+ ){0,2}signed message\b|^tls 1 3 |^sshsig\b|^begin (pgp|ssh) |` +
	`^\S?solana offchain\b|^starknet message\b|^ton (connect|proof item)\b`)

// first is the first character that is no white space. A control character
// there is a length byte, or the 0x19 of EIP-191.
func first(message string) rune {
	c, _ := utf8.DecodeRuneInString(strings.TrimSpace(message))
	return c
}

// fold reduces a text to what a reader, or a signer that cleans up its input,
// takes it for: words of small letters and digits with one space between them.
// What has no shape is left out even within a word.
func fold(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch c = plain(c); {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			b.WriteRune(c)
		case unicode.In(c, unicode.Cf, unicode.M, unicode.Variation_Selector):
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// plain is the small ASCII letter that a letter stands for, if there is one:
// of the other case, of full width, or of the same fold (the long s, the
// Kelvin sign).
func plain(c rune) rune {
	if '！' <= c && c <= '～' {
		c -= '！' - '!'
	}
	least := c
	for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return unicode.ToLower(least)
}
