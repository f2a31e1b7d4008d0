// Package picture is in the asking qube, untrusted: a payment request as a QR
// code, for a terminal and as a PNG file.
package picture

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Code is a QR code with its quiet zone of four modules; true is dark.
type Code [][]bool

// errTooLong: with a memo of the greatest length an invoice still fits.
var errTooLong = errors.New("too long for a QR code")

// New makes the code of a payment request. It is written in capitals, for which
// QR codes have a denser alphabet; to BOLT 11 they mean the same.
func New(request string) (Code, error) {
	q, err := qrcode.New(strings.ToUpper(request), qrcode.Low)
	if err != nil {
		return nil, errTooLong // the library's words would repeat the text
	}
	return q.Bitmap(), nil
}

// Width is the number of columns that Blocks needs.
func (c Code) Width() int { return len(c) }

// The colours are black and white by their number among 256, which themes
// leave alone: the picture reads the same on dark and on light terminals.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	reset        = "\x1b[0m"
)

// Blocks draws the code in half blocks, two modules in one character. With
// colours dark is black. Without them what is drawn is the light part, as on a
// dark terminal; on a light one the picture is inverted, which most but not all
// readers accept.
func (c Code) Blocks(colours bool) string {
	var b strings.Builder
	for y := 0; y < len(c); y += 2 {
		if colours {
			b.WriteString(blackOnWhite)
		}
		for x := range c[y] {
			top, bottom := c[y][x], y+1 < len(c) && c[y+1][x]
			b.WriteRune(block(top == colours, bottom == colours))
		}
		if colours {
			b.WriteString(reset)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// block is the character in which these halves are drawn.
func block(top, bottom bool) rune {
	switch {
	case top && bottom:
		return '█'
	case top:
		return '▀'
	case bottom:
		return '▄'
	}
	return ' '
}

// scale is the number of pixels of a module in a PNG.
const scale = 8

// WritePNG writes the code as a picture.
func (c Code) WritePNG(w io.Writer) error {
	side := len(c) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c[y/scale][x/scale] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return png.Encode(w, img)
}
