package main

import (
	"math"
	"strings"
	"time"

	"qpay/internal/money"
)

// openAmount is nil for "any".
func openAmount(text string) (*money.Msat, error) {
	if strings.EqualFold(text, "any") {
		return nil, nil
	}
	m, err := someAmount(text)
	if err != nil {
		return nil, badUsage("an amount in satoshi, such as 1000, or any", "%s", err)
	}
	return &m, nil
}

func bound(c *call, flag string) (*money.Msat, error) {
	if !c.IsSet(flag) {
		return nil, nil
	}
	m, err := someAmount(c.String(flag))
	if err != nil {
		return nil, badUsage("an amount in satoshi, such as 1000", "--%s: %s", flag, err)
	}
	return &m, nil
}

// inRange compares those that are there.
func inRange(ascending ...*money.Msat) error {
	var last money.Msat
	for _, m := range ascending {
		if m == nil {
			continue
		}
		if *m < last {
			return badUsage("--min, AMOUNT and --max ascend", "%s is less than %s", *m, last)
		}
		last = *m
	}
	return nil
}

// maxMemo is the most bytes that BOLT 11 has room for.
const maxMemo = 639

func memo(amount, text string) (string, error) {
	if len(text) > maxMemo {
		return "", badUsage("", "the memo has %d bytes, at most %d fit into an invoice", len(text), maxMemo)
	}
	if whole := amount + " " + text; couldBeAmount(whole) {
		return "", badUsage("put quotes around an amount with spaces", "%q: an amount, or an amount and a memo?", whole)
	}
	return text, nil
}

// couldBeAmount: "12 345" without quotes would become an invoice over 12 sat.
func couldBeAmount(text string) bool {
	_, err := money.ParseSat(text)
	return err == nil
}

func expiry(c *call) (uint32, error) {
	d := c.Duration("expiry")
	switch seconds := d / time.Second; {
	case !c.IsSet("expiry"):
		return 0, nil
	case seconds < 1 || d%time.Second != 0:
		return 0, badUsage("such as 90s, 15m or 24h", "--expiry: whole seconds, at least one")
	case seconds > math.MaxUint32:
		return 0, badUsage("such as 90s, 15m or 24h", "--expiry: too long")
	default:
		return uint32(seconds), nil
	}
}
