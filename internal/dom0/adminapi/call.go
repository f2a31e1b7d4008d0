package adminapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Socket is where qubesd listens in dom0.
const Socket = "/var/run/qubesd.sock"

// maxAnswer is far above what a machine with hundreds of qubes and devices says.
const maxAnswer = 4 << 20

// Times for one call. Starting a qube takes as long as its qrexec_timeout, and
// attaching waits for both qubes.
const (
	quick  = 20 * time.Second
	slow   = 60 * time.Second
	slower = 5 * time.Minute
)

// Client calls qubesd, one call at a time.
type Client struct {
	Socket  string
	listing string // the word for what is attached, once it is known
}

// call makes one call and returns its data.
func (c *Client) call(ctx context.Context, limit time.Duration, dest Qube, method, arg, payload string) ([]byte, error) {
	request := fmt.Sprintf("%s+%s dom0 name %s\x00%s", method, arg, dest, payload)
	// A space or NUL in a word would shift the words behind it.
	if strings.ContainsAny(method+arg+string(dest), " \x00") {
		return nil, fmt.Errorf("%s: words that the protocol cannot hold", method)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	untrusted, err := c.exchange(ctx, request)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w: %w", method, ErrUnreachable, err)
	}
	data, err := parseAnswer(untrusted)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", method, dest, err)
	}
	return data, nil
}

// exchange writes all, ends its side, and reads to the end. The socket is made
// by hand since package net would bring a resolver and all of TCP into dom0.
func (c *Client) exchange(ctx context.Context, request string) ([]byte, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	// Connecting waits while qubesd's queue is full.
	wait := unix.NsecToTimeval(quick.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &wait); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: c.Socket}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil { // for deadlines
		unix.Close(fd)
		return nil, err
	}
	conn := os.NewFile(uintptr(fd), "qubesd")
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(conn, request); err != nil {
		return nil, err
	}
	if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil {
		return nil, err
	}
	var untrusted bytes.Buffer
	n, err := io.Copy(&untrusted, io.LimitReader(conn, maxAnswer+1))
	if n > maxAnswer {
		return nil, fmt.Errorf("an answer of more than %d bytes", maxAnswer)
	}
	return untrusted.Bytes(), ignoreReset(err, n)
}
