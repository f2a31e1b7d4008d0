package history

import (
	"context"
	"fmt"
	"io"
	"time"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/journal"
	"qpay/internal/server/lnd"
	"qpay/internal/server/resolve"
)

// within is how long Refresh may take for all payments together.
const within = time.Minute

// Refresh asks the node what became of open payments, writes it down, and says
// on progress what it does if that takes longer than a second.
func Refresh(ctx context.Context, home string, j *journal.Journal, progress io.Writer) error {
	if j == nil {
		return nil
	}
	open, err := j.OnTheWay()
	if err != nil || len(open) == 0 {
		return err
	}
	conf, err := config.Load(home)
	if err != nil {
		return hint.New(fmt.Sprintf("Open payments cannot be looked up: %v.", err), "run qpay-server doctor")
	}
	node, err := lnd.New(conf.Address, conf.Certificate, conf.Macaroon, conf.Services)
	if err != nil {
		return hint.New(fmt.Sprintf("Open payments cannot be looked up: %v.", err), "run qpay-server doctor")
	}
	defer node.Close()
	slow := time.AfterFunc(time.Second, func() {
		fmt.Fprintf(progress, "qpay-server: asking the node about %d open payments\n", len(open))
	})
	defer slow.Stop()
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	n, err := resolve.Open(ctx, j, node, time.Now)
	for _, r := range n.Unheard {
		fmt.Fprintf(progress, "qpay-server: the node has no record of %s; that is no proof that it was not sent\n", r.Hash)
	}
	if err != nil {
		sentence, advice := lnd.Explain(err)
		return hint.New("Open payments could not be looked up: "+sentence, advice)
	}
	return nil
}
