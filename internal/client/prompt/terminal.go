package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"qpay/internal/client/plain"
)

// Terminal asks on one: questions go to standard error, since standard output
// has results alone.
type Terminal struct {
	In  io.Reader
	Err io.Writer
}

// Ask writes the question and reads a line. The end of the input cancels.
func (t Terminal) Ask(ctx context.Context, q Question) (string, error) {
	if q.Wrong != "" {
		fmt.Fprintf(t.Err, "qpay: %s\n", plain.Text(q.Wrong))
	}
	offer := ""
	if q.Offer != "" {
		offer = " [" + q.Offer + "]"
	}
	fmt.Fprintf(t.Err, "qpay: %s%s: ", plain.Text(q.Text), plain.Text(offer))
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() { // cannot be stopped; the program ends soon after
		line, err := readLine(t.In)
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		if r.line == "" && r.err == nil {
			return q.Offer, nil
		}
		return r.line, r.err
	case <-ctx.Done():
		fmt.Fprintln(t.Err)
		return "", ctx.Err()
	}
}

// readLine reads byte by byte, so that what follows the line stays there.
func readLine(in io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := in.Read(b)
		switch {
		case n == 1 && b[0] == '\n':
			return clean(line)
		case n == 1 && len(line) == MaxAnswer:
			return "", ErrTooLong
		case n == 1:
			line = append(line, b[0])
		case errors.Is(err, io.EOF):
			return "", ErrCancelled
		case err != nil:
			return "", err
		}
	}
}

func clean(line []byte) (string, error) {
	if !utf8.Valid(line) || len(line) > MaxAnswer {
		return "", ErrTooLong
	}
	return strings.TrimSpace(string(line)), nil
}
