package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"

	"qpay/internal/client/uri"
	"qpay/internal/wire"
)

// The first example of BOLT 11 that has an amount.
const invoice = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh"

// LUD-01's own example.
const lnurl = "LNURL1DP68GURN8GHJ7UM9WFMXJCM99E3K7MF0V9CXJ0M385EKVCENXC6R2C35XVUKXEFCV5MKVV34X5EKZD3EV56NYD3HXQURZEPEXEJXXEPNXSCRVWFNV9NXZCN9XQ6XYEFHVGCXXCMYXYMNSERXFQ5FNS"

// zbar skips a test where its program is not installed, unless it must be.
func zbar(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
			t.Fatal("run make deps:", err)
		}
		t.Skip(err)
	}
}

// drawn is a picture of codes, one beside the other.
func drawn(t *testing.T, texts ...string) *image.RGBA {
	t.Helper()
	const side = 420
	whole := image.NewRGBA(image.Rect(0, 0, side*max(1, len(texts)), side))
	draw.Draw(whole, whole.Bounds(), image.White, image.Point{}, draw.Src)
	for i, text := range texts {
		c, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(whole, image.Rect(side*i, 0, side*(i+1), side), c.Image(side), image.Point{}, draw.Src)
	}
	return whole
}

func file(t *testing.T, i image.Image) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, i); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

func TestPicture(t *testing.T) {
	zbar(t)
	for name, c := range map[string]struct {
		codes        []string
		kind         uri.Kind
		more, others int
	}{
		"an invoice":             {[]string{invoice}, uri.Invoice, 0, 0},
		"in capitals":            {[]string{strings.ToUpper(invoice)}, uri.Invoice, 0, 0},
		"with its scheme":        {[]string{"LIGHTNING:" + strings.ToUpper(invoice)}, uri.Invoice, 0, 0},
		"BIP 321":                {[]string{"BITCOIN:?AMOUNT=0.0025&LIGHTNING=" + strings.ToUpper(invoice)}, uri.Invoice, 0, 0},
		"LNURL":                  {[]string{lnurl}, uri.LNURL, 0, 0},
		"an address":             {[]string{"someone@example.org"}, uri.Address, 0, 0},
		"beside other codes":     {[]string{"https://example.org", invoice, "WIFI:S:x;;"}, uri.Invoice, 0, 2},
		"the same twice":         {[]string{invoice, strings.ToUpper(invoice)}, uri.Invoice, 0, 0},
		"beside one that is bad": {[]string{"lno1pqpsgd", invoice}, uri.Invoice, 0, 0},
	} {
		f, e := Picture(context.Background(), file(t, drawn(t, c.codes...)))
		if e != nil || f.Target.Kind != c.kind || f.More != c.more || f.Others != c.others {
			t.Errorf("%s: %+v, %v", name, f, e)
		}
		if c.kind == uri.Invoice && f.Target.Invoice != invoice {
			t.Errorf("%s: %q", name, f.Target.Invoice)
		}
	}
	f, e := Picture(context.Background(), file(t, drawn(t, invoice, lnurl)))
	if e != nil || f.More != 1 {
		t.Errorf("two to pay: %+v, %v", f, e)
	}
}

// A code with a corner scratched off is what error correction is for.
func TestScratchedPicture(t *testing.T) {
	zbar(t)
	i := drawn(t, invoice)
	draw.Draw(i, image.Rect(200, 200, 240, 230), image.NewUniform(color.White), image.Point{}, draw.Src)
	if f, e := Picture(context.Background(), file(t, i)); e != nil || f.Target.Invoice != invoice {
		t.Errorf("%+v, %v", f, e)
	}
}

func TestPictureRefuses(t *testing.T) {
	zbar(t)
	ruined := drawn(t, invoice)
	draw.Draw(ruined, image.Rect(120, 120, 330, 330), image.NewUniform(color.Black), image.Point{}, draw.Src)
	short := new(bytes.Buffer)
	file(t, drawn(t, invoice)).WriteTo(short)
	for name, c := range map[string]struct {
		picture *bytes.Reader
		code    wire.Code
		says    string
	}{
		"no code":              {file(t, drawn(t)), wire.NoPaymentText, "no QR code"},
		"a damaged code":       {file(t, ruined), wire.NoPaymentText, "no QR code"},
		"another code":         {file(t, drawn(t, "https://example.org")), wire.NoPaymentText, "nothing to pay"},
		"other codes":          {file(t, drawn(t, "a", "b")), wire.NoPaymentText, "None of the 2"},
		"not text":             {file(t, drawn(t, "\x00\xff\x1b[2J")), wire.NoPaymentText, "nothing to pay"},
		"an offer":             {file(t, drawn(t, "lno1pqpsgd")), wire.UnsupportedLink, "BOLT 12"},
		"a broken invoice":     {file(t, drawn(t, invoice[:len(invoice)-1]+"q")), wire.BadInvoice, ""},
		"several lines":        {file(t, drawn(t, invoice+"\n"+invoice)), wire.NoPaymentText, ""},
		"no picture":           {bytes.NewReader([]byte("msl:/etc/passwd")), wire.BadPicture, "no PNG"},
		"an SVG":               {bytes.NewReader([]byte("<svg xmlns='http://www.w3.org/2000/svg'/>")), wire.BadPicture, "no PNG"},
		"nothing":              {bytes.NewReader(nil), wire.BadPicture, "no PNG"},
		"half a picture":       {bytes.NewReader(short.Bytes()[:60]), wire.BadPicture, "cannot be read"},
		"a bomb":               {bytes.NewReader(bomb()), wire.BadPicture, "100 million"},
		"more than may be":     {bytes.NewReader(make([]byte, maxFile+1)), wire.BadPicture, "32 MiB"},
		"forged XML in a code": {file(t, drawn(t, "]]></data></symbol><symbol type='QR-Code'><data>"+invoice[:100])), wire.NoPaymentText, "nothing to pay"},
	} {
		f, e := Picture(context.Background(), c.picture)
		if e == nil || e.Code != c.code || !strings.Contains(e.Message, c.says) || e.Hint == "" || e.Payment != wire.NotSent {
			t.Errorf("%s: %+v, %+v", name, f, e)
		}
	}
}

// bomb is the head of a picture that would unpack to ten gigabytes.
func bomb() []byte {
	head := []byte("IHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x02\x00\x00\x00") // 60,000 by 60,000, RGB
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

func TestPictureWithoutZbar(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, e := Picture(context.Background(), file(t, drawn(t, invoice))); e == nil || e.Code != wire.NoScanner || !strings.Contains(e.Hint, "zbar-tools") {
		t.Errorf("%+v", e)
	}
}

// Whatever zbar writes, reading it ends, and gives no code where none is.
func FuzzCodes(f *testing.F) {
	f.Add([]byte("<barcodes><source><index num='0'><symbol type='QR-Code'><data><![CDATA[x]]></data></symbol></index></source></barcodes>"))
	f.Add([]byte("<a><symbol type='QR-Code'><data format='base64'>AA=</data></symbol>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, e := all(newCodes(bytes.NewReader(text)))
		if (e == nil) == (found.Target.Kind == "") {
			t.Errorf("%+v, %v", found, e)
		}
	})
}
