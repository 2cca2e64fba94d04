#!/bin/sh
# SPDX-License-Identifier: MIT
# A call that is cut short by SIGKILL is recorded with the ids of the task that made it, though the task is gone.
. "$(dirname "$0")/lib.sh"

cd user || exit 99
command -v setpriv >/dev/null || skip "setpriv is missing"
as_user "$user_uaudit" run -a always,exit -F arch=b64 -S clock_nanosleep -k nap -o x.log -- \
	sh -c '(sleep 0.3; kill -9 $$) & exec sleep 20' >out 2>err
[ $? -eq 137 ] || fail "sleep was killed"
has x.log '^type=SYSCALL .* syscall=230 .* key="nap"$'
has_not x.log '^type=SYSCALL .* uid=0 '
has_not x.log '^type=SYSCALL .* ppid=0 '
exit 0
