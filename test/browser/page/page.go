// Package page is a server of web pages on this machine's loopback for tests in
// real browsers, and the other end of what runs in them: a test hands code to
// an open page and gets back what it returned or threw. No driver of a browser
// takes part in that, so it works in a browser that nothing automates, and
// however a hostile page has bent its own globals.
package page

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed agent.js
var agent string

// Server serves pages at http://localhost:PORT, at every other name that leads
// there, and at a second port by https, with a certificate of nobody's.
type Server struct {
	plain, tls *httptest.Server

	mu    sync.Mutex
	next  int
	pages map[string]*Page
	jobs  map[int]*Job
	files map[string]http.HandlerFunc
}

// NewServer starts one.
func NewServer() *Server {
	s := &Server{pages: map[string]*Page{}, jobs: map[int]*Job{}, files: map[string]http.HandlerFunc{}}
	s.plain, s.tls = httptest.NewServer(s), httptest.NewUnstartedServer(s)
	s.tls.Config.ErrorLog = quiet // a browser says that it does not know the certificate
	s.tls.StartTLS()
	return s
}

// Close ends it.
func (s *Server) Close() {
	for _, server := range []*httptest.Server{s.plain, s.tls} {
		server.CloseClientConnections()
		server.Close()
	}
}

// Port is that of http.
func (s *Server) Port() int { return s.plain.Listener.Addr().(*net.TCPAddr).Port }

// Origin is that of the pages: a secure one, since it is this machine.
func (s *Server) Origin() string { return s.At("localhost") }

// At is the origin by another name.
func (s *Server) At(host string) string { return fmt.Sprintf("http://%s:%d", host, s.Port()) }

// Secure is the origin of https by a name.
func (s *Server) Secure(host string) string {
	return fmt.Sprintf("https://%s:%d", host, s.tls.Listener.Addr().(*net.TCPAddr).Port)
}

// SecureAddress is where https is served.
func (s *Server) SecureAddress() string { return s.tls.Listener.Addr().String() }

// Handle serves something at a path, beside the pages.
func (s *Server) Handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = h
}

// Page is one page. It can be open once.
type Page struct {
	s    *Server
	name string
	html string
	Type string // its media type; HTML if empty
	jobs chan []byte
}

// New makes a page. Its head comes before everything, the page's way to tell
// the test included; what goes there is code the tests look at, such as what a
// hostile page does to its globals first.
func (s *Server) New(head, body string) *Page {
	p := s.Raw("<!doctype html><html lang=en><head><meta charset=utf-8><title>a page</title>\n" +
		"<script src=/agent.js></script>\n" + head + "</head><body>" + body + "</body></html>")
	return p
}

// Raw makes a page of exactly this text. It may load /agent.js or not.
func (s *Server) Raw(html string) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	p := &Page{s: s, name: "page-" + strconv.Itoa(s.next), html: html, jobs: make(chan []byte, 100)}
	s.pages[p.name] = p
	return p
}

// Path is the page's path at any of the origins.
func (p *Page) Path() string { return "/" + p.name }

// URL is its usual address.
func (p *Page) URL() string { return p.s.Origin() + p.Path() }

// Job is code that runs in a page, or did.
type Job struct {
	s    *Server
	id   int
	code string
	done chan Result
}

// Result is what became of it.
type Result struct {
	Value   json.RawMessage
	Nothing bool // it returned undefined
	Error   *Error
}

// Error is what the code threw, as the page sees it.
type Error struct {
	Name, Message string
	Code          string // qpay's own
	Payment       string
	Error         bool // an instance of the page's Error
}

func (e *Error) String() string {
	return fmt.Sprintf("%s (%s, %s): %s", e.Name, e.Code, e.Payment, e.Message)
}

// Start has code run in the page, as the body of an async function; the
// arguments, which become JSON, are $1, $2 and so on.
func (p *Page) Start(code string, args ...any) *Job {
	s := p.s
	s.mu.Lock()
	s.next++
	j := &Job{s: s, id: s.next, code: code, done: make(chan Result, 1)}
	s.jobs[j.id] = j
	s.mu.Unlock()
	if args == nil {
		args = []any{}
	}
	for i := range args {
		code = fmt.Sprintf("const $%d = $[%d]; ", i+1, i) + code
	}
	text, err := json.Marshal(map[string]any{"id": j.id, "code": code, "args": args})
	if err != nil {
		panic(err) // the test's own arguments
	}
	p.jobs <- text
	return j
}

// Wait waits for its end.
func (j *Job) Wait(ctx context.Context) (Result, error) {
	select {
	case r := <-j.done:
		j.done <- r // for whoever asks again
		return r, nil
	case <-ctx.Done():
		return Result{}, fmt.Errorf("the page has no result of %q: %w", j.code, ctx.Err())
	}
}

// Pending says that it has not ended.
func (j *Job) Pending() bool { return len(j.done) == 0 }

// Run is Start and Wait; what the code throws is an error.
func (p *Page) Run(ctx context.Context, out any, code string, args ...any) error {
	r, err := p.Start(code, args...).Wait(ctx)
	switch {
	case err != nil:
		return err
	case r.Error != nil:
		return errors.New(r.Error.String())
	case out == nil:
		return nil
	}
	return json.Unmarshal(r.Value, out)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	dir, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	s.mu.Lock()
	page, file := s.pages[dir], s.files[r.URL.Path]
	if dir == "next" {
		page = s.pages[name]
	}
	s.mu.Unlock()
	switch {
	case file != nil:
		file(w, r)
	case dir == "agent.js":
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, agent)
	case page != nil && dir == "next":
		page.hand(w, r)
	case page != nil:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if page.Type != "" {
			w.Header().Set("Content-Type", page.Type)
		}
		_, _ = io.WriteString(w, page.html)
	case dir == "done":
		s.take(name, r)
	default:
		http.NotFound(w, r)
	}
}

// hand gives the page the next job, or nothing after a while.
func (p *Page) hand(w http.ResponseWriter, r *http.Request) {
	select {
	case text := <-p.jobs:
		_, _ = w.Write(text)
	case <-r.Context().Done():
	case <-time.After(20 * time.Second):
	}
}

func (s *Server) take(name string, r *http.Request) {
	id, _ := strconv.Atoi(name)
	s.mu.Lock()
	j := s.jobs[id]
	delete(s.jobs, id)
	s.mu.Unlock()
	var result Result
	if j != nil && json.NewDecoder(io.LimitReader(r.Body, 64<<20)).Decode(&result) == nil {
		j.done <- result
	}
}
