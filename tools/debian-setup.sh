#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Install what is needed to build, test, fuzz and document this project on Debian 12 or later.
set -euo pipefail

usage() {
	cat <<-TEXT
	Usage: tools/debian-setup.sh [--build|--package|--lint|--test] [--list]

	Installs the Debian packages that the project needs, as root or through sudo.
	Does nothing, quickly, when all of them are there.

	  --build    only what is needed to build, install and use it
	  --package  what is needed to make Debian packages as well
	  --lint     that, and what checks them
	  --test     what is needed to test and fuzz it, and to make packages (default)
	  --list     print the packages and stop
	TEXT
}

build=(
	gcc libc6-dev cmake ninja-build pkgconf
	wireshark-dev libwireshark-dev libwiretap-dev libwsutil-dev libglib2.0-dev
	libyaml-dev libnet1-dev libmnl-dev libcap-ng-dev libpcap-dev libgcrypt20-dev libjson-glib-dev
	tshark
	asciidoctor # manual pages
)
test=(
	wireshark-common python3 python3-pytest python3-pytest-xdist python3-scapy python3-yaml python3-jsonschema
	libxml2-utils mandoc parallel openssl jq zsh fish
	iproute2 libcap2-bin procps user-mode-linux busybox-static
	valgrind # instructions that the plugin takes
	# fuzz
	clang-14 libclang-rt-14-dev
	# the Windows headers that the plugin is checked against
	mingw-w64-x86-64-dev
	# the files for other systems' packages
	rpm nix-bin
)

package=(
	build-essential debhelper dpkg-dev
)

lint=(
	lintian blhc
)

packages=("${build[@]}" "${test[@]}" "${package[@]}")
list=no
for option; do
	case $option in
	--build) packages=("${build[@]}") ;;
	--package) packages=("${build[@]}" "${package[@]}") ;;
	--lint) packages=("${build[@]}" "${package[@]}" "${lint[@]}") ;;
	--test) packages=("${build[@]}" "${test[@]}" "${package[@]}") ;;
	--list) list=yes ;;
	--help) usage; exit ;;
	*) usage >&2; exit 2 ;;
	esac
done
if [ $list = yes ]; then
	printf '%s\n' "${packages[@]}"
	exit
fi

missing=()
for package in "${packages[@]}"; do
	status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "tools/debian-setup.sh: missing packages, and neither root nor sudo to install them:" >&2
		echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 3
	fi
	as_root=(sudo)
fi

apt_get() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q -y "$@"
}

echo "Installing ${missing[*]}"
apt_get update
apt_get install --no-install-recommends "${missing[@]}"
