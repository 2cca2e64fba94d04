#!/bin/sh
# SPDX-License-Identifier: MIT
# Whose parent has ended has another one from then on.
. "$(dirname "$0")/lib.sh"

: >first && : >second
# shellcheck disable=SC2016
status 0 "$uaudit" run -a always,exit -F arch=b64 -S openat -k k -o x.log -- \
	sh -c '(: <first; sleep 0.4; : <second) & sleep 0.1'
ppid_at() { # the parent when NAME was opened
	serial=$(sed -n "s/^type=PATH msg=audit(\([^)]*\)): .*name=\"$1\".*/\1/p" x.log)
	sed -n "s/^type=SYSCALL msg=audit($serial): .* ppid=\([0-9]*\) .*/\1/p" x.log
}
before=$(ppid_at first)
after=$(ppid_at second)
[ -n "$before" ] && [ -n "$after" ] || fail "ppid '$before', '$after'"
[ "$before" -ne "$after" ] || fail "the parent is still $before"
exit 0
