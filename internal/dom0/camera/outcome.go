package camera

import "qpay/internal/dom0/adminapi"

// Outcome is what a person is told of an exit code of qpay scan.
type Outcome struct {
	Text   string
	Window bool // worth a window: the wallet's or the scanner's did not say it
}

// outcomes are all sentences there are; %s would be a way in, so there is none.
// They are for what `qpay scan` and qvm-run end with.
var outcomes = map[int]Outcome{
	0:  {"the payment was made.", false},
	3:  {"you refused in the wallet's window, or it was busy. Nothing was paid.", false},
	4:  {"the code holds nothing that can be paid. Nothing was paid.", true},
	5:  {"the wallet cannot pay now. Nothing was paid.\n\nRun qpay-server doctor in the wallet's qube.", true},
	6:  {"the payment failed, and no money moved.", true},
	7:  {"it may have been paid.\n\nDo not pay anew before you have looked at the history in the wallet's qube.", true},
	8:  {"the wallet was not reached. Nothing was paid.\n\nIs the policy in place? Run sudo qubesctl state.apply qpay in dom0.", true},
	20: {"it found no camera, although it was given one.\n\nFor Video Companion it needs v4l2loopback, for USB qubes-usb-proxy, in its template.", true},
	21: {"no code was seen in time. Nothing was paid.\n\nHold the code flat, near and well lit.", true},
	22: {"its scanner is missing.\n\nInstall zbar-tools (Debian) or zbar (Fedora) in its template.", true},
	23: {"the scanner's window was closed. Nothing was paid.", false},
	24: {"the picture cannot be read.", true},

	1:   {"qpay did not run, or failed.\n\nIs qpay-client installed in its template, and was the qube restarted since?", true},
	2:   {"its qpay does not know this kind of scan.\n\nUpdate qpay-client in its template.", true},
	126: {"dom0 refused to run qpay there.", true},
	127: {"qpay is not installed there.\n\nInstall qpay-client in its template.", true},
	255: {"qpay could not be run there.", true},
}

// OutcomeOf names the qube as the one that says so: the code is of its choice.
func OutcomeOf(q adminapi.Qube, code int) Outcome {
	o, known := outcomes[code]
	if !known {
		o = Outcome{"the scan ended in a way that is not known here.\n\nLook at the history in the wallet's qube before you pay again.", true}
	}
	o.Text = "The qube " + string(q) + " says: " + o.Text
	return o
}

// Passed: this program ends with the code itself, if qpay's manual has it.
func Passed(code int) bool {
	_, known := outcomes[code]
	return known && code < 100
}
