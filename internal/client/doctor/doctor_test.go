package doctor

import (
	"context"
	"errors"
	"testing"

	"qpay/internal/client/wallet"
	"qpay/internal/wire"
)

// What a service with a window is sent is no request to any server, of
// whatever type it takes it to be.
func TestProbesOpenNoWindow(t *testing.T) {
	for _, s := range wallet.Services {
		line, err := wire.Encode(question(s.Name))
		if err != nil {
			t.Fatal(err)
		}
		_, pay := wire.DecodeRequest[wire.PayRequest](line)
		_, make := wire.DecodeRequest[wire.MakeInvoiceRequest](line)
		_, sign := wire.DecodeRequest[wire.SignMessageRequest](line)
		_, send := wire.DecodeRequest[wire.KeysendRequest](line)
		if s.Window && (pay == nil || make == nil || sign == nil || send == nil) {
			t.Errorf("%s is sent a request: %s", s.Name, line)
		}
	}
}

// No check hides a fault: each answer of a service leads to the state that it
// should, and a fault has an error for the exit code.
func TestJudge(t *testing.T) {
	for code, want := range map[wire.Code]State{
		wire.BadRequest: OK, wire.BadMessage: OK, wire.NoInvoice: OK, wire.SwitchedOff: Off, wire.PolicyRefused: Off,
		wire.NoService: Fail, wire.NotConfigured: Fail, wire.NodeUnreachable: Fail, wire.NoAnswer: Fail, wire.ClientTimeout: Fail,
		wire.Internal: Fail, "of_next_year": Fail,
	} {
		d := Doctor{Send: func(context.Context, string, []byte) ([]byte, error) {
			return nil, &wire.Error{Code: code, Message: "M.", Payment: wire.Unknown}
		}}
		_, e := d.probe(context.Background(), wire.ServiceMakeInvoice)
		c := judge(wallet.Find(wire.ServiceMakeInvoice), e)
		if c.State != want || (c.State == Fail) != (c.Error != nil) {
			t.Errorf("%s: %+v, want %s", code, c, want)
		}
		if c.Error != nil && c.Error.Payment != wire.NotSent {
			t.Errorf("%s: a probe left it open whether something was paid", code)
		}
	}
}

func TestNoErrorOfThePipeIsLost(t *testing.T) {
	d := Doctor{Send: func(context.Context, string, []byte) ([]byte, error) { return nil, errors.New("no pipe") }}
	if _, e := d.probe(context.Background(), wire.ServicePay); e == nil || e.Code != wire.NoAnswer {
		t.Errorf("%+v", e)
	}
}
