package camera

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	dom0 "qpay/internal/dom0/camera"
	"qpay/internal/dom0/command"
)

// The test binary is also the program under test, with its places in a folder
// of the test, and the two programs that it starts: they ask the test by a
// socket what to do.
const (
	roleEnv = "QPAY_CAMERA_TEST_ROLE"
	dirEnv  = "QPAY_CAMERA_TEST_DIR"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(dirEnv)
	switch role := os.Getenv(roleEnv); role {
	case "":
		flag.Parse()
		_ = flag.Set("test.parallel", "8") // they mostly wait
		os.Exit(m.Run())
	case "qpay-camera":
		os.Exit(command.Main("test", places(dir), append([]string{"qpay-camera"}, os.Args[1:]...), os.Stdout, os.Stderr))
	default:
		os.Exit(standIn(dir, role))
	}
}

func places(dir string) command.Places {
	p := command.Places{
		Qubesd: filepath.Join(dir, "qubesd.sock"),
		QvmRun: filepath.Join(dir, "qvm-run"),
		Zenity: filepath.Join(dir, "zenity"),
		Config: filepath.Join(dir, "camera.toml"),
		Times:  dom0.Times{Settle: 2 * time.Second, Margin: time.Hour, Pay: time.Hour},
	}
	// A scan that is over at once: with the least timeout, which is 10 seconds.
	if _, err := os.Stat(filepath.Join(dir, "short")); err == nil {
		p.Margin = 100*time.Millisecond - 10*time.Second
	}
	return p
}

// asked is what a stand-in says to the test.
type asked struct {
	Role string
	Args []string
	Null bool // all three streams are /dev/null
}

// told is what it is told to do.
type told struct {
	Code int
	Out  string
}

func standIn(dir, role string) int {
	conn, err := net.Dial("unix", filepath.Join(dir, "test.sock"))
	if err != nil {
		return 99
	}
	defer conn.Close()
	if json.NewEncoder(conn).Encode(asked{role, os.Args[1:], onlyNull()}) != nil {
		return 99
	}
	var t told
	if json.NewDecoder(conn).Decode(&t) != nil {
		return 99
	}
	fmt.Print(t.Out)
	return t.Code
}

func onlyNull() bool {
	for fd := range 3 {
		if name, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); err != nil || name != os.DevNull {
			return false
		}
	}
	return true
}

// install writes the two programs.
func install(t *testing.T, dir string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"qvm-run", "zenity"} {
		text := fmt.Sprintf("#!/bin/sh\n%s=%s exec '%s' \"$@\"\n", roleEnv, name, strings.ReplaceAll(self, "'", `'\''`))
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}
