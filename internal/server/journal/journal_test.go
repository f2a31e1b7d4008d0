package journal

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"qpay/internal/server/payment"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) *Journal {
	t.Helper()
	j, err := Open(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func ask(t *testing.T, j *Journal, h byte) Record {
	t.Helper()
	r, err := j.Ask(Record{Qube: "personal", Hash: payment.Hash{h}, Destination: "02aa"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func move(t *testing.T, j *Journal, id uint64, to ...payment.State) Record {
	t.Helper()
	var r Record
	for _, s := range to {
		var err error
		if r, err = j.Move(id, s, noon, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestWhatIsWrittenIsThereForAnotherProcess(t *testing.T) {
	j := open(t)
	r := ask(t, j, 1)
	move(t, j, r.ID, payment.Approved, payment.Sent)
	again := &Journal{path: j.path}
	rs, err := again.OfHash(payment.Hash{1})
	if err != nil || len(rs) != 1 || rs[0].State != payment.Sent || rs[0].Qube != "personal" {
		t.Fatalf("%+v, %v", rs, err)
	}
	if len(rs[0].Steps) != 3 || !rs[0].Since().Equal(noon) {
		t.Fatalf("steps %v", rs[0].Steps)
	}
}

func TestFileIsForItsOwnerAlone(t *testing.T) {
	j := open(t)
	for _, p := range []string{j.path, filepath.Dir(j.path)} {
		if i, err := os.Stat(p); err != nil || i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", p, i.Mode(), err)
		}
	}
}

func TestMoveRefusesWhatTheDesignHasNoArrowFor(t *testing.T) {
	j := open(t)
	r := ask(t, j, 1)
	if _, err := j.Move(r.ID, payment.Sent, noon, nil, nil); err == nil {
		t.Fatal("sent without an approval")
	}
	if _, err := j.Move(r.ID+1, payment.Denied, noon, nil, nil); !errors.Is(err, ErrNoRecord) {
		t.Fatal(err)
	}
}

func TestSecondPaymentOfOneHashIsRefused(t *testing.T) {
	j := open(t)
	first := ask(t, j, 1)
	move(t, j, first.ID, payment.Approved, payment.Sent)
	second := ask(t, j, 1)
	move(t, j, second.ID, payment.Approved)
	if _, err := j.Move(second.ID, payment.Sent, noon, nil, nil); !errors.Is(err, ErrOpen) {
		t.Fatal(err)
	}
	if _, err := j.Move(second.ID, payment.Sent, noon, []uint64{first.ID}, nil); err != nil {
		t.Fatalf("lnd knew nothing of the first: %v", err)
	}
	move(t, j, first.ID, payment.Unknown, payment.Paid)
	third := ask(t, j, 1)
	move(t, j, third.ID, payment.Approved)
	if _, err := j.Move(third.ID, payment.Sent, noon, []uint64{first.ID, second.ID}, nil); !errors.Is(err, ErrPaid) {
		t.Fatal(err)
	}
	other := ask(t, j, 2)
	move(t, j, other.ID, payment.Approved, payment.Sent)
}

func TestAFailedPaymentMayBeTriedAgain(t *testing.T) {
	j := open(t)
	move(t, j, ask(t, j, 1).ID, payment.Approved, payment.Sent, payment.Failed)
	move(t, j, ask(t, j, 1).ID, payment.Approved, payment.Sent)
}

func TestAbandonedLeavesWhatWasSent(t *testing.T) {
	j := open(t)
	asked, approved, sent := ask(t, j, 1), ask(t, j, 2), ask(t, j, 3)
	move(t, j, approved.ID, payment.Approved)
	move(t, j, sent.ID, payment.Approved, payment.Sent)
	if err := j.Abandoned(noon); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[uint64]payment.State{asked.ID: payment.Gone, approved.ID: payment.Gone, sent.ID: payment.Sent} {
		rs, err := j.Select(func(r Record) bool { return r.ID == id })
		if err != nil || rs[0].State != want {
			t.Errorf("%d: %v, want %s; %v", id, rs, want, err)
		}
	}
}

func TestPaidTo(t *testing.T) {
	j := open(t)
	if n, _, err := j.PaidTo("02aa"); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	move(t, j, ask(t, j, 1).ID, payment.Approved, payment.Sent, payment.Paid)
	move(t, j, ask(t, j, 2).ID, payment.Denied)
	if n, last, err := j.PaidTo("02aa"); n != 1 || !last.Equal(noon) || err != nil {
		t.Fatal(n, last, err)
	}
}

// Two programs that both have an approval for one hash: one of them sends.
func TestOneOfManyWins(t *testing.T) {
	j := open(t)
	var wg sync.WaitGroup
	won := make(chan uint64, 8)
	for range 8 {
		r := ask(t, j, 1)
		move(t, j, r.ID, payment.Approved)
		wg.Add(1)
		go func() {
			defer wg.Done()
			if _, err := (&Journal{path: j.path}).Move(r.ID, payment.Sent, noon, nil, nil); err == nil {
				won <- r.ID
			}
		}()
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d of them may send", len(won))
	}
}

func TestAFileThatIsNoJournalIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "journal.db"), make([]byte, 40000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil {
		t.Fatal("opened")
	}
}
