package doctor

import (
	"errors"
	"strings"
	"testing"

	"qpay/internal/client/handler"
)

func TestLinks(t *testing.T) {
	both := func(a, b string) []handler.Handler {
		return []handler.Handler{{Scheme: "lightning", Program: a, Ours: a == handler.Desktop}, {Scheme: "lnurlp", Program: b, Ours: b == handler.Desktop}}
	}
	for name, c := range map[string]struct {
		all  []handler.Handler
		err  error
		want State
		says string
	}{
		"qpay":        {both(handler.Desktop, handler.Desktop), nil, OK, "qpay opens links of lightning:, lnurlp:"},
		"one is not":  {both("other.desktop", handler.Desktop), nil, Off, "lightning: by other.desktop"},
		"nothing":     {both("", ""), nil, Off, "lightning: by nothing, lnurlp: by nothing"},
		"cannot tell": {nil, &handler.Error{Message: "neither", Hint: "install"}, Off, "neither"},
		"any failure": {nil, errors.New("failure"), Off, "failure"},
	} {
		got := Links(c.all, c.err)
		if got.State != c.want || !strings.Contains(got.Message, c.says) || (got.By == byDesktop) != (c.want == Off) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
