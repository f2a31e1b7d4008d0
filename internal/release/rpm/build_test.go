package rpm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// value is one line of a header that a test makes.
type value struct {
	tag, kind, count uint32
	data             []byte
}

func text(tag, kind uint32, s string) value { return value{tag, kind, 1, append([]byte(s), 0)} }

func number(tag uint32, n uint32) value {
	return value{tag, typeInt32, 1, binary.BigEndian.AppendUint32(nil, n)}
}

// head makes a header as rpm's manual describes it.
func head(region uint32, values []value) []byte {
	var index, data []byte
	line := func(words ...uint32) {
		for _, w := range words {
			index = binary.BigEndian.AppendUint32(index, w)
		}
	}
	for _, v := range values {
		for len(data)%alignment(v.kind) != 0 {
			data = append(data, 0)
		}
		line(v.tag, v.kind, uint32(len(data)), v.count)
		data = append(data, v.data...)
	}
	rest := index
	index = nil
	line(region, typeBin, uint32(len(data)), entrySize)
	index = append(index, rest...)
	for _, w := range []uint32{region, typeBin, uint32(-int32(len(index))), entrySize} {
		data = binary.BigEndian.AppendUint32(data, w)
	}
	out := slices.Clone(headerMagic)
	out = binary.BigEndian.AppendUint32(out, uint32(len(index)/entrySize))
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	return append(append(out, index...), data...)
}

// sample is a package as nfpm writes it, small, and open to be spoiled.
type sample struct {
	signature, main []value // without what is computed
	payload         []byte
}

func nfpmSample() sample {
	return sample{
		main: []value{
			text(tagI18NTable, typeString, "C"),
			text(tagName, typeString, "qpay-test"), text(tagVersion, typeString, "1.0"), text(tagRelease, typeString, "1"),
			text(1004, typeString, "a summary"), number(1006, 1700000000),
			text(tagOS, typeString, "linux"), text(tagArch, typeString, "x86_64"),
		},
		payload: []byte("compressed, they say"),
	}
}

// bytes computes the digests that are missing.
func (s sample) bytes() []byte {
	sum := sha256.Sum256(s.payload)
	main := head(tagImmutable, append(slices.Clone(s.main),
		text(tagPayloadDigest, typeStringArray, hex.EncodeToString(sum[:])), number(tagPayloadDigestAlgo, 8)))
	sum = sha256.Sum256(main)
	values := append([]value{text(sigSHA256, typeString, hex.EncodeToString(sum[:])), number(sigSize, uint32(len(main)+len(s.payload))),
		number(sigPayloadSize, 1000)},
		s.signature...)
	slices.SortFunc(values, func(a, b value) int { return int(a.tag) - int(b.tag) })
	out := append(slices.Clone(leadMagic), make([]byte, leadSize-len(leadMagic))...)
	out = append(out, head(tagSignatures, values)...)
	for len(out)%8 != 0 {
		out = append(out, 0)
	}
	return append(append(out, main...), s.payload...)
}
