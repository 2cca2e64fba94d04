#!/bin/sh
# SPDX-License-Identifier: MIT
# closed.sh UAUDIT PROGRAM: a program cannot hide from a rule on its executable by closing itself to an unprivileged
# uaudit, nor by being unreadable, and what is missing of it is said.
UAUDIT=$(realpath "$1")
program=$(realpath "$2")
. "$(dirname "$0")/../cli/lib.sh"

cp "$program" "$top/closed" && chmod 755 "$top/closed"
cd user || exit 99
as_user "$user_uaudit" run -a always,exit -F arch=b64 -S openat -F "exe=$top/closed" -F success=1 -k k -o x.log -- \
	"$top/closed" >out 2>err || fail "it returns 0"
pids=$(sed -n 's/^type=SYSCALL .* pid=\([0-9]*\) .* exe="[^"]*\/closed" key="k"$/\1/p' x.log | sort -u | wc -l)
[ "$pids" -eq 2 ] || { cat x.log; fail "events of $pids processes, not of 2"; }
[ "$(grep -c '^uaudit: closed (pid [0-9]*) may not be looked at ' err)" -eq 1 ] || fail "that is not said once"

# One that only root may read, started by a shell whose execve no rule selects; by a relative name, through a link.
cp "$program" "$top/unreadable" && chmod 711 "$top/unreadable"
rm -f x.log
ln -s "$top" there
as_user "$user_uaudit" run -a always,exit -F arch=b64 -S openat -F "exe=$top/unreadable" -F success=1 -k k -o x.log -- \
	sh -c 'there/unreadable; exit $?' >out 2>err || fail "it returns 0 as well"
pids=$(sed -n 's/^type=SYSCALL .* pid=\([0-9]*\) .* exe="[^"]*\/unreadable" key="k"$/\1/p' x.log | sort -u | wc -l)
[ "$pids" -eq 2 ] || { cat x.log; fail "events of $pids processes of an unreadable program, not of 2"; }
exit 0
