package bridge

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"qpay/internal/money"
	"qpay/internal/wire"
)

// The parts of the description that are compared.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		RequestBody struct {
			Content map[string]struct{ Schema ref }
		}
		Responses map[string]json.RawMessage
	}
	Security   []map[string][]string
	Components struct {
		Schemas   map[string]schema
		Responses map[string]json.RawMessage
	}
}

type ref struct {
	Ref string `json:"$ref"`
}

type schema struct {
	Type                 string
	Properties           map[string]schema
	Required             []string
	AdditionalProperties any
	Maximum              json.Number
	Examples             []string
	Enum                 []any
	Ref                  string `json:"$ref"`
}

func load(t *testing.T) (d document) {
	t.Helper()
	must(t, json.Unmarshal(openAPI, &d))
	return d
}

func TestDescriptionIsTheOneInDoc(t *testing.T) {
	text, err := os.ReadFile("../../../doc/openapi.json")
	if err != nil || string(text) != string(openAPI) {
		t.Errorf("doc/openapi.json is another: %v", err)
	}
}

// messages are the requests and answers of each service.
var messages = map[string][2]any{
	wire.ServicePay:           {wire.PayRequest{}, wire.PayAnswer{}},
	wire.ServiceMakeInvoice:   {wire.MakeInvoiceRequest{}, wire.MakeInvoiceAnswer{}},
	wire.ServiceLookupInvoice: {wire.LookupInvoiceRequest{}, wire.LookupInvoiceAnswer{}},
	wire.ServiceGetInfo:       {wire.GetInfoRequest{}, wire.GetInfoAnswer{}},
	wire.ServiceVerifyMessage: {wire.VerifyMessageRequest{}, wire.VerifyMessageAnswer{}},
	wire.ServiceSignMessage:   {wire.SignMessageRequest{}, wire.SignMessageAnswer{}},
	wire.ServiceKeysend:       {wire.KeysendRequest{}, wire.PayAnswer{}},
	wire.ServiceGetBalance:    {wire.GetBalanceRequest{}, wire.GetBalanceAnswer{}},
}

func TestDescriptionHasTheRoutes(t *testing.T) {
	d := load(t)
	if len(d.Paths) != len(Routes)+1 || len(d.Security) != 1 {
		t.Errorf("%d paths, %d routes and the description", len(d.Paths), len(Routes))
	}
	for path, service := range Routes {
		methods := d.Paths[path]
		post, ok := methods["post"]
		if !ok || len(methods) != 1 || "qpay."+post.OperationID != service {
			t.Errorf("%s: %v", path, methods)
			continue
		}
		pair := messages[service]
		if got := post.RequestBody.Content["application/json"].Schema.Ref; got != name(pair[0]) {
			t.Errorf("%s: the request is %s", path, got)
		}
		var done struct {
			Content map[string]struct{ Schema ref }
		}
		must(t, json.Unmarshal(post.Responses["200"], &done))
		if got := done.Content["application/json"].Schema.Ref; got != name(pair[1]) {
			t.Errorf("%s: the answer is %s", path, got)
		}
		for _, k := range wire.Kinds {
			status := itoa(Status(&wire.Error{Code: k.Code, Payment: k.Payment}))
			if post.Responses[status] == nil || d.Components.Responses[status] == nil {
				t.Errorf("%s: no response %s, which %s has", path, status, k.Code)
			}
		}
		for _, c := range checks {
			if post.Responses[itoa(c.status)] == nil {
				t.Errorf("%s: no response %d, which the check of %s gives", path, c.status, c.name)
			}
		}
	}
}

func name(v any) string { return "#/components/schemas/" + reflect.TypeOf(v).Name() }

// Each schema has the fields of its type, with their types; what may be absent
// is not required; requests take nothing else.
func TestDescriptionHasTheFields(t *testing.T) {
	d := load(t)
	all := []any{wire.Context{}, wire.Error{}}
	for _, pair := range messages {
		all = append(all, pair[0], pair[1])
	}
	for _, v := range all {
		s := d.Components.Schemas[reflect.TypeOf(v).Name()]
		want := fields(reflect.TypeOf(v))
		answer := strings.HasSuffix(reflect.TypeOf(v).Name(), "Answer")
		if answer {
			want["v"] = field{"integer", true} // EncodeAnswer puts it there
		}
		for n, f := range want {
			p, ok := s.Properties[n]
			if p.Ref == name(wire.Context{}) {
				p.Type = "object"
			}
			if !ok || p.Type != f.kind || slices.Contains(s.Required, n) != f.required {
				t.Errorf("%T.%s: %+v, required %v; the type has %+v", v, n, p, s.Required, f)
			}
			if strings.HasSuffix(n, "_msat") && p.Maximum.String() != json.Number(itoa(int(money.Max))).String() {
				t.Errorf("%T.%s: at most %s", v, n, p.Maximum)
			}
		}
		if len(s.Properties) != len(want) {
			t.Errorf("%T: the description has other fields besides: %v", v, s.Properties)
		}
		if closed := s.AdditionalProperties == false; closed == (answer || reflect.TypeOf(v) == reflect.TypeFor[wire.Error]()) {
			t.Errorf("%T: other fields: %v", v, s.AdditionalProperties)
		}
	}
}

type field struct {
	kind     string
	required bool
}

func fields(t reflect.Type) map[string]field {
	all := map[string]field{}
	for i := range t.NumField() {
		n, option, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		kind := t.Field(i).Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		text := map[reflect.Kind]string{reflect.Int: "integer", reflect.Uint32: "integer", reflect.Uint64: "integer", reflect.String: "string",
			reflect.Bool: "boolean", reflect.Slice: "array", reflect.Map: "object", reflect.Struct: "object"}[kind.Kind()]
		all[n] = field{text, option != "omitempty"}
	}
	return all
}

func TestDescriptionHasTheCodes(t *testing.T) {
	d := load(t)
	var codes []string
	for _, k := range wire.Kinds {
		codes = append(codes, string(k.Code))
	}
	e := d.Components.Schemas["Error"]
	if got := e.Properties["code"].Examples; !slices.Equal(got, codes) {
		t.Errorf("codes: %v", got)
	}
	if got := e.Properties["payment"].Enum; !slices.Equal(got, []any{"not_sent", "failed", "in_flight", "unknown"}) {
		t.Errorf("payment: %v", got)
	}
}
