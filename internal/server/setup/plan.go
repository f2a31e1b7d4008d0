package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"qpay/internal/money"
	"qpay/internal/server/config"
	"qpay/internal/server/hint"
	"qpay/internal/server/invoice"
	"qpay/internal/wire"
)

// present is the configuration as it is found.
type present struct {
	found                 bool
	text                  []byte
	conf                  config.Config
	certificate, macaroon []byte // nil if not there
}

func readPresent(folder string) (p present, err error) {
	p.found = true
	p.text, err = config.ReadPrivate(filepath.Join(folder, "config.toml"))
	if errors.Is(err, fs.ErrNotExist) {
		p.found, p.text, err = false, []byte(fresh), nil
	}
	if err == nil {
		p.conf, err = config.Parse(folder, p.text)
	}
	if err == nil && p.found {
		p.certificate, err = readIfThere(p.conf.CertificateFile)
	}
	if err == nil && p.found {
		p.macaroon, err = readIfThere(p.conf.MacaroonFile)
	}
	if err != nil {
		return p, hint.New(fmt.Sprintf("The present configuration cannot be used: %v.", err), "mend it, or move it out of the way and run setup anew: "+folder)
	}
	return p, nil
}

func readIfThere(path string) ([]byte, error) {
	b, err := config.ReadPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// plan says what the configuration is to be, and the lines that make it so.
func (j *job) plan() error {
	j.want = j.was.conf
	if j.Address != "" {
		if err := CheckAddress(j.Address); err != nil {
			return err
		}
		j.want.Address = j.Address
		j.set("node", "address", quoted(j.Address))
	}
	if err := j.planServices(); err != nil {
		return err
	}
	return j.planLimits()
}

func (j *job) set(table, key, value string) {
	j.edits = append(j.edits, setting{table, key, value})
}

func (j *job) planServices() error {
	on := slices.Clone(j.was.conf.Services)
	for _, s := range []struct {
		names []string
		is    bool
	}{{j.On, true}, {j.Off, false}} {
		for _, name := range s.names {
			service, err := serviceOf(name)
			if err != nil {
				return err
			}
			if slices.Contains(j.On, name) && slices.Contains(j.Off, name) {
				return hint.New(fmt.Sprintf("%q is to be switched on and off.", name), "say which")
			}
			on = slices.DeleteFunc(on, func(x string) bool { return x == service })
			if s.is {
				on = append(on, service)
			}
		}
	}
	j.want.Services = []string{wire.ServicePay}
	for _, s := range config.Switches {
		is := slices.Contains(on, s.Service)
		if is {
			j.want.Services = append(j.want.Services, s.Service)
		}
		if is != j.was.conf.On(s.Service) {
			j.set("services", s.Key, strconv.FormatBool(is))
		}
	}
	return nil
}

// serviceOf takes sign_message and qpay.SignMessage.
func serviceOf(name string) (string, error) {
	keys := ""
	for _, s := range config.Switches {
		if name == s.Key || name == s.Service {
			return s.Service, nil
		}
		keys += " " + s.Key
	}
	if name == wire.ServicePay || name == "pay" {
		return "", hint.New("Paying is always on.", "what switches it off for a qube is the policy in dom0")
	}
	return "", hint.New(fmt.Sprintf("There is no service %.40q.", name), "the services are"+keys)
}

func (j *job) planLimits() (err error) {
	bad := func(flag, want string) error {
		return hint.New("The value of "+flag+" is out of range.", "want "+want)
	}
	if n := j.MaxPaymentSat; n != nil {
		if j.want.MaxPayment, err = money.FromSat(*n); err != nil || *n == 0 {
			return bad("--max-payment-sat", "1 to 2100000000000000")
		}
		j.set("limits", "max_payment_sat", strconv.FormatUint(*n, 10))
	}
	if n := j.FeeBaseSat; n != nil {
		if j.want.Fee.Base, err = money.FromSat(*n); err != nil {
			return bad("--fee-base-sat", "0 to 2100000000000000")
		}
		j.set("fee_limit", "base_sat", strconv.FormatUint(*n, 10))
	}
	if n := j.FeePPM; n != nil {
		if j.want.Fee.PPM = *n; *n > 1_000_000 {
			return bad("--fee-ppm", "0 to 1000000, which is all of the amount")
		}
		j.set("fee_limit", "ppm", strconv.FormatUint(*n, 10))
	}
	return nil
}

// network takes the node's word, unless the person or the present
// configuration says otherwise: then somebody is mistaken.
func (j *job) network(ofNode string) error {
	got, err := invoice.ParseNetwork(ofNode)
	if err != nil {
		return hint.New(fmt.Sprintf("The node is on a network that qpay does not know: %.40q.", ofNode), "qpay takes mainnet, testnet, signet, regtest and simnet")
	}
	want := got
	if j.Network != "" {
		if want, err = invoice.ParseNetwork(j.Network); err != nil {
			return hint.New(fmt.Sprintf("There is no network %.40q.", j.Network), "qpay takes mainnet, testnet, signet, regtest and simnet")
		}
	} else if j.was.found {
		want = j.was.conf.Network
	}
	if got != want {
		return hint.New(fmt.Sprintf("The node is on %s, not on %s.", got, want), "give the address of the right node, or --network "+got.String())
	}
	if want != j.was.conf.Network {
		j.want.Network = want
		j.set("", "network", quoted(want.String()))
	}
	return nil
}
