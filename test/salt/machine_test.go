// Package salt runs the formula with real Salt, as qubesctl does in dom0:
// salt-call --local. The qubes of the machine are a stand-in, see standin/.
//
// What the formula writes below /etc goes to a copy, in a mount namespace of
// its own: these tests need root, or unshare(1) with subordinate ids.
package salt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"qpay/test/qubes/policy"
)

const root = "../.."

// machine is a dom0 with its qubes.
type machine struct {
	t    *testing.T
	dir  string
	venv string
	env  []string
}

type qube struct {
	Class    string            `json:"class"`
	Label    string            `json:"label"`
	Template string            `json:"template"`
	Power    string            `json:"power"`
	Props    map[string]any    `json:"props"`
	Features map[string]string `json:"features"`
	Tags     []string          `json:"tags"`
}

type store struct {
	Prefs map[string]string `json:"prefs"`
	Qubes map[string]qube   `json:"qubes"`
}

// TestMain is also the checker of policy files that dom0 has: a strict reader
// of the few rule forms that this project uses.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "qubes-policy-lint" {
		os.Exit(lint(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func lint(files []string) int {
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err == nil {
			_, err = policy.Parse(name, string(text))
		}
		if err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return 0
}

// need skips a test, or fails it where tools are required.
func need(t *testing.T, what string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "out/no-salt")); err == nil {
		t.Skip("this machine has no Python that Salt 3006 runs with")
	}
	if os.Getenv("QPAY_REQUIRE_TOOLS") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// fresh is a machine as the installer leaves it: no qube of qpay's.
func fresh(t *testing.T) *machine {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("Salt works on a copy of /etc, which needs root")
	}
	t.Parallel()
	venv, err := filepath.EvalSymlinks(filepath.Join(root, "out/salt"))
	if err != nil {
		need(t, "no Salt: run make deps")
	}
	m := &machine{t: t, dir: t.TempDir(), venv: venv}
	standin, err := filepath.Abs("standin")
	m.must(err)
	for _, dir := range []string{"bin", "srv", "pillar/qpay", "salt", "etc"} {
		m.must(os.MkdirAll(m.path(dir), 0o755))
	}
	m.copy(filepath.Join(root, "salt/qpay"), "srv/qpay")
	m.write("srv/qpay/files/packages/version", "0.1.0\n")
	m.copy("/etc/.", "etc")
	m.append("etc/group", "\nqubes:x:64321:\n")
	m.must(os.MkdirAll(m.path("etc/qubes/policy.d"), 0o755))
	for _, name := range []string{"qvm-ls", "qubes-prefs", "qvm-features", "qubesctl"} {
		m.must(os.Symlink(filepath.Join(standin, "programs.py"), m.path("bin", name)))
	}
	self, err := os.Executable()
	m.must(err)
	m.must(os.Symlink(self, m.path("bin/qubes-policy-lint")))
	m.write("salt/minion", fmt.Sprintf(`file_client: local
root_dir: %[1]s/salt
renderer: yaml_jinja
retcode_passthrough: True
pillar_opts: True
file_roots: {base: [%[1]s/srv]}
pillar_roots: {base: [%[1]s/pillar]}
states_dirs: [%[2]s/states]
grains: {nodename: dom0}
enable_fqdns_grains: False
`, m.dir, standin))
	m.env = append(keep("HOME", "LANG", "TMPDIR"), "PATH="+m.path("bin")+":"+venv+"/bin:"+os.Getenv("PATH"),
		"PYTHONPATH="+standin, "PYTHONDONTWRITEBYTECODE=1", "PYTHONWARNINGS=ignore",
		"QPAY_TEST_STORE="+m.path("store"))
	m.qubes(store{
		Prefs: map[string]string{"default_template": "debian-12-xfce", "management_dispvm": "default-mgmt-dvm"},
		Qubes: map[string]qube{
			"debian-12-xfce":   {Class: "TemplateVM"},
			"fedora-42-xfce":   {Class: "TemplateVM"},
			"debian-minimal":   {Class: "TemplateVM"},
			"default-mgmt-dvm": {Class: "AppVM", Template: "fedora-42-xfce"},
			"default-dvm":      {Class: "AppVM", Template: "fedora-42-xfce"},
			"disp1":            {Class: "DispVM", Template: "default-dvm"},
			"personal":         {Class: "AppVM", Template: "fedora-42-xfce"},
			"work":             {Class: "AppVM", Template: "debian-12-xfce"},
			"sys-firewall":     {Class: "AppVM", Template: "fedora-42-xfce"},
			"island":           {Class: "StandaloneVM"},
		},
	})
	return m
}

func keep(names ...string) (env []string) {
	for _, name := range names {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) path(parts ...string) string {
	return filepath.Join(append([]string{m.dir}, parts...)...)
}

func (m *machine) write(name, text string) {
	m.t.Helper()
	m.must(os.MkdirAll(filepath.Dir(m.path(name)), 0o755))
	m.must(os.WriteFile(m.path(name), []byte(text), 0o644))
}

func (m *machine) append(name, text string) {
	m.t.Helper()
	m.write(name, m.read(name)+text)
}

func (m *machine) read(name string) string {
	m.t.Helper()
	text, err := os.ReadFile(m.path(name))
	m.must(err)
	return string(text)
}

func (m *machine) copy(from, to string) {
	m.t.Helper()
	if out, err := exec.Command("cp", "-a", "--no-preserve=ownership", from, m.path(to)).CombinedOutput(); err != nil {
		m.t.Fatalf("copy %s: %v: %s", from, err, out)
	}
}

func (m *machine) qubes(s store) {
	m.t.Helper()
	for name, q := range s.Qubes {
		q.Label, q.Power = "red", "Halted"
		if q.Props == nil {
			q.Props = map[string]any{}
		}
		if q.Features == nil {
			q.Features = map[string]string{}
		}
		if q.Tags == nil {
			q.Tags = []string{"created-by-dom0"}
		}
		s.Qubes[name] = q
	}
	text, err := json.Marshal(s)
	m.must(err)
	m.write("store", string(text))
}

func (m *machine) store() store {
	m.t.Helper()
	var s store
	m.must(json.Unmarshal([]byte(m.read("store")), &s))
	return s
}

// change edits one qube, as a person would.
func (m *machine) change(name string, edit func(*qube)) {
	m.t.Helper()
	s := m.store()
	q := s.Qubes[name]
	edit(&q)
	s.Qubes[name] = q
	text, err := json.Marshal(s)
	m.must(err)
	m.write("store", string(text))
}

// pillar writes the settings, as in the file of the person.
func (m *machine) pillar(text string) {
	m.copy(filepath.Join(root, "salt/pillar/qpay/init.top"), "pillar/top.sls")
	m.write("pillar/qpay/init.sls", text)
}

// log is what was changed in the qubes since the last call.
func (m *machine) log() string {
	m.t.Helper()
	text, err := os.ReadFile(m.path("store.log"))
	if os.IsNotExist(err) {
		return ""
	}
	m.must(err)
	m.must(os.Remove(m.path("store.log")))
	return string(text)
}

// state is what Salt says of one state.
type state struct {
	ID      string         `json:"__id__"`
	Result  *bool          `json:"result"`
	Changes map[string]any `json:"changes"`
	Comment any            `json:"comment"`
	Order   int            `json:"__run_num__"`
}

func (s state) failed() bool    { return s.Result == nil || !*s.Result }
func (s state) comment() string { return fmt.Sprint(s.Comment) }

// result is a run: its states in their order.
type result struct {
	t      *testing.T
	states []state
	code   int
	text   string
}

// call runs salt-call with a function and gives its answer.
func (m *machine) call(words ...string) (string, int) {
	m.t.Helper()
	return m.callAs("dom0", words...)
}

func (m *machine) callAs(id string, words ...string) (string, int) {
	m.t.Helper()
	script := `mount --bind "$1" /etc && shift && exec "$@"`
	args := []string{"--mount"}
	if os.Getuid() != 0 {
		args = append(args, "--map-root-user", "--map-auto")
	}
	args = append(args, "sh", "-c", script, "sh", m.path("etc"), filepath.Join(m.venv, "bin/salt-call"), "--local",
		"-c", m.path("salt"), "--id="+id, "--out=json", "--log-level=quiet")
	cmd := exec.CommandContext(m.t.Context(), "unshare", append(args, words...)...)
	cmd.Env = m.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	code := cmd.ProcessState.ExitCode()
	if out.Len() == 0 {
		m.t.Fatalf("salt-call %v: %v: %s", words, err, errs.String())
	}
	return out.String(), code
}

// apply is `qubesctl state.apply NAME` in dom0.
func (m *machine) apply(name string) result {
	m.t.Helper()
	text, code := m.call("state.apply", name)
	return m.parse(name, text, code)
}

func (m *machine) parse(name, text string, code int) result {
	m.t.Helper()
	r := result{t: m.t, code: code, text: text}
	var answer struct{ Local map[string]state }
	if err := json.NewDecoder(strings.NewReader(text)).Decode(&answer); err != nil {
		m.t.Fatalf("%s does not render: %v\n%.2000s", name, err, text)
	}
	for key, s := range answer.Local {
		if parts := strings.Split(key, "_|-"); s.ID == "" && len(parts) > 1 {
			s.ID = parts[1] // of a state that does not exist
		}
		r.states = append(r.states, s)
	}
	sort.Slice(r.states, func(i, j int) bool { return r.states[i].Order < r.states[j].Order })
	return r
}

// fine fails the test unless every state is.
func (r result) fine() result {
	r.t.Helper()
	for _, s := range r.states {
		if s.failed() {
			r.t.Errorf("%s: %s %v", s.ID, s.comment(), s.Changes)
		}
	}
	if r.code != 0 || len(r.states) == 0 {
		r.t.Fatalf("exit code %d, %d states\n%.2000s", r.code, len(r.states), r.text)
	}
	return r
}

// unchanged fails the test if anything was changed.
func (r result) unchanged() result {
	r.t.Helper()
	for _, s := range r.states {
		if len(s.Changes) != 0 {
			r.t.Errorf("%s changes %v", s.ID, s.Changes)
		}
	}
	return r
}

// changed are the states that report changes.
func (r result) changed() []string {
	var ids []string
	for _, s := range r.states {
		if len(s.Changes) != 0 {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// failures are the comments of the states that failed.
func (r result) failures() []string {
	var all []string
	for _, s := range r.states {
		if s.failed() {
			all = append(all, s.ID+": "+s.comment())
		}
	}
	return all
}

func (r result) find(id string) state {
	r.t.Helper()
	for _, s := range r.states {
		if s.ID == id {
			return s
		}
	}
	r.t.Fatalf("no state %s", id)
	return state{}
}
