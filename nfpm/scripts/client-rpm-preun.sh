#!/bin/sh
# Fedora, last removal: disables the bridge's socket.
helper=/usr/lib/systemd/systemd-update-helper
if [ "$1" -eq 0 ] && [ -x "$helper" ]; then
	"$helper" remove-user-units qpay-bridge.socket || true
fi
exit 0
