package wire

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Texts are what a person can read in the metadata of an LNURL (LUD-06, 20).
// Images are not looked at.
type Texts struct {
	Short string // text/plain, always there, may be empty
	Long  string // text/long-desc, or empty
}

// ErrMetadata means that a text is not what LUD-06 describes.
var ErrMetadata = errors.New("not LNURL metadata")

// ReadMetadata reads the metadata of an LNURL: an array of arrays, each with a
// type first. The caller bounds its length. Both sides read it here, so that
// neither takes what the other refuses.
func ReadMetadata(untrusted string) (t Texts, err error) {
	var entries [][]json.RawMessage
	if !utf8.ValidString(untrusted) || json.Unmarshal([]byte(untrusted), &entries) != nil {
		return Texts{}, ErrMetadata
	}
	short, long, images := 0, 0, 0
	for _, e := range entries {
		kind, err := text(e, 0)
		if err != nil {
			return Texts{}, err
		}
		switch kind {
		case "text/plain":
			short++
			t.Short, err = text(e, 1)
		case "text/long-desc":
			long++
			t.Long, err = text(e, 1)
		case "image/png;base64", "image/jpeg;base64":
			images++
		}
		if err != nil {
			return Texts{}, err
		}
	}
	if short != 1 || long > 1 || images > 1 {
		return Texts{}, ErrMetadata
	}
	return t, nil
}

// text is the string at a place of an entry. null would be decoded as "".
func text(entry []json.RawMessage, at int) (s string, err error) {
	if at >= len(entry) || len(entry[at]) == 0 || entry[at][0] != '"' || json.Unmarshal(entry[at], &s) != nil {
		return "", ErrMetadata
	}
	return s, nil
}
