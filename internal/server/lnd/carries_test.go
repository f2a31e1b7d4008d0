package lnd

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// baked is a macaroon as lnd makes it, without a signature.
func baked(rootKey string, actions ...string) []byte {
	bytes := func(b []byte, n protowire.Number, v string) []byte {
		return protowire.AppendString(protowire.AppendTag(b, n, protowire.BytesType), v)
	}
	id := bytes(bytes(nil, 1, "nonce"), 2, rootKey)
	for _, a := range actions {
		id = bytes(id, 3, string(bytes(bytes(nil, 1, "uri"), 2, a)))
	}
	id = append([]byte{3}, id...)
	m := append([]byte{2, 1, 3}, "lnd"...)
	m = protowire.AppendVarint(append(m, 2), uint64(len(id)))
	return append(append(m, id...), 0)
}

func TestRootKeyID(t *testing.T) {
	if id, err := RootKeyID(baked("1234567890123")); err != nil || id != 1234567890123 {
		t.Error(id, err)
	}
	for _, m := range [][]byte{nil, {2}, baked(""), baked("x"), baked("-1"), baked("18446744073709551616"), []byte("0201036c6e64")} {
		if id, err := RootKeyID(m); err == nil {
			t.Errorf("%x: %d", m, id)
		}
	}
}

func TestLacks(t *testing.T) {
	m := baked("1", "/a/A", "/b/B")
	if got, err := Lacks(m, []string{"/a/A", "/c/C", "/b/B", "/b/BB"}); err != nil || !slices.Equal(got, []string{"/c/C", "/b/BB"}) {
		t.Error(got, err)
	}
	if got, err := Lacks(m, []string{"/a/A"}); err != nil || len(got) > 0 {
		t.Error(got, err)
	}
	if _, err := Lacks([]byte("x"), nil); err == nil {
		t.Error("garbage was read")
	}
}

func TestExplain(t *testing.T) {
	for text, want := range map[string]string{
		`connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"`:              "(dial tcp 127.0.0.1:1: connect: connection refused).",
		`authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority`:         "(x509: certificate signed by unknown authority).",
		"authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for \x1b[2J, not 127.0.0.1": `valid for \x1b[2J, not`,
		"nobody knows \x1b[2J": `\x1b[2J`,
	} {
		code := codes.Unavailable
		if text[0] == 'n' {
			code = codes.Unknown
		}
		sentence, hint := Explain(status.Error(code, text))
		if !strings.Contains(sentence, want) || hint == "" || strings.Contains(sentence, "\x1b") {
			t.Errorf("%q; hint %q", sentence, hint)
		}
	}
	if _, hint := Explain(errors.New("plain")); hint == "" {
		t.Error("no hint")
	}
}
