package bridge

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"qpay/internal/wire"
)

// repeated are the statuses for which HTTP libraries, once told to retry, send
// a request again by themselves.
var repeated = []int{408, 425, 429, 500, 502, 503, 504}

func TestOpenOutcomesAreNotRepeated(t *testing.T) {
	for _, p := range []wire.Payment{wire.InFlight, wire.Unknown} {
		for _, k := range append(wire.Kinds, wire.Kind{Code: "of_next_year"}) {
			s := Status(&wire.Error{Code: k.Code, Payment: p})
			if slices.Contains(repeated, s) || s < 400 {
				t.Errorf("%s with %s: %d", k.Code, p, s)
			}
		}
	}
}

// The table of doc/bridge.md has each code once, with its status.
func TestStatusDocument(t *testing.T) {
	doc, err := os.ReadFile("../../../doc/bridge.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d+) \\| ((?:`[a-z_]+`(?:, )?)+) \\|").FindAllStringSubmatch(string(doc), -1) {
		for _, code := range regexp.MustCompile("[a-z_]+").FindAllString(row[2], -1) {
			documented[code] += row[1]
		}
	}
	for _, k := range wire.Kinds {
		if got, want := documented[string(k.Code)], itoa(Status(&wire.Error{Code: k.Code, Payment: k.Payment})); got != want {
			t.Errorf("%s: %s in the document, %s", k.Code, got, want)
		}
		delete(documented, string(k.Code))
	}
	if len(documented) > 0 {
		t.Errorf("codes that there are not: %v", documented)
	}
	if !strings.Contains(string(doc), "409") {
		t.Error("the document says nothing of open outcomes")
	}
}
