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

// DecodePay reads a request for a payment.
func DecodePay(line []byte) (PayRequest, error) {
	var q PayRequest
	if err := Decode(line, &q); err != nil {
		return PayRequest{}, err
	}
	if q.V != Version {
		return PayRequest{}, ErrVersion
	}
	return q, nil
}

// DecodeAnswer reads an answer. Fields that a newer server may have added are
// skipped: an answer is never refused for them, since money may have moved.
func DecodeAnswer(line []byte) (Answer, error) {
	var a Answer
	if err := json.Unmarshal(line, &a); err != nil {
		return Answer{}, ErrNotJSON
	}
	if a.V != Version {
		return Answer{}, ErrVersion
	}
	if (a.PayAnswer == nil) == (a.Error == nil) {
		return Answer{}, ErrNotJSON
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
