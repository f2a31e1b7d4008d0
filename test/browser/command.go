package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// command is one of WebDriver's, by both of its names.
type command struct{ marionette, method, path string }

var (
	cmdGo      = command{"WebDriver:Navigate", "POST", "/url"}
	cmdURL     = command{"WebDriver:GetCurrentURL", "GET", "/url"}
	cmdRun     = command{"WebDriver:ExecuteScript", "POST", "/execute/sync"}
	cmdActions = command{"WebDriver:PerformActions", "POST", "/actions"}
	cmdHandle  = command{"WebDriver:GetWindowHandle", "GET", "/window"}
	cmdHandles = command{"WebDriver:GetWindowHandles", "GET", "/window/handles"}
	cmdSwitch  = command{"WebDriver:SwitchToWindow", "POST", "/window"}
	cmdNew     = command{"WebDriver:NewWindow", "POST", "/window/new"}
	cmdShut    = command{"WebDriver:CloseWindow", "DELETE", "/window"}
	cmdFind    = command{"WebDriver:FindElement", "POST", "/element"}
	cmdClick   = command{"WebDriver:ElementClick", "POST", "/element/{id}/click"}
)

// Open loads a page in the current window and waits for it.
func (b *Browser) Open(ctx context.Context, url string) error {
	return b.wire.do(ctx, cmdGo, map[string]any{"url": url}, nil)
}

// URL is where the current window is.
func (b *Browser) URL(ctx context.Context) (url string, err error) {
	err = b.wire.do(ctx, cmdURL, nil, &url)
	return url, err
}

// Run runs a script in the current window, apart from the page's own (in
// Firefox, in a sandbox that sees the page's document but none of its variables).
func (b *Browser) Run(ctx context.Context, script string, out any, args ...any) error {
	if args == nil {
		args = []any{}
	}
	return b.wire.do(ctx, cmdRun, map[string]any{"script": script, "args": args}, out)
}

// Window is the current window, for Switch.
func (b *Browser) Window(ctx context.Context) (handle string, err error) {
	err = b.wire.do(ctx, cmdHandle, nil, &handle)
	return handle, err
}

// Windows are all windows and tabs.
func (b *Browser) Windows(ctx context.Context) (handles []string, err error) {
	err = b.wire.do(ctx, cmdHandles, nil, &handles)
	return handles, err
}

// Switch makes a window the current one.
func (b *Browser) Switch(ctx context.Context, handle string) error {
	return b.wire.do(ctx, cmdSwitch, map[string]any{"handle": handle}, nil)
}

// NewTab opens one and makes it the current window.
func (b *Browser) NewTab(ctx context.Context) (handle string, err error) {
	var made struct{ Handle string }
	if err := b.wire.do(ctx, cmdNew, map[string]any{"type": "tab"}, &made); err != nil {
		return "", err
	}
	return made.Handle, b.Switch(ctx, made.Handle)
}

// Shut closes the current window; Switch has to follow.
func (b *Browser) Shut(ctx context.Context) error { return b.wire.do(ctx, cmdShut, nil, nil) }

// WaitWindow waits for a window of which the URL is as wanted, and makes it the
// current one.
func (b *Browser) WaitWindow(ctx context.Context, what string, want func(url string) bool) (handle string, err error) {
	err = poll(ctx, nil, func() error {
		handles, err := b.Windows(ctx)
		if err != nil {
			return err
		}
		var seen []string
		for i := len(handles) - 1; i >= 0; i-- { // a new one is mostly the last
			handle = handles[i]
			if err := b.Switch(ctx, handle); err != nil {
				seen = append(seen, err.Error()) // perhaps it has just been closed
				continue
			}
			url, err := b.URL(ctx)
			if err == nil && want(url) {
				return nil
			}
			seen = append(seen, url)
		}
		return fmt.Errorf("no window with %s, but %s", what, strings.Join(seen, ", "))
	})
	return handle, err
}

// Press clicks on an element of the current window, once it is there.
func (b *Browser) Press(ctx context.Context, selector string) error {
	return poll(ctx, nil, func() error {
		var element map[string]string
		err := b.wire.do(ctx, cmdFind, map[string]any{"using": "css selector", "value": selector}, &element)
		if err != nil {
			return err
		}
		for _, id := range element {
			return b.wire.do(ctx, cmdClick, map[string]any{"id": id}, nil)
		}
		return fmt.Errorf("no %s", selector)
	})
}

// WebDriver's numbers of buttons, and its names of keys.
const (
	LeftButton, MiddleButton, RightButton = 0, 1, 2
	Shift, Control, Alt, Meta             = "\ue008", "\ue009", "\ue00a", "\ue03d"
)

// Click moves the pointer to a place in the viewport of the current window and
// clicks there, while keys are held.
func (b *Browser) Click(ctx context.Context, x, y, button int, held ...string) error {
	var keys, mouse []any
	step := func(key, pointer map[string]any) { keys, mouse = append(keys, key), append(mouse, pointer) }
	pause := map[string]any{"type": "pause"}
	for _, k := range held {
		step(map[string]any{"type": "keyDown", "value": k}, pause)
	}
	step(pause, map[string]any{"type": "pointerMove", "x": x, "y": y})
	step(pause, map[string]any{"type": "pointerDown", "button": button})
	step(pause, map[string]any{"type": "pointerUp", "button": button})
	for _, k := range held {
		step(map[string]any{"type": "keyUp", "value": k}, pause)
	}
	return b.wire.do(ctx, cmdActions, map[string]any{"actions": []any{
		map[string]any{"type": "key", "id": "keyboard", "actions": keys},
		map[string]any{"type": "pointer", "id": "mouse", "parameters": map[string]any{"pointerType": "mouse"}, "actions": mouse},
	}}, nil)
}

// decode takes an answer into out, which may be nil.
func decode(raw json.RawMessage, out any) error {
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}
