package journal

import (
	"bytes"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"qpay/internal/server/payment"
)

// OfHash returns all records of one payment hash, oldest first.
func (j *Journal) OfHash(h payment.Hash) (rs []Record, err error) {
	err = j.view(func(tx *bbolt.Tx) error {
		return eachOf(tx, h, func(r Record) error { rs = append(rs, r); return nil })
	})
	return rs, err
}

func eachOf(tx *bbolt.Tx, h payment.Hash, f func(Record) error) error {
	c := tx.Bucket(byHash).Cursor()
	for k, _ := c.Seek(h[:]); bytes.HasPrefix(k, h[:]); k, _ = c.Next() {
		var r Record
		if err := json.Unmarshal(tx.Bucket(records).Get(k[len(h):]), &r); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// Select returns the records that want is true of, newest first.
func (j *Journal) Select(want func(Record) bool) (rs []Record, err error) {
	err = j.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(records).Cursor()
		for k, b := c.Last(); k != nil; k, b = c.Prev() {
			var r Record
			if err := json.Unmarshal(b, &r); err != nil {
				return err
			}
			if want(r) {
				rs = append(rs, r)
			}
		}
		return nil
	})
	return rs, err
}

// OnTheWay returns what was sent and has no final state yet.
func (j *Journal) OnTheWay() ([]Record, error) {
	return j.Select(func(r Record) bool { return r.State.Open() })
}

// PaidTo counts the payments made to a payee's key, and tells when the last
// one was.
func (j *Journal) PaidTo(destination string) (n int, last time.Time, err error) {
	rs, err := j.Select(func(r Record) bool {
		return r.State == payment.Paid && r.Destination == destination
	})
	if len(rs) > 0 {
		last = rs[0].Since()
	}
	return len(rs), last, err
}

// Abandoned closes records of programs that were killed before they sent
// anything: what is Asked or Approved becomes Gone. Only who holds the screen
// may call it, since nobody else is then between asking and sending.
func (j *Journal) Abandoned(now time.Time) error {
	rs, err := j.Select(func(r Record) bool {
		return r.State == payment.Asked || r.State == payment.Approved
	})
	for _, r := range rs {
		if _, err := j.Move(r.ID, payment.Gone, now, nil, nil); err != nil {
			return err
		}
	}
	return err
}
