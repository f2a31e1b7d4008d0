package state

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"qpay/internal/dom0/adminapi"
)

func open(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := Open(folder, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestLoanIsReadAsWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	s := open(t, folder)
	if l, err := s.Load(); l != nil || err != nil {
		t.Fatalf("nothing was lent: %v, %v", l, err)
	}
	place := Of(adminapi.Device{Class: adminapi.USB, Backend: "sys-usb", Port: "2-1", Print: "abc", Label: "its own words"})
	want := Loan{Target: "work", Lent: place, Owner: "vault", Owned: place, Done: true}
	if err := s.Save(want); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load()
	if err != nil {
		t.Fatal(err)
	}
	want.Boot = s.boot
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got %+v", *got)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 { // the loan and the lock
		t.Errorf("%v, %v", files, err)
	}
	info, err := os.Stat(s.file())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := errors.Join(s.Clear(), s.Clear()); err != nil {
		t.Error(err)
	}
	if l, err := s.Load(); l != nil || err != nil {
		t.Errorf("%v, %v", l, err)
	}
}

func TestLockHasOneHolder(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	if _, err := Open(folder, false); !errors.Is(err, ErrBusy) {
		t.Errorf("a second holder: %v", err)
	}
	got := make(chan error)
	go func() {
		waiting, err := Open(folder, true)
		if err == nil {
			waiting.Close()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Errorf("did not wait: %v", err)
	default:
	}
	s.Close()
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestForeignLoansAreRefused(t *testing.T) {
	for _, text := range []string{"", "x", "[]", `{}`, `{"target":"a b"}`,
		`{"target":"a","owned":{"class":"usb","backend":"b","port":"1"}}`,
		`{"target":"a","lent":{"class":"usb","backend":"b","port":"-1"}}`,
		`{"target":"a","lent":{"class":"block","backend":"b","port":"1"}}`,
	} {
		s := open(t, t.TempDir())
		if err := os.WriteFile(s.file(), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := s.Load(); err == nil {
			t.Errorf("%q became %+v", text, l)
		}
		s.Close()
	}
}
