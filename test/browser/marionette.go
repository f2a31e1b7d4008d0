package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// marionette is Firefox's own protocol: frames of a decimal length, a colon and
// JSON; [0, id, name, params] there, [1, id, error, result] back.
type marionette struct {
	conn net.Conn
	in   *bufio.Reader
	mu   sync.Mutex
	id   int
}

func dialMarionette(ctx context.Context, port string) (*marionette, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", "127.0.0.1:"+port)
	if err != nil {
		return nil, err
	}
	m := &marionette{conn: conn, in: bufio.NewReader(conn)}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := m.frame(); err != nil { // it greets
		conn.Close()
		return nil, err
	}
	return m, conn.SetDeadline(time.Time{})
}

func (m *marionette) close() { m.conn.Close() }

func (m *marionette) frame() ([]byte, error) {
	size, err := m.in.ReadString(':')
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
	if err != nil || n < 0 || n > 64<<20 {
		return nil, fmt.Errorf("marionette: a frame of %q bytes", size)
	}
	text := make([]byte, n)
	_, err = io.ReadFull(m.in, text)
	return text, err
}

func (m *marionette) do(ctx context.Context, c command, params map[string]any, out any) error {
	return m.call(ctx, c.marionette, params, out)
}

// call is one command. Where the context ends first, the connection is of no
// more use: the answer would come to the next one.
func (m *marionette) call(ctx context.Context, name string, params map[string]any, out any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	stop := context.AfterFunc(ctx, func() { _ = m.conn.SetDeadline(time.Now()) })
	defer stop()
	m.id++
	if params == nil {
		params = map[string]any{}
	}
	text, err := json.Marshal([]any{0, m.id, name, params})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		return fmt.Errorf("%s: %w", name, errors.Join(err, ctx.Err()))
	}
	answer, err := m.frame()
	if err != nil {
		return fmt.Errorf("%s: %w", name, errors.Join(err, ctx.Err()))
	}
	var parts [4]json.RawMessage
	if err := json.Unmarshal(answer, &parts); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if string(parts[1]) != strconv.Itoa(m.id) {
		return fmt.Errorf("%s: the answer to %s, not to %d", name, parts[1], m.id)
	}
	if problem := string(parts[2]); problem != "null" {
		var e struct{ Error, Message string }
		_ = json.Unmarshal(parts[2], &e)
		return fmt.Errorf("%s: %s: %s", name, e.Error, e.Message)
	}
	// A single value is wrapped, a list and an object of several are not.
	var wrapped map[string]json.RawMessage
	if json.Unmarshal(parts[3], &wrapped) == nil && len(wrapped) == 1 && wrapped["value"] != nil {
		return decode(wrapped["value"], out)
	}
	return decode(parts[3], out)
}
