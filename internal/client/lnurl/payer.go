package lnurl

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"

	"qpay/internal/wire"
)

// payerFields are what qpay tells of a payer if the person wants it, in the
// order in which it is sent. pubkey and auth would need keys, and are never
// told.
var payerFields = []string{"name", "identifier", "email"}

// maxPayer bounds one of them, in characters.
const maxPayer = 200

// PayerData is what a service wants to know of the payer; a field that is true
// is one without which it takes no payment.
type PayerData map[string]bool

// Fields are those that can be told, in order.
func (d PayerData) Fields() (all []string) {
	for _, f := range payerFields {
		if _, wanted := d[f]; wanted {
			all = append(all, f)
		}
	}
	return all
}

func readPayerData(body []byte) (PayerData, *wire.Error) {
	var a struct {
		Payer map[string]*struct {
			Mandatory bool `json:"mandatory"`
		} `json:"payerData"`
	}
	if json.Unmarshal(body, &a) != nil {
		return nil, badAnswer("The service does not say what it wants to know of the payer as LNURL-pay has it.")
	}
	d := PayerData{}
	for _, name := range slices.Sorted(maps.Keys(a.Payer)) {
		switch field := a.Payer[name]; {
		case field == nil:
		case slices.Contains(payerFields, name):
			d[name] = field.Mandatory
		case field.Mandatory:
			return nil, unsupported("The service takes no payment without knowing "+quote(name)+" of the payer, which qpay does not tell.",
				"nothing was paid; ask for another way to pay")
		}
	}
	return d, nil
}

// check refuses what the service did not ask for, and what it needs and does
// not get.
func (d PayerData) check(given map[string]string) *wire.Error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		text := given[name]
		_, wanted := d[name]
		switch {
		case !wanted:
			return badChoice("The service does not ask for "+quote(name)+" of the payer.", "nothing was paid; leave it out")
		case text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxPayer:
			return badChoice("The "+name+" of the payer is empty, too long or not text.", "nothing was paid; it has 1 to 200 characters")
		}
	}
	for _, name := range d.Fields() {
		if _, there := given[name]; d[name] && !there {
			return badChoice("The service takes no payment without the payer's "+name+".", "nothing was paid; --payer "+name+"=TEXT tells it")
		}
	}
	return nil
}

// encodePayer is the text that is sent, and hashed as sent; empty if there is
// nothing to tell.
func encodePayer(given map[string]string) string {
	if len(given) == 0 {
		return ""
	}
	var fields struct {
		Name       string `json:"name,omitempty"`
		Identifier string `json:"identifier,omitempty"`
		Email      string `json:"email,omitempty"`
	}
	fields.Name, fields.Identifier, fields.Email = given["name"], given["identifier"], given["email"]
	text, err := json.Marshal(fields)
	if err != nil { // cannot be: three texts
		return ""
	}
	return string(text)
}
