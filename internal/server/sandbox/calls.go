package sandbox

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls that x/sys has no functions for. This file alone may import
// unsafe (internal/boundary): it hands the kernel pointers to structures, and
// takes none.

var errCgo = errors.New("sandbox: built with cgo, so not all threads can be restricted")

// ABI is the version of Landlock in this kernel; 0 if there is none.
func ABI() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// createRuleset passes the first fields of the structure, of 8 bytes each.
func createRuleset(a *unix.LandlockRulesetAttr, fields int) (int, error) {
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(a)), uintptr(8*fields), 0)
	if errno != 0 {
		return -1, fmt.Errorf("sandbox: landlock_create_ruleset: %w", errno)
	}
	return int(fd), nil
}

func addPath(ruleset, parent int, access uint64) error {
	a := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(parent)}
	return addRule(ruleset, unix.LANDLOCK_RULE_PATH_BENEATH, unsafe.Pointer(&a))
}

// portAttr is the kernel's struct landlock_net_port_attr.
type portAttr struct{ access, port uint64 }

const rulePort = 2 // LANDLOCK_RULE_NET_PORT

func addPort(ruleset int, port uint16, access uint64) error {
	return addRule(ruleset, rulePort, unsafe.Pointer(&portAttr{access, uint64(port)}))
}

func addRule(ruleset, kind int, attr unsafe.Pointer) error {
	_, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), uintptr(kind), uintptr(attr), 0, 0, 0)
	if errno != 0 {
		return fmt.Errorf("sandbox: landlock_add_rule: %w", errno)
	}
	return nil
}

// setFilter gives all threads a seccomp filter.
func setFilter(filter []unix.SockFilter) error {
	const setModeFilter, forAllThreads = 1, 1
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, forAllThreads, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("sandbox: seccomp: %w", errno)
	}
	return nil
}

// threads does a call in some threads of this process.
type threads func(what string, trap, a1, a2 uintptr) error

// everyThread does a call in each thread of this process; those that come
// later inherit its effect. Go can do that without cgo only.
func everyThread(what string, trap, a1, a2 uintptr) error {
	_, _, errno := syscall.AllThreadsSyscall6(trap, a1, a2, 0, 0, 0, 0)
	switch {
	case errno == syscall.ENOTSUP:
		return errCgo
	case errno != 0:
		return fmt.Errorf("sandbox: %s: %w", what, errno)
	}
	return nil
}

// thisThread does it in the calling one, which must be locked.
func thisThread(what string, trap, a1, a2 uintptr) error {
	if _, _, errno := unix.Syscall6(trap, a1, a2, 0, 0, 0, 0); errno != 0 {
		return fmt.Errorf("sandbox: %s: %w", what, errno)
	}
	return nil
}
