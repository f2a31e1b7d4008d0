package signing

import (
	"strings"
	"testing"
)

func TestNeverSigned(t *testing.T) {
	const lud13 = "DO NOT EVER SIGN THIS TEXT WITH YOUR PRIVATE KEYS! IT IS ONLY USED FOR DERIVATION OF LNURL-AUTH HASHING-KEY, DISCLOSING ITS SIGNATURE WILL COMPROMISE YOUR LNURL-AUTH IDENTITY AND MAY LEAD TO LOSS OF FUNDS!"
	for name, message := range map[string]string{
		"the phrase of LUD-13":             lud13,
		"its beginning":                    "DO NOT EVER SIGN THIS TEXT",
		"in small letters":                 strings.ToLower(lud13),
		"in both":                          "Do Not Ever Sign This Text",
		"behind spaces and newlines":       " \t\r\n\v\f" + lud13,
		"behind Unicode's spaces":          "\u00a0\u2003\u3000\u1680\u2028\u2029\u0085" + lud13,
		"behind what is not seen":          "\ufeff\u200b\u2060\u00ad\u034f\ufe0f" + lud13,
		"with zero-width characters in it": "DO N\u200bOT EV\u200dER SI\u2060GN TH\u00adIS TEXT",
		"with other spaces between":        "DO\u00a0NOT\u2003EVER\nSIGN\tTHIS  TEXT",
		"with none":                        "DONOTEVERSIGNTHISTEXT",
		"with signs between":               "DO-NOT-EVER-SIGN-THIS-TEXT",
		"behind quotes":                    "\"“»" + lud13,
		"of full width":                    "ＤＯ　ＮＯＴ　ＥＶＥＲ　ＳＩＧＮ　ＴＨＩＳ　ＴＥＸＴ",
		"with a long s":                    "do not ever ſign thiſ text",
		"behind bidi characters":           "\u202e\u2066" + lud13,
		"with marks on the letters":        "D\u0301O NOT EVER SIGN THIS TEXT",
		"of lnd itself":                    "Lightning Signed Message:x",
		"of Bitcoin":                       "Bitcoin Signed Message:\nx",
		"of Bitcoin, with its length":      "\x18Bitcoin Signed Message:\nx",
		"of Ethereum":                      "\x19Ethereum Signed Message:\n1x",
		"of Ethereum, without the byte":    "Ethereum Signed Message:\n1x",
		"of Ethereum, typed data":          "\x19\x01" + strings.Repeat("x", 64),
		"of Tezos":                         "Tezos Signed Message: x",
		"of two words":                     "Bitcoin Gold Signed Message:\nx",
		"with a length that is a letter":   "1Foocoin Signed Message:\nx",
		"of BIP 322":                       "BIP0322-signed-message",
		"of TLS 1.3":                       strings.Repeat(" ", 64) + "TLS 1.3, server CertificateVerify",
		"of SSH":                           "SSHSIG",
		"of PGP":                           "-----BEGIN PGP SIGNED MESSAGE-----",
		"of Solana":                        "\u00ffsolana offchain",
		"of TON":                           "ton-proof-item-v2/",
		"hidden in zero-width characters":  "Bit\u200bcoin Sig\u200bned Message:\nx",
		"empty":                            "",
		"nothing but space":                " \n\t\u200b",
		"a NUL":                            "text\x00more",
		"not UTF-8":                        "text\xff",
		"too long":                         strings.Repeat("a", Max+1),
	} {
		if Check(message) == nil {
			t.Errorf("%s would be signed: %.60q", name, message)
		}
	}
}

// What people and sites do sign.
func TestSigned(t *testing.T) {
	for _, message := range []string{
		"hello", "login to example.com\nnonce 42", `{"nonce":"abc"}`, "日本語 🍰", "I, Alice, own this node.",
		"please do not ever sign this text", "What is a Bitcoin wallet's signed message?", `[0,"` + strings.Repeat("ab", 32) + `",1,1,[],""]`,
		strings.Repeat("a", Max), "\ntext", "example.com wants you to sign in with your account",
	} {
		if err := Check(message); err != nil {
			t.Errorf("%.60q: %v", message, err)
		}
	}
}

// What is put before the phrase and has no letters changes nothing.
func FuzzPhrase(f *testing.F) {
	f.Add(" \u200b")
	f.Fuzz(func(t *testing.T, before string) {
		if fold(before) == "" && Check(before+"Do not ever sign this text") == nil {
			t.Fatalf("%q", before)
		}
	})
}
