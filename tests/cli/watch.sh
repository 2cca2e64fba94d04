#!/bin/sh
# SPDX-License-Identifier: MIT
# A watch goes on when its file is renamed, deleted and created again: each event once, in order.
. "$(dirname "$0")/lib.sh"

mkdir d
status 0 "$uaudit" run -w "$top/d" -p wa -k w -o x.log -- sh -c '
	echo 1 >d/f; mv d/f d/g; ln d/g d/h; chmod 600 d/g; rm d/g; echo 2 >d/g; mkdir d/s; rmdir d/s; : <d/g; echo >elsewhere'
"$uaudit" run -w "$top/d" -p wa -k w -- sh -c 'rm -r d/g d/h; echo 1 >d/f; rm d/f' 2>lines || fail "status"

# What happened, as syscall and names; the second item of the event on.
sed -nE 's/^type=SYSCALL .* syscall=([0-9]+) success=(yes|no) .* key=("w"|\(null\))$/call \1 \2 \3/p
	s/^type=PATH .* name=("[^"]*"|\(null\)) .* nametype=([A-Z]+) .*/\2 \1/p' x.log >got
cat >want <<EOF
call 257 yes "w"
PARENT "d/"
CREATE "d/f"
call 316 yes "w"
PARENT "d/"
PARENT "d/"
DELETE "d/f"
CREATE "d/g"
EOF
head -n 8 got | cmp -s - want || fail "first events: $(head -8 got)"
[ "$(grep -c '^call' got)" -eq 8 ] || fail "8 events, not $(grep -c '^call' got): $(cat got)"
has_not x.log elsewhere
has lines ' created '"$top"'/d/f  \[w\]$'
has lines ' deleted '"$top"'/d/f  \[w\]$'
exit 0
