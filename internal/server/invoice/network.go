package invoice

import (
	"fmt"

	"github.com/btcsuite/btcd/chaincfg"
)

// Network is a chain that invoices can be for. The zero value is none.
type Network uint8

const (
	Mainnet Network = iota + 1
	Testnet         // testnet3 and testnet4: their prefix is the same
	Signet
	Regtest
	Simnet // tests only
)

var networks = [...]struct {
	name, prefix string
	params       *chaincfg.Params
}{
	Mainnet: {"mainnet", "bc", &chaincfg.MainNetParams},
	Testnet: {"testnet", "tb", &chaincfg.TestNet3Params},
	Signet:  {"signet", "tbs", &chaincfg.SigNetParams},
	Regtest: {"regtest", "bcrt", &chaincfg.RegressionNetParams},
	Simnet:  {"simnet", "sb", &chaincfg.SimNetParams},
}

// ParseNetwork takes the names that lnd uses in its configuration and its
// GetInfo answer. The two test networks cannot be told apart by an invoice.
func ParseNetwork(name string) (Network, error) {
	if name == "testnet3" || name == "testnet4" {
		return Testnet, nil
	}
	for n, known := range networks {
		if n > 0 && known.name == name {
			return Network(n), nil
		}
	}
	return 0, fmt.Errorf("unknown network %.20q", name)
}

func (n Network) String() string {
	if int(n) < len(networks) && n > 0 {
		return networks[n].name
	}
	return "no network"
}

func (n Network) params() *chaincfg.Params { return networks[n].params }

// prefixed is the network of a prefix such as "bcrt".
func prefixed(prefix string) Network {
	for n, known := range networks {
		if known.prefix == prefix {
			return Network(n)
		}
	}
	return 0
}
