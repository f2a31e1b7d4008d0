package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// startChromium starts the browser itself and lets chromedriver join it, so
// that both end with this process, and so that no switch of automation is set.
func (b *Browser) startChromium(ctx context.Context, program string, o Options) error {
	profile := o.ChromiumProfile()
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return err
	}
	active := filepath.Join(profile, "DevToolsActivePort")
	_ = os.Remove(active) // of an earlier run
	args := append(ChromiumArgs(profile), "--remote-debugging-port=0", "--disable-popup-blocking", "--ignore-certificate-errors", "--test-type")
	if o.Extensions != nil {
		all := strings.Join(o.Extensions, ",")
		args = append(args, "--load-extension="+all, "--disable-extensions-except="+all)
	}
	var rules []string
	for _, name := range o.Names {
		rules = append(rules, "MAP "+name+" 127.0.0.1")
	}
	if rules != nil {
		args = append(args, "--host-resolver-rules="+strings.Join(rules, ","))
	}
	p, err := b.run(o, program, append(append(args, o.Args...), "about:blank")...)
	if err != nil {
		return err
	}
	var address string
	if err := poll(ctx, p, func() error {
		text, err := os.ReadFile(active)
		port, _, ok := strings.Cut(string(text), "\n")
		if err == nil && !ok {
			err = fmt.Errorf("%s: %q", active, text)
		}
		address = "127.0.0.1:" + port
		return err
	}); err != nil {
		return err
	}
	return b.join(ctx, o, address)
}

// ChromiumProfile is the folder of its profile, also for a native messaging
// manifest.
func (o Options) ChromiumProfile() string { return filepath.Join(o.Dir, "chromium") }

// ChromiumArgs start it with a profile, so that it asks nobody anything.
func ChromiumArgs(profile string) []string {
	args := []string{
		"--user-data-dir=" + profile, "--no-first-run", "--no-default-browser-check", "--password-store=basic",
		"--use-mock-keychain", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-client-side-phishing-detection", "--disable-gpu", "--disable-dev-shm-usage",
		// A window behind another one is throttled, and no screen shows these.
		"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--disable-background-timer-throttling",
	}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	return args
}

// join starts chromedriver and makes it the driver of a running browser.
func (b *Browser) join(ctx context.Context, o Options, address string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	p, err := b.run(o, "chromedriver", "--port="+strconv.Itoa(port))
	if err != nil {
		return err
	}
	d := &chromedriver{base: fmt.Sprintf("http://127.0.0.1:%d", port), client: &http.Client{Transport: &http.Transport{}}}
	b.wire = d
	if err := poll(ctx, p, func() error {
		return d.request(ctx, "GET", "/status", nil, nil)
	}); err != nil {
		return err
	}
	var session struct{ SessionID string }
	err = d.request(ctx, "POST", "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName": "chrome", "unhandledPromptBehavior": "ignore",
		"goog:chromeOptions": map[string]any{"debuggerAddress": address, "enableExtensionTargets": true},
	}}}, &session)
	d.base += "/session/" + session.SessionID
	return err
}

// freePort is one that nobody listens at, a moment ago: chromedriver can be
// told one only.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// chromedriver speaks WebDriver over HTTP.
type chromedriver struct {
	base   string
	client *http.Client
}

func (d *chromedriver) close() { d.client.CloseIdleConnections() }

func (d *chromedriver) do(ctx context.Context, c command, params map[string]any, out any) error {
	path := c.path
	if id, ok := params["id"].(string); ok {
		path = strings.ReplaceAll(path, "{id}", id)
	}
	if params == nil && c.method == "POST" {
		params = map[string]any{}
	}
	return d.request(ctx, c.method, path, params, out)
}

func (d *chromedriver) request(ctx context.Context, method, path string, params map[string]any, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var body io.Reader
	if params != nil && method == "POST" {
		text, err := json.Marshal(params)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.base+path, body)
	if err != nil {
		return err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer resp.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s %s: %s: %w", method, path, resp.Status, err)
	}
	if resp.StatusCode != http.StatusOK {
		var e struct{ Error, Message string }
		_ = json.Unmarshal(answer.Value, &e)
		message, _, _ := strings.Cut(e.Message, "\n")
		return fmt.Errorf("%s %s: %s: %s", method, path, e.Error, message)
	}
	return decode(answer.Value, out)
}
