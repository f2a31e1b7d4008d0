// Command lnnet runs the Lightning test network until it is interrupted, for
// `make demo` and for looking into a test by hand:
//
//	go run ./test/lnnet/cmd/lnnet --nodes 3 --out net.json
//
// The file appears when the network is usable and goes away with it. It names
// addresses and files of each node, for curl or lncli.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"qpay/test/lnnet"
)

const (
	startWithin = 2 * time.Minute
	// lnd calls itself unsynced when the newest block is two hours old.
	blockEvery = 20 * time.Minute
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "lnnet: error:", err)
		os.Exit(1)
	}
}

func run() error {
	o := lnnet.Options{Fees: lnnet.DefaultFees(), Log: progress(time.Now())}
	out := flag.String("out", "", "write addresses and paths to this `file`, as JSON")
	flag.IntVar(&o.Nodes, "nodes", 2, "2 (alice, bob) or 3 (alice, bob, carol)")
	flag.StringVar(&o.Dir, "dir", "", "state `folder`, missing or empty (default a temporary one)")
	flag.Uint64Var(&o.Fees.BaseMsat, "fee-base-msat", o.Fees.BaseMsat, "forwarding fee for each payment")
	flag.Uint64Var(&o.Fees.PPM, "fee-ppm", o.Fees.PPM, "forwarding fee in millionths of the amount")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}

	ctx, done := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer done()
	starting, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	net, err := lnnet.Start(starting, o)
	if err != nil {
		return err
	}
	err = hold(ctx, net, *out, o.Log)
	o.Log("stopping")
	return errors.Join(err, net.Stop())
}

// hold keeps the network usable until it is interrupted.
func hold(ctx context.Context, net *lnnet.Net, out string, log func(string, ...any)) error {
	if out != "" {
		if err := writeFile(out, describe(net)); err != nil {
			return err
		}
		defer os.Remove(out)
	}
	for _, n := range net.Nodes() {
		log("%s: rpc %s, rest %s, folder %s", n.Name, n.GRPCAddr, n.RESTAddr, n.Dir)
	}
	log("stop with Ctrl-C")
	tick := time.NewTicker(blockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := net.Mine(ctx, 1); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

type description struct {
	PID   int             `json:"pid"` // of this program: SIGTERM stops it all
	Dir   string          `json:"dir"`
	Nodes map[string]node `json:"nodes"`
}

type node struct {
	GRPC     string `json:"grpc"`
	REST     string `json:"rest"`
	Dir      string `json:"dir"`
	TLSCert  string `json:"tls_cert"`
	Macaroon string `json:"admin_macaroon"`
	Pubkey   string `json:"pubkey"`
}

func describe(net *lnnet.Net) description {
	d := description{PID: os.Getpid(), Dir: net.Dir, Nodes: map[string]node{}}
	for _, n := range net.Nodes() {
		d.Nodes[n.Name] = node{n.GRPCAddr, n.RESTAddr, n.Dir, n.TLSCert, n.AdminMacaroon, n.Pubkey}
	}
	return d
}

// writeFile never shows a reader half a file.
func writeFile(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func progress(start time.Time) func(string, ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.1fs  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}
}
