package rpm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrSigned is the answer for a package with a signature, which a change would
// make worthless.
var ErrSigned = errors.New("the package is signed; correct it before")

// Correct gives back the package with a header that dom0 takes. nfpm's RPM
// writer stores tag 100, the list of languages, as a string; rpm wants an array
// of strings, and rpmcanon in dom0 refuses everything else. A string and an
// array of one are stored alike, so one word of the index changes and nothing
// moves; then the digest of the main header is made anew. The payload and its
// digest stay as they are, and are checked.
//
// A package whose digests are wrong before is not touched: its digest would
// come to vouch for bytes that nobody meant.
func Correct(untrusted []byte) ([]byte, error) {
	f, err := parse(untrusted)
	if err != nil {
		return nil, err
	}
	if err := f.unsigned(); err != nil {
		return nil, err
	}
	if err := f.checkDigests(); err != nil {
		return nil, err
	}
	languages, ok, err := f.main.find(tagI18NTable)
	switch {
	case err != nil:
		return nil, err
	case !ok || languages.count != 1:
		return nil, fmt.Errorf("tag %d is not there with one language", tagI18NTable)
	case languages.kind == typeStringArray:
		return bytes.Clone(untrusted), nil
	case languages.kind != typeString:
		return nil, fmt.Errorf("tag %d has the type %d, neither a string nor an array", tagI18NTable, languages.kind)
	}
	out := bytes.Clone(untrusted)
	binary.BigEndian.PutUint32(out[languages.at+4:], typeStringArray)
	return out, f.renew(out)
}

// renew writes the digest of the main header anew. Were there digests of other
// kinds, they would be wrong now; nfpm writes none, so they are refused.
func (f *file) renew(out []byte) error {
	for _, tag := range []uint32{sigSHA1, sigMD5} {
		if _, ok, _ := f.signature.find(tag); ok {
			return fmt.Errorf("the signature header has the digest %d, which nfpm does not write", tag)
		}
	}
	e, _, err := f.signature.find(sigSHA256)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(out[f.main.start:f.main.end])
	hex.Encode(out[f.signature.dataAt+int(e.offset):], sum[:])
	return nil
}

func (f *file) unsigned() error {
	for _, tag := range []uint32{sigRSA, sigDSA, sigPGP, sigGPG} {
		if _, ok, _ := f.signature.find(tag); ok {
			return ErrSigned
		}
	}
	return nil
}
