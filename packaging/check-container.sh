#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the image of packaging/Containerfile without a registry, and uses it. Needs root, buildah and mmdebstrap.
set -euo pipefail

most_megabytes=250

usage() {
	cat <<-TEXT
	Usage: packaging/check-container.sh [SUITE]

	Makes a root of the Debian suite (default: bookworm) that stands in for its slim image, builds
	packaging/Containerfile on it, and judges captures with the image that comes out. Exit status 0 if
	the verdicts are right, dsmipcheck runs as an ordinary user, and the image takes less than
	$most_megabytes MB. Only Debian's packages are fetched.
	TEXT
}

case "${1-}" in
--help) usage; exit ;;
-*) usage >&2; exit 2 ;;
esac
suite=${1:-bookworm}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
temporary=$(mktemp -d)
store() {
	buildah --root "$temporary/store" --runroot "$temporary/run" --storage-driver vfs "$@"
}
clean_up() {
	store rm --all >/dev/null 2>&1 || true
	rm -rf "$temporary"
}
trap clean_up EXIT
# logged COMMAND ...: what it prints is shown only if it fails
logged() {
	if ! "$@" >"$temporary/log" 2>&1; then
		tail -n 40 "$temporary/log" >&2
		echo "packaging/check-container.sh: failed: $*" >&2
		exit 1
	fi
}

printf '=== %s: a slim root\n' "$suite"
# As small as the slim image is: no documents, nothing recommended, and no perl, which only the package usrmerge needs.
logged "$top/packaging/debian-root.sh" "$suite" "$temporary/root.tar" --variant=minbase --include=usr-is-merged \
	--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='APT::Install-Recommends "false"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*'
base=$(store from scratch)
store add --quiet "$base" "$temporary/root.tar" / >/dev/null
store commit --quiet --rm "$base" "docker.io/library/debian:$suite-slim" >/dev/null
rm "$temporary/root.tar"

printf '=== %s: build\n' "$suite"
logged store build --isolation chroot --pull-never --build-arg "DEBIAN=$suite" -f "$top/packaging/Containerfile" \
	-t dsmipcheck "$top"

printf '=== %s: use\n' "$suite"
container=$(store from --pull-never localhost/dsmipcheck)
in_container() {
	store run --isolation chroot "$container" -- "$@"
}
in_container sh -euc '
	cd "$(mktemp -d)"
	test "$(id -un)" = judge
	dsmipgen write coa_mode -w good.pcapng
	dsmipgen write prefix_bits -w bad.pcapng
	dsmipcheck good.pcapng
	status=0
	dsmipcheck bad.pcapng || status=$?
	test $status = 1'
test "$(store inspect --type image --format '{{.OCIv1.Config.Entrypoint}}' localhost/dsmipcheck)" = '[dsmipcheck]'
megabytes=$(du --apparent-size -sm "$(store mount "$container")" | cut -f1)
echo "the image takes $megabytes MB"
if [ "$megabytes" -ge "$most_megabytes" ]; then
	echo "packaging/check-container.sh: the image takes $megabytes MB; expected less than $most_megabytes" >&2
	exit 1
fi
