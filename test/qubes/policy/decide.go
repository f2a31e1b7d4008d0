package policy

import (
	"fmt"
	"slices"
	"strings"
)

// System is what the policy asks about the machine.
type System interface {
	Exists(qube string) bool
	HasTag(qube, tag string) bool
}

// Qubes is a System as a plain table: the tags of each qube. There is always a
// dom0.
type Qubes map[string][]string

// Exists says whether there is such a qube.
func (q Qubes) Exists(qube string) bool {
	_, ok := q[qube]
	return ok || qube == "dom0"
}

// HasTag says whether the qube has the tag.
func (q Qubes) HasTag(qube, tag string) bool { return slices.Contains(q[qube], tag) }

// Request is one call. Service has no argument in it; Argument begins with "+".
type Request struct {
	Service, Argument string
	Source            string // set by the system, never by the caller
	Target            string // as the caller named it; may be empty
}

// Decision is what becomes of a call. Target is where it goes when it is
// allowed, or what dom0's question offers when it is to be asked.
type Decision struct {
	Action Action
	Target string
	Reason string // why not
	Rule   Rule   // the one that decided; zero if none did
}

func deny(rule Rule, reason string, args ...any) Decision {
	return Decision{Action: Deny, Rule: rule, Reason: fmt.Sprintf(reason, args...)}
}

// Decide takes the first rule that matches; no match denies.
func (p Policy) Decide(sys System, call Request) Decision {
	target, err := intended(sys, call.Target)
	if err != nil {
		return deny(Rule{}, "%v", err)
	}
	call.Target = target
	for _, rule := range p {
		if rule.matches(sys, call) {
			return rule.evaluate(sys, call)
		}
	}
	return deny(Rule{}, "no matching rule found")
}

// intended is the target that rules are matched against. A qube that does not
// exist becomes @default, as Qubes does it: a client cannot find out by that
// which qubes there are.
func intended(sys System, target string) (string, error) {
	switch {
	case target == "" || target == "@default":
		return "@default", nil
	case isDom0(target):
		return "@adminvm", nil
	case target == "@dispvm":
		return target, nil
	case strings.HasPrefix(target, "@"):
		return "", fmt.Errorf("no valid target: %q", target)
	case !sys.Exists(target):
		return "@default", nil
	}
	return target, nil
}

func isDom0(token string) bool { return token == "dom0" || token == "@adminvm" }

func (r Rule) matches(sys System, call Request) bool {
	return (r.Service == "*" || r.Service == call.Service) &&
		(r.Argument == "*" || r.Argument == call.Argument) &&
		matchToken(sys, r.Source, call.Source) &&
		matchToken(sys, r.Target, call.Target)
}

// matchToken: @anyvm is everything but dom0, @default and @dispvm included.
func matchToken(sys System, token, actual string) bool {
	if tag, ok := strings.CutPrefix(token, "@tag:"); ok {
		return sys.HasTag(actual, tag)
	}
	switch {
	case token == "*":
		return true
	case token == "@anyvm":
		return !isDom0(actual)
	case isDom0(token):
		return isDom0(actual)
	}
	return token == actual
}

func (r Rule) evaluate(sys System, call Request) Decision {
	if r.Action == Deny {
		return deny(r, "denied by policy %s", r.Where())
	}
	target := call.Target
	if r.Redirect != "" {
		target = r.Redirect
	} else if r.Action == Ask {
		// Qubes would offer all targets that later rules permit.
		return deny(r, "%s: ask without target= is not modelled", r.Where())
	}
	switch {
	case strings.HasPrefix(target, "@dispvm"):
		return deny(r, "%s: no disposables here", r.Where())
	case target == "@default" || !isDom0(target) && !sys.Exists(target):
		return deny(r, "%s: no such target: %q", r.Where(), target)
	case target == call.Source:
		return deny(r, "loopback qrexec connection not supported")
	}
	return Decision{Action: r.Action, Target: target, Rule: r}
}
