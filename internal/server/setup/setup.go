// Package setup tells lightningvm about its node (trusted): it turns an admin
// macaroon, which it does not keep, into one that allows just the calls that
// the switched-on services need, and writes the configuration. The steps are
// in Run, read from top to bottom.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"qpay/internal/server/ask"
	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/lnd"
)

// Request is what the person wants. What is empty stays as it is, or is by
// default what package config says.
type Request struct {
	Address            string // host:port
	Certificate, Admin []byte // PEM; a macaroon that may make others, cleared after use
	Network            string // by lnd's name; the first time what the node says
	On, Off            []string
	FeeBaseSat, FeePPM *uint64
	MaxPaymentSat      *uint64
}

// job is one run.
type job struct {
	Request
	folder string
	was    present
	want   config.Config
	edits  []setting

	certificate, macaroon []byte
	id                    uint64 // of the macaroon, if it is new
	committed             bool   // what is wanted is in force
	say                   io.Writer
}

// begin keeps other runs out until unlock, and reads what is there.
func begin(home string, q Request, say io.Writer) (j *job, unlock func(), err error) {
	folder, _ := config.Folders(home)
	if unlock, err = lock(folder); err != nil {
		return nil, nil, err
	}
	j = &job{Request: q, folder: folder, say: say}
	if j.was, err = readPresent(folder); err != nil {
		unlock()
		return nil, nil, err
	}
	return j, unlock, nil
}

// Run sets lightningvm up, or changes what is asked for. An error means that
// all is as it was, unless it says otherwise.
func Run(ctx context.Context, home string, q Request, say io.Writer) error {
	defer clear(q.Admin)
	j, unlock, err := begin(home, q, say)
	if err != nil {
		return err
	}
	defer unlock()
	if err := j.plan(); err != nil {
		return err
	}
	if !j.needsNode() {
		return j.commit(nil)
	}
	if err := j.reach(ctx); err != nil {
		return err
	}
	switch kept, err := j.keep(ctx); {
	case err != nil:
		return err
	case kept:
		return j.commit(nil)
	}
	return j.renew(ctx)
}

// needsNode: other limits are no business of the node's.
func (j *job) needsNode() bool {
	return !j.was.found || j.Address != "" || j.Certificate != nil || j.Admin != nil ||
		j.Network != "" || !slices.Equal(j.was.conf.Services, j.want.Services)
}

// reach finds out whether there is a node that can answer.
func (j *job) reach(ctx context.Context) error {
	j.certificate = j.Certificate
	if j.certificate == nil {
		j.certificate = j.was.certificate
	}
	if j.certificate == nil {
		return hint.New("The node's TLS certificate is needed.", "give the node's tls.cert: qpay-server setup --tls-cert FILE; see qpay-server setup --help")
	}
	state, err := lnd.State(ctx, j.want.Address, j.certificate)
	if err != nil {
		return explain(err)
	}
	switch state {
	case "RPC_ACTIVE", "SERVER_ACTIVE":
		return nil
	case "LOCKED":
		return hint.New("The node's wallet is locked.", "unlock it, for example with lncli unlock, then try again")
	case "NON_EXISTING":
		return hint.New("The node has no wallet yet.", "create one, for example with lncli create, then try again")
	}
	return hint.New("The Lightning node is still starting.", "try again in a moment")
}

func explain(err error) error {
	sentence, advice := lnd.Explain(err)
	return hint.New(sentence, advice)
}

// keep tells whether the macaroon that is there does for what is wanted.
func (j *job) keep(ctx context.Context) (bool, error) {
	if !exact(j.was.macaroon, j.want.Services) {
		return false, nil
	}
	info, err := j.try(ctx, j.was.macaroon)
	switch {
	case err != nil && lnd.MacaroonRefused(err):
		return false, nil
	case err != nil:
		return false, explain(err)
	}
	j.macaroon = j.was.macaroon
	if err := j.agree(info); err != nil {
		return false, err
	}
	_, err = fmt.Fprintf(j.say, "macaroon  the present one, of root key %d, allows what is needed and no more\n", j.want.RootKeyID)
	return true, err
}

// exact tells whether a macaroon allows what the services need and no more.
func exact(macaroon []byte, services []string) bool {
	allowed := lnd.Allowed(services)
	if macaroon == nil || lnd.Narrow(macaroon, allowed) != nil {
		return false
	}
	missing, err := lnd.Lacks(macaroon, allowed)
	return err == nil && len(missing) == 0
}

// try makes a real call with a macaroon of qpay's own.
func (j *job) try(ctx context.Context, macaroon []byte) (lnd.Info, error) {
	c, err := lnd.New(j.want.Address, j.certificate, macaroon, j.want.Services)
	if err != nil {
		return lnd.Info{}, err
	}
	defer c.Close()
	return c.Info(ctx)
}

// agree holds the node's network against the one that is wanted.
func (j *job) agree(info lnd.Info) error {
	if err := j.network(info.Network); err != nil {
		return err
	}
	_, err := fmt.Fprintf(j.say, "node      %s, lnd %s, on %s\n", ask.Line(info.Alias, 40), ask.Line(info.Version, 20), j.want.Network)
	return err
}

// commit writes what changed and says what holds now.
func (j *job) commit(done func() error) error {
	text, err := j.write()
	if !j.committed {
		return err
	}
	if done != nil {
		err = errors.Join(err, done())
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(j.say, "services  %s\n", strings.Join(j.want.Services, " "))
	fmt.Fprintf(j.say, "limits    %s for a payment; %s or %d ppm for its fee\n", j.want.MaxPayment, j.want.Fee.Base, j.want.Fee.PPM)
	path := filepath.Join(j.folder, "config.toml")
	if text == string(j.was.text) && j.was.found {
		fmt.Fprintf(j.say, "unchanged %s\n", path)
	} else {
		fmt.Fprintf(j.say, "written   %s\n", path)
	}
	if j.want.RootKeyID != 0 {
		fmt.Fprintf(j.say, "revoke    qpay-server setup --revoke --admin-macaroon FILE\n"+
			"          or, at the node: lncli deletemacaroonid %d\n", j.want.RootKeyID)
	}
	_, err = fmt.Fprintln(j.say, "next      qpay-server doctor")
	return err
}
