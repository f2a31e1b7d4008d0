// Command qubesd-standin keeps simulated qubes running for `make demo`, until
// it is interrupted or its standard input ends with -until-eof:
//
//	qubesd-standin -dir DIR -policy 80-qpay.policy \
//	    -qube personal:qpay-client -qube untrusted \
//	    -service qpay.Pay=/path/qpay-server -wait-for-session qpay.Pay \
//	    -env DISPLAY=:0 -path out
//
// For each qube it writes DIR/enter-QUBE, a script that runs a program in it:
// DIR/enter-personal qpay INVOICE. Calls are printed as they end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"qpay/test/qubes"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type flags struct {
	dir, target, client                         string
	policies, qubes, services, waits, env, path list
	untilEOF                                    bool
}

func main() {
	var f flags
	flag.StringVar(&f.dir, "dir", "", "empty folder for everything")
	flag.StringVar(&f.target, "target", "lightningvm", "the qube with the services")
	flag.StringVar(&f.client, "client", "", "built stand-in client; without, it is built")
	flag.Var(&f.policies, "policy", "policy file (again and again)")
	flag.Var(&f.qubes, "qube", "NAME or NAME:TAG,TAG (again and again)")
	flag.Var(&f.services, "service", "SERVICE=PROGRAM (again and again)")
	flag.Var(&f.waits, "wait-for-session", "SERVICE that waits for the login (again and again)")
	flag.Var(&f.env, "env", "KEY=VALUE for services (again and again)")
	flag.Var(&f.path, "path", "folder for PATH in client qubes (again and again)")
	flag.BoolVar(&f.untilEOF, "until-eof", false, "end with standard input")
	flag.Parse()
	if err := run(f); err != nil {
		fmt.Fprintln(os.Stderr, "qubesd-standin:", err)
		os.Exit(1)
	}
}

func run(f flags) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if f.untilEOF {
		go func() { io.Copy(io.Discard, os.Stdin); stop() }()
	}
	opts := qubes.Options{Dir: f.dir, PolicyFiles: f.policies, Client: f.client}
	for _, dir := range f.path {
		abs, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		opts.PathDirs = append(opts.PathDirs, abs)
	}
	m, err := qubes.New(opts)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := furnish(m, f); err != nil {
		return err
	}
	fmt.Println("ready:", m.Dir())
	report(ctx, m)
	return nil
}

func furnish(m *qubes.Machine, f flags) error {
	server := qubes.ServerOptions{Services: map[string]string{}, RPCConfig: map[string]string{}, Env: f.env}
	for _, s := range f.services {
		name, program, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("not SERVICE=PROGRAM: %q", s)
		}
		server.Services[name] = program
	}
	for _, service := range f.waits {
		server.RPCConfig[service] = "wait-for-session=1\n"
	}
	if err := m.Server(f.target, server); err != nil {
		return err
	}
	for _, q := range f.qubes {
		name, tags, tagged := strings.Cut(q, ":")
		var all []string
		if tagged {
			all = strings.Split(tags, ",")
		}
		if err := m.AddQube(name, all...); err != nil {
			return err
		}
		if err := writeEnter(m, name); err != nil {
			return err
		}
	}
	return nil
}

// writeEnter writes the script that runs a program in a qube.
func writeEnter(m *qubes.Machine, name string) error {
	script := "#!/bin/sh\ncd " + quote(filepath.Join(m.QubeDir(name), "home")) + " || exit\nexec env -i"
	for _, setting := range m.Env(name) {
		script += " " + quote(setting)
	}
	script += ` ${TERM:+TERM="$TERM"} "$@"` + "\n"
	return os.WriteFile(filepath.Join(m.Dir(), "enter-"+name), []byte(script), 0o700)
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// report prints each call when it is over.
func report(ctx context.Context, m *qubes.Machine) {
	seen := map[int]bool{}
	for {
		c, err := m.Wait(ctx, func(c qubes.Call) bool { return !c.Ended.IsZero() && !seen[c.ID] })
		if err != nil {
			return
		}
		seen[c.ID] = true
		fmt.Printf("%s: %s -> %s: code %d %s\n", c.Service, c.Qube, c.Requested, c.RC, c.Refused)
	}
}
