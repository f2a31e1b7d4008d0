package dialog

import (
	"github.com/gotk3/gotk3/gtk"

	"qpay/internal/dialog/rule"
	"qpay/internal/screen"
)

// look is what the kinds of pages differ in.
type look struct {
	icon, class string // a picture above the heading
	spins       bool
	leave       string // the button that closes
}

var looks = map[screen.Kind]look{
	screen.Loading: {spins: true, leave: "Cancel"},
	screen.Ask:     {leave: "Cancel"},
	screen.Trouble: {icon: "dialog-warning-symbolic", class: "qpay-open", leave: "Cancel"},
	screen.Paying:  {spins: true, leave: "Close"},
	screen.Paid:    {icon: "emblem-ok-symbolic", class: "qpay-ok", leave: "Close"},
	screen.Failed:  {icon: "dialog-error-symbolic", class: "qpay-bad", leave: "Close"},
	screen.Open:    {icon: "preferences-system-time-symbolic", class: "qpay-open", leave: "Close"},
	screen.Notice:  {icon: "help-about-symbolic", class: "qpay-info", leave: "Close"},
	screen.Done:    {icon: "emblem-ok-symbolic", class: "qpay-ok", leave: "Close"},
}

// page is one page on the screen, with widgets of its own.
type page struct {
	screen.Page
	digest   string
	answered bool
	typed    rule.Typed // what the amount entry says
	expired  bool       // drawn as expired
	rows     []builder  // of the card

	ui     builder
	root   *gtk.Box
	scroll *gtk.ScrolledWindow
	entry  *gtk.Entry
	clock  *gtk.Label
	hint   *gtk.Label
	leave  *gtk.Button
	copy   *gtk.Button
	retry  *gtk.Button
	pay    *gtk.Button
	mute   *gtk.Button
}

func (w *window) newPage(sp screen.Page, digest string) *page {
	ui := build(pageUI)
	p := &page{
		Page: sp, digest: digest, ui: ui, root: ui.box("page"),
		scroll: object[*gtk.ScrolledWindow](ui, "card_scroll"), entry: object[*gtk.Entry](ui, "entry"),
		clock: ui.label("clock"), hint: ui.label("hint"),
		leave: ui.button("leave"), copy: ui.button("copy"), retry: ui.button("retry"),
		pay: ui.button("pay"), mute: ui.button("mute"),
	}
	p.fillHead()
	p.fillCard()
	p.fillButtons()
	w.connect(p)
	if sp.Kind == screen.Ask && sp.Amount != nil {
		w.askAmount(p)
	}
	return p
}

func (p *page) fillHead() {
	look := looks[p.Kind]
	if p.Banner != nil {
		p.setBanner(*p.Banner)
	}
	say(p.ui.label("heading"), p.Heading)
	say(p.ui.label("subheading"), p.Subheading)
	if look.spins {
		spinner := object[*gtk.Spinner](p.ui, "spinner")
		spinner.SetVisible(true)
		spinner.Start()
	}
	if look.icon != "" {
		icon := object[*gtk.Image](p.ui, "icon")
		icon.SetFromIconName(look.icon, gtk.ICON_SIZE_DIALOG)
		icon.SetPixelSize(56)
		class(icon, look.class, true)
		icon.SetVisible(true)
	}
	head := p.ui.box("head")
	class(head, "qpay-amount", p.Kind == screen.Ask && p.Amount == nil)
	if len(p.Rows) == 0 && p.Amount == nil {
		head.SetVExpand(true)
		head.SetVAlign(gtk.ALIGN_CENTER)
	}
}

var bannerIcons = map[screen.Level]string{
	screen.Info: "help-about-symbolic", screen.Warning: "dialog-warning-symbolic",
	screen.Error: "dialog-error-symbolic",
}

// setBanner draws a level that it does not know as the loudest.
func (p *page) setBanner(b screen.Banner) {
	if bannerIcons[b.Level] == "" {
		b.Level = screen.Error
	}
	banner := p.ui.box("banner")
	for level := range bannerIcons {
		class(banner, string(level), level == b.Level)
	}
	object[*gtk.Image](p.ui, "banner_icon").SetFromIconName(bannerIcons[b.Level], gtk.ICON_SIZE_MENU)
	p.ui.label("banner_text").SetText(b.Text)
	banner.SetVisible(true)
}

func (p *page) fillButtons() {
	p.setLeave(looks[p.Kind].leave)
	p.retry.SetVisible(p.Kind == screen.Trouble)
	class(p.retry, "suggested-action", true)
	p.pay.SetVisible(p.Kind == screen.Ask)
	p.mute.SetVisible(p.CanMute)
	if p.Copy != "" {
		if p.CopyLabel == "" {
			p.CopyLabel = "Copy"
		}
		p.copy.SetLabel(p.CopyLabel)
		p.ui.name("a_copy", p.CopyLabel)
		p.copy.SetVisible(true)
	}
	p.alone()
}

func (p *page) setLeave(label string) {
	p.leave.SetLabel(label)
	p.ui.name("a_leave", label)
}

// alone gives a lone Close button a size of its own, not that of the page.
func (p *page) alone() {
	if !p.pay.GetVisible() && !p.retry.GetVisible() && !p.copy.GetVisible() {
		p.leave.SetHAlign(gtk.ALIGN_CENTER)
		p.leave.SetSizeRequest(220, -1)
	}
}
