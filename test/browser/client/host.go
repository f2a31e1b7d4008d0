package client

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Hosts are the native hosts that this browser has started and not ended.
func (c *Client) Hosts() (pids []int) {
	want, _ := filepath.EvalSymlinks(filepath.Join(c.World.Bin, "qpay-native-host"))
	folders, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range folders {
		exe, err := os.Readlink(filepath.Join(dir, "exe"))
		if err != nil || strings.TrimSuffix(exe, " (deleted)") != want {
			continue
		}
		stat, _ := os.ReadFile(filepath.Join(dir, "stat"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest) // state, parent
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if len(fields) > 1 && fields[0] != "Z" && fields[1] == strconv.Itoa(c.Pid()) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// KillHosts kills them, so that the next request starts one anew.
func (c *Client) KillHosts(ctx context.Context) error {
	for _, pid := range c.Hosts() {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return err
		}
	}
	return c.WaitHosts(ctx, 0)
}

// WaitHosts waits until the browser runs as many as this.
func (c *Client) WaitHosts(ctx context.Context, want int) error {
	for {
		got := c.Hosts()
		if len(got) == want {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("native hosts %v, want %d: %w", got, want, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
