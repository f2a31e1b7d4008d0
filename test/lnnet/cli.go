package lnnet

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// CLI runs lncli, lnd's own client, against the node and gives what it prints.
func (n *Node) CLI(ctx context.Context, args ...string) ([]byte, error) {
	all := append([]string{"--rpcserver=" + n.GRPCAddr, "--tlscertpath=" + n.TLSCert,
		"--macaroonpath=" + n.AdminMacaroon, "--network=simnet", "--lnddir=" + n.Dir}, args...)
	cmd := exec.CommandContext(ctx, n.net.tools.lncli, all...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("lncli of %s: %w: %s", n.Name, err, errs.Bytes())
	}
	return out, nil
}
