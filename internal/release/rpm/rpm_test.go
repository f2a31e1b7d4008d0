package rpm

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

func TestCorrectChangesOneTypeAndOneDigest(t *testing.T) {
	before := nfpmSample().bytes()
	if err := Check(before); err == nil {
		t.Fatal("dom0 refuses this, and Check did not")
	}
	after, err := Correct(before)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(after); err != nil {
		t.Fatal(err)
	}
	f, _ := parse(before)
	table, _, _ := f.main.find(tagI18NTable)
	digest, _, _ := f.signature.find(sigSHA256)
	from := f.signature.dataAt + int(digest.offset)
	for i := range before {
		inType := i == table.at+7
		inDigest := i >= from && i < from+64
		if before[i] != after[i] && !inType && !inDigest {
			t.Errorf("byte %d was changed too", i)
		}
	}
	if again, err := Correct(after); err != nil || !bytes.Equal(again, after) {
		t.Errorf("the second correction changed something: %v", err)
	}
}

func TestCorrectRefuses(t *testing.T) {
	flip := func(at func(*file) int) func(sample) []byte {
		return func(s sample) []byte {
			b := s.bytes()
			f, err := parse(b)
			if err != nil {
				panic(err)
			}
			b[at(f)] ^= 1
			return b
		}
	}
	with := func(change func(*sample)) func(sample) []byte {
		return func(s sample) []byte { change(&s); return s.bytes() }
	}
	for name, c := range map[string]struct {
		spoil func(sample) []byte
		says  string
	}{
		"nothing":                  {func(sample) []byte { return nil }, "too soon"},
		"another kind of file":     {func(sample) []byte { return make([]byte, 4096) }, "not an RPM"},
		"half a file":              {func(s sample) []byte { return s.bytes()[:200] }, "too soon"},
		"another magic number":     {flip(func(f *file) int { return f.main.start }), "magic"},
		"a region of another tag":  {flip(func(f *file) int { return f.main.entries[0].at + 3 }), "not the region"},
		"a region's end elsewhere": {flip(func(f *file) int { return f.main.end - 9 }), "does not agree"},
		"padding that is not zero": {flip(func(f *file) int { return f.main.start - 1 }), "padding"},
		"a changed main header":    {flip(func(f *file) int { return f.main.dataAt }), "SHA-256 of the main header"},
		"a changed payload":        {flip(func(f *file) int { return f.main.end }), "SHA-256 of the payload"},
		"a longer payload":         {func(s sample) []byte { return append(s.bytes(), 0) }, "SHA-256 of the payload"},
		"a signature of the header": {with(func(s *sample) {
			s.signature = []value{{sigRSA, typeBin, 2, []byte{1, 2}}}
		}), ErrSigned.Error()},
		"a signature of the whole": {with(func(s *sample) {
			s.signature = []value{{sigPGP, typeBin, 2, []byte{1, 2}}}
		}), ErrSigned.Error()},
		"a wrong SHA-1": {with(func(s *sample) {
			s.signature = []value{text(sigSHA1, typeString, strings.Repeat("0", 40))}
		}), "SHA-1"},
		"two sizes": {with(func(s *sample) { s.signature = []value{number(sigSize, 1)} }), "twice"},
		"two languages": {with(func(s *sample) {
			s.main[0] = value{tagI18NTable, typeStringArray, 2, []byte("C\x00de\x00")}
		}), "one language"},
		"no languages":              {with(func(s *sample) { s.main = s.main[1:] }), "one language"},
		"languages of another type": {with(func(s *sample) { s.main[0].kind = typeI18NString }), "neither a string nor an array"},
		"languages that are there twice": {with(func(s *sample) {
			s.main = append([]value{s.main[0]}, s.main...)
		}), "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Correct(c.spoil(nfpmSample()))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, should say %q", err, c.says)
			}
		})
	}
}

// What dom0's rpmcanon refuses besides.
func TestCheckRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*sample)
		says  string
	}{
		"languages as a string":   {func(s *sample) { s.main[0].kind = typeString }, "tag 100 has the type 6"},
		"tags that do not rise":   {func(s *sample) { s.main[1], s.main[2] = s.main[2], s.main[1] }, "must rise"},
		"a tag nobody writes":     {func(s *sample) { s.main = append(s.main, text(5000, typeString, "x")) }, "none that nfpm"},
		"a name that is a number": {func(s *sample) { s.main[1] = number(tagName, 7) }, "tag 1000 has the type 4"},
		"text that is not UTF-8":  {func(s *sample) { s.main[1].data = []byte("\xff\x00") }, "UTF-8"},
		"no values":               {func(s *sample) { s.main[5] = value{1006, typeInt32, 0, nil} }, "0 values"},
		"bytes of nobody":         {func(s *sample) { s.main[1].data = []byte("a\x00b\x00") }, "begin at"},
		"no name":                 {func(s *sample) { s.main = append(s.main[:1:1], s.main[2:]...) }, "tag 1000 is not there"},
		"two names":               {func(s *sample) { s.main = append(s.main[:2:2], s.main[1:]...) }, "must rise"},
		"a tag of the other header": {func(s *sample) {
			s.main = append([]value{s.main[0], text(sigSHA256, typeString, "x")}, s.main[1:]...)
		}, "none that nfpm"},
	} {
		t.Run(name, func(t *testing.T) {
			s := nfpmSample()
			s.main[0].kind = typeStringArray
			c.spoil(&s)
			err := Check(s.bytes())
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, should say %q", err, c.says)
			}
		})
	}
	good := nfpmSample()
	good.main[0].kind = typeStringArray
	if err := Check(good.bytes()); err != nil {
		t.Errorf("and without a fault: %v", err)
	}
}

// Sizes that a header claims do not make it allocate or run past the end.
func TestParseRefusesEndlessHeaders(t *testing.T) {
	for _, word := range []uint32{0, 1 << 20, 1 << 31, 0xffffffff} {
		b := nfpmSample().bytes()
		for _, at := range []int{leadSize + 8, leadSize + 12} {
			binary.BigEndian.PutUint32(b[at:], word)
			if _, err := parse(b); err == nil {
				t.Errorf("%#x entries or bytes were taken", word)
			}
		}
	}
}

// Whatever comes in: what is corrected has its payload as it was, right
// digests, and is not corrected again.
func FuzzCorrect(f *testing.F) {
	f.Add(nfpmSample().bytes())
	signed := nfpmSample()
	signed.signature = []value{{sigRSA, typeBin, 2, []byte{1, 2}}}
	f.Add(signed.bytes())
	f.Fuzz(func(t *testing.T, untrusted []byte) {
		_ = Check(untrusted)
		out, err := Correct(untrusted)
		if err != nil {
			return
		}
		p, err := parse(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.checkDigests(); err != nil {
			t.Fatal(err)
		}
		if len(out) != len(untrusted) || !bytes.Equal(p.payload, untrusted[p.main.end:]) {
			t.Fatal("the payload has changed")
		}
		if again, err := Correct(out); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("corrected twice: %v", err)
		}
	})
}
