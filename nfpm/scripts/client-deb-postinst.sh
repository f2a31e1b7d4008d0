#!/bin/sh
# Debian: enables the bridge's socket for all users, once; what a person has
# disabled stays so. It starts only where dom0 has switched the bridge on.
set -e
unit=qpay-bridge.socket
if [ "$1" = configure ] && command -v deb-systemd-helper >/dev/null; then
	deb-systemd-helper --user unmask "$unit" >/dev/null || true
	if deb-systemd-helper --quiet --user was-enabled "$unit"; then
		deb-systemd-helper --user enable "$unit" >/dev/null || true
	else
		deb-systemd-helper --user update-state "$unit" >/dev/null || true
	fi
fi
exit 0
