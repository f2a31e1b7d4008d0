package wire

import (
	"bufio"
	"errors"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"qpay/internal/money"
)

func TestReadLine(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"a line":                       {"abc\n", nil},
		"an empty line":                {"\n", nil},
		"as long as it may be":         {strings.Repeat("a", 15) + "\n", nil},
		"one byte too long":            {strings.Repeat("a", 16) + "\n", ErrTooLong},
		"half a line: caller is gone":  {"abc", ErrHalfLine},
		"nothing at all":               {"", io.EOF},
		"a second line stays unread":   {"abc\ndef\n", nil},
		"no newline in a long rubbish": {strings.Repeat("\x00", 1<<20), ErrTooLong},
	} {
		_, err := ReadLine(bufio.NewReader(iotest.OneByteReader(strings.NewReader(c.in))), 16)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestDecodeRequestRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty":              ``,
		"an array":           `[]`,
		"no version":         `{"invoice":"lnbc1"}`,
		"a later version":    `{"v":2,"invoice":"lnbc1"}`,
		"an unknown field":   `{"v":1,"invoice":"lnbc1","fee_limit_msat":1}`,
		"two objects":        `{"v":1,"invoice":"a"}{"v":1,"invoice":"b"}`,
		"a negative amount":  `{"v":1,"invoice":"a","amount_msat":-1}`,
		"a fraction":         `{"v":1,"invoice":"a","amount_msat":1.5}`,
		"an exponent":        `{"v":1,"invoice":"a","amount_msat":1e3}`,
		"an amount as text":  `{"v":1,"invoice":"a","amount_msat":"1"}`,
		"over 64 bits":       `{"v":1,"invoice":"a","amount_msat":18446744073709551616}`,
		"bytes not of UTF-8": "{\"v\":1,\"invoice\":\"\xff\"}",
	} {
		if q, err := DecodeRequest[PayRequest]([]byte(in)); err == nil {
			t.Errorf("%s: taken as %+v", name, q)
		}
	}
}

func TestDecodeAnswer(t *testing.T) {
	for in, good := range map[string]bool{
		`{"v":1,"preimage":"00","payment_hash":"11","amount_msat":1,"fee_msat":0}`:               true,
		`{"v":1,"preimage":"00","payment_hash":"11","amount_msat":1,"fee_msat":0,"new_field":1}`: true,
		`{"v":1,"error":{"code":"denied","message":"m","payment":"not_sent"}}`:                   false,
		`{"v":2,"preimage":"00"}`: false,
		`{"v":1,"preimage":5}`:    false,
		`junk`:                    false,
	} {
		if _, err := DecodeAnswer[PayAnswer]([]byte(in)); (err == nil) != good {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestAnswersThereAndBack(t *testing.T) {
	line, err := EncodeAnswer(PayAnswer{Preimage: "00", PaymentHash: "11", Amount: 5})
	if err != nil || string(line) != `{"v":1,"preimage":"00","payment_hash":"11","amount_msat":5,"fee_msat":0}`+"\n" {
		t.Fatalf("%s, %v", line, err)
	}
	if a, err := DecodeAnswer[PayAnswer](line); err != nil || a.Amount != 5 {
		t.Fatal(a, err)
	}
	line, err = EncodeError(New(Denied, "m", "h"))
	if err != nil {
		t.Fatal(err)
	}
	var e *Error
	if _, err := DecodeAnswer[PayAnswer](line); !errors.As(err, &e) || e.Code != Denied || e.Payment != NotSent {
		t.Fatalf("%s, %v", line, err)
	}
	if line, err := EncodeAnswer(struct{}{}); err != nil || string(line) != `{"v":1}`+"\n" {
		t.Fatalf("%s, %v", line, err)
	}
}

// The list of codes in the document and the one in the code are the same, in
// the same order, with the same exit codes and words.
func TestProtocolDocument(t *testing.T) {
	doc, err := os.ReadFile("../../doc/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([0-9]+) \\| `([a-z_]+)` \\|")
	found := row.FindAllStringSubmatch(string(doc), -1)
	if len(found) != len(Kinds) {
		t.Fatalf("the document has %d codes, the code %d", len(found), len(Kinds))
	}
	for i, k := range Kinds {
		exit := strconv.Itoa(int(k.Exit))
		if f := found[i]; f[1] != string(k.Code) || f[2] != exit || f[3] != string(k.Payment) {
			t.Errorf("row %d: the document says %q, the code %v", i+1, f[0], k)
		}
	}
}

func TestExitForUnknownCode(t *testing.T) {
	for p, want := range map[Payment]Exit{NotSent: ExitInternal, Failed: ExitFailed, InFlight: ExitOpen, Unknown: ExitOpen} {
		if got := ExitFor(&Error{Code: "of_next_year", Payment: p}); got != want {
			t.Errorf("%s: %d, want %d", p, got, want)
		}
	}
}

// A service that moves no money leaves nothing open when it does not answer.
func TestExitWithoutMoney(t *testing.T) {
	if got := ExitFor(&Error{Code: NoAnswer, Payment: NotSent}); got != ExitTransport {
		t.Errorf("%d, want %d", got, ExitTransport)
	}
}

// What was decoded encodes and decodes to the same.
func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(`{"v":1,"invoice":"lnbc1","amount_msat":5,"context":{"origin":"https://x"}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		q, err := DecodeRequest[PayRequest](in)
		if err != nil {
			return
		}
		line, err := Encode(q)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeRequest[PayRequest](line[:len(line)-1])
		if err != nil || back.Invoice != q.Invoice || deref(back.Amount) != deref(q.Amount) {
			t.Fatalf("%s -> %+v -> %s -> %+v, %v", in, q, line, back, err)
		}
	})
}

func deref(m *money.Msat) money.Msat {
	if m == nil {
		return money.Max + 1
	}
	return *m
}
