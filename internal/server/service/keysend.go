package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/btcsuite/btcd/btcec/v2"

	"qpay/internal/server/ask"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/payment"
	"qpay/internal/server/resolve"
	"qpay/internal/wire"
)

// Bounds of the records that a qube may send along.
const (
	recordsMax     = 8
	recordBytesMax = 1 << 10 // all values together
)

// keysend is a payment without an invoice on its way through the states of the
// design. Each has a hash of its own, so nobody could tell a second one from
// the first: nothing here ever sends again, and the same request is a new
// question.
type keysend struct {
	*session
	q ask.KeysendQuestion
}

func serveKeysend(s *session, ctx, alive context.Context, r wire.KeysendRequest) {
	k := keysend{session: s}
	if refusal := k.judge(r); refusal != nil {
		s.out.refuse(refusal)
		return
	}
	if !s.enter(alive) {
		return
	}
	if err := s.journal.Abandoned(s.Now()); err != nil {
		s.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	if s.check(alive, k.checkNode) {
		k.ask(ctx, alive)
	}
}

// judge reads the request and holds it against the limits.
func (k *keysend) judge(r wire.KeysendRequest) (refusal *wire.Error) {
	q := ask.KeysendQuestion{Caller: k.Caller, Network: k.conf.Network, Amount: r.Amount, Fee: k.conf.Fee, MaxPayment: k.conf.MaxPayment}
	if q.Origin, refusal = origin(r.Context); refusal != nil {
		return refusal
	}
	key, err := hex.DecodeString(r.Destination)
	if err == nil && len(key) == len(q.Destination) {
		_, err = btcec.ParsePubKey(key)
	}
	switch {
	case err != nil || len(key) != len(q.Destination):
		return badDestination("The destination is not a node's public key of 66 hex digits.")
	case q.Amount == 0:
		return badRequest(errors.New("a payment of nothing"))
	case q.Amount > q.MaxPayment:
		return wire.New(wire.OverLimit, fmt.Sprintf("%s is more than the limit of this wallet.", q.Amount),
			"nothing was paid; the limit is max_payment_sat in the wallet's config.toml")
	}
	copy(q.Destination[:], key)
	if q.Records, refusal = records(r.Records); refusal != nil {
		return refusal
	}
	rand.Read(q.Preimage[:]) // never fails, since Go 1.24
	k.q = q
	return nil
}

func badDestination(message string) *wire.Error {
	return wire.New(wire.BadDestination, message, "nothing was paid; look at the destination and the records")
}

// records reads what is to go along. Numbers are written in one way only, so
// that no number comes twice.
func records(untrusted map[string]string) (map[uint64][]byte, *wire.Error) {
	if len(untrusted) > recordsMax {
		return nil, badRequest(fmt.Errorf("%d records, at most %d", len(untrusted), recordsMax))
	}
	all, size := map[uint64][]byte{}, 0
	for name, digits := range untrusted {
		number, err := strconv.ParseUint(name, 10, 64)
		if err != nil || strconv.FormatUint(number, 10) != name {
			return nil, badRequest(errors.New("a record whose number is not one"))
		}
		if number < lnd.FirstRecord || number == lnd.PreimageRecord {
			return nil, badDestination(fmt.Sprintf("The record %d is not the caller's to set.", number))
		}
		if all[number], err = hex.DecodeString(digits); err != nil {
			return nil, badRequest(errors.New("a record whose value is not in hex"))
		}
		size += len(all[number])
	}
	if size > recordBytesMax {
		return nil, badRequest(fmt.Errorf("records of %d bytes, at most %d", size, recordBytesMax))
	}
	return all, nil
}

func (k *keysend) destination() string { return fmt.Sprintf("%x", k.q.Destination) }

func (k *keysend) checkNode(ctx context.Context) *wire.Error {
	node, trouble := k.node.Ready(ctx, k.conf.Network)
	if trouble == nil && node.Key == k.destination() {
		return badDestination("This is your own node, which cannot pay itself.")
	}
	return trouble
}

// ask puts the question, and pays if the person approves.
func (k *keysend) ask(ctx, alive context.Context) {
	if err := k.recall(alive); err != nil {
		k.out.refuse(internal("the journal of payments cannot be read"))
		return
	}
	r, err := k.journal.Ask(journal.Record{Qube: k.Caller, Hash: k.q.Preimage.Hash(), Destination: k.destination(),
		Origin: k.q.Origin, Network: k.q.Network.String(), Amount: k.q.Amount, Keysend: true}, k.Now())
	if err != nil {
		k.out.refuse(internal("the journal of payments cannot be written"))
		return
	}
	approved, end := wait[ask.ApprovedKeysend](k.session, alive, k.q)
	if end != nil {
		k.end(r, end)
		return
	}
	k.send(ctx, r, approved, nil, func(ctx context.Context, progress func(payment.Outcome)) (payment.Outcome, error) {
		return k.node.Keysend(ctx, approved, k.conf.PayFor, progress)
	})
}

// recall fills in what the journal knows of this key. An earlier keysend that
// has an outcome meanwhile gets it first, so that the question is not about
// what is long over.
func (k *keysend) recall(alive context.Context) error {
	rs, err := k.journal.OnTheWay()
	if err != nil {
		return err
	}
	for _, r := range rs {
		if !r.Keysend || r.Destination != k.destination() {
			continue
		}
		if o, err := k.lookUp(alive, r.Hash); err == nil && o.State.Final() {
			resolve.Settle(k.journal, r, o, k.Now())
		} else {
			k.q.Open = r.Since()
		}
	}
	k.q.PaidBefore, k.q.LastPaid, err = k.journal.PaidTo(k.destination())
	return err
}
