package lnurl

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"qpay/internal/wire"
)

// Bounds of LUD-09 and 10, in characters.
const (
	maxSaid       = 144
	maxCiphertext = 4096
)

// Action is what a service wants to be shown after the payment (LUD-09, 10). It
// was read before the payment: who is paid must not find out later that its
// ticket cannot be shown.
type Action struct {
	tag, text, url, elsewhere string
	iv, ciphertext            []byte
}

// Said is what a person gets to see of it. Nothing in it is opened by itself.
type Said struct {
	Tag     string `json:"tag"`
	Message string `json:"message,omitempty"`     // message, or what was decrypted
	About   string `json:"description,omitempty"` // of the URL, or of what was decrypted
	URL     string `json:"url,omitempty"`
	Warning string `json:"warning,omitempty"`
}

// readAction reads the action of an answer; host is that of the callback.
func readAction(untrusted json.RawMessage, host string) (*Action, *wire.Error) {
	if len(untrusted) == 0 || string(untrusted) == "null" {
		return nil, nil
	}
	var a struct{ Tag, Message, Description, URL, Ciphertext, IV string }
	if json.Unmarshal(untrusted, &a) != nil {
		return nil, badAnswer("The service wants something shown after the payment that cannot be read.")
	}
	if utf8.RuneCountInString(a.Message) > maxSaid || utf8.RuneCountInString(a.Description) > maxSaid {
		return nil, badAnswer("The service wants more shown after the payment than LNURL permits.")
	}
	switch a.Tag {
	case "message":
		return &Action{tag: a.Tag, text: a.Message}, nil
	case "url":
		return readLink(a.Description, a.URL, host)
	case "aes":
		return readSecret(a.Description, a.IV, a.Ciphertext)
	}
	// LUD-09: what comes after the payment may be what is paid for.
	return nil, badAnswer("The service wants something done after the payment that qpay does not know: " + quote(a.Tag) + ".")
}

func readLink(text, link, host string) (*Action, *wire.Error) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || len(link) > maxBody/64 {
		return nil, badAnswer("The service wants a link shown after the payment that is none.")
	}
	a := &Action{tag: "url", text: text, url: link}
	if !strings.EqualFold(u.Hostname(), host) {
		a.elsewhere = "the link leads to " + quote(u.Hostname()) + ", not to the service itself"
	}
	return a, nil
}

func readSecret(text, iv, ciphertext string) (*Action, *wire.Error) {
	a := &Action{tag: "aes", text: text}
	var err1, err2 error
	a.iv, err1 = base64.StdEncoding.DecodeString(iv)
	a.ciphertext, err2 = base64.StdEncoding.DecodeString(ciphertext)
	if err1 != nil || err2 != nil || len(a.iv) != aes.BlockSize || len(ciphertext) > maxCiphertext ||
		len(a.ciphertext) == 0 || len(a.ciphertext)%aes.BlockSize != 0 {
		return nil, badAnswer("The service has something encrypted for after the payment that could never be read.")
	}
	return a, nil
}

// Reveal is what the payment bought, by its preimage. It never fails: the
// payment was made, whatever can be said of the action.
func (a *Action) Reveal(preimage string) *Said {
	if a == nil {
		return nil
	}
	s := &Said{Tag: a.tag, Warning: a.elsewhere}
	switch a.tag {
	case "message":
		s.Message = a.text
	case "url":
		s.About, s.URL = a.text, a.url
	case "aes":
		s.About = a.text
		var err error
		if s.Message, err = decrypt(preimage, a.iv, a.ciphertext); err != nil {
			s.Warning = "the payment was made, and what the service had encrypted cannot be read: show it the preimage"
		}
	}
	return s
}

var errDecrypt = errors.New("cannot be decrypted")

// decrypt undoes AES-256 in CBC mode with the padding of PKCS 7. Nothing that
// comes in makes it panic. Nobody learns from it where the padding was wrong
// but who holds the key, so that it need not take the same time for all.
func decrypt(preimage string, iv, ciphertext []byte) (string, error) {
	key, err := hex.DecodeString(preimage)
	if err != nil || len(key) != 32 || len(iv) != aes.BlockSize || len(ciphertext) == 0 || len(ciphertext)%aes.BlockSize != 0 {
		return "", errDecrypt
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", errDecrypt
	}
	plain := make([]byte, len(ciphertext))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, ciphertext)
	padding := int(plain[len(plain)-1])
	if padding == 0 || padding > aes.BlockSize {
		return "", errDecrypt
	}
	text, rest := plain[:len(plain)-padding], plain[len(plain)-padding:]
	for _, b := range rest {
		if int(b) != padding {
			return "", errDecrypt
		}
	}
	if !utf8.Valid(text) {
		return "", errDecrypt
	}
	return string(text), nil
}
