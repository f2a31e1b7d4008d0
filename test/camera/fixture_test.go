package camera

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// fixture is one machine, one home and one person.
type fixture struct {
	*testing.T
	*Machine
	dir string
	env []string // besides the usual, for programs

	// Scan is what happens in the qube: it gives back the exit code of qpay scan.
	Scan func() int

	mu      sync.Mutex
	answers []func(window) told // the person's, in order
	warned  []string            // texts of the windows that only tell
	ran     []asked             // by qvm-run
	cancel  chan struct{}       // of the newest window that waits
	leaky   bool
	loose   bool // the end is not looked at
}

// window is one that wants an answer.
type window struct{ args []string }

func (w window) text() string {
	for _, a := range w.args {
		if s, ok := strings.CutPrefix(a, "--text="); ok {
			return s
		}
	}
	return ""
}

// rows of a list: what follows the options, number first.
func (w window) rows(columns int) (rows [][]string) {
	words := slices.DeleteFunc(slices.Clone(w.args), func(s string) bool { return strings.HasPrefix(s, "--") })
	for row := range slices.Chunk(words, columns+1) {
		rows = append(rows, row)
	}
	return rows
}

func setUp(t *testing.T, version string) *fixture {
	t.Helper()
	dir, err := os.MkdirTemp("", "qpay-camera") // a short path, for sockets
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, Machine: NewMachine(version), dir: dir, Scan: func() int { return 0 }}
	t.Cleanup(func() { f.finish(); os.RemoveAll(dir) })
	install(t, dir)
	if err := f.Serve(t.Context(), filepath.Join(dir, "qubesd.sock")); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "test.sock"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
	return f
}

func (f *fixture) serve(conn net.Conn) {
	defer conn.Close()
	var a asked
	if json.NewDecoder(conn).Decode(&a) != nil {
		return
	}
	_ = json.NewEncoder(conn).Encode(f.respond(a, conn))
}

func (f *fixture) respond(a asked, conn net.Conn) told {
	switch {
	case a.Role == "qvm-run":
		f.mu.Lock()
		f.ran = append(f.ran, a)
		f.leaky = f.leaky || !a.Null
		f.mu.Unlock()
		if a.Args[len(a.Args)-1] == "true" {
			return told{}
		}
		return told{Code: f.Scan()}
	case a.Args[0] == "--progress":
		return f.busy(conn)
	case a.Args[0] == "--warning":
		f.mu.Lock()
		defer f.mu.Unlock()
		f.warned = append(f.warned, window{a.Args}.text())
		return told{}
	}
	f.mu.Lock()
	if len(f.answers) == 0 {
		f.mu.Unlock()
		f.Errorf("a question that was not expected: %q", a.Args)
		return told{Code: 1}
	}
	answer := f.answers[0]
	f.answers = f.answers[1:]
	f.mu.Unlock()
	return answer(window{a.Args})
}

// busy is a window that lasts until it is ended, or its Cancel pressed.
func (f *fixture) busy(conn net.Conn) told {
	f.mu.Lock()
	f.cancel = make(chan struct{})
	pressed := f.cancel
	f.mu.Unlock()
	ended := make(chan struct{})
	go func() { _, _ = conn.Read(make([]byte, 1)); close(ended) }()
	select {
	case <-ended:
	case <-pressed:
	}
	return told{Code: 1}
}

// pressCancel presses it, where such a window is there.
func (f *fixture) pressCancel() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.cancel == nil {
		return false
	}
	close(f.cancel)
	f.cancel = nil
	return true
}

// person adds what the person does with the next window.
func (f *fixture) person(answer func(window) told) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers = append(f.answers, answer)
}

func yes(window) told { return told{} }
func no(window) told  { return told{Code: 1} }

// start starts the program, in the background.
func (f *fixture) start(args ...string) *program {
	f.Helper()
	p := &program{cmd: exec.Command("/proc/self/exe", args...), f: f}
	p.cmd.Env = []string{roleEnv + "=qpay-camera", dirEnv + "=" + f.dir, "HOME=" + f.dir, "GORACE=" + os.Getenv("GORACE")}
	p.cmd.Env = append(p.cmd.Env, f.env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		f.Fatal(err)
	}
	return p
}

// program is one run of qpay-camera.
type program struct {
	cmd      *exec.Cmd
	f        *fixture
	out, err bytes.Buffer
}

// wait waits for the end, and expects this exit code.
func (p *program) wait(code int) string {
	p.f.Helper()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.f.Fatal(err)
	}
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		p.f.Errorf("exit code %d, want %d:\n%s", got, code, p.err.String())
	}
	return p.err.String()
}

func (f *fixture) run(code int, args ...string) string {
	f.Helper()
	return f.start(args...).wait(code)
}

// want compares who has what.
func (f *fixture) want(holders ...string) {
	f.Helper()
	if got := f.Holders(); !slices.Equal(got, holders) {
		f.Errorf("holders %v, want %v", got, holders)
	}
}

// says expects a sentence in a window, and not what qubesd quoted.
func (f *fixture) says(sentence string) {
	f.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	all := strings.Join(f.warned, "\n")
	if !strings.Contains(all, sentence) {
		f.Errorf("no window with %q, but:\n%s", sentence, all)
	}
}

func (f *fixture) loanFile() string {
	return filepath.Join(f.dir, ".local/state/qpay-camera/loan.json")
}

func (f *fixture) noted() bool {
	_, err := os.Stat(f.loanFile())
	return !errors.Is(err, fs.ErrNotExist)
}

// until waits for a state, never for a time.
func (f *fixture) until(what string, ok func() bool) {
	f.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			f.Fatalf("waited for %s in vain; holders %v, calls %v", what, f.Holders(), f.Changes())
		}
	}
}

// finish is what holds at the end of each test.
func (f *fixture) finish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.answers) > 0 {
		f.Errorf("%d questions were not asked", len(f.answers))
	}
	if f.leaky {
		f.Error("a stream of the qube reached dom0")
	}
	if !f.loose && f.noted() {
		f.Error("a loan is still noted")
	}
	for _, text := range f.warned {
		if strings.Contains(text, "quoted") || strings.ContainsAny(text, "<>&\x1b") {
			f.Errorf("a window shows words of a qube: %q", text)
		}
	}
	if pids := f.processes(); len(pids) > 0 && !f.loose {
		f.Errorf("processes are left: %v", pids)
	}
}

// processes are those that this test's programs left behind.
func (f *fixture) processes() (list []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range files {
		env, _ := os.ReadFile(name)
		if bytes.Contains(env, []byte(dirEnv+"="+f.dir+"\x00")) {
			list = append(list, fmt.Sprint(filepath.Base(filepath.Dir(name))))
		}
	}
	return list
}

// both runs a test on both versions of Qubes.
func both(t *testing.T, test func(*fixture)) {
	t.Parallel()
	for _, version := range []string{"4.2", "4.3"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			test(setUp(t, version))
		})
	}
}
