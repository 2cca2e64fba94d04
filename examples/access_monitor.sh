#!/bin/sh
# SPDX-License-Identifier: MIT
# What is denied fails and is recorded in exactly one line; what is not goes on.
set -u
monitor=${ACCESS_MONITOR:?set ACCESS_MONITOR to the program under test}
top=$(mktemp -d "${TMPDIR:-/tmp}/uaudit-monitor.XXXXXX") || exit 99
trap 'rm -rf "$top"' EXIT
top=$(realpath "$top")
mkdir "$top/secret" "$top/open"
echo hidden >"$top/secret/f"
echo seen >"$top/open/f"

fail() {
	echo "FAIL: $*"
	cat "$top/log" "$top/err" 2>/dev/null
	exit 1
}

"$monitor" --deny "$top/secret" --log "$top/log" true 2>"$top/err"
[ $? -eq 0 ] || { grep -q 'no filter' "$top/err" && echo "SKIP: no seccomp notification here" && exit 77; fail "true"; }
[ "$("$monitor" --deny "$top/secret" --log "$top/log" cat "$top/open/f" 2>"$top/err")" = seen ] || fail "cat of what is allowed"
[ ! -s "$top/log" ] || fail "a record of what is allowed"

# by the relative name, from a descendant, through a link
ln -s ../secret "$top/open/link"
out=$(cd "$top/open" && "$monitor" --deny "$top/secret" --log "$top/log" sh -c 'cat link/f; exit $?' 2>"$top/err")
[ $? -eq 1 ] || fail "cat of what is denied does not fail"
[ -z "$out" ] || fail "it was read: $out"
grep -q 'Permission denied' "$top/err" || fail "no EACCES"
[ "$(wc -l <"$top/log")" -eq 1 ] || fail "not one record"
dev=$(stat -c '%d' "$top/secret/f")
want=$(printf 'avc:  denied  { read } for  pid=N comm="cat" path="%s" dev="%02x:%02x" ino=%s scontext=monitored tcontext=denied tclass=file permissive=0' \
	"$top/secret/f" $((dev >> 8 & 0xfff)) $((dev & 0xff)) "$(stat -c %i "$top/secret/f")")
got=$(sed -e 's/^type=AVC msg=audit([0-9]*\.[0-9]\{3\}:1): //' -e 's/ pid=[0-9]* / pid=N /' "$top/log")
[ "$got" = "$want" ] || fail "the record is \"$got\", expected \"$want\""

# writing and making
"$monitor" --deny "$top/secret" --log "$top/log" sh -c "echo x >'$top/secret/new'" 2>"$top/err" && fail "it was made"
[ ! -e "$top/secret/new" ] || fail "it is there"
tail -n 1 "$top/log" | grep -q "{ write } for  pid=[0-9]* comm=\"sh\" path=\"$top/secret/new\" scontext=" || fail "record of making"

if [ -x /usr/sbin/ausearch ] || command -v ausearch >/dev/null; then
	PATH=$PATH:/usr/sbin ausearch -if "$top/log" -m AVC >"$top/found" 2>&1 || fail "ausearch: $(cat "$top/found")"
	[ "$(grep -c '^type=AVC' "$top/found")" -eq 2 ] || fail "ausearch shows $(cat "$top/found")"
fi

# to an engine: one request that leaves stamp and serial to it, and waits for the answer
cat >"$top/engine.py" <<'PY'
import socket, struct, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
server.bind(sys.argv[1])
server.listen(1)
print("ready", flush=True)
server.settimeout(20)
client = server.accept()[0]
message = client.recv(65536)
length, kind, flags, seq, pid = struct.unpack("=IHHII", message[:16])
client.send(struct.pack("=IHHIIi", 36, 2, 0x100, seq, 0, 0) + message[:16])
print(length == len(message), kind, flags, *struct.unpack("=II", message[16:24]), message[24:].decode(), flush=True)
PY
if command -v python3 >/dev/null; then
	python3 "$top/engine.py" "$top/sock" >"$top/received" &
	n=0
	until grep -q ready "$top/received"; do
		n=$((n + 1))
		[ $n -lt 100 ] || fail "the test's engine does not start"
		sleep 0.1
	done
	"$monitor" --deny "$top/secret" --engine "$top/sock" cat "$top/secret/f" >/dev/null 2>"$top/err" && fail "not denied"
	wait $!
	got=$(sed -n -e 's/ pid=[0-9]* / pid=N /' -e 2p "$top/received")
	[ "$got" = "True 1087 5 1400 0 $want" ] || fail "the engine got \"$got\""
fi
