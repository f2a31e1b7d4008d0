package lnurl

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"qpay/internal/wire"
)

// maxBody bounds an answer; the metadata of an address may have a picture.
const maxBody = 256 << 10

// get asks at an address and returns the JSON object that was answered. Neither
// the status nor the type of an answer counts (LUD-01), only what it says.
func (c *Client) get(ctx context.Context, u *url.URL) ([]byte, *wire.Error) {
	if allowed(u) != nil {
		return nil, unsafe("The service is not reached by https.")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, badAnswer("The service gave an address that is none.")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "qpay")
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(ctx, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, unreachable(ctx, err)
	case len(body) > maxBody:
		return nil, badAnswer("The service answered far more than it should.")
	case !utf8.Valid(body): // encoding/json would change it in silence
		return nil, notLNURL()
	}
	return body, refused(body)
}

// refused is the error that a service answers in its own words.
func refused(body []byte) *wire.Error {
	var a struct {
		Status string
		Reason any
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil || json.Unmarshal(body, &a) != nil {
		return notLNURL()
	}
	if !strings.EqualFold(a.Status, "ERROR") {
		return nil
	}
	reason, _ := a.Reason.(string)
	if strings.TrimSpace(reason) == "" {
		return wire.New(wire.ServiceRefused, "The service refused and gave no reason.", "ask the service what is wrong")
	}
	return wire.New(wire.ServiceRefused, "The service refused: "+quote(reason)+".", "those are its own words; ask it what they mean")
}

// ok says whether an answer that has nothing to tell says OK.
func ok(body []byte) bool {
	var a struct{ Status string }
	return json.Unmarshal(body, &a) == nil && strings.EqualFold(a.Status, "OK")
}

// timeout tells a service that is slow from one that is not there.
func timeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
