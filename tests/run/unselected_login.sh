#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A login uid that changes by a call that no rule selects is noticed all the same: once, before anything that it is about.
# Arguments: uaudit.
uaudit=$(realpath "$1")
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
failed=0

if ! sh -c 'echo 1000 >/proc/self/loginuid' 2>/dev/null; then
	echo "skipped: the login uid of this session is set and may not be changed"
	exit 77
fi
# "cat" is another task than the shell
before=$(cat /proc/self/loginuid)

# expect NUMBER PATTERN FILE
expect() {
	n=$(grep -c "$2" "$3")
	[ "$n" = "$1" ] && return
	echo "$3: $n lines instead of $1 with $2"
	cat "$3"
	failed=1
}

run() {
	log=$1 syscalls=$2
	shift 2
	rm -f "$log"
	"$uaudit" run -q -o "$log" -a always,exit -F arch=b64 -S "$syscalls" -k k -- "$@" || {
		echo "$log: status $?"
		failed=1
	}
}

# Noticed when the shell forks, and inherited.
run forks mkdir,mkdirat sh -c 'echo 1001 >/proc/self/loginuid; mkdir a; mkdir b'
expect 1 'type=LOGIN' forks
expect 1 "type=LOGIN .* old-auid=$before auid=1001 .* res=1" forks
expect 2 'type=SYSCALL .* auid=1001 .*comm="mkdir"' forks
[ "$(sed -n '1s/ .*//p' forks)" = type=LOGIN ] || { echo "forks: LOGIN is not first"; failed=1; }

# ... and before the next recorded call of its own, which is another session's.
run own openat sh -c 'echo 1002 >/proc/self/loginuid; : >file'
expect 1 'type=LOGIN .* auid=1002 ' own
expect 1 'type=PATH .* name="file" .*nametype=CREATE' own
session=$(sed -n 's/type=LOGIN .* ses=\([0-9]*\) res=1.*/\1/p' own)
serial=$(sed -n 's/type=PATH msg=\(audit([^ ]*\): .* name="file" .*/\1/p' own)
expect 1 "type=SYSCALL msg=$serial: .* auid=1002 .* ses=$session " own

# A rule on write: the call's own event has it, and no other.
run selected write sh -c 'echo 1003 >/proc/self/loginuid; mkdir c'
expect 1 'type=LOGIN' selected
serial=$(sed -n 's/type=LOGIN msg=\(audit([^ ]*\): .*/\1/p' selected)
expect 1 "type=SYSCALL msg=$serial: .* success=yes exit=5 .* auid=1003 " selected
exit $failed
