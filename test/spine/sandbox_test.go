package spine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"qpay/internal/server/config"
	"qpay/internal/wire"
	"qpay/test/world"
)

// The shipped programs restrict themselves; what that means is tested from
// inside in test/sandbox.
func TestShippedProgramsAreRestricted(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	c := qpay(t, ctx, w, "personal", "--json", i.PaymentRequest)
	asks(t, ctx, w, true)
	started, err := w.Qubes.WaitStarted(ctx, "personal", "qpay.Pay")
	must(t, err)
	var all []string
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", started.PID))
	must(t, err)
	for _, file := range tasks {
		text, err := os.ReadFile(file)
		must(t, err)
		all = append(all, strings.Fields(string(text))...)
	}
	if len(all) == 0 {
		t.Fatal("no dialog")
	}
	restricted(t, fmt.Sprint(started.PID), "1")
	restricted(t, all[0], "2") // the server's, and its own
	press(t, ctx, w, "Cancel")
	c.wait(wire.ExitDenied)
}

// restricted looks at what every thread of a process has.
func restricted(t *testing.T, pid, filters string) {
	t.Helper()
	tasks, err := filepath.Glob("/proc/" + pid + "/task/*/status")
	if err != nil || len(tasks) == 0 {
		t.Fatal("no process ", pid, err)
	}
	for _, file := range tasks {
		text, err := os.ReadFile(file)
		must(t, err)
		for _, want := range []string{"NoNewPrivs:\t1\n", "Seccomp:\t2\n", "Seccomp_filters:\t" + filters + "\n"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no %q", file, want)
			}
		}
	}
}

// A journal that lies outside the state folder cannot be opened: Landlock's
// rules are in force in the shipped server.
func TestServerOpensNoJournalElsewhere(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	_, state := config.Folders(w.Home)
	file, elsewhere := filepath.Join(state, "journal.db"), filepath.Join(w.Home, "elsewhere.db")
	j, err := w.Journal()
	must(t, err)
	_ = j // it is there
	must(t, os.Rename(file, elsewhere))
	must(t, os.Symlink(elsewhere, file))
	defer func() { must(t, os.Rename(elsewhere, file)) }()
	qpay(t, ctx, w, "personal", "--json", i.PaymentRequest).wait(wire.ExitInternal).failure(wire.Internal)
	neverSent(t, ctx, w, i)
}

func TestNodeByName(t *testing.T) {
	w, ctx := start(t)
	_, port, _ := strings.Cut(w.Net.Alice.GRPCAddr, ":")
	must(t, w.Configure(ctx, world.Settings{Address: "localhost:" + port}))
	i := invoice(t, ctx, w.Net.Bob, 1_000_000, "")
	c := qpay(t, ctx, w, "personal", i.PaymentRequest)
	press(t, ctx, w, "Pay")
	proves(t, c.wait(wire.ExitOK).out.String(), i)
	press(t, ctx, w, "Close")
}
