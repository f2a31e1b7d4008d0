package setup

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/lnd"
)

// Revoke deletes the root key of qpay's macaroon at the node and then the
// macaroon here. Until the node has done its part, nothing is removed.
func Revoke(ctx context.Context, home string, q Request, say io.Writer) error {
	defer clear(q.Admin)
	j, unlock, err := begin(home, q, say)
	if err != nil {
		return err
	}
	defer unlock()
	id := j.was.conf.RootKeyID
	switch {
	case !j.was.found:
		return hint.New("There is nothing to revoke: lightningvm is not set up.", "run qpay-server setup first")
	case id == 0:
		return hint.New("The configuration has no root key: the macaroon is revoked already, or setup did not make it.",
			"lncli printmacaroon --macaroon_file "+j.was.conf.MacaroonFile+" tells its root_key_id")
	case q.Admin == nil:
		return hint.New("Revoking needs the node's admin macaroon.",
			fmt.Sprintf("add --admin-macaroon FILE, or run at the node: lncli deletemacaroonid %d", id))
	}
	if q.Network != "" || len(q.On) > 0 || len(q.Off) > 0 || q.FeeBaseSat != nil || q.FeePPM != nil || q.MaxPaymentSat != nil {
		return hint.New("--revoke changes no settings.", "run setup again without it for those")
	}
	if err := j.plan(); err != nil {
		return err
	}
	if err := j.reach(ctx); err != nil {
		return err
	}
	return j.revoke(ctx, id)
}

func (j *job) revoke(ctx context.Context, id uint64) error {
	admin, err := lnd.NewAdmin(j.want.Address, j.certificate, j.Admin)
	if err != nil {
		return explain(err)
	}
	defer admin.Close()
	gone, err := admin.Delete(ctx, id)
	if err != nil && !lnd.NoSuchKey(err) {
		return ofAdmin(err)
	}
	if err := remove(j.folder, j.was.conf.MacaroonFile); err != nil {
		return err
	}
	text := edit(string(j.was.text), setting{"node", "root_key_id", "0"})
	if c, err := config.Parse(j.folder, []byte(text)); err == nil && c.RootKeyID == 0 {
		if err := place(filepath.Join(j.folder, "config.toml"), []byte(text)); err != nil {
			return err
		}
	}
	if gone && err == nil {
		_, err = fmt.Fprintf(j.say, "revoked   root key %d is deleted at the node, and the macaroon here\n", id)
	} else {
		_, err = fmt.Fprintf(j.say, "revoked   the node has no root key %d any more; the macaroon here is removed\n", id)
	}
	return err
}
