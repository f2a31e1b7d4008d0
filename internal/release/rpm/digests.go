package rpm

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// checkDigests compares every digest and size in the package with what they
// speak of. The SHA-256 of the main header and that of the payload must be
// there; older kinds may.
func (f *file) checkDigests() error {
	main := f.bytes[f.main.start:f.main.end]
	header256, payload256, header1 := sha256.Sum256(main), sha256.Sum256(f.payload), sha1.Sum(main)
	for _, d := range []struct {
		what     string
		in       header
		tag      uint32
		kind     uint32
		want     []byte
		required bool
	}{
		{"SHA-256 of the main header", f.signature, sigSHA256, typeString, header256[:], true},
		{"SHA-1 of the main header", f.signature, sigSHA1, typeString, header1[:], false},
		{"SHA-256 of the payload", f.main, tagPayloadDigest, typeStringArray, payload256[:], true},
	} {
		e, ok, err := d.in.find(d.tag)
		if err != nil {
			return err
		}
		if !ok && !d.required {
			continue
		}
		if !ok || e.kind != d.kind || e.count != 1 {
			return fmt.Errorf("%s: it is not there once, as a text", d.what)
		}
		if got, err := d.in.text(e); err != nil || got != hex.EncodeToString(d.want) {
			return fmt.Errorf("%s: %q is wrong, %x is right", d.what, got, d.want)
		}
	}
	return f.checkWhole()
}

// checkWhole looks at what speaks of main header and payload together.
func (f *file) checkWhole() error {
	whole := f.bytes[f.main.start:]
	if e, ok, err := f.signature.find(sigSize); err != nil {
		return err
	} else if ok {
		size, err := f.signature.int32(e)
		if err != nil || int64(size) != int64(len(whole)) {
			return fmt.Errorf("size of header and payload: %d is wrong, %d is right", size, len(whole))
		}
	}
	if e, ok, err := f.signature.find(sigMD5); err != nil {
		return err
	} else if ok {
		sum := md5.Sum(whole)
		at := int64(e.offset)
		if e.kind != typeBin || e.count != md5.Size || at+md5.Size > int64(len(f.signature.data)) ||
			!bytes.Equal(f.signature.data[at:at+md5.Size], sum[:]) {
			return fmt.Errorf("MD5 of header and payload: it is wrong, %x is right", sum)
		}
	}
	return nil
}

// int32 is the value of a number.
func (h header) int32(e entry) (uint32, error) {
	if e.kind != typeInt32 || e.count != 1 || int64(e.offset)+4 > int64(len(h.data)) {
		return 0, fmt.Errorf("tag %d is not one number", e.tag)
	}
	return binary.BigEndian.Uint32(h.data[e.offset:]), nil
}
