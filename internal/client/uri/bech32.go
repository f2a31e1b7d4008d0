package uri

import "strings"

const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// split checks a text in bech32 (BIP 173, without its limit of 90 characters),
// all in small letters, and returns what stands before the last 1 and the
// groups of five bits behind it, without the checksum.
func split(text string) (prefix string, groups []byte, ok bool) {
	at := strings.LastIndexByte(text, '1')
	if at < 1 || len(text)-at-1 < 6 {
		return "", nil, false
	}
	prefix = text[:at]
	for i := at + 1; i < len(text); i++ {
		g := strings.IndexByte(charset, text[i])
		if g < 0 {
			return "", nil, false
		}
		groups = append(groups, byte(g))
	}
	return prefix, groups[:len(groups)-6], checksum(prefix, groups) == 1
}

// checksum is the remainder of the polynomial of BIP 173; 1 if all is well.
func checksum(prefix string, groups []byte) uint32 {
	sum := uint32(1)
	for i := range len(prefix) {
		sum = step(sum, prefix[i]>>5)
	}
	sum = step(sum, 0)
	for i := range len(prefix) {
		sum = step(sum, prefix[i]&31)
	}
	for _, g := range groups {
		sum = step(sum, g)
	}
	return sum
}

func step(sum uint32, group byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(group)
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

// octets makes bytes of groups of five bits. What is left over is less than a
// group, and zero.
func octets(groups []byte) (b []byte, ok bool) {
	have, bits := uint(0), 0
	for _, g := range groups {
		have, bits = have<<5|uint(g), bits+5
		if bits >= 8 {
			bits -= 8
			b = append(b, byte(have>>bits))
			have &= 1<<bits - 1
		}
	}
	return b, bits < 5 && have == 0
}

// oneCase gives a text in small letters; a text of both cases is no bech32.
func oneCase(text string) (string, bool) {
	small := strings.ToLower(text)
	return small, text == small || text == strings.ToUpper(text)
}
