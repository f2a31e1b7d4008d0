package bridge

import (
	"net/http"

	"qpay/internal/wire"
)

// statuses are the HTTP statuses of errors, by the exit code that qpay would
// give. An open outcome has one that no HTTP library repeats a request for.
var statuses = map[wire.Exit]int{
	wire.ExitInternal:  http.StatusInternalServerError,
	wire.ExitUsage:     http.StatusBadRequest,
	wire.ExitDenied:    http.StatusForbidden,
	wire.ExitInvoice:   http.StatusUnprocessableEntity,
	wire.ExitWallet:    http.StatusServiceUnavailable,
	wire.ExitFailed:    http.StatusPaymentRequired,
	wire.ExitOpen:      http.StatusConflict,
	wire.ExitTransport: http.StatusBadGateway,
}

// special are the codes for which HTTP has a better word.
var special = map[wire.Code]int{
	wire.Busy:      http.StatusTooManyRequests,
	wire.NoInvoice: http.StatusNotFound,
}

// Status is the HTTP status of an error. doc/bridge.md has the table.
func Status(e *wire.Error) int {
	exit := wire.ExitFor(e)
	if status, ok := special[e.Code]; ok && exit != wire.ExitOpen {
		return status
	}
	if status, ok := statuses[exit]; ok {
		return status
	}
	return http.StatusInternalServerError // of a scan, which the bridge never does
}
