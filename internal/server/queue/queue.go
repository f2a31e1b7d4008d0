// Package queue keeps the dialogs of many qpay-server processes apart
// (trusted): one on the screen at a time, one waiting request for each qube
// and a few in all. A qube that asks without end thus costs a few idle
// processes, and cannot keep the others from being heard.
//
// All of it is locks on files, which the kernel takes back whatever becomes of
// a process: flock for the screen, which is handed on in the order of asking,
// and open file description locks for the places, which can be looked at
// without being taken (fcntl(2)).
package queue

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"qpay/internal/server/payment"
)

// waiting is how many requests may wait for the screen, of all qubes together.
const waiting = 6

// ErrBusy means that this qube, or too many of them, wait already.
var ErrBusy = errors.New("queue: too many requests are waiting")

// Queue is the folder with the lock files.
type Queue struct{ dir string }

// Open makes the folder if it is not there.
func Open(stateFolder string) (*Queue, error) {
	dir := filepath.Join(stateFolder, "queue")
	return &Queue{dir}, os.MkdirAll(dir, 0o700)
}

// Screen is the right to show a window, until Leave.
type Screen struct {
	q    *Queue
	lock *os.File
}

// Wait waits for the screen. ErrBusy if there is no place to wait in; the
// context's error if it ends first.
func (q *Queue) Wait(ctx context.Context, qube payment.Qube) (*Screen, error) {
	if !qube.Valid() {
		return nil, fmt.Errorf("queue: %.40q is no name of a qube", string(qube))
	}
	own, err := q.take("qube-" + string(qube))
	if err != nil {
		return nil, err
	}
	defer own.Close()
	place, err := q.takeAny()
	if err != nil {
		return nil, err
	}
	defer place.Close()
	lock, err := q.screen(ctx)
	if err != nil {
		return nil, err
	}
	return &Screen{q, lock}, nil
}

// Leave gives the screen to the next.
func (s *Screen) Leave() { s.lock.Close() }

// Wanted tells whether another request waits for the screen.
func (s *Screen) Wanted() bool {
	for i := range waiting {
		if s.q.taken(place(i)) {
			return true
		}
	}
	return false
}

func place(i int) string { return fmt.Sprintf("place-%d", i) }

func (q *Queue) takeAny() (*os.File, error) {
	for i := range waiting {
		if f, err := q.take(place(i)); err == nil {
			return f, nil
		}
	}
	return nil, ErrBusy
}

func (q *Queue) open(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(q.dir, name), os.O_CREATE|os.O_RDWR, 0o600)
}

// take locks a file at once, or not at all.
func (q *Queue) take(name string) (*os.File, error) {
	f, err := q.open(name)
	if err != nil {
		return nil, err
	}
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		f.Close()
		return nil, ErrBusy
	}
	return f, nil
}

// taken looks whether somebody has a place. In doubt nobody has.
func (q *Queue) taken(name string) bool {
	f, err := q.open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	l := unix.Flock_t{Type: unix.F_WRLCK}
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &l)
	return err == nil && l.Type != unix.F_UNLCK
}

// screen waits in the kernel, so that the first to ask is the first to get it.
func (q *Queue) screen(ctx context.Context) (*os.File, error) {
	f, err := q.open("screen")
	if err != nil {
		return nil, err
	}
	locked := make(chan error, 1)
	go func() { locked <- lock(f) }()
	select {
	case err := <-locked:
		return f, err
	case <-ctx.Done():
		go func() { <-locked; f.Close() }() // should it come after all, pass it on
		return nil, ctx.Err()
	}
}

func lock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
