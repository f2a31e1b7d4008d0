package lnnet

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// APIError is an answer of lnd that says no. lnd uses HTTP 409 for "already
// exists", 404 for "not found" and 500 for nearly all else.
type APIError struct {
	Status  int    `json:"-"`    // HTTP
	Code    int    `json:"code"` // gRPC
	Message string `json:"message"`
}

func (e *APIError) Error() string {
	return fmt.Sprintf("lnd answered %d (gRPC code %d): %s", e.Status, e.Code, e.Message)
}

// pinnedClient trusts one certificate and nothing else. It has no deadline of
// its own: that is the context's.
func pinnedClient(cert string) (*http.Client, error) {
	pem, err := os.ReadFile(cert)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", cert) // perhaps not yet
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}}, nil
}

// Call makes one REST request with the admin macaroon, as in
//
//	node.Call(ctx, "GET", "/v1/getinfo", nil, &info)
//
// in and out are JSON values or nil. lnd writes 64-bit numbers as strings and
// bytes as base64. A refusal is an *APIError.
func (n *Node) Call(ctx context.Context, method, path string, in, out any) error {
	resp, err := n.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return n.callError(method, path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return n.callError(method, path, refusal(resp.StatusCode, body))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return n.callError(method, path, err)
	}
	return nil
}

// stream reads the answers of a streaming call, one JSON value each, until
// lnd ends the stream or each returns false.
func (n *Node) stream(ctx context.Context, method, path string, in any, each func(json.RawMessage) (bool, error)) error {
	resp, err := n.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	dec := json.NewDecoder(resp.Body)
	for {
		var line struct {
			Result   json.RawMessage
			Error    *APIError
			APIError // before the first answer an error is not wrapped
		}
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return n.callError(method, path, err)
		}
		if line.Error == nil && line.Message != "" {
			line.Error = &line.APIError
		}
		if line.Error != nil {
			line.Error.Status = resp.StatusCode
			return n.callError(method, path, line.Error)
		}
		if more, err := each(line.Result); err != nil || !more {
			return err
		}
	}
}

func (n *Node) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	client, macaroon := n.access()
	if client == nil {
		return nil, n.callError(method, path, errors.New("the node has never been up"))
	}
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, n.callError(method, path, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://"+n.RESTAddr+path, body)
	if err != nil {
		return nil, n.callError(method, path, err)
	}
	if macaroon != "" {
		req.Header.Set("Grpc-Metadata-macaroon", macaroon)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, n.callError(method, path, err)
	}
	return resp, nil
}

func refusal(status int, body []byte) error {
	e := &APIError{Status: status}
	if err := json.Unmarshal(body, e); err != nil || e.Message == "" {
		e.Message = string(bytes.TrimSpace(body))
	}
	return e
}

func (n *Node) callError(method, path string, err error) error {
	return fmt.Errorf("%s: %s %s: %w", n.Name, method, path, err)
}
