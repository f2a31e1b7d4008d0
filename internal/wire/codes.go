package wire

// Payment says what is known of the money when there is an error. It is made
// from the state of the payment, never guessed from the kind of error.
type Payment string

const (
	NotSent  Payment = "not_sent"  // the node was never asked to pay
	Failed   Payment = "failed"    // final, by the node's own status: no money moved
	InFlight Payment = "in_flight" // on its way; it may still succeed or fail
	Unknown  Payment = "unknown"   // sent, and the outcome could not be learnt yet
)

// Code names a kind of error. The list only grows; doc/protocol.md explains
// each, and a test holds the two together.
type Code string

// Codes of the server.
const (
	BadRequest      Code = "bad_request"
	BadInvoice      Code = "bad_invoice"
	WrongNetwork    Code = "wrong_network"
	Unsupported     Code = "unsupported_invoice"
	Expired         Code = "expired"
	OverLimit       Code = "over_limit"
	AlreadyPaid     Code = "already_paid"
	Denied          Code = "denied"
	Muted           Code = "muted"
	Busy            Code = "busy"
	NotAnswered     Code = "not_answered"
	CannotShow      Code = "cannot_show"
	NotConfigured   Code = "not_configured"
	NodeUnreachable Code = "node_unreachable"
	NodeNotReady    Code = "node_not_ready"
	NodeRefused     Code = "node_refused"
	NodeDisagrees   Code = "node_disagrees"
	NoRoute         Code = "no_route"
	Insufficient    Code = "insufficient_balance"
	PayeeRefused    Code = "payee_refused"
	TimedOut        Code = "timed_out"
	PaymentFailed   Code = "payment_failed"
	InFlightCode    Code = "in_flight"
	UnknownCode     Code = "outcome_unknown"
	Internal        Code = "internal"
	SwitchedOff     Code = "switched_off"
	NoInvoice       Code = "no_such_invoice"
	BadMessage      Code = "message_refused"
	BadDestination  Code = "bad_destination"
	BadMetadata     Code = "metadata_mismatch"
)

// Codes that only a client makes, of what happened to the call itself.
const (
	PolicyRefused Code = "policy_refused"
	NoService     Code = "no_service"
	NoQrexec      Code = "no_qrexec"
	NoAnswer      Code = "no_answer"
	ClientTimeout Code = "client_timeout"
	Interrupted   Code = "interrupted"
)

// Codes that only a client makes, of links, Lightning addresses and the
// services behind them.
const (
	UnsafeLink      Code = "unsafe_link"
	UnsupportedLink Code = "unsupported_link"
	ServiceNotThere Code = "service_unreachable"
	ServiceRefused  Code = "service_refused"
	ServiceAnswer   Code = "service_answer"
	BadChoice       Code = "bad_choice"
	NoPaymentText   Code = "no_payment_text"
	BadLink         Code = "bad_link"
)

// Codes that only a client makes, of scanning. Each has an exit code of its own:
// qpay-camera in dom0 hears nothing else of a scan.
const (
	NoCamera    Code = "no_camera"
	ScanTimeout Code = "scan_timeout"
	NoScanner   Code = "no_scanner"
	ScanClosed  Code = "scan_closed"
	BadPicture  Code = "bad_picture"
)

// Exit is the exit code that qpay gives for a code. 125, 126, 127 and 255 are
// qrexec's own and never used.
type Exit int

const (
	ExitOK        Exit = 0
	ExitInternal  Exit = 1
	ExitUsage     Exit = 2 // the command line, or a request that makes no sense
	ExitDenied    Exit = 3 // the person refused, or did not answer, or cannot be asked now
	ExitInvoice   Exit = 4 // this invoice is not to be paid
	ExitWallet    Exit = 5 // the wallet or its node cannot pay now; nothing was sent
	ExitFailed    Exit = 6 // tried, and failed for good; no money moved
	ExitOpen      Exit = 7 // it may have been paid, or may still be
	ExitTransport Exit = 8 // the request did not reach the wallet

	ExitNoCamera    Exit = 20
	ExitScanTimeout Exit = 21
	ExitNoScanner   Exit = 22
	ExitScanClosed  Exit = 23
	ExitBadPicture  Exit = 24
)

// Kind is what the project knows of a code: its exit code, and the word for
// the money that goes with it.
type Kind struct {
	Code    Code
	Exit    Exit
	Payment Payment
}

// Kinds lists every code in the order of doc/protocol.md.
var Kinds = []Kind{
	{BadRequest, ExitUsage, NotSent},
	{BadInvoice, ExitInvoice, NotSent},
	{WrongNetwork, ExitInvoice, NotSent},
	{Unsupported, ExitInvoice, NotSent},
	{Expired, ExitInvoice, NotSent},
	{OverLimit, ExitInvoice, NotSent},
	{AlreadyPaid, ExitInvoice, NotSent},
	{Denied, ExitDenied, NotSent},
	{Muted, ExitDenied, NotSent},
	{Busy, ExitDenied, NotSent},
	{NotAnswered, ExitDenied, NotSent},
	{CannotShow, ExitWallet, NotSent},
	{NotConfigured, ExitWallet, NotSent},
	{NodeUnreachable, ExitWallet, NotSent},
	{NodeNotReady, ExitWallet, NotSent},
	{NodeRefused, ExitWallet, NotSent},
	{NodeDisagrees, ExitInvoice, NotSent},
	{NoRoute, ExitFailed, Failed},
	{Insufficient, ExitFailed, Failed},
	{PayeeRefused, ExitFailed, Failed},
	{TimedOut, ExitFailed, Failed},
	{PaymentFailed, ExitFailed, Failed},
	{InFlightCode, ExitOpen, InFlight},
	{UnknownCode, ExitOpen, Unknown},
	{Internal, ExitInternal, NotSent},
	{PolicyRefused, ExitTransport, NotSent},
	{NoService, ExitTransport, NotSent},
	{NoQrexec, ExitTransport, NotSent},
	{NoAnswer, ExitOpen, Unknown},
	{ClientTimeout, ExitOpen, Unknown},
	{Interrupted, ExitOpen, Unknown},
	{SwitchedOff, ExitWallet, NotSent},
	{NoInvoice, ExitInvoice, NotSent},
	{BadMessage, ExitInvoice, NotSent},
	{BadDestination, ExitInvoice, NotSent},
	{BadMetadata, ExitInvoice, NotSent},
	{UnsafeLink, ExitInvoice, NotSent},
	{UnsupportedLink, ExitInvoice, NotSent},
	{ServiceNotThere, ExitTransport, NotSent},
	{ServiceRefused, ExitInvoice, NotSent},
	{ServiceAnswer, ExitInvoice, NotSent},
	{BadChoice, ExitUsage, NotSent},
	{NoPaymentText, ExitInvoice, NotSent},
	{BadLink, ExitInvoice, NotSent},
	{NoCamera, ExitNoCamera, NotSent},
	{ScanTimeout, ExitScanTimeout, NotSent},
	{NoScanner, ExitNoScanner, NotSent},
	{ScanClosed, ExitScanClosed, NotSent},
	{BadPicture, ExitBadPicture, NotSent},
}

// Find returns what is known of a code. A code that a newer server made is not
// known here: its word for the money still counts, so the caller asks ok.
func Find(c Code) (k Kind, ok bool) {
	for _, k := range Kinds {
		if k.Code == c {
			return k, true
		}
	}
	return Kind{}, false
}

// ExitFor gives the exit code for an error, also for codes that are not known
// here: the word for the money then decides.
func ExitFor(e *Error) Exit {
	switch e.Payment {
	case InFlight, Unknown:
		return ExitOpen
	case Failed:
		return ExitFailed
	}
	k, ok := Find(e.Code)
	switch {
	case !ok:
		return ExitInternal
	case k.Exit == ExitOpen:
		return ExitTransport // no answer from a service that moves no money
	}
	return k.Exit
}

// New makes an error of a known kind with the word for the money that belongs
// to it.
func New(c Code, message, hint string) *Error {
	k, ok := Find(c)
	if !ok {
		k = Kind{Code: Internal, Payment: Unknown}
	}
	return &Error{Code: k.Code, Message: message, Hint: hint, Payment: k.Payment}
}
