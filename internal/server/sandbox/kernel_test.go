package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// The test binary, started anew, plays a kernel without Landlock: a filter
// refuses its first call.
func TestMain(m *testing.M) {
	if os.Getenv("QPAY_TEST_ROLE") == "" {
		os.Exit(m.Run())
	}
	runtime.LockOSThread()
	err := errors.Join(basics(thisThread), setFilter(assemble([]rule{
		{code: load, k: offNumber},
		{code: equal, k: unix.SYS_LANDLOCK_CREATE_RULESET, yes: "none"},
		{code: ret, k: allow},
		{label: "none", code: ret, k: 0x00050000 | uint32(unix.ENOSYS)},
	})))
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	s := Server{StateFolder: os.Getenv("QPAY_TEST_STATE"), Address: "127.0.0.1:10009", Required: os.Getenv("QPAY_TEST_ROLE") == "required"}
	switch err := s.Enter(); {
	case err == nil:
		fmt.Println("entered")
	case errors.Is(err, ErrKernel):
		fmt.Println("refused")
	default:
		fmt.Println(err)
	}
	os.Exit(0)
}

func TestKernelWithoutLandlock(t *testing.T) {
	for role, want := range map[string]string{"required": "refused\n", "optional": "entered\n"} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "QPAY_TEST_ROLE="+role, "QPAY_TEST_STATE="+t.TempDir())
		if out, err := cmd.Output(); err != nil || string(out) != want {
			t.Errorf("%s: %q, %v", role, out, err)
		}
	}
}

func TestRulesAreLoweredToTheKernels(t *testing.T) {
	for _, abi := range []int{1, 2, 3, 4, 5, 6, 7, 99} {
		if abi > ABI() {
			continue
		}
		r, err := newRuleset(abi, false)
		if err != nil {
			t.Errorf("version %d: %v", abi, err)
			continue
		}
		if err := errors.Join(r.path(t.TempDir(), write), r.path(os.DevNull, write), r.path(Self, run), r.connect(10009)); err != nil {
			t.Errorf("version %d: %v", abi, err)
		}
		unix.Close(r.fd)
	}
}

func TestAddressesOfLnd(t *testing.T) {
	for address, want := range map[string]uint16{"127.0.0.1:10009": 10009, "[::1]:1": 1, "lnd.example:65535": 65535} {
		if got, err := portOf(address); err != nil || got != want {
			t.Errorf("%s: %d, %v", address, got, err)
		}
	}
	for _, address := range []string{"", "lnd", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "::1:1"} {
		if got, err := portOf(address); err == nil {
			t.Errorf("%s: %d", address, got)
		}
	}
}
