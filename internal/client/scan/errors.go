package scan

import (
	"fmt"

	"qpay/internal/wire"
)

// All that can go wrong, one code each: qpay-camera in dom0 has nothing but the
// exit code to tell the person by.

func noCamera() *wire.Error {
	return wire.New(wire.NoCamera, "There is no camera in this qube.",
		"attach one from dom0 with qpay-camera scan, or use --image FILE or --screen")
}

func brokenCamera(device string) *wire.Error {
	return wire.New(wire.NoCamera, "The camera "+device+" cannot be opened.",
		"see that no other program uses it, that it was not detached, and that you may read it")
}

// packages are where Debian has the programs.
var packages = map[string]string{"zbarcam": "zbar-tools", "zbarimg": "zbar-tools", "maim": "maim", "slurp": "slurp", "grim": "grim"}

func noScanner(name string) *wire.Error {
	p := packages[name]
	if p == "zbar-tools" {
		p += " (Debian) or zbar (Fedora)"
	}
	return wire.New(wire.NoScanner, fmt.Sprintf("The program %s is not installed.", name), "install "+p+" in this qube's template")
}

func late() *wire.Error {
	return wire.New(wire.ScanTimeout, "No code to pay was seen in the time that was given.",
		"hold the code flat, near and well lit, or give --timeout more")
}

func closed() *wire.Error {
	return wire.New(wire.ScanClosed, "The scan was ended before a code to pay was seen.", "nothing was paid")
}

func badPicture(message string) *wire.Error {
	return wire.New(wire.BadPicture, message, "give a PNG, JPEG or GIF picture with --image FILE, or use --screen")
}

func tooLarge() *wire.Error { return badPicture("The picture is larger than 32 MiB.") }

func nothing(others int) *wire.Error {
	switch others {
	case 0:
		return wire.New(wire.NoPaymentText, "There is no QR code in the picture.", "take it sharper, larger and whole, with its white margin")
	case 1:
		return wire.New(wire.NoPaymentText, "The QR code in the picture is nothing to pay.", "give the picture of an invoice, an LNURL or a Lightning address")
	}
	return wire.New(wire.NoPaymentText, fmt.Sprintf("None of the %d QR codes in the picture is anything to pay.", others),
		"give the picture of an invoice, an LNURL or a Lightning address")
}
