package sandbox

import (
	"os"
	"path/filepath"
)

// drawing lists what GTK and its libraries open to draw a window, as strace
// shows it, and what a person may have put there to change its looks. All of it
// is read only. X, D-Bus and accessibility are reached through local sockets,
// for which Landlock has no rule.
func drawing(home string) []string {
	all := []string{
		"/usr", "/lib", "/lib32", "/lib64", // libraries, fonts, icons, themes, translations
		"/etc/ld.so.cache", "/etc/fonts", "/etc/gtk-3.0", "/etc/localtime", "/etc/locale.alias", "/etc/machine-id",
		"/var/cache/fontconfig",
		"/sys/devices/system/cpu", "/sys/kernel/mm/transparent_hugepage",
	}
	if x := os.Getenv("XAUTHORITY"); filepath.IsAbs(x) {
		all = append(all, x)
	}
	if !filepath.IsAbs(home) {
		return all
	}
	for _, p := range []string{
		".Xauthority", ".config/gtk-3.0", ".config/fontconfig", ".cache/fontconfig", ".cache/at-spi",
		".fonts", ".icons", ".themes", ".local/share/fonts", ".local/share/icons", ".local/share/themes",
	} {
		all = append(all, filepath.Join(home, p))
	}
	return all
}

// loaders are the dynamic loaders. They and the two programs are all that can
// be executed.
func loaders() (all []string) {
	for _, pattern := range []string{"/lib64/ld-*.so*", "/lib/ld-*.so*"} {
		found, _ := filepath.Glob(pattern) // the patterns are right
		all = append(all, found...)
	}
	return all
}
