package dialog

import (
	_ "embed" // the files below
	"fmt"

	"github.com/gotk3/gotk3/gdk"
	"github.com/gotk3/gotk3/glib"
	"github.com/gotk3/gotk3/gtk"
)

//go:embed ui/page.ui
var pageUI string

//go:embed ui/row.ui
var rowUI string

//go:embed ui/style.css
var styleCSS string

// builder is one copy of a UI file. The files are part of the program, so what
// is missing in them is a fault of ours and panics; no input can cause it.
type builder struct{ *gtk.Builder }

func build(ui string) builder {
	b, err := gtk.BuilderNewFromString(ui)
	if err != nil {
		panic("user interface: " + err.Error())
	}
	return builder{b}
}

func object[T glib.IObject](b builder, id string) T {
	o, err := b.GetObject(id)
	if err != nil {
		panic("user interface: " + err.Error())
	}
	w, ok := o.(T)
	if !ok {
		panic(fmt.Sprintf("user interface: %s is a %T", id, o))
	}
	return w
}

func (b builder) label(id string) *gtk.Label   { return object[*gtk.Label](b, id) }
func (b builder) button(id string) *gtk.Button { return object[*gtk.Button](b, id) }
func (b builder) box(id string) *gtk.Box       { return object[*gtk.Box](b, id) }

// say shows a label with this text, or hides it if there is none. Text is never
// markup: `<span size='120000'>0 sat` from an invoice stays what it is.
func say(l *gtk.Label, text string) {
	l.SetText(text)
	l.SetVisible(text != "")
}

// class switches a CSS class.
func class(w interface {
	GetStyleContext() (*gtk.StyleContext, error)
}, name string, on bool) {
	style, err := w.GetStyleContext()
	switch {
	case err != nil: // there always is one
	case on:
		style.AddClass(name)
	default:
		style.RemoveClass(name)
	}
}

func loadStyle() error {
	css, err := gtk.CssProviderNew()
	if err != nil {
		return err
	}
	if err := css.LoadFromData(styleCSS); err != nil {
		return fmt.Errorf("style sheet: %w", err)
	}
	screen, err := gdk.ScreenGetDefault()
	if err != nil {
		return err
	}
	gtk.AddProviderForScreen(screen, css, gtk.STYLE_PROVIDER_PRIORITY_APPLICATION)
	return nil
}
