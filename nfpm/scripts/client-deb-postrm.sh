#!/bin/sh
# Debian: a unit that is gone is masked, so that its links lead nowhere; after a
# purge nothing is left.
set -e
unit=qpay-bridge.socket
if command -v deb-systemd-helper >/dev/null; then
	case $1 in
	remove) deb-systemd-helper --user mask "$unit" >/dev/null || true ;;
	purge)
		deb-systemd-helper --user purge "$unit" >/dev/null || true
		deb-systemd-helper --user unmask "$unit" >/dev/null || true
		;;
	esac
fi
exit 0
