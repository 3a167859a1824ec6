#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh FOLDER BUILD SCRIPT, under unshare --mount: runs the script, as root, on a copy of this machine that is in memory
# alone and gone at the end. FOLDER is an empty one to make it in. /home/reader/dsmipv4, where the script begins, has the
# source tree and nothing that was built from it, and belongs to the user "reader". An object that the build tree BUILD has
# is not compiled again.
set -euo pipefail
memory=$1
build=$2
script=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

mount -t tmpfs -o mode=755 none "$memory"
root=$memory/root
mkdir "$memory/upper" "$memory/work" "$root"
mount -t overlay -o "lowerdir=/,upperdir=$memory/upper,workdir=$memory/work" overlay "$root"
for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
mount -t tmpfs -o mode=1777 none "$root/tmp"
mkdir -p "$root/run/objects" "$root/home/reader/dsmipv4"
mount --bind "$build" "$root/run/objects"

tar -C "$here/../.." --exclude=./build --exclude=./.git --exclude=__pycache__ -c . | tar -C "$root/home/reader/dsmipv4" -x
install -m 755 "$here/object.sh" "$root/usr/local/bin/object"
printf '#!/bin/sh\nexec "$@"\n' >"$root/usr/local/bin/sudo"
chmod 755 "$root/usr/local/bin/sudo"
chroot "$root" useradd --no-log-init --shell /bin/bash reader
chroot "$root" chown -R reader: /home/reader
exec env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
	CMAKE_C_COMPILER_LAUNCHER=/usr/local/bin/object chroot "$root" \
	bash -e -o pipefail -c "cd /home/reader/dsmipv4; $script"
