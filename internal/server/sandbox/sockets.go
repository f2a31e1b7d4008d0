package sandbox

import (
	"errors"
	"runtime"

	"golang.org/x/sys/unix"
)

// Landlock's rules are about TCP: they see neither MPTCP, which reaches the
// same servers, nor UDP, nor the other families. So a seccomp filter decides
// which sockets can be made at all: local ones, and for the server plain TCP.
// io_uring would make sockets past it and is refused; so are the system calls
// of other architectures, which number them differently.

var arch = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// Offsets in the kernel's struct seccomp_data, of the lower halves of arguments
// on these little-endian machines.
const (
	offNumber   = 0
	offArch     = 4
	offFamily   = 16
	offType     = 24
	offProtocol = 32

	x32 = 0x40000000 // a bit in the numbers of amd64's second set of calls
)

const (
	allow  = 0x7fff0000
	refuse = 0x00050000 | uint32(unix.EACCES)
)

// rule is one line of the filter: load a word, or compare what was loaded and
// go to one of two labels; "" is the next line.
type rule struct {
	label    string
	code     uint16
	k        uint32
	yes, not string
}

const (
	load  = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	and   = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	equal = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	least = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
	ret   = unix.BPF_RET | unix.BPF_K
)

// onlySockets leaves local sockets and, if tcp is true, plain TCP.
func onlySockets(tcp bool) error {
	machine, ok := arch[runtime.GOARCH]
	if !ok {
		return errors.New("sandbox: not written for this architecture")
	}
	inet := "refuse"
	if tcp {
		inet = "stream"
	}
	return setFilter(assemble([]rule{
		{code: load, k: offArch},
		{code: equal, k: machine, not: "refuse"},
		{code: load, k: offNumber},
		{code: least, k: x32, yes: "refuse"},
		{code: equal, k: unix.SYS_IO_URING_SETUP, yes: "refuse"},
		{code: equal, k: unix.SYS_SOCKET, not: "allow"},
		{code: load, k: offFamily},
		{code: equal, k: unix.AF_UNIX, yes: "allow"},
		{code: equal, k: unix.AF_INET, yes: inet},
		{code: equal, k: unix.AF_INET6, yes: inet, not: "refuse"},
		{label: "stream", code: load, k: offType},
		{code: and, k: 0xf}, // without SOCK_CLOEXEC and SOCK_NONBLOCK
		{code: equal, k: unix.SOCK_STREAM, not: "refuse"},
		{code: load, k: offProtocol},
		{code: equal, k: 0, yes: "allow"},
		{code: equal, k: unix.IPPROTO_TCP, yes: "allow"},
		{label: "refuse", code: ret, k: refuse},
		{label: "allow", code: ret, k: allow},
	}))
}

func assemble(rules []rule) (filter []unix.SockFilter) {
	at := map[string]int{}
	for i, r := range rules {
		at[r.label] = i
	}
	for i, r := range rules {
		f := unix.SockFilter{Code: r.code, K: r.k}
		if r.yes != "" {
			f.Jt = uint8(at[r.yes] - i - 1)
		}
		if r.not != "" {
			f.Jf = uint8(at[r.not] - i - 1)
		}
		filter = append(filter, f)
	}
	return filter
}
