package lnd

import (
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
)

// RootKeyID is the id of the root key that a macaroon was made of, by which
// the node can revoke it.
func RootKeyID(macaroon []byte) (uint64, error) {
	m, err := identifier(macaroon)
	if err != nil {
		return 0, err
	}
	digits := "" // decimal, as lnd writes it
	err = eachField(m, func(number protowire.Number, data []byte) error {
		if number == 2 {
			digits = string(data)
		}
		return nil
	})
	id, notNumber := strconv.ParseUint(digits, 10, 64)
	if err != nil || notNumber != nil {
		return 0, errMacaroon
	}
	return id, nil
}

// Lacks lists those of the calls that a macaroon, which is Narrow, does not
// allow.
func Lacks(macaroon []byte, calls []string) ([]string, error) {
	m, err := identifier(macaroon)
	if err != nil {
		return nil, err
	}
	var carried []string
	err = eachField(m, func(number protowire.Number, op []byte) error {
		if number != 3 {
			return nil
		}
		return eachField(op, func(number protowire.Number, data []byte) error {
			if number == 2 {
				carried = append(carried, string(data))
			}
			return nil
		})
	})
	missing := slices.DeleteFunc(slices.Clone(calls), func(c string) bool { return slices.Contains(carried, c) })
	return missing, err
}
