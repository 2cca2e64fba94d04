#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What an installer of doubtful origin might do, all below one directory of its own: installs a tool, edits and renames
# files, cleans up, looks where it has no business, starts a service and talks to it.

set -u
root=${1:?usage: install-something.sh DIRECTORY}
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$root/bin" "$root/etc"
cat >"$root/bin/greet" <<'EOF'
#!/bin/sh
echo "hello from greet"
EOF
chmod 755 "$root/bin/greet"
ln -s greet "$root/bin/hello"

# configure: written beside, moved into place, the old one kept
echo 'port = auto' >"$root/etc/greet.conf"
cp "$root/etc/greet.conf" "$root/etc/greet.conf.bak"
sed -i 's/auto/any/' "$root/etc/greet.conf"
mv "$root/etc/greet.conf.bak" "$root/etc/greet.conf.orig"

# a build directory that nobody misses afterwards
work=$(mktemp -d "$root/build.XXXXXX")
echo 'int x;' >"$work/x.c"
rm -r "$work"

# a look where it has no business
(cat /etc/shadow >/dev/null) 2>/dev/null
(echo 'root2::0:0::/:/bin/sh' >>/proc/1/environ) 2>/dev/null

"$root/bin/hello"

# a service on the loopback address, and a first visit
if [ -x /usr/bin/python3 ]; then
	/usr/bin/python3 "$here/loopback.py" "$root/port"
elif command -v perl >/dev/null; then
	perl "$here/loopback.pl"
fi
