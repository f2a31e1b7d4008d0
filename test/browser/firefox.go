package browser

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// startFirefox starts it with a profile that asks no server for anything, and
// installs the extension as a temporary one.
func (b *Browser) startFirefox(ctx context.Context, program string, o Options) error {
	profile := filepath.Join(o.Dir, "firefox")
	prefs := map[string]any{
		"marionette.port":              0,
		"network.dns.localDomains":     strings.Join(o.Names, ","),
		"dom.disable_open_during_load": false, // a test opens windows without a click
	}
	maps.Copy(prefs, o.Prefs)
	if err := WriteFirefoxPrefs(profile, prefs); err != nil {
		return err
	}
	port := filepath.Join(profile, "MarionetteActivePort")
	_ = os.Remove(port) // of an earlier run
	args := append([]string{"--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile}, o.Args...)
	p, err := b.run(o, program, append(args, "about:blank")...)
	if err != nil {
		return err
	}
	var m *marionette
	err = poll(ctx, p, func() error {
		text, err := os.ReadFile(port)
		if err != nil {
			return err
		}
		m, err = dialMarionette(ctx, strings.TrimSpace(string(text)))
		return err
	})
	if err != nil {
		return err
	}
	b.wire = m
	if err := m.call(ctx, "WebDriver:NewSession", map[string]any{
		"acceptInsecureCerts": true, "unhandledPromptBehavior": "ignore",
	}, nil); err != nil {
		return err
	}
	for _, dir := range o.Extensions {
		if err := m.call(ctx, "Addon:Install", map[string]any{"path": dir, "temporary": true}, nil); err != nil {
			return err
		}
	}
	return nil
}

// WriteFirefoxPrefs makes a profile that asks no server for anything, with more
// preferences.
func WriteFirefoxPrefs(profile string, more map[string]any) error {
	prefs := map[string]any{
		"browser.shell.checkDefaultBrowser":          false,
		"datareporting.policy.dataSubmissionEnabled": false,
		"app.normandy.enabled":                       false,
		"browser.aboutwelcome.enabled":               false,
		"network.captive-portal-service.enabled":     false,
		"network.connectivity-service.enabled":       false,
		"browser.startup.page":                       0,
		"browser.safebrowsing.update.enabled":        false,
		"services.settings.server":                   "data:,#remote-settings-dummy/v1",
		"toolkit.telemetry.server":                   "",
		"browser.startup.homepage_override.mstone":   "ignore",
		"termsofuse.bypassNotification":              true,
		"browser.preonboarding.enabled":              false,
		"browser.newtabpage.enabled":                 false,
		"browser.sessionstore.resume_from_crash":     false,
		"toolkit.startup.max_resumed_crashes":        -1,
		"browser.topsites.contile.enabled":           false,
		"network.http.speculative-parallel-limit":    0,
		"browser.region.network.url":                 "",
		"extensions.getAddons.cache.enabled":         false,
		"extensions.update.enabled":                  false,
		"app.update.disabledForTesting":              true,
	}
	for k, v := range more {
		prefs[k] = v
	}
	var text strings.Builder
	for k, v := range prefs {
		value := fmt.Sprint(v)
		if s, ok := v.(string); ok {
			value = strconv.Quote(s)
		}
		fmt.Fprintf(&text, "user_pref(%q, %s);\n", k, value)
	}
	if err := os.MkdirAll(profile, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(profile, "user.js"), []byte(text.String()), 0o600)
}

// Chrome runs a script in Firefox itself, beside its windows.
func (b *Browser) Chrome(ctx context.Context, script string, out any, args ...any) error {
	m, ok := b.wire.(*marionette)
	if !ok {
		return fmt.Errorf("%s has nothing like it", b.Kind)
	}
	if err := m.call(ctx, "Marionette:SetContext", map[string]any{"value": "chrome"}, nil); err != nil {
		return err
	}
	err := b.Run(ctx, script, out, args...)
	if back := m.call(ctx, "Marionette:SetContext", map[string]any{"value": "content"}, nil); err == nil {
		err = back
	}
	return err
}
