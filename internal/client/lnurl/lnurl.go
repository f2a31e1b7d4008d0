// Package lnurl is stage 3, in the asking qube, untrusted: it asks LNURL
// services and Lightning addresses for invoices, and gives them invoices to
// withdraw by. LUD-01, 03, 06, 09, 10, 12, 16, 17, 18 and 20.
//
// What a service may do to us is bounded in fetch.go (size, time, redirects)
// and guard.go (where connections go). What it may say is read in pay.go,
// action.go and withdraw.go. Whatever it says, the person decides in the
// wallet's window; a wrong word here costs at most that question. All
// refusals are *wire.Error; refuse.go has those that several places share.
package lnurl

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"qpay/internal/client/uri"
	"qpay/internal/money"
	"qpay/internal/wire"
)

// Client asks services. It keeps nothing from one question to the next: no
// cookies, no connections.
type Client struct{ http *http.Client }

// Service is what a link leads to: exactly one of the two is there.
type Service struct {
	Pay      *Pay
	Withdraw *Withdraw
}

// head is what every first answer may have.
type head struct {
	Tag      string `json:"tag"`
	Callback string `json:"callback"`
}

// tags of first answers, by the kind of link that may lead to them.
const (
	tagPay      = "payRequest"
	tagWithdraw = "withdrawRequest"
	tagChannel  = "channelRequest"
	tagLogin    = "login"
)

// Open asks the service of a link or address what it is for. The target is of
// any kind but an invoice.
func (c *Client) Open(ctx context.Context, t uri.Target) (*Service, *wire.Error) {
	if t.URL == nil {
		return nil, unsupported("This is no link to a service.", "qpay pay takes it")
	}
	if t.URL.Query().Get("tag") == tagLogin {
		return nil, login()
	}
	body, e := c.get(ctx, t.URL)
	if e != nil {
		return nil, e
	}
	var h head
	if json.Unmarshal(body, &h) != nil {
		return nil, notLNURL()
	}
	if e := fits(t.Kind, h.Tag); e != nil {
		return nil, e
	}
	callback, e := callbackURL(h.Callback)
	if e != nil {
		return nil, e
	}
	name := t.Address
	if name == "" {
		name = t.URL.Hostname()
	}
	s := service{client: c, callback: callback, Name: name}
	if h.Tag == tagWithdraw {
		w, e := readWithdraw(s, body)
		return &Service{Withdraw: w}, e
	}
	p, e := readPay(s, body)
	return &Service{Pay: p}, e
}

// fits refuses what qpay does not do, and what the link did not announce: who
// wants to pay must not be asked for an invoice.
func fits(k uri.Kind, tag string) *wire.Error {
	switch tag {
	case tagLogin:
		return login()
	case tagChannel:
		return unsupported("The service wants to open a channel, which qpay does not do.", "open channels at the node")
	case tagPay:
		if k == uri.Withdraw {
			return badAnswer("The link is for a withdrawal, and the service wants to be paid.")
		}
		return nil
	case tagWithdraw:
		if k == uri.Pay || k == uri.Address {
			return badAnswer("The link is for a payment, and the service offers a withdrawal.")
		}
		return nil
	case "":
		return notLNURL()
	}
	return unsupported("The service wants something that qpay does not know: "+quote(tag)+".", "qpay pays by LNURL and withdraws by it")
}

// service is what the two kinds share.
type service struct {
	client   *Client
	callback *url.URL
	Name     string // the Lightning address, or the domain of the link
}

// callbackURL checks the address that the service wants to be called at.
func callbackURL(untrusted string) (*url.URL, *wire.Error) {
	u, err := url.Parse(untrusted)
	if err != nil || untrusted == "" {
		return nil, badAnswer("The service gave no address to call.")
	}
	if err := allowed(u); err != nil {
		return nil, unsafe("The service wants to be called at an address that is not https, or that is none.")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// call asks at the callback, with parameters behind those it has already.
func (s service) call(ctx context.Context, parameters ...string) ([]byte, *wire.Error) {
	u, query := *s.callback, []string(nil)
	if u.RawQuery != "" {
		query = append(query, u.RawQuery)
	}
	for i := 0; i < len(parameters); i += 2 {
		value := strings.ReplaceAll(url.QueryEscape(parameters[i+1]), "+", "%20") // + is not a space to all of them
		query = append(query, parameters[i]+"="+value)
	}
	u.RawQuery = strings.Join(query, "&")
	return s.client.get(ctx, &u)
}

// limits are the amounts that a service takes.
type limits struct{ Min, Max money.Msat }

// Whole are the limits in whole satoshi, which services do not round; the
// limits themselves if there is no whole satoshi within them.
func (l limits) Whole() (least, most money.Msat) {
	least, most = (l.Min+money.PerSat-1)/money.PerSat*money.PerSat, l.Max/money.PerSat*money.PerSat
	if least > most {
		return l.Min, l.Max
	}
	return least, most
}

// within refuses an amount that is outside of them.
func (l limits) within(m money.Msat, does, nothing string) *wire.Error {
	if m < l.Min || m > l.Max {
		return badChoice("The service does not "+does+" "+m.String()+".", nothing+"; its limits: "+l.String())
	}
	return nil
}

func (l limits) String() string {
	least, most := l.Whole()
	if least == most {
		return "exactly " + least.String()
	}
	return "from " + least.String() + " to " + most.String()
}

// readLimits takes the limits of an answer. Above what can exist there is no
// limit needed.
func readLimits(least, most *uint64) (limits, *wire.Error) {
	if least == nil || most == nil || *least > *most || *most == 0 || *least > uint64(money.Max) {
		return limits{}, badAnswer("The service takes no amount that could be.")
	}
	return limits{Min: money.Msat(max(*least, 1)), Max: money.Msat(min(*most, uint64(money.Max)))}, nil
}
