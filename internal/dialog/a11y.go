package dialog

import (
	"github.com/gotk3/gotk3/glib"
	"github.com/gotk3/gotk3/gtk"
)

// gotk3 knows nothing of ATK, the accessibility of GTK 3: a Builder refuses to
// hand out such an object, as its class is not on gotk3's list. As a plain
// GObject it does, and the name of an accessible object is a property.
func init() {
	plain := func(o *glib.Object) *glib.Object { return o }
	for _, class := range []string{"Label", "Button", "ScrolledWindow"} {
		gtk.WrapMap["Gtk"+class+"Accessible"] = plain
	}
}

// name gives a widget the name that a screen reader says and that tests look
// for. Without one it is the visible text, which counts seconds on Pay and
// leaves a value without its key.
func (b builder) name(id, text string) {
	if err := object[*glib.Object](b, id).SetProperty("accessible-name", text); err != nil {
		panic("name " + id + ": " + err.Error())
	}
}
