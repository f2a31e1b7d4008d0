// Package state remembers what qpay-camera lent (dom0, trusted), so that the
// camera is taken back after a crash, a kill or a logout too. It is written to
// the disk before the first change, and it is the only thing that is written.
//
// It lies in the person's home and not in XDG_RUNTIME_DIR, which a logout
// empties while the camera stays where it is.
package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"qpay/internal/dom0/adminapi"
)

// ErrBusy: another qpay-camera has lent the camera at this moment.
var ErrBusy = errors.New("another scan is under way")

// Loan is what has to be undone.
type Loan struct {
	Boot   string        `json:"boot"`   // of the machine: a reboot ends all loans
	Target adminapi.Qube `json:"target"` // the qube that scans

	// Owner is who had a device before, and Owned is that device.
	Owner adminapi.Qube `json:"owner,omitempty"`
	Owned *Place        `json:"owned,omitempty"`

	// Lent is the device that the target was given, or is about to be given.
	Lent *Place `json:"lent,omitempty"`

	// Done: the last change was made, or refused. Otherwise it may still be
	// under way in qubesd, after the end of the process that asked for it.
	Done bool `json:"done"`
}

// Place is a device, by where it is plugged in.
type Place struct {
	Class   adminapi.Class `json:"class"`
	Backend adminapi.Qube  `json:"backend"`
	Port    adminapi.Port  `json:"port"`
	Print   string         `json:"print"`
}

// Of is the place of a device.
func Of(d adminapi.Device) *Place { return &Place{d.Class, d.Backend, d.Port, d.Print} }

// Device is the device at a place, as far as it was noted.
func (p Place) Device() adminapi.Device {
	return adminapi.Device{Class: p.Class, Backend: p.Backend, Port: p.Port, Print: p.Print}
}

// Store is a folder with a lock. One process at a time has it open.
type Store struct {
	folder string
	lock   *os.File
	boot   string
}

// Open takes the lock, ErrBusy if somebody has it. With wait it waits for it:
// the kernel gives it up with the process that holds it, however that ends.
func Open(folder string, wait bool) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	how := unix.LOCK_EX
	if !wait {
		how |= unix.LOCK_NB
	}
	for err = unix.EINTR; err == unix.EINTR; {
		err = unix.Flock(int(lock.Fd()), how)
	}
	if err != nil {
		lock.Close()
		if err == unix.EWOULDBLOCK {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	return &Store{folder, lock, strings.TrimSpace(string(boot))}, nil
}

// Close gives the lock up.
func (s *Store) Close() { s.lock.Close() }

func (s *Store) file() string { return filepath.Join(s.folder, "loan.json") }

// Load is the loan that was left behind, nil if there is none. One from before
// a reboot is none: nothing is attached any more.
func (s *Store) Load() (*Loan, error) {
	text, err := os.ReadFile(s.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var l Loan
	if err := json.Unmarshal(text, &l); err != nil || !l.valid() {
		// It cannot be half written; somebody else wrote it.
		return nil, fmt.Errorf("%s is not what this program writes", s.file())
	}
	if l.Boot != s.boot {
		return nil, s.Clear()
	}
	return &l, nil
}

func (l Loan) valid() bool {
	_, err := adminapi.ParseQube(string(l.Target))
	if l.Owned != nil {
		_, errOwner := adminapi.ParseQube(string(l.Owner))
		err = errors.Join(err, errOwner)
	}
	return err == nil && l.Lent.valid() && l.Owned.valid()
}

func (p *Place) valid() bool {
	if p == nil {
		return true
	}
	_, errBackend := adminapi.ParseQube(string(p.Backend))
	_, errPort := adminapi.ParsePort(string(p.Port))
	return errBackend == nil && errPort == nil && (p.Class == adminapi.USB || p.Class == adminapi.Webcam)
}

// Save is done when the loan is on the disk, name and all.
func (s *Store) Save(l Loan) error {
	l.Boot = s.boot
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	next := s.file() + ".next"
	if err := writeAndSync(next, append(text, '\n')); err != nil {
		return err
	}
	if err := os.Rename(next, s.file()); err != nil {
		return err
	}
	return s.syncFolder()
}

// Clear notes that nothing is lent.
func (s *Store) Clear() error {
	if err := os.Remove(s.file()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.syncFolder()
}

func writeAndSync(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func (s *Store) syncFolder() error {
	f, err := os.Open(s.folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
