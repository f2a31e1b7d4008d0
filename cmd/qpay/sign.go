package main

import (
	"strings"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

func signVerb() verb {
	return verb{
		name: "sign", usage: "ask for the node's signature of a message", arguments: "MESSAGE",
		text: `qpay sign 'I am here'           the signature, after a person has read the text
printf %s "$text" | qpay sign - the message from standard input, byte for byte

As shipped no qube may ask: dom0's policy and the wallet have to permit it.`,
		min: 1, max: 1, timeout: askingTakes, services: []string{wire.ServiceSignMessage}, run: sign,
	}
}

func sign(c *call) error {
	text, err := c.message(0)
	if err != nil {
		return err
	}
	if text == "" {
		return badUsage("", "an empty message is not signed")
	}
	a, err := ask(c, wire.SignMessageRequest{V: wire.Version, Message: text}, wallet.Signed)
	if err != nil {
		return err
	}
	c.print(a, a.Signature)
	return nil
}

func verifyVerb() verb {
	return verb{
		name: "verify", usage: "say whether a node has signed a message", arguments: "SIGNATURE MESSAGE",
		text: `qpay verify d9tib... 'I am here'    the key of the node that signed it
qpay verify d9tib... - < text       the message from standard input

Exit code 4: not valid, or the signer is no node that the wallet's node knows.`,
		min: 2, max: 2, timeout: answerTakes, services: []string{wire.ServiceVerifyMessage}, run: verify,
	}
}

func verify(c *call) error {
	text, err := c.message(1)
	if err != nil {
		return err
	}
	signature := strings.TrimSpace(c.args[0])
	if signature == "" || text == "" {
		return badUsage("", "an empty signature or message cannot be verified")
	}
	q := wire.VerifyMessageRequest{V: wire.Version, Message: text, Signature: signature}
	a, err := ask[wire.VerifyMessageRequest, wire.VerifyMessageAnswer](c, q, nil)
	if err != nil {
		return err
	}
	if !a.Valid {
		c.print(a)
		c.errorAndHint("the signature is not valid, or its signer is unknown to the wallet's node", "compare the message byte for byte")
		return exitError(wire.ExitInvoice)
	}
	c.print(a, a.Pubkey)
	c.say("the signature is valid")
	return nil
}
