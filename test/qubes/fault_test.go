package qubes

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	s := set(t, nil)
	for _, c := range []struct {
		fault Fault
		want  result
		ran   bool
	}{
		{Fault{}, result{"hello\n", "", 0}, true},
		{Fault{Kind: Refuse}, result{"", "Request refused\n", 126}, false},
		{Fault{Kind: Missing}, result{"", "", 127}, false},
		{Fault{Kind: HalfAnswer}, result{"hel", "", 137}, true},
		{Fault{Kind: JunkBefore}, result{Junk + "hello\n", "", 0}, true},
		{Fault{Kind: JunkAfter}, result{"hello\n" + Junk, "", 0}, true},
		{Fault{Kind: NoAnswer}, result{"", "", 0}, true},
		{Fault{Kind: SecondLine}, result{"hello\nhello\n", "", 0}, true},
		{Fault{Delay: 200 * time.Millisecond}, result{"hello\n", "", 0}, true},
	} {
		s.must(s.SetFault("test.Echo", c.fault))
		begun := time.Now()
		if got := s.call("personal", "@default", "test.Echo", "hello\n"); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.fault, got, c.want)
		}
		if time.Since(begun) < c.fault.Delay {
			t.Errorf("%+v: no delay", c.fault)
		}
		last := s.Calls()[len(s.Calls())-1]
		if ran := !last.Started.IsZero(); ran != c.ran {
			t.Errorf("%+v: service ran: %v", c.fault, ran)
		}
	}
}

func TestFaultHang(t *testing.T) {
	s := set(t, nil)
	s.must(s.SetFault("test.Echo", Fault{Kind: Hang}))
	cmd := s.Command(s.ctx, "personal", "qrexec-client-vm", "@default", "test.Echo")
	s.must(cmd.Start())
	c, err := s.Wait(s.ctx, func(c Call) bool { return c.Target == "lightningvm" })
	s.must(err)
	time.Sleep(100 * time.Millisecond)
	if c = s.Calls()[0]; !c.Ended.IsZero() || !c.Started.IsZero() {
		t.Errorf("%+v", c)
	}
	s.must(cmd.Process.Kill())
	cmd.Wait()
	c, err = s.WaitEnded(s.ctx, c.ID)
	s.must(err)
	if !c.Gone {
		t.Errorf("%+v", c)
	}
}

// The machine reads policy and tags for each call.
func TestPolicyIsReadForEachCall(t *testing.T) {
	asked := 0
	s := set(t, func(o *Options, so *ServerOptions) {
		o.Ask = func(q Question) bool {
			asked++
			return q == Question{"personal", "test.Echo", "lightningvm"} && asked == 1
		}
	})
	expect := func(what string, rc int) {
		t.Helper()
		if got := s.call("personal", "@default", "test.Echo", "x\n"); got.rc != rc {
			t.Errorf("%s: %+v, want code %d", what, got, rc)
		}
	}
	expect("enrolled", 0)
	s.must(s.ClearTag("personal", "qpay-client"))
	expect("no longer enrolled", 126)
	s.must(s.SetTag("personal", "qpay-client"))
	expect("enrolled again", 0)
	s.must(s.WritePolicy("20-user.policy", "test.Echo + @anyvm @default ask target=lightningvm\n"))
	expect("the person says yes", 0)
	expect("the person says no", 126)
	s.must(s.WritePolicy("20-user.policy", "test.Echo + @anyvm @default deny\n"))
	expect("the user's deny", 126)
	s.must(s.WritePolicy("20-user.policy", ""))
	s.must(s.WritePolicy("99-other.policy", "test.Other + @anyvm @default deny # a comment behind a rule\n"))
	expect("a malformed file elsewhere", 126)
	s.must(os.Remove(filepath.Join(s.PolicyDir(), "99-other.policy")))
	expect("mended", 0)
}

func TestAskWithNobodyThere(t *testing.T) {
	s := set(t, nil)
	s.must(s.WritePolicy("20-user.policy", "test.Echo + @anyvm @default ask target=lightningvm\n"))
	if got := s.call("personal", "@default", "test.Echo", "x\n"); got.rc != 126 {
		t.Errorf("%+v", got)
	}
}

// The shipped policy with the names of the real services: the way of a call as
// a test of qpay itself sets it up.
func TestShippedPolicyEndToEnd(t *testing.T) {
	shipped, err := ShippedPolicy()
	if err != nil {
		t.Fatal(err)
	}
	s := set(t, func(o *Options, so *ServerOptions) {
		o.PolicyFiles = []string{shipped}
		so.Services = map[string]string{"qpay.Pay": "/bin/cat", "qpay.Keysend": "/bin/cat", "qpay.Other": "/bin/cat"}
	})
	s.must(os.Remove(filepath.Join(s.PolicyDir(), "30-test.policy")))
	for _, c := range []struct {
		qube, target, service string
		rc                    int
	}{
		{"personal", "@default", "qpay.Pay", 0},
		{"personal", "@default", "qpay.Pay+", 0},
		{"personal", "@default", "qpay.Pay+x", 126},
		{"personal", "lightningvm", "qpay.Pay", 126},
		{"personal", "@default", "qpay.Keysend", 126},
		{"personal", "@default", "qpay.Other", 126},
		{"untrusted", "@default", "qpay.Pay", 126},
		{"lightningvm", "@default", "qpay.Pay", 126},
	} {
		if got := s.call(c.qube, c.target, c.service, "x\n"); got.rc != c.rc || (got.out == "x\n") != (c.rc == 0) {
			t.Errorf("%+v: %+v", c, got)
		}
	}
	s.must(s.SetTag("lightningvm", "qpay-client"))
	if got := s.call("lightningvm", "@default", "qpay.Pay", "x\n"); got.rc != 126 {
		t.Errorf("lightningvm called itself: %+v", got)
	}
}
