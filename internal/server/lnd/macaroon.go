package lnd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"qpay/internal/wire"
)

// always are the calls that paying needs. GetState needs no macaroon.
var always = []string{
	"/lnrpc.Lightning/GetInfo",
	"/lnrpc.Lightning/DecodePayReq",
	"/routerrpc.Router/SendPaymentV2",
	"/routerrpc.Router/TrackPaymentV2",
}

// besides are the calls that other services need.
var besides = map[string]string{
	wire.ServiceMakeInvoice:   "/lnrpc.Lightning/AddInvoice",
	wire.ServiceLookupInvoice: "/lnrpc.Lightning/LookupInvoice",
	wire.ServiceVerifyMessage: "/lnrpc.Lightning/VerifyMessage",
	wire.ServiceSignMessage:   "/lnrpc.Lightning/SignMessage",
	wire.ServiceGetBalance:    "/lnrpc.Lightning/ChannelBalance",
}

// Allowed lists the URIs that qpay's macaroon may carry if these services are
// switched on: all that this program then calls.
func Allowed(services []string) []string {
	uris := slices.Clone(always)
	for _, s := range services {
		if uri, ok := besides[s]; ok {
			uris = append(uris, uri)
		}
	}
	return uris
}

// ErrBroad means that a macaroon allows more than qpay needs: stolen, it would
// be worth more than what a person approves.
var ErrBroad = errors.New("the macaroon allows more than qpay needs")

var errMacaroon = errors.New("the macaroon file does not hold an lnd macaroon in binary form")

// Narrow refuses a macaroon that allows anything beyond allowed. Its caveats
// need no look: they can only narrow it further. The forms are those of
// macaroon format 2 (fields of type, length, data) and, inside the identifier,
// of the message MacaroonId that lnd puts there.
func Narrow(macaroon []byte, allowed []string) error {
	id, err := identifier(macaroon)
	if err != nil {
		return err
	}
	return eachField(id, func(number protowire.Number, op []byte) error {
		if number != 3 { // 1 nonce, 2 root key id, 3 operations
			return nil
		}
		return narrowOp(op, allowed)
	})
}

// identifier finds field 2 of the first section.
func identifier(m []byte) ([]byte, error) {
	if len(m) == 0 || m[0] != 2 {
		return nil, errMacaroon
	}
	for m = m[1:]; ; {
		kind, n := binary.Uvarint(m)
		if n <= 0 || kind == 0 {
			return nil, errMacaroon
		}
		length, k := binary.Uvarint(m[n:])
		if k <= 0 || length > uint64(len(m)-n-k) {
			return nil, errMacaroon
		}
		data := m[n+k : n+k+int(length)]
		if kind == 2 {
			if len(data) == 0 || data[0] != 3 { // lnd's version of its identifier
				return nil, errMacaroon
			}
			return data[1:], nil
		}
		m = m[n+k+int(length):]
	}
}

func narrowOp(op []byte, allowed []string) error {
	var entity string
	var actions []string
	err := eachField(op, func(number protowire.Number, data []byte) error {
		switch number {
		case 1:
			entity = string(data)
		case 2:
			actions = append(actions, string(data))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if entity != "uri" {
		return fmt.Errorf("%w: the permission %q on %q", ErrBroad, actions, entity)
	}
	for _, a := range actions {
		if !slices.Contains(allowed, a) {
			return fmt.Errorf("%w: the call %q", ErrBroad, a)
		}
	}
	return nil
}

// eachField walks a protobuf message of which all fields are bytes or text.
func eachField(b []byte, f func(protowire.Number, []byte) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 || kind != protowire.BytesType {
			return errMacaroon
		}
		data, k := protowire.ConsumeBytes(b[n:])
		if k < 0 {
			return errMacaroon
		}
		if err := f(number, data); err != nil {
			return err
		}
		b = b[n+k:]
	}
	return nil
}
