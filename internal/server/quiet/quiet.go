// Package quiet keeps a qube that was refused from asking again at once
// (lightningvm, trusted): a pause that doubles with each refusal, and ten
// minutes for one that a person has muted. Each qube has a small file, so that
// it holds from one qpay-server to the next.
//
// Times are counted by the clock since boot, which nobody can set. After a new
// start of the qube it begins anew, so nothing lasts longer than it was meant.
package quiet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"qpay/internal/server/payment"
)

// MuteFor is how long muting lasts.
const MuteFor = 10 * time.Minute

const (
	longest   = time.Minute      // a pause
	forgotten = 10 * time.Minute // without a refusal: the next pause is a first one
)

// Quiet is the folder of those files.
type Quiet struct {
	dir   string
	first time.Duration
	now   func() time.Duration
}

// note is what is remembered of a qube.
type note struct {
	Since    time.Duration `json:"since_ns"` // boot
	For      time.Duration `json:"for_ns"`
	Refusals int           `json:"refusals"`
	Muted    bool          `json:"muted"`
}

// Open makes the folder if it is not there. The first pause lasts first; with
// 0 there are none, only muting.
func Open(stateFolder string, first time.Duration) (*Quiet, error) {
	dir := filepath.Join(stateFolder, "quiet")
	return &Quiet{dir, first, sinceBoot}, os.MkdirAll(dir, 0o700)
}

func sinceBoot() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) // cannot fail with this clock
	return time.Duration(t.Nano())
}

// Left tells how long a qube may not ask yet, and whether it was muted.
func (q *Quiet) Left(qube payment.Qube) (left time.Duration, muted bool) {
	n, ok := q.read(qube)
	past := q.now() - n.Since // below 0 after a new start
	if !ok || past < 0 || past >= n.For {
		return 0, false
	}
	return min(n.For, MuteFor) - past, n.Muted
}

// Refused makes the qube pause, longer with each time.
func (q *Quiet) Refused(qube payment.Qube) error {
	n, ok := q.read(qube)
	now := q.now()
	if past := now - n.Since; !ok || past < 0 || past > n.For+forgotten || n.Muted {
		n = note{}
	}
	n.Since, n.For = now, q.pause(n.Refusals)
	n.Refusals++
	return q.write(qube, n)
}

func (q *Quiet) pause(refusals int) time.Duration {
	d := q.first
	for range refusals {
		if d *= 2; d >= longest {
			break
		}
	}
	return min(d, longest)
}

// Mute lets the qube not ask for ten minutes.
func (q *Quiet) Mute(qube payment.Qube) error {
	return q.write(qube, note{Since: q.now(), For: MuteFor, Muted: true})
}

// End forgets all of it: the qube's request was approved, or a person ends its
// muting. It tells whether there was something to end.
func (q *Quiet) End(qube payment.Qube) (was bool, err error) {
	file, err := q.file(qube)
	if err != nil {
		return false, err
	}
	left, _ := q.Left(qube)
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return left > 0, nil
}

func (q *Quiet) file(qube payment.Qube) (string, error) {
	if !qube.Valid() {
		return "", fmt.Errorf("quiet: %.40q is no name of a qube", string(qube))
	}
	return filepath.Join(q.dir, string(qube)), nil
}

// read is false for what is not there or makes no sense: then the qube may ask.
func (q *Quiet) read(qube payment.Qube) (n note, ok bool) {
	file, err := q.file(qube)
	if err != nil {
		return n, false
	}
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &n) != nil || n.Refusals < 0 {
		return note{}, false
	}
	return n, true
}

// write replaces the file as a whole. Only who holds the screen refuses or
// mutes, so no two write at once.
func (q *Quiet) write(qube payment.Qube, n note) error {
	file, err := q.file(qube)
	if err != nil {
		return err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	fresh := file + ".new" // no qube has a dot in its name
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, file)
}
