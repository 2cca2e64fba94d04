# SPDX-License-Identifier: MIT
# For the tests of this directory: $uaudit, a directory of its own to work in, and a few ways to say what is expected.
# A test ends at its first failure and says what it saw.

set -u
uaudit=${UAUDIT:?set UAUDIT to the program under test}
here=$(cd "$(dirname "$0")" && pwd) || exit 99
top=$(mktemp -d "${TMPDIR:-/tmp}/uaudit-cli.XXXXXX") || exit 99
trap 'chmod -R u+rwx "$top" 2>/dev/null; rm -rf "$top"' EXIT
trap 'exit 130' INT TERM HUP
chmod 755 "$top"
cd "$top" || exit 99

fail() {
	echo "FAIL: $*"
	for shown in out err; do
		[ ! -s $shown ] || { echo "--- std$shown"; cat $shown; }
	done
	exit 1
}

skip() {
	echo "SKIP: $*"
	exit 77
}

# status WANT COMMAND...: runs it, its output in out and err
status() {
	want=$1
	shift
	"$@" >out 2>err
	got=$?
	[ $got -eq "$want" ] || fail "$*: status $got, not $want"
}

# says FILE TEXT: FILE has a line that is TEXT
says() {
	grep -qxF -- "$2" "$1" || fail "no line '$2' in $1"
}

# has FILE REGEX
has() {
	grep -qE -- "$2" "$1" || fail "nothing like '$2' in $1"
}

has_not() {
	! grep -qE -- "$2" "$1" || fail "there is '$(grep -E -- "$2" "$1" | head -1)' in $1"
}

empty() {
	[ ! -s "$1" ] || fail "$1 is not empty: $(head -3 "$1")"
}

# As somebody without privileges, also when root runs the tests.
if [ "$(id -u)" -eq 0 ]; then
	command -v setpriv >/dev/null || skip "setpriv is missing"
	as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	# The program may lie where that user cannot go.
	cp "$uaudit" "$top/uaudit.user" && user_uaudit=$top/uaudit.user
	chmod 755 "$user_uaudit"
	mkdir "$top/user" && chown 65534:65534 "$top/user"
else
	as_user() { "$@"; }
	user_uaudit=$uaudit
	mkdir "$top/user"
fi
