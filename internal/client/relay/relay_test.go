package relay

import (
	"context"
	"strings"
	"testing"
	"time"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

func TestServicesAreAllServices(t *testing.T) {
	if len(services) != len(wire.Services) {
		t.Error("a service too many, or too few")
	}
	for _, name := range wire.Services {
		if services[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
}

// Without qrexec a call that is made says so; what is refused before was not
// made.
func TestRefusedBeforeTheCall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range wire.Services {
		for text, want := range map[string]wire.Code{
			`{"v":1}`:                        wire.NoQrexec,
			``:                               wire.BadRequest,
			`{}`:                             wire.BadRequest,
			`{"v":2}`:                        wire.BadRequest,
			`{"v":1,"nonsense":1}`:           wire.BadRequest,
			`{"v":1}{"v":1}`:                 wire.BadRequest,
			`[1]`:                            wire.BadRequest,
			"{\"v\":1,\"message\":\"\xff\"}": wire.BadRequest,
		} {
			answer, e := Call(context.Background(), name, []byte(text))
			if answer != nil || e == nil || e.Code != want || e.Payment != wire.NotSent {
				t.Errorf("%s %s: %+v", name, text, e)
			} else if wallet.Find(name).Window && e.Hint == "" {
				t.Errorf("%s %s: no hint", name, text)
			}
		}
	}
	if _, e := Call(context.Background(), "qpay.Other", []byte(`{"v":1}`)); e == nil || e.Code != wire.BadRequest {
		t.Errorf("%+v", e)
	}
	long := `{"v":1,"message":"` + strings.Repeat("\u2028", wire.MaxRequest/4) + `"}` // three bytes each, six when it is sent
	if _, e := Call(context.Background(), wire.ServiceSignMessage, []byte(long)); e == nil || e.Code != wire.BadRequest {
		t.Errorf("too long: %+v", e)
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		service     string
		asked, want time.Duration
	}{
		{wire.ServicePay, 0, 15 * time.Minute},
		{wire.ServicePay, time.Second, time.Second},
		{wire.ServicePay, time.Hour, 15 * time.Minute},
		{wire.ServiceGetInfo, 0, time.Minute},
		{wire.ServiceGetInfo, 15 * time.Minute, time.Minute},
		{"qpay.Other", -1, time.Minute},
	} {
		if got := Limit(c.service, c.asked); got != c.want {
			t.Errorf("%s, %s: %s", c.service, c.asked, got)
		}
	}
}
