package config

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// largest is far above any certificate, macaroon or config.toml.
const largest = 64 << 10

// ReadPrivate reads one of the files, for the commands that look after each.
func ReadPrivate(path string) ([]byte, error) { return private(path) }

// private reads a file that only its owner, who is also the one who runs this
// program, may read or change. Whoever can change the certificate decides whom
// qpay takes for the node; whoever can read the macaroon can pay.
func private(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat() // of the open file: it cannot be exchanged meanwhile
	if err != nil {
		return nil, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a plain file", path)
	case !ok || int(stat.Uid) != os.Geteuid():
		return nil, fmt.Errorf("%s belongs to somebody else", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("others may open %s: chmod 600 it", path)
	case info.Size() > largest:
		return nil, fmt.Errorf("%s has %d bytes, more than any such file", path, info.Size())
	}
	return io.ReadAll(io.LimitReader(f, largest))
}
