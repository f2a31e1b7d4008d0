package uri

import (
	"net"
	"net/url"
	"regexp"
	"strings"

	"qpay/internal/wire"
)

// schemes of LUD-17.
const (
	schemePay      = "lnurlp"
	schemeWithdraw = "lnurlw"
	schemeChannel  = "lnurlc"
	schemeAuth     = "keyauth"
)

// lud17 says with which of them a text begins.
func lud17(text string) (scheme string, ok bool) {
	for _, s := range []string{schemePay, schemeWithdraw, schemeChannel, schemeAuth} {
		if _, ok := after(text, s+":"); ok {
			return s, true
		}
	}
	return "", false
}

// link is what follows a scheme of LUD-17 and its colon. Only the host may be
// put in small letters: the path is the service's.
func link(scheme, rest string) (Target, *wire.Error) {
	switch scheme {
	case schemeAuth:
		return Target{}, login()
	case schemeChannel:
		return Target{}, channel()
	}
	rest = strings.TrimPrefix(rest, "//")
	host, _, _ := strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, "?")
	u, e := web(secure(host) + "://" + rest)
	if e != nil {
		return Target{}, e
	}
	if scheme == schemeWithdraw {
		return Target{Kind: Withdraw, URL: u}, nil
	}
	return Target{Kind: Pay, URL: u}, nil
}

// secure is the scheme for a host: Tor hides and proves what is below .onion.
func secure(hostport string) string {
	host, _, _ := strings.Cut(strings.ToLower(hostport), ":")
	if strings.HasSuffix(host, ".onion") {
		return "http"
	}
	return "https"
}

// lnurl is a text that begins with lnurl1 (LUD-01).
func lnurl(text string) (Target, *wire.Error) {
	const again = "copy or scan it anew"
	small, ok := oneCase(text)
	if !ok {
		return Target{}, bad("The LNURL mixes capitals and small letters.", again)
	}
	prefix, groups, ok := split(small)
	address, whole := octets(groups)
	if !ok || !whole || prefix != "lnurl" {
		return Target{}, bad("The LNURL is cut short or has a typing error.", again)
	}
	u, e := web(string(address))
	if e != nil {
		return Target{}, e
	}
	return Target{Kind: LNURL, URL: u, bech32: small}, nil
}

// fallback is the LNURL in a link to a web page that LUD-01 describes:
// https://…?lightning=LNURL1….
func fallback(text string) (string, bool) {
	_, secure := after(text, "https://")
	_, plain := after(text, "http://")
	page, _, _ := strings.Cut(text, "#")
	_, query, _ := strings.Cut(page, "?")
	if !secure && !plain {
		return "", false
	}
	for p := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(p, "=")
		if _, ok := after(value, "lnurl1"); ok && strings.EqualFold(key, "lightning") {
			return value, true
		}
	}
	return "", false
}

var (
	hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	number   = regexp.MustCompile(`^[0-9]{1,5}$`)
)

// web checks the address of a service.
func web(untrusted string) (*url.URL, *wire.Error) {
	if !printable(untrusted) || strings.Contains(untrusted, " ") {
		return nil, bad("The LNURL holds characters that no web address has.", "the service made it wrongly: tell it so")
	}
	u, err := url.Parse(untrusted)
	if err != nil || u.Opaque != "" || u.Host == "" || u.User != nil {
		return nil, bad("The LNURL holds no web address.", "the service made it wrongly: tell it so")
	}
	u.Host, u.Fragment, u.RawFragment = strings.ToLower(u.Host), "", ""
	host, port := u.Hostname(), u.Port()
	isName := hostName.MatchString(host) && len(host) <= 253
	if !isName && net.ParseIP(host) == nil || port != "" && !number.MatchString(port) || strings.HasSuffix(u.Host, ":") {
		return nil, bad("The LNURL holds no proper host name.", "a name with other letters has to be written in punycode (xn--…)")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || secure(u.Host) != "http") {
		return nil, insecure()
	}
	if u.Query().Get("tag") == "login" {
		return nil, login()
	}
	return u, nil
}

// One tag is of the newer text of LUD-16.
var user = regexp.MustCompile(`^[a-z0-9._-]+(\+[a-z0-9._-]+)?$`)

// address is user@host, in small letters. Both become parts of a URL, so
// nothing may be in them that would lead the request elsewhere.
func address(text string) (Target, *wire.Error) {
	name, host, _ := strings.Cut(text, "@")
	last := host[strings.LastIndexByte(host, '.')+1:]
	dots := strings.Trim(name, ".") == ""
	if !user.MatchString(name) || dots || len(name) > 64 || len(host) > 253 || !hostName.MatchString(host) ||
		!strings.Contains(host, ".") || strings.Trim(last, "0123456789") == "" || last == "localhost" {
		return Target{}, bad("This is no Lightning address.", "one looks like name@example.org: no port, no path, small letters, digits and . _ - in the name")
	}
	u := &url.URL{Scheme: secure(host), Host: host, Path: "/.well-known/lnurlp/" + name}
	return Target{Kind: Address, URL: u, Address: text}, nil
}
