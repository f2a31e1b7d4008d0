package qubes

import (
	"errors"
	"net"
	"os"
	"syscall"
)

// stdio is both ends of the service's descriptors: 0 and 1 are sockets, 2 is a
// pipe.
type stdio struct {
	stdin, stdout *net.UnixConn
	stderr        *os.File
	theirs        []*os.File
}

func newStdio() (*stdio, error) {
	in, theirIn, err1 := socketPair()
	out, theirOut, err2 := socketPair()
	stderr, theirErr, err3 := os.Pipe()
	s := &stdio{in, out, stderr, []*os.File{theirIn, theirOut, theirErr}}
	if err := errors.Join(err1, err2, err3); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stdio) closeTheirs() {
	for _, file := range s.theirs {
		file.Close()
	}
}

func (s *stdio) close() {
	s.closeTheirs()
	s.stderr.Close()
	if s.stdin != nil {
		s.stdin.Close()
	}
	if s.stdout != nil {
		s.stdout.Close()
	}
}

// socketPair returns our end and the service's.
func socketPair() (*net.UnixConn, *os.File, error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs")
	defer ours.Close() // FileConn has its own copy
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return conn.(*net.UnixConn), theirs, nil
}
