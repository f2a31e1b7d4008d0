package scan

import (
	"bytes"
	"context"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"os/exec"

	"qpay/internal/client/uri"
	"qpay/internal/wire"
)

// Bounds of a picture: of its file, and of what unpacks from it.
const (
	maxFile   = 32 << 20
	maxPixels = 100_000_000
)

// quiet are the options of both programs: QR codes alone, as XML, no noise. By
// default zbar tells the whole desktop by D-Bus what it read.
func quiet(more ...string) []string {
	return append([]string{"--xml", "--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable"}, more...)
}

// Picture looks for something to pay in a PNG, JPEG or GIF picture.
func Picture(ctx context.Context, file io.Reader) (Found, *wire.Error) {
	format, data, e := check(file)
	if e != nil {
		return Found{}, e
	}
	// The picture comes by a pipe, and the kind with it: ImageMagick, which
	// zbarimg uses, takes a file's name for more than a name.
	cmd := exec.CommandContext(ctx, "zbarimg", quiet(format+":-")...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return Found{}, late()
	}
	if err != nil && cmd.ProcessState == nil {
		return Found{}, noScanner("zbarimg")
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != nothingSeen {
		return Found{}, badPicture("The picture cannot be read.")
	}
	return all(newCodes(bytes.NewReader(out)))
}

// nothingSeen is zbarimg's exit code for a picture without a code.
const nothingSeen = 4

// check refuses what is no picture, or one that would fill the memory.
func check(file io.Reader) (format string, data []byte, e *wire.Error) {
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		return "", nil, badPicture("The picture cannot be read.")
	case len(data) > maxFile:
		return "", nil, tooLarge()
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return "", nil, badPicture("The file is no PNG, JPEG or GIF picture.")
	case size.Width < 1 || size.Height < 1 || size.Width > maxPixels/size.Height:
		return "", nil, badPicture("The picture has more than 100 million pixels.")
	}
	return format, data, nil
}

// all takes the first code that can be paid, and counts the others. If none
// can be, what is wrong with the first that was meant to be is the answer.
func all(c codes) (Found, *wire.Error) {
	var f Found
	var wrong *wire.Error
	seen := map[string]bool{}
	for {
		text, err := c.next()
		if err != nil {
			break
		}
		t, e := uri.Parse(text)
		switch {
		case e != nil && e.Code == wire.NoPaymentText:
			f.Others++
		case e != nil && wrong == nil:
			wrong = e
		case e != nil:
		case len(seen) == 0:
			f.Target, seen[t.String()] = t, true
		case !seen[t.String()]:
			seen[t.String()] = true
			f.More++
		}
	}
	switch {
	case len(seen) > 0:
		return f, nil
	case wrong != nil:
		return Found{}, wrong
	}
	return Found{}, nothing(f.Others)
}
