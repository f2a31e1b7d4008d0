package dialog

import (
	"github.com/gotk3/gotk3/glib"
	"github.com/gotk3/gotk3/gtk"
	"github.com/gotk3/gotk3/pango"

	"qpay/internal/dialog/rule"
	"qpay/internal/screen"
)

// fillCard sets the rows. Keys are as wide as the widest of them, sources too.
func (p *page) fillCard() {
	card := p.ui.box("card")
	keys, _ := gtk.SizeGroupNew(gtk.SIZE_GROUP_HORIZONTAL)
	sources, _ := gtk.SizeGroupNew(gtk.SIZE_GROUP_HORIZONTAL)
	for _, r := range p.Rows {
		ui := build(rowUI)
		keys.AddWidget(ui.label("key"))
		sources.AddWidget(ui.label("source"))
		fillRow(ui, r)
		card.PackStart(ui.box("row"), false, false, 0)
		p.rows = append(p.rows, ui)
	}
	p.scroll.SetVisible(len(p.Rows) > 0)
}

func fillRow(ui builder, r screen.Row) {
	value := ui.label("value")
	ui.label("key").SetText(r.Key)
	if rule.LongWord(r.Value) {
		value.SetLineWrapMode(pango.WRAP_CHAR)
	}
	value.SetText(r.Value)
	say(ui.label("note"), r.Note)
	class(ui.label("note"), "qpay-alert", r.Alert)
	ui.label("source").SetText(r.Source)
	ui.name("a_value", r.Key+": "+r.Value) // a screen reader meets it on its own

	if r.Style != screen.Text {
		class(value, "qpay-mono", r.Style == screen.Mono)
		middle := ui.box("middle")
		middle.PackStart(value, false, false, 0)
		middle.ReorderChild(value, 0)
		return
	}
	// Words from outside get a box of fixed height, so that no number of lines
	// pushes the amount or the buttons out of sight.
	object[*gtk.Viewport](ui, "port").Add(value)
	box := object[*gtk.ScrolledWindow](ui, "box")
	ui.name("a_box", r.Key)
	box.SetVisible(true)
}

const (
	pageWidth   = 664
	leastHeight = 400
	// mostHeight leaves room for dom0's title bar and panel on a screen of
	// 768 pixels. What does not fit scrolls in the card, never the buttons.
	mostHeight = 680
	textHeight = 110 // of a box with words from outside
	// What style.css takes off the width, around the card and around a row.
	cardEdge = 2 * (24 + 1)
	rowEdge  = 2*15 + 2*12
)

// layOut gives the scrolling boxes their heights. GTK's own way would take the
// height that the text had if it were as narrow as it can be.
func (p *page) layOut() {
	inner := pageWidth - cardEdge
	for i, ui := range p.rows {
		if p.Rows[i].Style != screen.Text {
			continue
		}
		_, key := ui.label("key").GetPreferredWidth()
		_, source := ui.label("source").GetPreferredWidth()
		_, height := ui.label("value").GetPreferredHeightForWidth(inner - rowEdge - key - source)
		setHeight(object[*gtk.ScrolledWindow](ui, "box"), height, textHeight)
	}
	if len(p.rows) == 0 {
		return
	}
	const probe = 100
	p.scroll.SetMinContentHeight(probe)
	p.scroll.SetMaxContentHeight(probe)
	_, page := p.root.GetPreferredHeightForWidth(pageWidth)
	height, _ := p.ui.box("card").GetPreferredHeightForWidth(inner)
	setHeight(p.scroll, height, max(probe, mostHeight-(page-probe)))
}

// setHeight makes a box as high as what is in it, up to most. Where all fits
// there is no scroll bar, which would want a height of its own (POLICY_NEVER
// would make the box as high as the text is at its narrowest). Should it not fit
// after all, there is one: no line is ever out of sight without a sign.
func setHeight(s *gtk.ScrolledWindow, height, most int) {
	if height < most {
		s.SetPolicy(gtk.POLICY_NEVER, gtk.POLICY_EXTERNAL)
		adjustment := s.GetVAdjustment()
		adjustment.Connect("changed", func() {
			if adjustment.GetUpper() > adjustment.GetPageSize()+1 {
				glib.IdleAdd(func() { scrolls(s) }) // not while it is being laid out
			}
		})
	} else {
		height = most
		scrolls(s)
	}
	s.SetMaxContentHeight(-1) // the minimum may not be over it meanwhile
	s.SetMinContentHeight(height)
	s.SetMaxContentHeight(height)
}

func scrolls(s *gtk.ScrolledWindow) {
	s.SetPolicy(gtk.POLICY_NEVER, gtk.POLICY_ALWAYS)
	s.SetCanFocus(true) // by Tab; only what scrolls is worth it
}
