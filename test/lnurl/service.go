// Package lnurl is a real LNURL service by HTTPS, with certificates of its own
// and invoices of a real node, for tests of the whole of qpay. It can also
// break each rule.
package lnurl

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/btcsuite/btcd/btcutil/bech32"

	"qpay/test/lnnet"
)

// Host is the name of the service.
const Host = "shop.example"

// User is one who can be paid, or pays out.
type User struct {
	Tag      string // payRequest, if it is empty
	Min, Max uint64 // millisatoshi
	Metadata string
	Comment  int
	Payer    string // payerData, JSON

	Memo   bool                              // invoices have a description and not the hash of the metadata
	Hashed string                            // what is hashed in place of the metadata
	Asks   func(uint64) uint64               // for another amount than was asked for
	Hold   string                            // the hash of a hold invoice
	Action func(preimage []byte) any         // successAction
	Plain  string                            // answered in place of all that
	Move   func(r *http.Request) (to string) // redirects
}

// Service is one that runs.
type Service struct {
	CAFile  string
	Address string // on loopback

	node   *lnnet.Node
	server *http.Server
	mu     sync.Mutex
	users  map[string]User
	asked  []url.Values // at callbacks
	hashes []string     // of the invoices that were made
	paying sync.WaitGroup
}

// Start starts a service whose invoices are the node's; its authority is written
// to a file.
func Start(node *lnnet.Node, caFile string) (*Service, error) {
	certificate, err := certificates(caFile, Host, "atm.example")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Service{CAFile: caFile, Address: l.Addr().String(), node: node, users: map[string]User{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/lnurlp/{user}", s.first)
	mux.HandleFunc("/u/{user}", s.first)
	mux.HandleFunc("/cb/{user}", s.callback)
	s.server = &http.Server{Handler: mux, ErrorLog: log.New(io.Discard, "", 0)}
	go s.server.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{certificate}}))
	return s, nil
}

// Stop ends it, after what it is paying.
func (s *Service) Stop() {
	s.server.Close()
	s.paying.Wait()
}

// Switch is the variable that leads qpay here.
func (s *Service) Switch() string { return "QPAY_TEST_LNURL=" + s.CAFile + " " + s.Address }

// Code is an address in bech32, in capitals as a QR code has it.
func Code(address string) (string, error) {
	groups, err := bech32.ConvertBits([]byte(address), 8, 5, true)
	if err != nil {
		return "", err
	}
	text, err := bech32.Encode("lnurl", groups)
	return strings.ToUpper(text), err
}

// Add adds a user, or changes one.
func (s *Service) Add(name string, u User) {
	if u.Tag == "" {
		u.Tag = "payRequest"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[name] = u
}

func (s *Service) user(r *http.Request) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[r.PathValue("user")]
	return u, ok
}

// Asked are the questions at callbacks so far, Hashes those of the invoices.
func (s *Service) Asked() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.asked...)
}

// LastHash is that of the invoice that was made last.
func (s *Service) LastHash() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hashes) == 0 {
		return ""
	}
	return s.hashes[len(s.hashes)-1]
}

func refuse(w http.ResponseWriter, reason string) {
	json.NewEncoder(w).Encode(map[string]string{"status": "ERROR", "reason": reason})
}

func (s *Service) first(w http.ResponseWriter, r *http.Request) {
	u, ok := s.user(r)
	switch {
	case !ok:
		refuse(w, "nobody of that name")
	case u.Move != nil && u.Move(r) != "":
		http.Redirect(w, r, u.Move(r), http.StatusFound)
	case u.Plain != "":
		io.WriteString(w, u.Plain)
	default:
		answer := map[string]any{"tag": u.Tag, "callback": "https://" + Host + "/cb/" + r.PathValue("user") + "?n=1",
			"minSendable": u.Min, "maxSendable": u.Max, "metadata": u.Metadata, "commentAllowed": u.Comment}
		if u.Payer != "" {
			answer["payerData"] = json.RawMessage(u.Payer)
		}
		if u.Tag == "withdrawRequest" {
			answer["k1"], answer["minWithdrawable"], answer["maxWithdrawable"], answer["defaultDescription"] = "one & two", u.Min, u.Max, u.Metadata
		}
		json.NewEncoder(w).Encode(answer)
	}
}

func (s *Service) callback(w http.ResponseWriter, r *http.Request) {
	u, _ := s.user(r)
	q := r.URL.Query()
	s.mu.Lock()
	s.asked = append(s.asked, q)
	s.mu.Unlock()
	if u.Tag == "withdrawRequest" {
		s.payOut(w, q)
		return
	}
	amount, err := strconv.ParseUint(q.Get("amount"), 10, 64)
	if err != nil || amount < u.Min || amount > u.Max || q.Get("n") != "1" {
		refuse(w, "not an amount of mine")
		return
	}
	answer, err := s.bill(r.Context(), u, amount, q.Get("payerdata"))
	if err != nil {
		refuse(w, err.Error())
		return
	}
	json.NewEncoder(w).Encode(answer)
}

// bill makes the invoice at the node.
func (s *Service) bill(ctx context.Context, u User, amount uint64, payer string) (map[string]any, error) {
	preimage := make([]byte, 32)
	rand.Read(preimage)
	if u.Asks != nil {
		amount = u.Asks(amount)
	}
	text := u.Metadata + payer
	if u.Hashed != "" {
		text = u.Hashed
	}
	hash := sha256.Sum256([]byte(text))
	in := map[string]any{"value_msat": fmt.Sprint(amount), "r_preimage": preimage}
	if u.Memo {
		in["memo"] = "coffee, by the invoice"
	} else {
		in["description_hash"] = hash[:]
	}
	path := "/v1/invoices"
	if u.Hold != "" {
		raw, err := hex.DecodeString(u.Hold)
		if err != nil {
			return nil, err
		}
		path = "/v2/invoices/hodl"
		delete(in, "r_preimage")
		in["hash"] = raw
	}
	var made struct {
		Hash    []byte `json:"r_hash"`
		Request string `json:"payment_request"`
	}
	if err := s.node.Call(ctx, "POST", path, in, &made); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.hashes = append(s.hashes, hex.EncodeToString(made.Hash))
	s.mu.Unlock()
	answer := map[string]any{"pr": made.Request, "routes": []any{}}
	if u.Action != nil {
		answer["successAction"] = u.Action(preimage)
	}
	return answer, nil
}

// payOut says OK and pays afterwards, as LUD-03 has it.
func (s *Service) payOut(w http.ResponseWriter, q url.Values) {
	if q.Get("k1") != "one & two" || !strings.HasPrefix(q.Get("pr"), "lnsb") {
		refuse(w, "not my secret, or no invoice")
		return
	}
	s.paying.Go(func() {
		s.node.Pay(context.Background(), lnnet.PaySpec{PaymentRequest: q.Get("pr"), FeeLimitMsat: 1000})
	})
	io.WriteString(w, `{"status":"OK"}`)
}

// Secret is an action of LUD-10: a text that the preimage opens.
func Secret(about, text string) func(preimage []byte) any {
	return func(preimage []byte) any {
		block, err := aes.NewCipher(preimage)
		if err != nil {
			panic(err) // 32 bytes of our own
		}
		iv := make([]byte, aes.BlockSize)
		rand.Read(iv)
		padding := aes.BlockSize - len(text)%aes.BlockSize
		out := []byte(text + strings.Repeat(string(rune(padding)), padding))
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
		return map[string]string{"tag": "aes", "description": about,
			"iv": base64.StdEncoding.EncodeToString(iv), "ciphertext": base64.StdEncoding.EncodeToString(out)}
	}
}

// Says is an action of other kinds.
func Says(pairs ...string) func([]byte) any {
	action := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		action[pairs[i]] = pairs[i+1]
	}
	return func([]byte) any { return action }
}
