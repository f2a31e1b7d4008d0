package camera

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	dom0 "qpay/internal/dom0/camera"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The manual, the help and the program know the same codes.
func TestCodesAreDocumented(t *testing.T) {
	f := setUp(t, "4.3")
	p := f.start("--help")
	p.wait(0)
	help, manual := p.out.String(), read(t, "doc/camera.md")
	for code := range 100 {
		row := strings.Contains(manual, "\n| "+strconv.Itoa(code)+" | ")
		line := regexp.MustCompile(`(?m)(^ +|   )` + strconv.Itoa(code) + ` [a-z]`).MatchString(help)
		if want := dom0.Passed(code); row != want || line != want {
			t.Errorf("code %d: program %t, manual %t, help %t", code, want, row, line)
		}
	}
	for _, example := range regexp.MustCompile(`(?m)^qpay-camera .*`).FindAllString(manual, -1) {
		if words := strings.Fields(strings.SplitN(example, "   ", 2)[0]); !strings.Contains(help, strings.Join(words, " ")) {
			t.Errorf("the help lacks %q", words)
		}
	}
}

// What the package installs works as it is: the commands of the menu, and each
// key of the configuration without its comment sign.
func TestInstalledFiles(t *testing.T) {
	f := setUp(t, "4.3")
	f.Plug(Camera("2-1"))
	config := read(t, "dom0/camera.toml")
	set := regexp.MustCompile(`(?m)^# ([a-z]+ = )`).ReplaceAllString(config, "$1")
	if strings.Count(set, "\n") != strings.Count(config, "\n") || len(config)-len(set) != 6 {
		t.Fatalf("three keys were expected:\n%s", set)
	}
	for _, text := range []string{config, set} {
		if err := os.WriteFile(filepath.Join(f.dir, "camera.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f.run(0, "scan")
	}
	for _, name := range []string{"dom0/qpay-camera.desktop", "dom0/qpay-camera-restore.desktop"} {
		command := regexp.MustCompile(`(?m)^Exec=/usr/bin/qpay-camera (.*)$`).FindStringSubmatch(read(t, name))
		if command == nil {
			t.Fatalf("%s starts something else", name)
		}
		f.run(0, strings.Fields(command[1])...)
	}
	f.want()
}

// The program as it is installed, as far as that goes without qubesd.
func TestInstalledProgram(t *testing.T) {
	bin := os.Getenv("QPAY_BIN")
	if bin == "" {
		bin = "../../out/bin"
	}
	program := filepath.Join(bin, "qpay-camera")
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("QPAY_REQUIRE_TOOLS") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for args, want := range map[string]string{"--version": "qpay-camera version", "--help": "take the camera back after a crash"} {
		out, err := exec.Command(program, args).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
	cmd := exec.Command(program, "scan")
	cmd.Env = []string{"HOME=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	want := "qubesd in dom0 does not answer" // there is none here
	if os.Geteuid() == 0 {
		want = "not as root"
	}
	if err == nil || !strings.Contains(string(out), want) {
		t.Errorf("%v\n%s", err, out)
	}
}
