package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	serviceName  = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	argumentText = regexp.MustCompile(`^\+[A-Za-z0-9+._-]*$`)
)

// parseLine reads one rule, which is neither empty nor a comment.
func parseLine(line string) (Rule, error) {
	if line[0] == '!' {
		return Rule{}, errors.New("directives are not read here")
	}
	field := strings.Fields(line)
	if len(field) < 5 {
		return Rule{}, errors.New("wrong number of fields")
	}
	r := Rule{
		Service: field[0], Argument: field[1], Source: field[2], Target: field[3],
		Action: Action(field[4]),
	}
	if err := checkCall(r.Service, r.Argument); err != nil {
		return Rule{}, err
	}
	if err := checkToken("source", r.Source, sources, "@tag:"); err != nil {
		return Rule{}, err
	}
	if err := checkToken("target", r.Target, targets, "@tag:", "@dispvm:"); err != nil {
		return Rule{}, err
	}
	if err := parseOptions(&r, field[5:]); err != nil {
		return Rule{}, err
	}
	if r.Target == "@default" && r.Action == Allow && r.Redirect == "" {
		return Rule{}, errors.New("allow for @default must specify target=")
	}
	return r, nil
}

func checkCall(service, argument string) error {
	switch {
	case service != "*" && !serviceName.MatchString(service):
		return fmt.Errorf("service %q has invalid characters", service)
	case argument == "*":
		return nil
	case !strings.HasPrefix(argument, "+"):
		return fmt.Errorf("argument %q does not start with +", argument)
	case !argumentText.MatchString(argument):
		return fmt.Errorf("argument %q has invalid characters", argument)
	case service == "*":
		return errors.New("only argument * for service *")
	}
	return nil
}

// The tokens that each place takes besides a name. @default can only be the
// target of a rule, never where a rule sends a call to.
var (
	sources   = []string{"*", "@anyvm", "@adminvm"}
	targets   = []string{"*", "@anyvm", "@adminvm", "@default", "@dispvm"}
	redirects = []string{"@adminvm", "@dispvm"}
)

func checkToken(place, token string, exact []string, prefixes ...string) error {
	if token != "*" && !strings.HasPrefix(token, "@") && token != "" {
		return nil // a name, which need not exist
	}
	for _, t := range exact {
		if token == t {
			return nil
		}
	}
	for _, p := range prefixes {
		value, ok := strings.CutPrefix(token, p)
		if ok && value != "" && value[0] != '@' {
			return nil
		}
	}
	return fmt.Errorf("invalid %s token: %q", place, token)
}

// options are those that each action takes.
var options = map[Action]string{
	Allow: " target user notify autostart ",
	Ask:   " target default_target user notify autostart ",
	Deny:  " notify ",
}

// parseOptions also refuses a comment behind the rule: its "#" is no option.
func parseOptions(r *Rule, words []string) error {
	known, ok := options[r.Action]
	if !ok {
		return fmt.Errorf("invalid action: %q", r.Action)
	}
	seen := map[string]bool{}
	for _, word := range words {
		key, value, ok := strings.Cut(word, "=")
		switch {
		case !ok:
			return fmt.Errorf("invalid option: %q", word)
		case seen[key]:
			return fmt.Errorf("option given twice: %q", key)
		case !strings.Contains(known, " "+key+" "):
			return fmt.Errorf("invalid option for %s: %q", r.Action, key)
		}
		seen[key] = true
		if err := setOption(r, key, value); err != nil {
			return err
		}
	}
	return nil
}

func setOption(r *Rule, key, value string) error {
	switch key {
	case "target":
		r.Redirect = value
		return checkToken(key, value, redirects, "@dispvm:")
	case "default_target":
		r.Default = value
		return checkToken(key, value, redirects, "@dispvm:")
	case "user":
		r.User = value
	case "notify", "autostart":
		if value != "yes" && value != "no" {
			return fmt.Errorf("%s is %q, but can be only yes or no", key, value)
		}
	}
	return nil
}
