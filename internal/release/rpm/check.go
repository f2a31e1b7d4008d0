package rpm

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Check holds a package against the rules of dom0's rpmcanon, as far as they
// are about the file and not about a signature, and compares every digest.
func Check(untrusted []byte) error {
	f, err := parse(untrusted)
	if err != nil {
		return err
	}
	for _, err := range []error{
		f.signature.check(signatureTypes), f.main.check(mainTypes), f.checkMain(), f.checkDigests(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// check walks the values in the order of the index: tags rise, types are those
// of rpm's table, values follow one another with nothing between but zeros for
// alignment, and nothing is left over.
func (h header) check(types map[uint32]uint32) error {
	at, last := 0, uint32(0)
	for _, e := range h.entries[1:] {
		if e.tag <= last {
			return fmt.Errorf("tag %d after %d: they must rise", e.tag, last)
		}
		last = e.tag
		want, known := types[e.tag]
		if !known {
			return fmt.Errorf("tag %d is none that nfpm or rpmsign writes", e.tag)
		}
		if !sameKind(e.kind, want) {
			return fmt.Errorf("tag %d has the type %d, rpm's table says %d", e.tag, e.kind, want)
		}
		for ; at%alignment(e.kind) != 0; at++ {
			if at >= len(h.data) || h.data[at] != 0 {
				return fmt.Errorf("tag %d: the bytes before it are not zeros", e.tag)
			}
		}
		size, err := h.size(e)
		if err != nil {
			return fmt.Errorf("tag %d: %w", e.tag, err)
		}
		if e.count == 0 || int64(e.offset) != int64(at) {
			return fmt.Errorf("tag %d: its %d values begin at %d, not at %d", e.tag, e.count, e.offset, at)
		}
		at += size
	}
	if at != int(h.entries[0].offset) {
		return fmt.Errorf("%d bytes of values belong to no tag", int(h.entries[0].offset)-at)
	}
	return nil
}

// sameKind: a text in several languages may be stored as a plain one.
func sameKind(got, want uint32) bool {
	return got == want || want == typeI18NString && got == typeString ||
		want == eitherString && (got == typeString || got == typeStringArray)
}

func alignment(kind uint32) int {
	switch kind {
	case typeInt16:
		return 2
	case typeInt32:
		return 4
	case typeInt64:
		return 8
	}
	return 1
}

// size is how many bytes the values of an entry take.
func (h header) size(e entry) (int, error) {
	if int64(e.offset) > int64(len(h.data)) {
		return 0, errShort
	}
	rest := h.data[e.offset:]
	width := map[uint32]int64{typeChar: 1, typeInt8: 1, typeInt16: 2, typeInt32: 4, typeInt64: 8, typeBin: 1}[e.kind]
	if width > 0 {
		if width*int64(e.count) > int64(len(rest)) {
			return 0, errShort
		}
		return int(width * int64(e.count)), nil
	}
	if e.kind == typeString && e.count != 1 {
		return 0, fmt.Errorf("%d values of a type that has one", e.count)
	}
	size := 0
	for range e.count {
		n := bytes.IndexByte(rest[size:], 0)
		if n < 0 {
			return 0, errShort
		}
		if !utf8.Valid(rest[size : size+n]) {
			return 0, errors.New("it is not UTF-8")
		}
		size += n + 1
	}
	return size, nil
}

// checkMain looks for what every package must say, once.
func (f *file) checkMain() error {
	for _, tag := range []uint32{tagI18NTable, tagName, tagVersion, tagRelease, tagOS, tagArch, tagPayloadDigest, tagPayloadDigestAlgo} {
		if _, ok, err := f.main.find(tag); !ok || err != nil {
			return fmt.Errorf("tag %d is not there once", tag)
		}
	}
	if slices.ContainsFunc(f.main.entries[1:], func(e entry) bool { return e.tag < 1000 && e.tag != tagI18NTable }) {
		return errors.New("the main header has a tag of the signature header")
	}
	return nil
}
