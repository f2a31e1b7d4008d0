#!/bin/sh
# Signs what `make packages` built: sign.sh KEY [FOLDER]. KEY is a fingerprint
# that gpg knows, RSA or ed25519 (dom0 takes no ECDSA), FOLDER where the signed
# packages are put (out/signed). The packages in out/pkg stay as they are.
#
# qpay-dom0 is packed anew, since the packages for Fedora templates that travel
# in it have to be the signed ones. A .deb has no signature of its own: what
# protects it is that of qpay-dom0, or of the list of checksums.
set -eu
cd "$(dirname "$0")/.."
key=${1-}
if [ -z "$key" ]; then
	echo "sign: make sign KEY=FINGERPRINT" >&2
	exit 2
fi
to=${2:-out/signed}
rm -rf "$to"
mkdir -p "$to"
sign() {
	# Debian's macro names a gpg2 that Debian has not.
	rpmsign --define "__gpg $(command -v gpg)" --define "_gpg_name $key" --addsign "$@" >/dev/null
}
for file in out/pkg/*; do
	case $file in
	*/qpay-dom0-*) ;;
	*) cp "$file" "$to" ;;
	esac
done
sign "$to"/qpay-client-*.rpm "$to"/qpay-server-*.rpm
gpg --batch --yes --armor --export "$key" >"$to/RPM-GPG-KEY-qpay"
tools/packages.sh dom0 "$to" "$to"
sign "$to"/qpay-dom0-*.rpm
(
	cd "$to"
	sha256sum -- *.deb *.rpm *.json >SHA256SUMS
	gpg --batch --yes --local-user "$key" --armor --detach-sign SHA256SUMS
	cat SHA256SUMS
)
