package browser

import "path/filepath"

// Watched is a browser that nothing automates: it can be started, looked at
// from outside, and ended.
type Watched struct{ p *process }

// Watch starts a browser with a page, as a person does, with the profile in
// Dir. Its preferences keep it from asking servers and from pages of its own;
// none has to do with extensions.
func Watch(o Options, url string) (*Watched, error) {
	program, err := find(o.Kind)
	if err != nil {
		return nil, err
	}
	var p *process
	if o.Kind == Firefox {
		profile := filepath.Join(o.Dir, "firefox")
		if err := WriteFirefoxPrefs(profile, nil); err != nil {
			return nil, err
		}
		p, err = start(o, program, "--no-remote", "--profile", profile, url)
	} else {
		p, err = start(o, program, append(ChromiumArgs(o.ChromiumProfile()), url)...)
	}
	if err != nil {
		return nil, err
	}
	return &Watched{p}, nil
}

// End ends it as a logout does, so that it keeps its profile in order.
func (w *Watched) End() { w.p.end() }
