// Package rpm reads the headers of an RPM package, corrects what the packager
// nfpm writes into them, and checks them as strictly as dom0 does. It is linked
// into no program that is installed: it works on what `make packages` built.
//
// All numbers in an RPM are big-endian. A file is a lead, a signature header,
// zeros up to a multiple of eight, the main header, and the compressed payload
// (rpm's docs/manual/format_v4.md). Nothing here trusts a fixed place: the
// structure is walked, and what does not add up is refused.
package rpm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Tags that mean something here.
const (
	tagSignatures = 62 // region of the signature header
	tagImmutable  = 63 // region of the main header
	tagI18NTable  = 100

	sigRSA, sigDSA = 267, 268 // signatures of the main header
	sigSHA1        = 269
	sigSHA256      = 273 // of the main header, in hex
	sigSize        = 1000
	sigPGP         = 1002 // signatures of main header and payload
	sigMD5         = 1004
	sigGPG         = 1005
	sigPayloadSize = 1007

	tagName, tagVersion, tagRelease, tagOS, tagArch = 1000, 1001, 1002, 1021, 1022

	tagPayloadDigest     = 5092 // SHA-256 of the compressed payload, in hex
	tagPayloadDigestAlgo = 5093
)

// Types of values.
const (
	typeChar        = 1
	typeInt8        = 2
	typeInt16       = 3
	typeInt32       = 4
	typeInt64       = 5
	typeString      = 6
	typeBin         = 7
	typeStringArray = 8
	typeI18NString  = 9
)

const (
	leadSize  = 96
	entrySize = 16
	maxHeader = 64 << 20
)

var (
	leadMagic   = []byte{0xed, 0xab, 0xee, 0xdb, 3}
	headerMagic = []byte{0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0}
)

// errShort is what every read past the end comes to.
var errShort = errors.New("the file ends too soon")

// entry is one line of a header's index.
type entry struct {
	tag, kind, offset, count uint32
	at                       int // of these 16 bytes, in the file
}

// header is one of the two.
type header struct {
	region     uint32 // the tag of its first entry
	start, end int    // in the file, without padding
	entries    []entry
	dataAt     int    // in the file
	data       []byte // the values
}

// file is a package that was taken apart. It shares the bytes that were read.
type file struct {
	bytes     []byte
	signature header
	main      header
	payload   []byte
}

func parse(untrusted []byte) (*file, error) {
	if len(untrusted) < leadSize {
		return nil, errShort
	}
	if !bytes.HasPrefix(untrusted, leadMagic) {
		return nil, errors.New("not an RPM package: another first word than a lead's")
	}
	f := &file{bytes: untrusted}
	var err error
	if f.signature, err = parseHeader(untrusted, leadSize, tagSignatures); err != nil {
		return nil, fmt.Errorf("signature header: %w", err)
	}
	next := f.signature.end
	for ; next%8 != 0; next++ {
		if next >= len(untrusted) || untrusted[next] != 0 {
			return nil, errors.New("the padding after the signature header is not zeros")
		}
	}
	if f.main, err = parseHeader(untrusted, next, tagImmutable); err != nil {
		return nil, fmt.Errorf("main header: %w", err)
	}
	f.payload = untrusted[f.main.end:]
	return f, nil
}

func parseHeader(b []byte, start int, region uint32) (header, error) {
	h := header{region: region, start: start}
	if len(b)-start < entrySize {
		return h, errShort
	}
	if !bytes.HasPrefix(b[start:], headerMagic) {
		return h, errors.New("it does not begin with a header's magic number")
	}
	count, size := binary.BigEndian.Uint32(b[start+8:]), binary.BigEndian.Uint32(b[start+12:])
	if count == 0 || count > maxHeader/entrySize || size > maxHeader {
		return h, fmt.Errorf("%d entries and %d bytes of values cannot be", count, size)
	}
	h.dataAt = start + entrySize + int(count)*entrySize
	h.end = h.dataAt + int(size)
	if h.end > len(b) {
		return h, errShort
	}
	h.data = b[h.dataAt:h.end]
	for i := range int(count) {
		at := start + entrySize + i*entrySize
		word := func(n int) uint32 { return binary.BigEndian.Uint32(b[at+4*n:]) }
		h.entries = append(h.entries, entry{word(0), word(1), word(2), word(3), at})
	}
	return h, h.checkRegion()
}

// checkRegion looks at the first entry, which says that all entries belong to
// the header as it was made: its value is the last one, a copy of itself with
// the size of the index, negative, as offset.
func (h header) checkRegion() error {
	e := h.entries[0]
	if e.tag != h.region || e.kind != typeBin || e.count != entrySize {
		return fmt.Errorf("its first entry is %d, not the region %d", e.tag, h.region)
	}
	if int64(e.offset)+entrySize != int64(len(h.data)) {
		return errors.New("the region's end is not the end of the values")
	}
	var want [entrySize]byte
	binary.BigEndian.PutUint32(want[0:], h.region)
	binary.BigEndian.PutUint32(want[4:], typeBin)
	binary.BigEndian.PutUint32(want[8:], uint32(-int32(len(h.entries)*entrySize)))
	binary.BigEndian.PutUint32(want[12:], entrySize)
	if !bytes.Equal(h.data[e.offset:], want[:]) {
		return errors.New("the region's end does not agree with its beginning")
	}
	return nil
}

// find gives the one entry of a tag.
func (h header) find(tag uint32) (found entry, ok bool, err error) {
	for _, e := range h.entries[1:] {
		if e.tag != tag {
			continue
		}
		if ok {
			return found, true, fmt.Errorf("tag %d is there twice", tag)
		}
		found, ok = e, true
	}
	return found, ok, nil
}

// text is the value of a string, or the first of an array.
func (h header) text(e entry) (string, error) {
	if int64(e.offset) >= int64(len(h.data)) {
		return "", errShort
	}
	value, _, ok := bytes.Cut(h.data[e.offset:], []byte{0})
	if !ok {
		return "", errShort
	}
	return string(value), nil
}
