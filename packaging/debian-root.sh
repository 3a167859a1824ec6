#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A fresh root of a Debian suite, for the scripts that build or try something there.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: packaging/debian-root.sh SUITE ROOT [OPTION ...]

	Makes ROOT, a folder or a file *.tar, from the packages of the Debian suite. They come from this machine's
	mirror, with its settings for expired lists. The options are those of mmdebstrap, for example
	--variant=minbase or --include=tshark. Needs root and mmdebstrap.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
esac
[ $# -ge 2 ] || { usage >&2; exit 2; }
suite=$1
root=$2
shift 2

mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | awk '/debian$/ && !found++')
options=(--quiet --variant=apt --dpkgopt=force-unsafe-io)
while read -r option; do
	options+=(--aptopt="$option")
done < <(apt-config dump --no-empty --format '%f "%v";%n' Acquire | grep -E '^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy) ' || true)
mmdebstrap "${options[@]}" "$@" "$suite" "$root" "$mirror"
[ ! -d "$root" ] || chmod 755 "$root"
