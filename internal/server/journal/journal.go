// Package journal is lightningvm's memory of payments (stage 9, trusted): a
// bbolt file that each qpay-server opens for one short transaction at a time,
// so that several can run. A transaction is on disk (fdatasync) before the
// call returns: what is journalled as sent survives a power cut that comes
// before lnd hears of it. lnd's own records can be deleted; this one is what
// decides whether an invoice was already paid.
package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"qpay/internal/server/payment"
)

// Errors that a caller tells apart.
var (
	ErrNoRecord = errors.New("no such record in the journal")
	ErrOpen     = errors.New("a payment of this invoice is already on its way")
	ErrPaid     = errors.New("this invoice is already paid")
)

var (
	records  = []byte("payments") // sequence number, 8 bytes big-endian -> Record as JSON
	byHash   = []byte("by_hash")  // payment hash + sequence number -> nothing
	invoices = []byte("invoices") // payment hash -> Invoice as JSON
)

// busy is how long to wait for another process's transaction.
const busy = 10 * time.Second

// Journal is the file. Its methods may be called from several goroutines and
// processes.
type Journal struct{ path string }

// Open makes the folder (0700) and the file (0600) if they are not there, and
// checks that the file can be read and written.
func Open(dir string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{path: filepath.Join(dir, "journal.db")}
	err := j.update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(records)
		if err == nil {
			_, err = tx.CreateBucketIfNotExists(byHash)
		}
		if err == nil {
			_, err = tx.CreateBucketIfNotExists(invoices)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return j, syncFolder(dir)
}

// syncFolder makes the file's name as durable as its content.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (j *Journal) update(f func(*bbolt.Tx) error) error {
	return j.with(false, func(db *bbolt.DB) error { return db.Update(f) })
}

func (j *Journal) view(f func(*bbolt.Tx) error) error {
	return j.with(true, func(db *bbolt.DB) error { return db.View(f) })
}

func (j *Journal) with(readOnly bool, f func(*bbolt.DB) error) (err error) {
	db, err := bbolt.Open(j.path, 0o600, &bbolt.Options{Timeout: busy, ReadOnly: readOnly})
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(db)
}

// Ask writes a new record in the state Asked and returns it with its ID.
func (j *Journal) Ask(r Record, now time.Time) (Record, error) {
	r.State = payment.Asked
	r.Steps = []Step{{payment.Asked, now.UTC()}}
	err := j.update(func(tx *bbolt.Tx) (err error) {
		if r.ID, err = tx.Bucket(records).NextSequence(); err != nil {
			return err
		}
		if err := tx.Bucket(byHash).Put(append(r.Hash[:], key(r.ID)...), nil); err != nil {
			return err
		}
		return put(tx, r)
	})
	return r, err
}

// Move takes the record to another state along the design's arrows; change, if
// not nil, fills in what became known. To Sent there is a second condition, in
// the same transaction: no other record of this hash is paid (ErrPaid) or on
// its way (ErrOpen), so that two programs cannot both begin. An older record
// that is on its way gives way if it is named in over: lnd was asked and knows
// nothing of it, and refuses a second payment of one hash by itself.
func (j *Journal) Move(id uint64, to payment.State, now time.Time, over []uint64, change func(*Record)) (r Record, err error) {
	err = j.update(func(tx *bbolt.Tx) error {
		if r, err = get(tx, id); err != nil {
			return err
		}
		if r.State, err = r.State.Move(to); err != nil {
			return err
		}
		if to == payment.Sent {
			if err := alone(tx, r, over); err != nil {
				return err
			}
		}
		r.Steps = append(r.Steps, Step{to, now.UTC()})
		if change != nil {
			change(&r)
		}
		return put(tx, r)
	})
	return r, err
}

func alone(tx *bbolt.Tx, r Record, over []uint64) error {
	return eachOf(tx, r.Hash, func(o Record) error {
		switch {
		case o.ID == r.ID:
		case o.State == payment.Paid:
			return ErrPaid
		case o.State.Open() && !contains(over, o.ID):
			return ErrOpen
		}
		return nil
	})
}

func contains(ids []uint64, id uint64) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}

func key(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

func put(tx *bbolt.Tx, r Record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return tx.Bucket(records).Put(key(r.ID), b)
}

func get(tx *bbolt.Tx, id uint64) (r Record, err error) {
	b := tx.Bucket(records).Get(key(id))
	if b == nil {
		return r, ErrNoRecord
	}
	return r, json.Unmarshal(b, &r)
}
