package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// What a rule allows.
const (
	read  = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	run   = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE
	write = read | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE |
		unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE

	// ofFile are those of them that make sense for what is no folder; the
	// kernel refuses a rule with others.
	ofFile = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE |
		unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
)

// network is the first version that restricts TCP: Linux 6.7.
const network = 4

// handled lists what the rules are about, by the version that brought it: all
// of this is refused unless a rule allows it.
var handled = []struct {
	abi             int
	fs, net, scoped uint64
}{
	{abi: 1, fs: unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1},
	{abi: 2, fs: unix.LANDLOCK_ACCESS_FS_REFER},
	{abi: 3, fs: unix.LANDLOCK_ACCESS_FS_TRUNCATE},
	{abi: 4, net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP},
	{abi: 5, fs: unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},
	{abi: 6, scoped: unix.LANDLOCK_SCOPE_SIGNAL},
}

// ruleset is a set of rules that is not in force yet.
type ruleset struct {
	fd   int
	attr unix.LandlockRulesetAttr
}

// newRuleset makes a set that allows nothing, with as much as the kernel knows
// of. Without signals, only processes in the same sandbox can be signalled.
func newRuleset(abi int, signals bool) (*ruleset, error) {
	r := &ruleset{fd: -1}
	for _, h := range handled {
		if h.abi <= abi {
			r.attr.Handled_access_fs |= h.fs
			r.attr.Handled_access_net |= h.net
			r.attr.Scoped |= h.scoped
		}
	}
	if signals {
		r.attr.Scoped = 0
	}
	if abi == 0 {
		return r, nil
	}
	fields := 1 // an older kernel takes no longer structure with something in it
	switch {
	case abi >= 6:
		fields = 3
	case abi >= network:
		fields = 2
	}
	var err error
	r.fd, err = createRuleset(&r.attr, fields)
	return r, err
}

// path allows something below a folder, or with one file.
func (r *ruleset) path(path string, access uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("sandbox: %s: %w", path, err)
	}
	defer unix.Close(fd)
	var s unix.Stat_t
	if err := unix.Fstat(fd, &s); err != nil {
		return fmt.Errorf("sandbox: %s: %w", path, err)
	}
	if s.Mode&unix.S_IFMT != unix.S_IFDIR {
		access &= ofFile
	}
	if r.fd < 0 {
		return nil
	}
	return addPath(r.fd, fd, access&r.attr.Handled_access_fs)
}

// paths allows the same with many, of which some may not be there.
func (r *ruleset) paths(paths []string, access uint64) {
	for _, p := range paths {
		_ = r.path(p, access) // what is not there cannot be opened either
	}
}

// connect allows TCP connections to a port, of any host.
func (r *ruleset) connect(port uint16) error {
	if r.attr.Handled_access_net == 0 {
		return nil
	}
	return addPort(r.fd, port, unix.LANDLOCK_ACCESS_NET_CONNECT_TCP)
}

// enforce puts the rules in force, for good.
func (r *ruleset) enforce(in threads) error {
	if r.fd < 0 {
		return nil
	}
	defer unix.Close(r.fd)
	return in("landlock_restrict_self", unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(r.fd), 0)
}
