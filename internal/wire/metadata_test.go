package wire

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadMetadata(t *testing.T) {
	for in, want := range map[string]Texts{
		`[["text/plain","coffee"]]`:                                            {Short: "coffee"},
		`[["text/plain",""]]`:                                                  {},
		` [ ["text/plain" , "a\u202eb"] ] `:                                    {Short: "a\u202eb"},
		`[["text/long-desc","all of it"],["text/plain","coffee"]]`:             {Short: "coffee", Long: "all of it"},
		`[["text/plain","x","more"],["text/identifier","a@b.example"]]`:        {Short: "x"},
		`[["text/plain","x"],["of next year",{"a":[1,null]}],["alone"]]`:       {Short: "x"},
		`[["text/plain","x"],["image/png;base64","AAAA"]]`:                     {Short: "x"},
		`[["text/plain","[[\"text/plain\",\"inside\"]]"],["image/gif","AAA"]]`: {Short: `[["text/plain","inside"]]`},
	} {
		if got, err := ReadMetadata(in); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
}

func TestReadMetadataRefuses(t *testing.T) {
	for what, in := range map[string]string{
		"nothing":                   ``,
		"null":                      `null`,
		"no text at all":            `[]`,
		"an object":                 `{"text/plain":"x"}`,
		"a flat array":              `["text/plain","x"]`,
		"two texts":                 `[["text/plain","10 sat"],["text/plain","coffee"]]`,
		"two long ones":             `[["text/plain","x"],["text/long-desc","a"],["text/long-desc","b"]]`,
		"two images":                `[["text/plain","x"],["image/png;base64","A"],["image/jpeg;base64","A"]]`,
		"an empty entry":            `[["text/plain","x"],[]]`,
		"null as an entry":          `[["text/plain","x"],null]`,
		"a number as the type":      `[["text/plain","x"],[1,"y"]]`,
		"null as the type":          `[["text/plain","x"],[null,"y"]]`,
		"a number as the text":      `[["text/plain",5]]`,
		"null as the text":          `[["text/plain",null]]`,
		"a text that is missing":    `[["text/plain"]]`,
		"a second value":            `[["text/plain","x"]] []`,
		"something behind it":       `[["text/plain","x"]]x`,
		"cut off":                   `[["text/plain","x"]`,
		"another case of the type":  `[["Text/Plain","x"]]`,
		"bytes that are not UTF-8":  "[[\"text/plain\",\"\xff\"]]",
		"nested without end":        strings.Repeat("[", MaxMetadata),
		"nested in what is skipped": `[["text/plain","x"],["y",` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `]]`,
	} {
		if got, err := ReadMetadata(in); err == nil || got != (Texts{}) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

// What is read is text, and says the same as the whole does with what is
// skipped left out.
func FuzzReadMetadata(f *testing.F) {
	f.Add(`[["text/plain","coffee"],["text/long-desc","a\nb"],["image/png;base64","AA=="]]`)
	f.Add(`[["text/plain","\ud800"]]`)
	f.Fuzz(func(t *testing.T, in string) {
		got, err := ReadMetadata(in)
		if err != nil {
			if got != (Texts{}) {
				t.Fatalf("%q is refused, and read as %+v", in, got)
			}
			return
		}
		if !utf8.ValidString(got.Short) || !utf8.ValidString(got.Long) {
			t.Fatalf("%q: not text: %q", in, got)
		}
		entries := []any{[]string{"text/plain", got.Short}}
		if got.Long != "" {
			entries = append(entries, []string{"text/long-desc", got.Long})
		}
		line, err := Encode(entries)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ReadMetadata(string(line)); err != nil || back != got {
			t.Fatalf("%q -> %+v -> %s -> %+v, %v", in, got, line, back, err)
		}
	})
}

// The document has each field of what a qube claims.
func TestContextDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../doc/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Context]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !strings.Contains(string(doc), "| `context."+name+"` |") {
			t.Errorf("context.%s is not in the document", name)
		}
	}
}
