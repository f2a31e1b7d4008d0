package camera

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
)

// Call is one call of the Admin API.
type Call struct{ Method, Arg, Dest, Payload string }

func (c Call) String() string {
	s := strings.TrimPrefix(c.Method, "admin.vm.") + " " + c.Dest
	if c.Arg != "" {
		s += " " + c.Arg
	}
	if c.Payload != "" {
		s += " " + c.Payload
	}
	return s
}

// Reply is an answer: data, or an error by its type. Drop ends the connection
// without a word.
type Reply struct {
	Data, Error string
	Drop        bool
}

// text that an error carries, which must never reach the person.
const errorText = "<b>quoted from the qube</b>\x1b[31m"

// Serve answers on a socket until the context ends. A request over what qubesd
// reads, or one without an end, gets no answer.
func (m *Machine) Serve(ctx context.Context, socket string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "unix", socket)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request, err := io.ReadAll(io.LimitReader(conn, 65537))
				if err == nil && len(request) <= 65536 {
					_, _ = conn.Write(m.answer(request))
				}
			}()
		}
	}()
	return nil
}

// The words as qubesd splits them: METHOD+ARG SOURCE name DEST NUL PAYLOAD.
func (m *Machine) answer(request []byte) []byte {
	head, payload, ok := bytes.Cut(request, []byte{0})
	words := strings.SplitN(string(head), " ", 4)
	if !ok || len(words) != 4 || words[1] != "dom0" || words[2] != "name" {
		return nil
	}
	method, arg, _ := strings.Cut(words[0], "+")
	r := m.reply(Call{method, arg, words[3], string(payload)})
	switch {
	case r.Drop:
		return nil
	case r.Error == "ProtocolError" || r.Error == "PermissionDenied":
		if m.Version == "4.2" {
			return nil
		}
		fallthrough
	case r.Error != "":
		return fmt.Appendf(nil, "2\x00%s\x00\x00%s\x00", r.Error, errorText)
	}
	return []byte("0\x00" + r.Data)
}

func (m *Machine) reply(c Call) Reply {
	m.mu.Lock()
	hook := m.hook
	m.mu.Unlock()
	if hook != nil {
		if r := hook(c); r != nil {
			return *r
		}
	}
	return m.Handle(c)
}

var deviceCall = regexp.MustCompile(`^admin\.vm\.device\.(pci|usb|webcam)\.([A-Z][a-z]+)$`)

// Handle is what qubesd does with a call, past the hook.
func (m *Machine) Handle(c Call) Reply {
	m.mu.Lock()
	defer m.mu.Unlock()
	q := m.qubes[c.Dest]
	if q == nil {
		return Reply{Error: "QubesVMNotFoundError"}
	}
	if d := deviceCall.FindStringSubmatch(c.Method); d != nil {
		if d[1] == "webcam" && m.Version == "4.2" {
			return Reply{Error: "ProtocolError"}
		}
		return m.device(c, q, d[1], d[2])
	}
	switch c.Method {
	case "admin.vm.List":
		return Reply{Data: m.list()}
	case "admin.deviceclass.List":
		if m.Version == "4.2" {
			return Reply{Data: "pci\nblock\nusb\nmic\n"}
		}
		return Reply{Data: "block\nmic\npci\nusb\nwebcam\n"}
	case "admin.vm.tag.Get":
		for _, tag := range q.Tags {
			if tag == c.Arg {
				return Reply{Data: "1"}
			}
		}
		return Reply{Data: "0"}
	case "admin.vm.feature.CheckWithTemplate":
		if v, ok := q.Features[c.Arg]; ok {
			return Reply{Data: v}
		}
		return Reply{Error: "QubesFeatureNotFoundError"}
	case "admin.vm.Start", "admin.vm.Unpause":
		m.calls = append(m.calls, c.String())
		return q.power(c.Method)
	}
	return Reply{Error: "ProtocolError"}
}

func (q *Qube) power(method string) Reply {
	from := map[string]string{"admin.vm.Start": "Halted", "admin.vm.Unpause": "Paused"}[method]
	switch {
	case q.State != from && from == "Halted":
		return Reply{Error: "QubesVMNotHaltedError"}
	case q.State != from:
		return Reply{Error: "QubesVMNotPausedError"}
	case q.Stubborn:
		return Reply{Error: "QubesException"}
	}
	q.State = "Running"
	return Reply{}
}
