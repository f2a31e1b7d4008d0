package setup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
)

// Ask asks the person at a terminal for what a first setup needs and the
// request lacks. Where there is a configuration, flags alone change it.
func Ask(home string, q *Request, in io.Reader, out io.Writer) (err error) {
	folder, _ := config.Folders(home)
	if _, err := os.Lstat(filepath.Join(folder, "config.toml")); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	a := asker{bufio.NewReader(in), out}
	lnd := filepath.Join(home, ".lnd")
	if q.Address == "" {
		if q.Address, err = a.ask("Address of the node (lnd's rpclisten)", "127.0.0.1:10009"); err != nil {
			return err
		}
		if err := CheckAddress(q.Address); err != nil { // before more is asked
			return err
		}
	}
	if q.Certificate == nil {
		if q.Certificate, err = a.file(home, "File with its TLS certificate", filepath.Join(lnd, "tls.cert"), ReadCertificate); err != nil {
			return err
		}
	}
	if q.Admin == nil {
		fmt.Fprintln(out, "The admin macaroon is used once, to make one that allows less. It is not kept.")
		usual := filepath.Join(lnd, "data", "chain", "bitcoin", "mainnet", "admin.macaroon")
		if q.Admin, err = a.file(home, "File with its admin macaroon", usual, ReadMacaroon); err != nil {
			return err
		}
	}
	return a.services(q)
}

// services asks for those that are off as shipped, unless any was named.
func (a asker) services(q *Request) error {
	if len(q.On)+len(q.Off) > 0 {
		return nil
	}
	words := map[string]string{
		"sign_message": "Let qubes have messages signed, each after a question",
		"keysend":      "Let qubes ask for payments without an invoice",
		"get_balance":  "Let qubes read the balance, without a question",
	}
	for _, s := range config.Switches {
		if slices.Contains(config.Shipped(), s.Service) {
			continue
		}
		yes, err := a.ask(words[s.Key]+" ("+s.Key+")? y or n", "n")
		if err != nil {
			return err
		}
		if strings.HasPrefix(strings.ToLower(yes), "y") {
			q.On = append(q.On, s.Key)
		}
	}
	return nil
}

type asker struct {
	in  *bufio.Reader
	out io.Writer
}

func (a asker) ask(question, usual string) (string, error) {
	fmt.Fprintf(a.out, "%s [%s]: ", question, usual)
	answer, err := a.in.ReadString('\n')
	if err != nil {
		return "", hint.New("No answer.", "nothing was changed; qpay-server setup --help lists flags instead of the questions")
	}
	if answer = strings.TrimSpace(answer); answer == "" {
		answer = usual
	}
	return answer, nil
}

func (a asker) file(home, question, usual string, read func(string) ([]byte, error)) ([]byte, error) {
	path, err := a.ask(question, usual)
	if err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok { // no shell has read this
		path = filepath.Join(home, rest)
	}
	return read(path)
}
