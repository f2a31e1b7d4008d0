package qubes

import (
	"fmt"
	"os"
	"strings"
)

// waitForSession reads the service's configuration, as strictly as Qubes does.
func (m *Machine) waitForSession(target, service, argument string) (wait bool, err error) {
	file := m.find(target, "rpc-config", func(o ServerOptions) string { return o.RPCConfigDir },
		service+argument, service)
	if file == "" {
		return false, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	return parseConfig(string(text))
}

func parseConfig(text string) (wait bool, err error) {
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \t\r")
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key, value = strings.TrimRight(key, " \t"), strings.TrimLeft(value, " \t")
		switch {
		case !ok || key == "" || line[0] == ' ' || line[0] == '[' || seen[key]:
			return false, fmt.Errorf("line %d: not one key=value, or a key again", i+1)
		case key == "wait-for-session" && (value == "1" || value == "true"):
			wait = true
		case key == "wait-for-session" && value != "0" && value != "false":
			return false, fmt.Errorf("line %d: %q is neither true nor false", i+1, value)
		}
		seen[key] = true // other keys are not modelled; Qubes ignores unknown ones
	}
	return wait, nil
}
