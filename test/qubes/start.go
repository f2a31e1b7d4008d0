package qubes

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// command is how the service is started: by its link's path, in a home, with
// an environment made from nothing.
func (m *Machine) command(c *call, program string, std *stdio) *exec.Cmd {
	cmd := &exec.Cmd{Path: program, Args: []string{program}}
	if argument := c.Argument[1:]; argument != "" {
		cmd.Args = append(cmd.Args, argument)
	}
	m.mu.Lock()
	server := m.qubes[c.Target].server
	login := server.session == SessionUp
	m.mu.Unlock()
	home := filepath.Join(m.QubeDir(c.Target), "home")
	cmd.Env = []string{
		"PATH=" + systemPath, "HOME=" + home, "USER=user", "LOGNAME=user", "SHELL=/bin/sh",
		"DISPLAY=:0", // even where nothing is there to draw on
	}
	for _, setting := range server.opts.Env {
		if login || !ofSession(setting) {
			cmd.Env = append(cmd.Env, setting)
		}
		if dir, ok := strings.CutPrefix(setting, "HOME="); ok {
			home = dir
		}
	}
	cmd.Env = append(cmd.Env, "QREXEC_REMOTE_DOMAIN="+c.Qube,
		"QREXEC_SERVICE_FULL_NAME="+c.Service+c.Argument, "QREXEC_SERVICE_ARGUMENT="+c.Argument[1:],
		"QREXEC_REQUESTED_TARGET_TYPE=", fmt.Sprintf("QREXEC_AGENT_PID=%d", os.Getpid()))
	cmd.Dir = home
	cmd.Stdin, cmd.Stdout, cmd.Stderr = std.theirs[0], std.theirs[1], std.theirs[2]
	return cmd
}

func ofSession(setting string) bool {
	for _, prefix := range []string{"DISPLAY=", "WAYLAND_DISPLAY=", "XAUTHORITY=", "DBUS_SESSION_BUS_ADDRESS=", "XDG_"} {
		if strings.HasPrefix(setting, prefix) {
			return true
		}
	}
	return false
}
