package spine

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// The menu entry "Lightning payments" of lightningvm.
func TestHistoryWindow(t *testing.T) {
	w, ctx := start(t)
	i := invoice(t, ctx, w.Net.Bob, 4_321_000, "to be remembered")
	payAgain(t, ctx, w, i, 4_321_000)
	cmd := exec.CommandContext(ctx, filepath.Join(w.Bin, "qpay-server"), "history", "--window")
	cmd.Env = append(w.Desktop.Env(), "HOME="+w.Home)
	must(t, cmd.Start())
	says(t, ctx, w, "4 321 sat, paid, fee 0 sat")
	says(t, ctx, w, "to be remembered")
	press(t, ctx, w, "Close")
	must(t, cmd.Wait())
	noWindow(t, ctx, w)
}
