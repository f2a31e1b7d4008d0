package lnnet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
)

const (
	// miningAddr is the first address of alice's wallet, a constant because her
	// seed is one. So btcd mines to her before her lnd runs.
	miningAddr = "sb1q9xd84q2n7ppsqcdkc73hhfpz5pys3d0q8zyjgc"

	rpcUser, rpcPass = "u", "p"

	// segwitBlocks activate segwit on simnet; ripeBlocks more, mined once alice
	// has confirmed her address, make ten of the coinbases spendable.
	segwitBlocks = 300
	ripeBlocks   = 110
)

// chain is the btcd of a network.
type chain struct {
	proc *process
	rpc  string // host:port
	p2p  string
	cert string
	http *http.Client
}

// startChain returns when btcd answers.
func (n *Net) startChain(ctx context.Context) (*chain, error) {
	c := &chain{}
	for _, addr := range []*string{&c.rpc, &c.p2p} {
		var err error
		if *addr, err = n.ports.addr(); err != nil {
			return nil, err
		}
	}
	dir := filepath.Join(n.Dir, "btcd")
	c.cert = filepath.Join(dir, "rpc.cert")
	var err error
	if c.proc, err = n.procs.run(dir, "btcd", n.tools.btcd, c.args(dir)...); err != nil {
		return nil, err
	}
	n.chain = c // from here on Stop ends it
	// A bad argument makes btcd exit, which poll reports with its output.
	return c, poll(ctx, c.proc, "come up", func(ctx context.Context) error {
		var err error
		if c.http, err = pinnedClient(c.cert); err != nil {
			return err
		}
		return c.call(ctx, "getblockcount", nil)
	})
}

func (c *chain) args(dir string) []string {
	return []string{
		"--configfile=/dev/null", "--simnet",
		"--datadir=" + filepath.Join(dir, "data"), "--logdir=" + filepath.Join(dir, "logs"),
		"--listen=" + c.p2p, "--rpclisten=" + c.rpc,
		"--rpcuser=" + rpcUser, "--rpcpass=" + rpcPass,
		"--rpccert=" + c.cert, "--rpckey=" + filepath.Join(dir, "rpc.key"),
		"--rpcmaxwebsockets=100", "--rpcmaxclients=100",
		"--txindex", "--nobanning", "--nostalldetect", "--trickleinterval=100ms",
		"--debuglevel=warn", "--miningaddr=" + miningAddr,
	}
}

func (c *chain) generate(ctx context.Context, blocks int) error {
	return c.call(ctx, "generate", nil, blocks)
}

// waitMempool waits for so many unconfirmed transactions.
func (c *chain) waitMempool(ctx context.Context, want int) error {
	return poll(ctx, c.proc, "mempool", func(ctx context.Context) error {
		var txs []string
		if err := c.call(ctx, "getrawmempool", &txs); err != nil {
			return err
		}
		if len(txs) < want {
			return fmt.Errorf("%d transactions of %d", len(txs), want)
		}
		return nil
	})
}

// call is one JSON-RPC request; out may be nil.
func (c *chain) call(ctx context.Context, method string, out any, params ...any) error {
	if params == nil {
		params = []any{} // btcd refuses null
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "1.0", "id": 1, "method": method, "params": params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+c.rpc, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(rpcUser, rpcPass)
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("btcd %s: %w", method, err)
	}
	defer resp.Body.Close()
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("btcd %s: %s: %w", method, resp.Status, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("btcd %s: %s", method, answer.Error.Message)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer.Result, out)
}
