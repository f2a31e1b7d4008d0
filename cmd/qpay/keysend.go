package main

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"qpay/internal/client/wallet"
	"qpay/internal/money"
	"qpay/internal/wire"
)

func keysendVerb() verb {
	return verb{
		name: "keysend", usage: "ask for a payment to a node, without an invoice", arguments: "DESTINATION AMOUNT",
		text: `qpay keysend 02ab... 1000                           1 000 sat to that node
qpay keysend --record 7629169=7b7d 02ab... 1000     with a record for the payee

There is no invoice, and the preimage proves nothing. Each keysend pays anew.
After exit code 7 look at the history in the wallet's qube before anything else.
As shipped no qube may ask: dom0's policy and the wallet have to permit it.`,
		min: 2, max: 2, timeout: askingTakes, services: []string{wire.ServiceKeysend}, run: keysend,
		flags: []cli.Flag{&cli.StringSliceFlag{Name: "record", Usage: "`N=HEX`, a custom record of that number, from 65536 on; may be repeated"}},
	}
}

func keysend(c *call) error {
	destination, err := nodeKey(c.args[0])
	if err != nil {
		return err
	}
	amount, err := someAmount(c.args[1])
	if err != nil {
		return err
	}
	records, err := records(c.StringSlice("record"))
	if err != nil {
		return err
	}
	if !c.quiet {
		c.warn("there is no invoice and no proof of what this is for; each repetition pays again")
	}
	q := wire.KeysendRequest{V: wire.Version, Destination: destination, Amount: amount, Records: records}
	a, err := ask(c, q, wallet.Proves)
	if err != nil {
		return err
	}
	c.print(a, a.Preimage)
	c.say("paid %s, fee %s", a.Amount, a.Fee)
	return nil
}

func nodeKey(text string) (string, error) {
	key := strings.ToLower(strings.TrimSpace(text))
	raw, err := hex.DecodeString(key)
	switch {
	case strings.HasPrefix(key, "ln") || strings.HasPrefix(key, "lightning:"):
		return "", badUsage("qpay pay INVOICE pays an invoice", "%.40q is not the key of a node", text)
	case strings.Contains(key, "@"):
		return "", badUsage("leave out what begins with @", "%.40q is more than the key of a node", text)
	case err != nil || len(raw) != 33 || raw[0] != 2 && raw[0] != 3:
		return "", badUsage("it has 66 hex digits and begins with 02 or 03", "%.80q is not the key of a node", text)
	}
	return key, nil
}

// someAmount reads an amount that is not nothing.
func someAmount(text string) (money.Msat, error) {
	m, err := money.ParseSat(text)
	if err == nil && m == 0 {
		return 0, badUsage("", "nothing is no amount")
	}
	if err != nil {
		return 0, badUsage("an amount in satoshi, such as 1000", "%.40q is %s", text, err)
	}
	return m, nil
}

// Numbers of records: those below are the protocol's, that of the preimage is
// the wallet's to fill in (bLIP 3).
const (
	firstRecord    = 65536
	preimageRecord = 5482373484
)

func records(given []string) (map[string]string, error) {
	all := map[string]string{}
	for _, r := range given {
		number, value, ok := strings.Cut(r, "=")
		n, err := strconv.ParseUint(number, 10, 64)
		_, notHex := hex.DecodeString(value)
		key := strconv.FormatUint(n, 10)
		switch _, twice := all[key]; {
		case !ok || err != nil || notHex != nil:
			return nil, badUsage("as in --record 7629169=7b7d", "--record %.80q: not a number, = and hex digits", r)
		case n < firstRecord:
			return nil, badUsage("", "--record %d: numbers below %d are the protocol's own", n, firstRecord)
		case n == preimageRecord:
			return nil, badUsage("", "--record %d: the wallet makes the preimage", uint64(preimageRecord))
		case twice:
			return nil, badUsage("", "--record %d is there twice", n)
		}
		all[key] = strings.ToLower(value)
	}
	return all, nil
}
