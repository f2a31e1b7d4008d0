package setup

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"

	"qpay/internal/server/config"
	"qpay/internal/server/hint"
)

// replacement is a file that is new, beside the one it replaces.
type replacement struct {
	path, old string
	content   []byte
}

// write replaces the configuration, if it changes, and gives its text. Whether
// it did is in committed: an error may come after that.
func (j *job) write() (text string, err error) {
	files := j.replacements()
	text = string(j.was.text)
	for _, s := range j.edits {
		text = edit(text, s)
	}
	got, err := config.Parse(j.folder, []byte(text))
	if err != nil || !reflect.DeepEqual(got, j.want) {
		return "", hint.New("config.toml is written in a way that setup cannot change.",
			"write each key on a line of its own below its [table], or move the file out of the way and run setup anew")
	}
	var unused, fresh []string
	for _, f := range files {
		unused, fresh = append(unused, f.old), append(fresh, f.path)
		if err == nil {
			err = place(f.path, f.content)
		}
	}
	if err == nil && len(files) > 0 {
		err = syncFolder(j.folder) // before config.toml names them
	}
	if err == nil && (text != string(j.was.text) || !j.was.found) {
		err = place(filepath.Join(j.folder, "config.toml"), []byte(text))
	}
	if err != nil {
		remove(j.folder, fresh...) // config.toml still names the old ones
		return "", err
	}
	j.committed = true
	return text, errors.Join(syncFolder(j.folder), remove(j.folder, unused...))
}

// replacements says which files are new, under which names.
func (j *job) replacements() (files []replacement) {
	for _, s := range []struct {
		new, old  []byte
		path      *string
		name, key string
	}{
		{j.certificate, j.was.certificate, &j.want.CertificateFile, "tls.cert", "tls_cert"},
		{j.macaroon, j.was.macaroon, &j.want.MacaroonFile, "macaroon", "macaroon"},
	} {
		if s.new == nil || s.old != nil && slices.Equal(s.new, s.old) {
			continue
		}
		f := replacement{content: s.new}
		switch {
		case s.old != nil:
			f.old, f.path = *s.path, beside(j.folder, *s.path, s.name)
		case filepath.Dir(*s.path) == j.folder:
			f.path = *s.path
		default:
			f.path = filepath.Join(j.folder, s.name)
		}
		if f.path != *s.path {
			*s.path = f.path
			j.set("node", s.key, quoted(filepath.Base(f.path)))
		}
		files = append(files, f)
	}
	return files
}
