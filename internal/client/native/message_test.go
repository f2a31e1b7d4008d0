package native

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"qpay/internal/wire"
)

const pay = `"service":"qpay.Pay","request":{"v":1,"invoice":"lnbc1"}`

func TestDecode(t *testing.T) {
	malformed, silent := errMalformed, errNoID
	for text, want := range map[string]error{
		`{"id":1,` + pay + `}`:                                             nil,
		`{"id":9007199254740991,` + pay + `,"timeout_ms":1000}`:            nil,
		`{"id":1,"open":"lightning:lnbc1","origin":"https://a.b"}`:         nil,
		`{"id":1,"open":"lnbc1"}`:                                          nil,
		`{"cancel":1}`:                                                     nil,
		`{"id":1}`:                                                         malformed,
		`{"id":1,` + pay + `,"more":1}`:                                    malformed,
		`{"id":1,` + pay + `,"origin":"https://a.b"}`:                      malformed, // belongs into the request
		`{"id":1,` + pay + `,"open":"x"}`:                                  malformed,
		`{"id":1,` + pay + `,"timeout_ms":-1}`:                             malformed,
		`{"id":1,` + pay + `,"timeout_ms":1.5}`:                            malformed,
		`{"id":1,"service":"qpay.Pay"}`:                                    malformed,
		`{"id":1,"service":"qpay.Pay","request":"text"}`:                   malformed,
		`{"id":1,"service":"qpay.Pay","request":null}`:                     malformed,
		`{"id":1,"service":1,"request":{}}`:                                malformed,
		`{"id":1,"open":""}`:                                               malformed,
		`{"id":1,"open":"a\u0000b"}`:                                       malformed, // would end the argument
		`{"id":1,"open":"x","origin":"` + strings.Repeat("o", 2001) + `"}`: malformed,
		`{"id":1,"open":"` + strings.Repeat("x", maxText+1) + `"}`:         malformed,
		`{"id":1,"cancel":1}`:                                              malformed,
		`{"id":1,"service":"qpay.Pay","request":{"a":"` + strings.Repeat("x", wire.MaxRequest) + `"}}`: malformed,
		`{"cancel":0}`:                        silent,
		`{"cancel":9007199254740992}`:         silent,
		`{"id":0,` + pay + `}`:                silent,
		`{"id":-1,` + pay + `}`:               silent,
		`{"id":1.5,` + pay + `}`:              silent,
		`{"id":"1",` + pay + `}`:              silent,
		`{"id":9007199254740992,` + pay + `}`: silent,
		`{` + pay + `}`:                       silent,
		`{"id":1}{"id":2}`:                    silent,
		`[]`:                                  silent,
		`null`:                                silent,
		``:                                    silent,
		"{\"id\":1,\"open\":\"\xff\"}":        malformed,
	} {
		m, err := decode([]byte(text))
		if !errors.Is(err, want) {
			t.Errorf("%.80s: %v, want %v", text, err, want)
		}
		if err != nil && !reflect.DeepEqual(m, message{ID: m.ID}) {
			t.Errorf("%.80s: %+v besides the error", text, m)
		}
	}
}

func TestTimeoutDoesNotOverflow(t *testing.T) {
	m, err := decode([]byte(`{"id":1,` + pay + `,"timeout_ms":9223372036854775807}`))
	if err != nil || m.timeout() != 24*time.Hour {
		t.Error(err, m.timeout())
	}
}

// An answer that would be too long becomes an error, and the error fits.
func TestAnswerTooLong(t *testing.T) {
	lost := &wire.Error{Code: wire.NoAnswer, Message: "m", Payment: wire.Unknown}
	long := json.RawMessage(`"` + strings.Repeat("x", MaxMessage) + `"`)
	body, err := answer{ID: maxID, Answer: long}.encode(lost)
	if err != nil || string(body) != `{"id":9007199254740991,"error":{"code":"no_answer","message":"m","payment":"unknown"}}` {
		t.Errorf("%v: %.100s", err, body)
	}
}

// What is accepted is one of the three kinds within the bounds, and encodes to
// what decodes to the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":1,` + pay + `,"timeout_ms":5}`))
	f.Add([]byte(`{"id":1,"open":"lightning:lnbc1","origin":"https://a.b"}`))
	f.Add([]byte(`{"cancel":7}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := decode(in)
		switch {
		case errors.Is(err, errMalformed) && !m.ID.valid():
			t.Fatal("nobody to be answered")
		case err != nil:
			return
		case m.Cancel == 0 && !m.ID.valid() || m.Cancel > maxID, len(m.Open) > maxText, len(m.Origin) > maxOrigin,
			len(m.Request) > wire.MaxRequest, m.timeout() < 0, strings.ContainsRune(m.Open+m.Origin, 0):
			t.Fatalf("accepted: %+v", m)
		}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(text)
		if len(m.Request) > wire.MaxRequest/6 && err != nil {
			return // longer by its escapes
		}
		m.Request, again.Request = compact(t, m.Request), compact(t, again.Request)
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("%v: %+v, %+v", err, m, again)
		}
	})
}

func compact(t *testing.T, raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return nil
	}
	text, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
