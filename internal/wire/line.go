package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Errors of reading a line.
var (
	ErrTooLong  = errors.New("more than the permitted number of bytes")
	ErrHalfLine = errors.New("the input ended before the end of the line")
	ErrNotJSON  = errors.New("not one JSON object as doc/protocol.md describes it")
	ErrVersion  = errors.New("not version 1 of the protocol")
)

// ReadLine reads up to and with the first newline, at most limit bytes, and
// returns it without the newline. It does not look at what follows: that stays
// in r. io.EOF means that nothing came at all.
func ReadLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for len(line) < limit {
		c, err := r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, ErrHalfLine
		case err != nil:
			return nil, err
		case c == '\n':
			return line, nil
		}
		line = append(line, c)
	}
	return nil, fmt.Errorf("%w: %d", ErrTooLong, limit)
}

// Decode reads one JSON object into v and refuses what v does not have, what
// follows the object, and bytes that are not UTF-8, which encoding/json would
// change in silence.
func Decode(line []byte, v any) error {
	if !utf8.Valid(line) {
		return ErrNotJSON
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return ErrNotJSON // the text of the error would repeat the input
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrNotJSON
	}
	return nil
}

// DecodeRequest reads a request of one of the types above.
func DecodeRequest[T any](line []byte) (q T, err error) {
	var version struct{ V int }
	if err := json.Unmarshal(line, &version); err != nil {
		return q, ErrNotJSON
	}
	if version.V != Version {
		return q, ErrVersion
	}
	return q, Decode(line, &q)
}

// DecodeAnswer reads an answer of one of the types above, or the *Error in its
// place. Fields that a newer server may have added are skipped: an answer is
// never refused for them, since money may have moved. ErrNotJSON and ErrVersion
// mean that the line is no answer; whether its fields make sense, the caller
// looks at.
func DecodeAnswer[T any](line []byte) (a T, err error) {
	var head struct {
		V     int    `json:"v"`
		Error *Error `json:"error"`
	}
	switch err := json.Unmarshal(line, &head); {
	case err != nil:
		return a, ErrNotJSON
	case head.V != Version:
		return a, ErrVersion
	case head.Error != nil:
		return a, head.Error
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, ErrNotJSON
	}
	return a, nil
}

// Encode gives v as one line with its newline.
func Encode(v any) ([]byte, error) {
	line, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return append(line, '\n'), nil
}

// EncodeAnswer gives the line of an answer: the fields of result, which is one
// of the answer types, behind the version.
func EncodeAnswer(result any) ([]byte, error) {
	line, err := Encode(result)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf(`{"v":%d`, Version)
	if len(line) > len("{}\n") {
		head += ","
	}
	return append([]byte(head), line[1:]...), nil
}

// EncodeError gives the line of an answer that is an error.
func EncodeError(e *Error) ([]byte, error) {
	return EncodeAnswer(struct {
		Error *Error `json:"error"`
	}{e})
}
