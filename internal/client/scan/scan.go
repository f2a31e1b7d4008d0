// Package scan is stage 3, in the asking qube, untrusted: it reads QR codes
// from a camera, a picture or the screen until one of them is something to pay.
// The codes are found by zbar's own programs, which are not linked: a picture
// can be anybody's.
package scan

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"qpay/internal/client/uri"
)

// maxOutput bounds what a program may say of all the codes that it saw.
const maxOutput = 16 << 20

// Found is what one look brought.
type Found struct {
	Target uri.Target
	More   int // other things to pay in the same picture
	Others int // codes that are nothing to pay
}

// errNothing: there are no more codes, and none was for us.
var errNothing = errors.New("no code to pay")

// codes reads the XML of zbarimg and zbarcam, one code after the other, as it
// comes. zbar writes what is not plain text in base64, so no code can end its
// own element.
type codes struct {
	decoder *xml.Decoder
}

// symbol is one code; zbar was told to look for QR codes alone.
type symbol struct {
	Type string `xml:"type,attr"`
	Data struct {
		Format string `xml:"format,attr"`
		Text   string `xml:",chardata"`
	} `xml:"data"`
}

func newCodes(r io.Reader) codes {
	return codes{xml.NewDecoder(io.LimitReader(r, maxOutput))}
}

// next is the text of the next QR code. The error is errNothing where the
// output ended, whether or not it was whole.
func (c codes) next() (string, error) {
	for {
		token, err := c.decoder.Token()
		if err != nil {
			return "", errNothing
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "symbol" {
			continue
		}
		var s symbol
		if err := c.decoder.DecodeElement(&s, &start); err != nil {
			return "", errNothing
		}
		if s.Type == "QR-Code" {
			return s.text(), nil
		}
	}
}

// text is what the code says; empty if it is not text.
func (s symbol) text() string {
	if s.Data.Format != "base64" {
		return s.Data.Text
	}
	b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.Data.Text), ""))
	if err != nil {
		return ""
	}
	return string(b)
}
