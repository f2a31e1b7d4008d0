// Package prompt is in the asking qube, untrusted: it asks the person what a
// service leaves open, on the terminal, or by zenity where there is none. It
// decides nothing about money: the wallet's window does.
package prompt

import (
	"context"
	"errors"
)

// Question is one line that a person is to write.
type Question struct {
	About  string // what is being done, such as the service's name and text
	Text   string // the question
	Wrong  string // what was wrong with the answer before; empty at first
	Offer  string // what an empty answer means, or is filled in; may be empty
	Button string // what goes on with it, where there are buttons
}

// Prompt asks. An answer has no line end, is valid UTF-8 and at most MaxAnswer
// bytes long.
type Prompt interface {
	Ask(ctx context.Context, q Question) (answer string, err error)
}

// MaxAnswer bounds an answer, in bytes.
const MaxAnswer = 4 << 10

// Errors of Ask, besides those of the context.
var (
	ErrCancelled = errors.New("cancelled")           // the person does not want to
	ErrNobody    = errors.New("nobody can be asked") // no terminal, no display, no zenity
	ErrTooLong   = errors.New("the answer is too long, or not text")
)

// Nobody is the prompt of a program that nobody sits in front of.
type Nobody struct{}

// Ask always fails.
func (Nobody) Ask(context.Context, Question) (string, error) { return "", ErrNobody }
