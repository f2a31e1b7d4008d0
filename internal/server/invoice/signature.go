package invoice

import (
	"crypto/sha256"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcutil/bech32"
)

// verify checks the signature: with the key of the n field, or by recovering the
// payee's key from it. Only in the first case must it be low-S (BOLT 11; zpay32
// takes both, lnd issue 10372).
func (i *Invoice) verify(hrp string, signed, signature []byte) error {
	message, err := bech32.ConvertBits(signed, 5, 8, true)
	if err != nil {
		return refuse(Malformed, RuleFields, "the invoice cannot be decoded")
	}
	sig, err := bech32.ConvertBits(signature, 5, 8, false) // 104 groups are 65 bytes
	if err != nil {
		return refuse(Malformed, RuleFields, "the invoice cannot be decoded")
	}
	// zpay32 adds 31 to the recovery id in eight bits and so takes 252 for 0.
	if sig[64] > 3 {
		return refuse(BadSignature, RuleSignature, "the signature of the invoice is not well-formed")
	}
	hash := sha256.Sum256(append([]byte(hrp), message...))
	if i.given.has(fieldN) {
		return verifyNamed(i.payee[:], sig[:64], hash[:])
	}
	const compressed = 27 + 4
	key, _, err := ecdsa.RecoverCompact(append([]byte{compressed + sig[64]}, sig[:64]...), hash[:])
	if err != nil {
		return refuse(BadSignature, RuleSignature, "the signature of the invoice is wrong")
	}
	copy(i.payee[:], key.SerializeCompressed())
	return nil
}

func verifyNamed(payee, sig, hash []byte) error {
	key, err := btcec.ParsePubKey(payee)
	if err != nil {
		return refuse(BadSignature, RuleSignature, "the key of the payee in the invoice is no key")
	}
	var r, s btcec.ModNScalar
	if r.SetByteSlice(sig[:32]) || s.SetByteSlice(sig[32:]) || s.IsOverHalfOrder() {
		return refuse(BadSignature, RuleSignature, "the signature of the invoice is not in the one form allowed")
	}
	if !ecdsa.NewSignature(&r, &s).Verify(hash, key) {
		return refuse(BadSignature, RuleSignature, "the signature of the invoice does not belong to its payee")
	}
	return nil
}
