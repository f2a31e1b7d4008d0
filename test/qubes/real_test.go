package qubes

import (
	"context"
	"errors"
	"testing"
)

// With a real qrexec a program is run as it is, and what needs a hold on the
// other side says so.
func TestRealMode(t *testing.T) {
	t.Setenv("QPAY_REAL_QREXEC", "1")
	t.Setenv("MARK", "kept")
	m, err := New(Options{PolicyFiles: []string{"/nonexistent"}})
	if err != nil || !m.Real() {
		t.Fatal(err)
	}
	defer m.Close()
	if err := errors.Join(m.Server("lightningvm", ServerOptions{}), m.AddQube("personal")); err != nil {
		t.Error(err)
	}
	out, err := m.Command(context.Background(), "personal", "sh", "-c", "echo $MARK").Output()
	if string(out) != "kept\n" {
		t.Errorf("%q, %v", out, err)
	}
	_, waitErr := m.WaitStarted(context.Background(), "personal", "qpay.Pay")
	for _, err := range []error{
		m.SetFault("qpay.Pay", Fault{Kind: Hang}), m.SetTag("personal", "x"), m.WritePolicy("30-user.policy", ""),
		m.SetSession("lightningvm", SessionUp), m.Signal(1, 9), waitErr,
	} {
		if !errors.Is(err, ErrReal) {
			t.Errorf("%v, want ErrReal", err)
		}
	}
}
