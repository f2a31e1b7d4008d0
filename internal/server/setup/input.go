package setup

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"qpay/internal/server/hint"
	"qpay/internal/server/lnd"
)

// largest is far above any certificate, macaroon or lndconnect URI.
const largest = 64 << 10

// Certificate takes the certificates out of a PEM file. Nothing else of it is
// kept: least of all a key.
func Certificate(text []byte) ([]byte, error) {
	var out bytes.Buffer
	for rest := text; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" {
			return nil, hint.New(fmt.Sprintf("The certificate's file has a %.40q in it.", b.Type), "give the node's tls.cert, not its tls.key")
		}
		if _, err := x509.ParseCertificate(b.Bytes); err != nil {
			return nil, hint.New("The certificate cannot be read: it is damaged.", "copy the node's tls.cert again")
		}
		if err := pem.Encode(&out, &pem.Block{Type: b.Type, Bytes: b.Bytes}); err != nil {
			return nil, err
		}
	}
	if out.Len() == 0 {
		return nil, hint.New("There is no certificate in the file that was given as one.", "give the node's tls.cert, in PEM format")
	}
	return out.Bytes(), nil
}

// CheckMacaroon refuses what is no macaroon of lnd's in binary form.
func CheckMacaroon(m []byte) error {
	if _, err := lnd.RootKeyID(m); err != nil {
		return hint.New("What was given as the admin macaroon is not an lnd macaroon in binary form.",
			"give the node's file admin.macaroon itself, not its hex or base64 text")
	}
	return nil
}

// ReadCertificate and ReadMacaroon read files that the person names.
func ReadCertificate(path string) ([]byte, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	return Certificate(b)
}

func ReadMacaroon(path string) ([]byte, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	return b, CheckMacaroon(b)
}

func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe must not hang
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, unreadable(path, errors.New("it is not a plain file"))
	}
	return ReadAll(f, path)
}

// ReadAll reads all there is, up to a size.
func ReadAll(r io.Reader, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err == nil && len(b) > largest {
		err = fmt.Errorf("it has more than %d bytes", largest)
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	return b, nil
}

func unreadable(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	advice := "see that the path is right and that you may read it"
	if errors.Is(err, fs.ErrPermission) && filepath.Base(path) == "admin.macaroon" {
		advice = "lnd's files belong to the user that runs lnd: copy them, or run setup as that user"
	}
	return hint.New(fmt.Sprintf("%q cannot be read: %v.", path, err), advice)
}
