package native

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"qpay/internal/wire"
)

// id names a request. JavaScript has whole numbers up to 2^53-1.
type id uint64

const maxID = 1<<53 - 1

// maxOrigin and maxText bound what qpay open gets on its command line.
const (
	maxOrigin = 2000
	maxText   = wire.MaxRequest
)

// message is what the extension sends, one of three kinds (doc/webln.md):
// a call of a service, a text to open, the end of either.
type message struct {
	ID      id              `json:"id,omitempty"`
	Service string          `json:"service,omitempty"`
	Request json.RawMessage `json:"request,omitempty"` // not read here
	Open    string          `json:"open,omitempty"`
	Origin  string          `json:"origin,omitempty"`
	Timeout int64           `json:"timeout_ms,omitempty"`
	Cancel  id              `json:"cancel,omitempty"`
}

// errNoID means that nobody could be answered.
var errNoID = errors.New("a message is not understood, and has no id that could be answered")

// errMalformed is the error of a message that can be answered.
var errMalformed = errors.New("The extension's message was not understood.") //lint:ignore ST1005 a sentence for a person

// readID finds out whom an error would be for.
func readID(untrusted []byte) (id, error) {
	var head struct{ ID id }
	if json.Unmarshal(untrusted, &head) != nil || !head.ID.valid() {
		return 0, errNoID
	}
	return head.ID, nil
}

func (i id) valid() bool { return i >= 1 && i <= maxID }

// decode reads a message. After errMalformed the id of the message is valid.
func decode(untrusted []byte) (m message, err error) {
	if err := wire.Decode(untrusted, &m); err == nil && m.sensible() {
		return m, nil
	}
	i, err := readID(untrusted)
	if err != nil {
		return message{}, err
	}
	return message{ID: i}, errMalformed
}

// sensible says whether a message is exactly one of the three kinds.
func (m message) sensible() bool {
	if m.Cancel != 0 {
		return m.Cancel.valid() && m.ID == 0 && m.Service == "" && m.Request == nil && m.Open == "" && m.Origin == "" && m.Timeout == 0
	}
	if !m.ID.valid() || m.Timeout < 0 {
		return false
	}
	if m.Open != "" {
		return m.Service == "" && m.Request == nil && argument(m.Open, maxText) && argument(m.Origin, maxOrigin)
	}
	return m.Service != "" && m.Origin == "" && len(m.Request) <= wire.MaxRequest && bytes.HasPrefix(m.Request, []byte("{"))
}

// argument says whether a text can go onto a command line.
func argument(s string, most int) bool {
	return len(s) <= most && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// maxTimeout keeps milliseconds from overflowing; no limit is as long.
const maxTimeout = 24 * time.Hour

func (m message) timeout() time.Duration {
	if m.Timeout > maxTimeout.Milliseconds() {
		return maxTimeout
	}
	return time.Duration(m.Timeout) * time.Millisecond
}

// answer is what the extension gets: one of the two.
type answer struct {
	ID     id              `json:"id"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Error  *wire.Error     `json:"error,omitempty"`
}

// encode gives an answer that is never too long for the extension.
func (a answer) encode(lost *wire.Error) ([]byte, error) {
	body, err := json.Marshal(a)
	if err == nil && len(body) <= MaxMessage {
		return body, nil
	}
	return json.Marshal(answer{ID: a.ID, Error: lost})
}
