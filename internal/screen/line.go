package screen

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// MaxLine bounds a page or an event, in bytes with the newline.
const MaxLine = 64 << 10

// ErrTooLong means that a line was longer than MaxLine.
var ErrTooLong = errors.New("line too long")

// Digest is the SHA-256, in hex, of a page's line without the newline.
func Digest(line []byte) string {
	sum := sha256.Sum256(bytes.TrimSuffix(line, []byte("\n")))
	return hex.EncodeToString(sum[:])
}

// WriteLine writes v, a Page or an Event, as one line and returns its digest.
func WriteLine(w io.Writer, v any) (digest string, err error) {
	line, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if len(line) >= MaxLine {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLong, len(line))
	}
	_, err = w.Write(append(line, '\n'))
	return Digest(line), err
}

// NewReader returns a reader that ReadPage and ReadEvent can bound.
func NewReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, MaxLine) }

// ReadPage reads and checks the next page. io.EOF means that the server is
// gone; any other error, that the page must not be drawn.
func ReadPage(r *bufio.Reader) (p Page, digest string, err error) {
	line, err := readLine(r)
	if err != nil {
		return Page{}, "", err
	}
	if err := strict(line, &p); err != nil {
		return Page{}, "", err
	}
	return p, Digest(line), p.Check()
}

// ReadEvent reads the next event. io.EOF means that the dialog is gone.
func ReadEvent(r *bufio.Reader) (e Event, err error) {
	line, err := readLine(r)
	if err != nil {
		return Event{}, err
	}
	return e, strict(line, &e)
}

func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, ErrTooLong
	case errors.Is(err, io.EOF) && len(line) > 0:
		return nil, io.ErrUnexpectedEOF
	}
	return line, err
}

func strict(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("not understood: %w", err)
	}
	return nil
}

// Check refuses what the toolkit would draw otherwise than it is meant. GTK
// takes C strings, so a NUL would cut the text without an error; a control or
// formatting character could reorder or hide it. The server has escaped such
// characters before; this is the second lock.
func (p Page) Check() error {
	for _, s := range p.lines() {
		if err := drawable(s, false); err != nil {
			return err
		}
	}
	for _, r := range p.Rows {
		if err := drawable(r.Value, r.Style == Text); err != nil {
			return fmt.Errorf("row %q: %w", r.Key, err)
		}
	}
	return nil
}

func (p Page) lines() []string {
	all := []string{p.Heading, p.Subheading, p.PayLabel, p.Copy, p.CopyLabel}
	if p.Banner != nil {
		all = append(all, p.Banner.Text)
	}
	if p.Amount != nil {
		all = append(all, p.Amount.Hint)
	}
	for _, r := range p.Rows {
		all = append(all, r.Key, r.Note, r.Source)
	}
	return all
}

func drawable(s string, newlines bool) error {
	if !utf8.ValidString(s) {
		return errors.New("text is not UTF-8")
	}
	for _, c := range s {
		if c == '\n' && newlines {
			continue
		}
		if unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) {
			return fmt.Errorf("text has the character U+%04X, which cannot be drawn", c)
		}
	}
	return nil
}
