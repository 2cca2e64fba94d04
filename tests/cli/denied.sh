#!/bin/sh
# SPDX-License-Identifier: MIT
# A forbidden read by an unprivileged user, found again with the distribution's tools.
. "$(dirname "$0")/lib.sh"

cd user || exit 99
as_user cat /etc/shadow >/dev/null 2>&1 && skip "/etc/shadow is readable here"
as_user "$user_uaudit" run -a always,exit -F arch=b64 -S openat -F success=0 -k denied -o x.log -- cat /etc/shadow \
	>out 2>err
[ $? -eq 1 ] || fail "cat's status is 1"
says err 'cat: /etc/shadow: Permission denied'
has err '^uaudit: cat: exit status 1; 1 task, '
has err '^  failed accesses .*/etc/shadow \(EACCES\)|^  failed accesses .* more$'
[ "$(stat -c %a x.log)" = 600 ] || fail "the log is for its owner only"
has x.log '^type=SYSCALL msg=audit\([0-9]+\.[0-9]{3}:[0-9]+\): arch=c000003e syscall=257 success=no exit=-13 .* key="denied"$'
has x.log '^type=PATH msg=audit\(.*\): item=0 name="/etc/shadow" inode=[0-9]+ .* nametype=NORMAL '
has_not x.log '^type=EOE'

command -v ausearch >/dev/null || skip "ausearch is missing (package auditd)"
ausearch -if x.log -k denied -i </dev/null >found 2>err || fail "ausearch finds nothing"
has found '^type=SYSCALL .* syscall=openat success=no exit=EACCES\(Permission denied\) a0=AT_FDCWD .* comm=cat exe=.*/cat key=denied $'
has found '^type=PATH .* name=/etc/shadow .* mode=file,.* ouid=root '
has found '^type=PROCTITLE .* proctitle=cat /etc/shadow $'
aureport -if x.log -f </dev/null >report 2>err || fail "aureport fails"
has report ' /etc/shadow 257 no .*/cat '
exit 0
