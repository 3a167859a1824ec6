#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In front of a compiler's command line, as a compiler cache is: an object that the build tree has is taken from there.
last=
object=
for word; do
	[ "$last" != -o ] || object=$word
	last=$word
done
if [ -n "$object" ] && [ -r "/run/objects/$object" ]; then
	exec cp "/run/objects/$object" "$object"
fi
exec "$@"
