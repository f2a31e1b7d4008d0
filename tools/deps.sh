#!/bin/sh
# Installs what building, testing and showing qpay needs and this machine
# lacks: Debian 12 and 13 by apt-get, Fedora by dnf. Says what it installs, and
# does nothing if nothing is missing. --list only says what is missing.
set -eu

# What is needed, by the package names of Debian and of Fedora, and a test for
# its presence. A package is asked for by what it is used for, since a machine
# may have it from elsewhere.
needs() {
	cat <<-'LIST'
		gcc                  gcc                 command gcc
		pkg-config           pkgconf-pkg-config  command pkg-config
		libgtk-3-dev         gtk3-devel          library gtk+-3.0
		adwaita-icon-theme   adwaita-icon-theme  file /usr/share/icons/Adwaita/index.theme
		librsvg2-common      librsvg2            loader svg
		fonts-cantarell      abattis-cantarell-fonts    font Cantarell
		fonts-dejavu-core    dejavu-sans-mono-fonts     font DejaVuSansMono
		xvfb                 xorg-x11-server-Xvfb command Xvfb
		openbox              openbox             command openbox
		dbus                 dbus-daemon         command dbus-daemon
		at-spi2-core         at-spi2-core        bridge at-spi
		xdotool              xdotool             command xdotool
		imagemagick          ImageMagick         magick import
		x11-utils            xprop               command xprop
		xclip                xclip               command xclip
		xsel                 xsel                command xsel
		wl-clipboard         wl-clipboard        command wl-paste
		sway                 sway                command sway
		libnotify-bin        libnotify           command notify-send
		zenity               zenity              command zenity
		xdg-utils            xdg-utils           command xdg-mime
		libglib2.0-bin       glib2               command gio
		desktop-file-utils   desktop-file-utils  command desktop-file-validate
		zbar-tools           zbar                command zbarimg
		maim                 maim                command maim
		mandoc               mandoc              command mandoc
		zsh                  zsh                 command zsh
		fish                 fish                command fish
		protobuf-compiler    protobuf-compiler   command protoc
		mmdebstrap           mmdebstrap          command mmdebstrap
		rpm                  rpm-sign            command rpmsign
		gnupg                gnupg2              command gpg
		util-linux           util-linux          command nsenter
		shellcheck           ShellCheck          command shellcheck
		python3-venv         python3             python ensurepip
		firefox-esr          firefox             either firefox-esr firefox
		chromium             chromium            either chromium chromium-browser
		chromium-driver      chromedriver        command chromedriver
		systemd              systemd             command systemd-analyze
		iproute2             iproute             command ip
		curl                 curl                command curl
		zip                  zip                 command zip
		nodejs               nodejs              command node
		npm                  npm                 command npm
	LIST
}

present() {
	case $1 in
	command) command -v "$2" >/dev/null ;;
	either) for name in $2; do command -v "$name" >/dev/null && return; done; return 1 ;;
	# Something else by ImageMagick's name may be on the path.
	magick) command -v "$2" >/dev/null && "$2" -version 2>/dev/null | grep -q ImageMagick ;;
	library) command -v pkg-config >/dev/null && pkg-config --exists "$2" ;;
	file) [ -e "$2" ] ;;
	loader) find /usr/lib /usr/lib64 -path '*gdk-pixbuf*' -name "*$2*.so" 2>/dev/null | grep -q . ;;
	font) find /usr/share/fonts -name "$2*" 2>/dev/null | grep -q . ;;
	python) command -v python3 >/dev/null && python3 -c "import $2" 2>/dev/null ;;
	bridge) find /usr/libexec /usr/lib -name 'at-spi-bus-launcher' 2>/dev/null | grep -q . ;;
	esac
}

if command -v apt-get >/dev/null; then
	manager=apt-get
elif command -v dnf >/dev/null; then
	manager=dnf
else
	manager=
fi

missing=
while read -r deb rpm kind what; do
	present "$kind" "$what" && continue
	if [ "$manager" = dnf ]; then missing="$missing $rpm"; else missing="$missing $deb"; fi
done <<EOT
$(needs)
EOT

if ! command -v go >/dev/null; then
	echo "deps: Go is missing: install version 1.26 or later from your distribution or from the Go project" >&2
	exit 1
fi
[ -n "$missing" ] || exit 0
echo "deps: missing:$missing"
[ "${1-}" != --list ] || exit 1
if [ -z "$manager" ]; then
	echo "deps: neither apt-get nor dnf is here; install these (Debian's names) by hand" >&2
	exit 1
fi
root=
if [ "$(id -u)" -ne 0 ]; then
	root=sudo
	echo "deps: installing needs root: sudo may ask for your password"
fi
echo "deps: installing them with $manager"
# The lists of names are meant to be split into words.
# shellcheck disable=SC2086
case $manager in
apt-get)
	$root apt-get update -q
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
	;;
dnf) $root dnf install -y --setopt=install_weak_deps=False $missing ;;
esac
