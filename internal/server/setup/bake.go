package setup

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"qpay/internal/server/hint"
	"qpay/internal/server/lnd"
)

// renew has a macaroon made, puts it into use, and revokes the old one.
func (j *job) renew(ctx context.Context) error {
	if j.Admin == nil {
		return j.needsAdmin()
	}
	admin, err := lnd.NewAdmin(j.want.Address, j.certificate, j.Admin)
	if err != nil {
		return explain(err)
	}
	defer admin.Close()
	info, err := admin.Info(ctx)
	if err != nil {
		return ofAdmin(err)
	}
	if err := j.agree(info); err != nil {
		return err
	}
	if err := j.bake(ctx, admin); err != nil {
		return err
	}
	defer func() {
		if !j.committed { // nobody has it and nobody will
			ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer stop()
			admin.Delete(ctx, j.id)
		}
	}()
	if err := j.checkBaked(ctx); err != nil {
		return err
	}
	old := j.was.conf.RootKeyID
	j.want.RootKeyID = j.id
	j.set("node", "root_key_id", strconv.FormatUint(j.id, 10))
	return j.commit(func() error {
		fmt.Fprintf(j.say, "macaroon  new, of root key %d: %d calls and nothing else\n", j.id, len(lnd.Allowed(j.want.Services)))
		return j.revokeOld(ctx, admin, old)
	})
}

func (j *job) needsAdmin() error {
	why := "no macaroon of qpay's own is there yet"
	if j.was.macaroon != nil {
		switch lacks, _ := lnd.Lacks(j.was.macaroon, lnd.Allowed(j.want.Services)); {
		case lnd.Narrow(j.was.macaroon, lnd.Allowed(j.want.Services)) != nil:
			why = "the present macaroon allows more than these services need"
		case len(lacks) > 0:
			why = "the present macaroon allows less than these services need"
		default:
			why = "the node refuses the present macaroon"
		}
	}
	return hint.New("A new macaroon has to be made, since "+why+"; for that the node's admin macaroon is needed.",
		"add --admin-macaroon FILE, or --lndconnect; it is used once and not kept")
}

// bake has the macaroon made, of a root key of its own, so that it can be
// revoked by itself. The id is a random one: the first free one could be a
// number that somebody else is about to use, or that used to mean another.
func (j *job) bake(ctx context.Context, admin *lnd.Admin) (err error) {
	var b [8]byte
	rand.Read(b[:])                                  // never fails
	j.id = binary.BigEndian.Uint64(b[:])>>16 | 1<<40 // 48 bits, which TOML, JSON and a person can take
	if j.macaroon, err = admin.Bake(ctx, lnd.Allowed(j.want.Services), j.id); err != nil {
		return ofAdmin(err)
	}
	return nil
}

func ofAdmin(err error) error {
	if lnd.MacaroonRefused(err) {
		return hint.New("The node refuses the macaroon that was given: it is of another node, or may not make others.",
			"give the node's admin.macaroon, as in ~/.lnd/data/chain/bitcoin/mainnet/")
	}
	return explain(err)
}

// checkBaked trusts nobody's word for what the macaroon allows.
func (j *job) checkBaked(ctx context.Context) error {
	if !exact(j.macaroon, j.want.Services) {
		return hint.New("The node made a macaroon that allows more or less than it was told.", "nothing was changed; look at the node")
	}
	if _, err := j.try(ctx, j.macaroon); err != nil {
		sentence, _ := lnd.Explain(err)
		return hint.New("The new macaroon does not work: "+sentence, "nothing was changed; look at the node")
	}
	return nil
}

// revokeOld deletes the root key of the macaroon that was in use before.
func (j *job) revokeOld(ctx context.Context, admin *lnd.Admin, old uint64) error {
	if old == 0 {
		if j.was.macaroon != nil {
			fmt.Fprintln(j.say, "macaroon  the old one was not made by setup, so it is still valid at the node")
		}
		return nil
	}
	gone, err := admin.Delete(ctx, old)
	switch {
	case err != nil && !lnd.NoSuchKey(err):
		sentence, _ := lnd.Explain(err)
		return hint.New("The new macaroon is in use, but the old one could not be revoked: "+sentence, fmt.Sprintf("revoke it at the node: lncli deletemacaroonid %d", old))
	case err != nil || !gone:
		fmt.Fprintf(j.say, "macaroon  this node has no root key %d any more, or never had\n", old)
	default:
		fmt.Fprintf(j.say, "macaroon  the old one, of root key %d, is revoked\n", old)
	}
	return nil
}
