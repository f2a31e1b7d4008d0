package setup

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// config.toml belongs to the person as much as to setup, so setup changes the
// lines that it must and leaves the others, with their comments, as they are.
// It knows plain tables and plain values alone; whoever calls it parses the
// result, and refuses it if it does not mean what was wanted.

// setting is one line of config.toml. The value is in TOML.
type setting struct{ table, key, value string }

var (
	header = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9_-]+)\s*\]\s*(#.*)?$`)
	line   = regexp.MustCompile(`^(\s*([A-Za-z0-9_-]+)\s*=\s*)("[^"\\]*"|'[^']*'|[A-Za-z0-9_.+-]+)(\s*(#.*)?)$`)
)

// edit gives a key in a table ("" is the top) another value, or adds it.
func edit(text string, s setting) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	table, last := "", -1 // last: where the wanted table ends
	if s.table == "" {
		last = 0
	}
	for i, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(l), "[") {
			table = "[other]"
			if m := header.FindStringSubmatch(l); m != nil {
				table = m[1]
			}
		}
		if table != s.table {
			continue
		}
		if m := line.FindStringSubmatch(l); m != nil && m[2] == s.key {
			lines[i] = m[1] + s.value + m[4]
			return strings.Join(lines, "\n") + "\n"
		}
		if l := strings.TrimSpace(l); l != "" && l[0] != '#' { // a comment there may be about the next table
			last = i + 1
		}
	}
	added := s.key + " = " + s.value
	if last < 0 {
		lines = append(lines, "", "["+s.table+"]", added)
	} else {
		lines = slices.Insert(lines, last, added)
	}
	return strings.TrimLeft(strings.Join(lines, "\n"), "\n") + "\n"
}

// fresh is config.toml where there was none: all that a person might look for.
const fresh = `# What lightningvm was told about its node and its limits. Written by
# qpay-server setup; may be changed here or by running it again.
network = "mainnet"

[node]
address = "127.0.0.1:10009"  # of lnd's rpclisten
tls_cert = "tls.cert"
macaroon = "macaroon"        # allows just what the services need
root_key_id = 0              # lncli deletemacaroonid with it revokes the macaroon

[fee_limit]                  # of each payment, the larger of the two
base_sat = 10
ppm = 10000                  # 10000 is 1 %

[limits]
max_payment_sat = 1000000

[services]                   # a change here needs another macaroon: use setup --service
make_invoice = true
lookup_invoice = true
get_info = true
verify_message = true
sign_message = false
keysend = false
get_balance = false
show_node_key = false        # qpay.GetInfo tells the node's public key
`

func quoted(s string) string { return fmt.Sprintf("%q", s) }
