#!/bin/sh
# SPDX-License-Identifier: MIT
# --extra: what is said beyond the original stands in records of its own, and nothing else changes.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || skip "python3 is missing"

# One program, recorded with everything: what is written with and without is one and the same run.
cat >ops.py <<'E2'
import mmap, os, socket

def attempt(call, *args, **more):
    try:
        return call(*args, **more)
    except OSError:
        return -1

os.mkdir("d e")
os.chdir("d e")
os.mkdir("sub")
d = os.open("sub", os.O_RDONLY)
f = os.open("file", os.O_CREAT | os.O_RDWR, dir_fd=d)
os.fchmod(f, 0o600)
os.ftruncate(f, 4096)
os.fsync(f)
mmap.mmap(f, 4096).close()
os.rename("file", "../moved", src_dir_fd=d, dst_dir_fd=d)
os.symlink("../moved", "link", dir_fd=d)
os.close(os.open("link", os.O_RDONLY, dir_fd=d))
attempt(os.open, "missing", os.O_RDONLY, dir_fd=d)
attempt(os.open, "no/where", os.O_RDONLY, dir_fd=d)
os.unlink("link", dir_fd=d)
os.unlink("moved")
os.fchmod(f, 0o400)
os.close(f)
os.rmdir("sub")
os.close(d)
s = socket.socket(socket.AF_UNIX)
attempt(s.connect, "nobody")
E2
all='-a always,exit -F arch=b64 -S all -k all'
# shellcheck disable=SC2086
status 0 "$uaudit" run -q $all --extra=all -o full.log --record events -- python3 -SE ops.py
# shellcheck disable=SC2086
status 0 "$uaudit" replay -q $all -o strict.log events
# shellcheck disable=SC2086
status 0 "$uaudit" replay -q $all --extra=all -o again.log events
cmp full.log again.log || fail "a replay does not say what the run said"
has_not strict.log '^type=UNKNOWN'
grep -v '^type=UNKNOWN\[1399\] ' full.log >rest.log
cmp strict.log rest.log || fail "other records have changed"
for part in paths args time cgroup; do
	# shellcheck disable=SC2086
	status 0 "$uaudit" replay -q $all --extra=$part -o $part.log events
done
[ "$(grep -c '^type=UNKNOWN' args.log)" -eq "$(grep -c '^type=SYSCALL' strict.log)" ] || fail "each call has a4 and a5"
has_not args.log '^type=UNKNOWN.*(path|time|cgroup)='
has args.log '^type=UNKNOWN\[1399\] msg=audit\([0-9.:]*\): a4=[0-9a-f]+ a5=[0-9a-f]+$'
has_not time.log '^type=UNKNOWN.*(path|a4|cgroup)='
has time.log '^type=UNKNOWN\[1399\] msg=audit\([0-9.:]*\): time=[0-9]+\.[0-9]{9} duration_ns=[0-9]+$'
has_not paths.log '^type=UNKNOWN.*(time|a4|cgroup)='
[ ! -r /proc/self/cgroup ] || has cgroup.log '^type=UNKNOWN\[1399\] msg=audit\([0-9.:]*\): cgroup=("/|2F)'

# without the option the run itself says and keeps nothing of it
# shellcheck disable=SC2086
status 0 "$uaudit" run -q $all -o plain.log --record plain.events -- python3 -SE -c pass
# shellcheck disable=SC2086
status 0 "$uaudit" replay -q $all --extra=paths,time,cgroup -o plain.again plain.events
cmp plain.log plain.again || fail "a run without --extra has captured more"

cat >check.py <<'E2'
import collections, os, re, sys
top = os.path.realpath(sys.argv[1])

def value(text):
    return text[1:-1] if text.startswith('"') else os.fsdecode(bytes.fromhex(text)) if text != "(null)" else None

events = collections.defaultdict(list)
for line in open("full.log", encoding="utf-8", errors="surrogateescape"):
    kind, serial, text = re.match(r"type=(\S+) msg=audit\(.*?:(\d+)\): ?(.*)", line).groups()
    fields = dict(re.findall(r'([\w-]+)=("[^"]*"|\S*)', text))
    events[int(serial)].append((kind, fields, line))
calls = []
for records in events.values():
    kinds = [kind for kind, _, _ in records]
    assert kinds[0] == "SYSCALL", kinds
    extra = [i for i, kind in enumerate(kinds) if kind == "UNKNOWN[1399]"]
    # behind the last PATH, before PROCTITLE, and together
    assert extra and kinds[-1] == "PROCTITLE" and extra[-1] == len(kinds) - 2, kinds
    assert extra == list(range(extra[0], extra[-1] + 1)) and extra[0] >= 1 + ("PATH" in kinds), kinds
    call, first = records[0][1], records[extra[0]][1]
    stamp = re.search(r"audit\((\d+)\.(\d+):", records[0][2])
    coarse, fine = int(stamp[1]) * 1000 + int(stamp[2]), int(first["time"].replace(".", "")) // 1000000
    assert 0 <= fine - coarse < 60000, (coarse, fine)
    assert ("duration_ns" in first) == ("exit" in call), first
    items = {r[1]["item"]: value(r[1]["name"]) for r in records if r[0] == "PATH"}
    paths = {r[1]["item"]: value(r[1]["path"]) for _, r in [(0, r) for r in records if "path" in r[1]] if "item" in r[1]}
    fds = {int(r[1]["fd"]): value(r[1]["path"]) for r in records if "path" in r[1] and "fd" in r[1]}
    assert set(paths) <= set(items)
    types = {r[1]["item"]: r[1]["nametype"] for r in records if r[0] == "PATH"}
    calls.append((int(call["syscall"]), call["exit"] if "exit" in call else None, items, paths, fds, types, first))
here = top + "/d e"
at = next(i for i, c in enumerate(calls) if "d e" in c[2].values())
calls = calls[at:]

def find(nr, paths=None, fds=None):
    for c in calls:
        if c[0] == nr and (paths is None or list(c[3].values()) == paths) and (fds is None or c[4] == fds):
            return c
    raise AssertionError((nr, paths, fds, [c for c in calls if c[0] == nr]))

NR = dict(mmap=9, openat=257, fchmod=91, ftruncate=77, fsync=74, close=3, renameat=264, symlinkat=266, unlinkat=263,
          unlink=87, rmdir=84, connect=42)
f, d = here + "/sub/file", here + "/sub"
fd = int(find(NR["openat"], [d, f])[1])
find(NR["fchmod"], [f])
find(NR["ftruncate"], fds={fd: f})
find(NR["fsync"], fds={fd: f})
c = next(c for c in calls if c[0] == NR["mmap"] and f in c[4].values())
assert int(c[6]["a4"], 16) in (fd, fd + 1, fd + 2) and c[6]["a5"] == "0", c
find(NR["renameat"], [here, d, f, here + "/moved"])
c = find(NR["symlinkat"], [d, d + "/link"])
assert len(c[2]) == 3, "the target is a string, not a path"
find(NR["openat"], [here + "/moved"])          # through the link: the object
find(NR["openat"], [d + "/missing"])
find(NR["openat"], [d + "/no/where"])
find(NR["unlinkat"], [d, d + "/link"])
find(NR["unlink"], [here, here + "/moved"])
find(NR["fchmod"], [here + "/moved (deleted)"])
find(NR["close"], fds={fd: here + "/moved (deleted)"})
find(NR["rmdir"], [here, d])
c = next(c for c in calls if c[0] == NR["connect"])
assert list(c[3].values()) == [here + "/nobody"], c
assert all(p.startswith("socket:[") for p in c[4].values()), c
if os.path.exists("/proc/self/cgroup"):
    assert all(value(c[6]["cgroup"]).startswith("/") for c in calls)
E2
python3 check.py "$top" >out 2>err || fail "the paths are not right"

# as JSON, and in readable lines
# shellcheck disable=SC2086
status 0 "$uaudit" replay -q $all --extra=all --format json -o full.json events
# shellcheck disable=SC2086
"$uaudit" replay $all --extra=paths --no-summary events >lines 2>err || fail "replay as lines"
has lines " truncated '?\"?$top/d e/sub/file"
has lines " changed mode of '?\"?$top/d e/moved \(deleted\)"
# shellcheck disable=SC2086
"$uaudit" replay $all --no-summary events >lines 2>err || fail "replay as lines"
has lines ' truncated fd [0-9]+'
cat >json_check.py <<'E2'
import json, os, re, sys
top = os.path.realpath(sys.argv[1])
events = [json.loads(line) for line in open("full.json", encoding="utf-8")]
for e in events:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", e["entered"]), e["entered"]
    assert e["entered"] >= e["time"][:-1], e
    assert ("duration_ns" in e) == (e["result"] is not None), e
e = next(e for e in events if e["syscall"] == "renameat")
assert [p["item"] for p in e["paths"][:4]] == [0, 1, 2, 3], e["paths"]
assert e["object"] == top + "/d e/sub/file" and e["object2"] == top + "/d e/moved", e
e = next(e for e in events if e["syscall"] == "fsync")
assert len(e["paths"]) == 1 and e["paths"][0]["path"] == top + "/d e/sub/file" and e["paths"][0]["fd"] > 2, e
E2
python3 json_check.py "$top" >out 2>err || fail "JSON is not right"

# without privileges as well
cp ops.py user/ && chmod 644 user/ops.py
# shellcheck disable=SC2086
(cd user && as_user "$user_uaudit" run -q $all --extra=all -o ../user/full.log -- python3 -SE ops.py) >out 2>err ||
	fail "as a user"
cp user/full.log full.log
python3 check.py "$top/user" >out 2>err || fail "the paths of a user's run are not right"

# from the root that the program has
if [ "$(id -u)" -eq 0 ]; then
	mkdir -p jail/in/sub
	cat >jail.py <<'E2'
import os
os.chroot("jail")
os.chdir("/in")
d = os.open("sub", os.O_RDONLY)
f = os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=d)
os.fsync(f)
os.rename("file", "/moved", src_dir_fd=d)
try:
    os.open("gone/file", os.O_RDONLY, dir_fd=d)
except OSError:
    pass
E2
	status 0 "$uaudit" run -q -a always,exit -F arch=b64 -S openat,fsync,rename,renameat --extra=paths -o jail.log -- \
		python3 -SE jail.py
	tail -n 40 jail.log | sed -n 's/^type=UNKNOWN\[1399\] msg=[^ ]* //p' | grep '/in' >seen
	for path in /in/sub /in/sub/file /in/sub/gone/file; do
		has seen "^item=[0-9]+ path=\"$path\"$"
	done
	has seen '^fd=[0-9]+ path="/in/sub/file"$'
	has jail.log '^type=UNKNOWN.* item=3 path="/moved"$'
	has_not seen "$top"
else
	echo 'SKIP another root: needs root'
fi

# a task that is moved to another control group
for mount in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	group=$mount/uaudit-test.$$
	[ -f $mount/cgroup.controllers ] && mkdir "$group" 2>/dev/null && break
	group=
done
if [ "$group" ]; then
	id=$(stat -c %i "$group")
	"$uaudit" run -q -a always,exit -F arch=b64 -S execve --extra=cgroup -o group.log -- sh -c \
		'true; /bin/true; echo $$ >"$0/cgroup.procs" || exit; sleep 0.1; /bin/true' "$group" >out 2>err
	got=$?
	rmdir "$group"
	[ $got -eq 0 ] || fail "moving a process to $group: $got"
	has group.log "^type=UNKNOWN\[1399\] msg=[^ ]* cgroup=\"/uaudit-test.$$\" cgroup_id=$id$"
	[ "$(grep -c "cgroup=\"/uaudit-test.$$\"" group.log)" -eq 2 ] || fail "sleep and the second true are in the new group"
else
	echo 'SKIP another control group: none of version 2 can be made here'
fi

# a program of 32 bits: its mmap has the descriptor in a4
cat >small.c <<'E2'
#include <fcntl.h>
#include <sys/mman.h>
int main(void)
{
	return mmap(0, 4096, PROT_READ, MAP_PRIVATE, open("/dev/zero", O_RDONLY), 8192) == MAP_FAILED;
}
E2
if cc -m32 small.c -o small 2>/dev/null && ./small; then
	status 0 "$uaudit" run -q -a always,exit -F arch=b32 -S mmap2 --extra=args,paths -o small.log -- ./small
	tail -n 3 small.log | head -n 2 >seen
	has seen '^type=UNKNOWN\[1399\] msg=[^ ]* a4=3 a5=2$'
	has seen '^type=UNKNOWN\[1399\] msg=[^ ]* fd=3 path="/dev/zero"$'
else
	echo 'SKIP 32 bits: no compiler or no libraries for them'
fi

# the words
status 125 "$uaudit" run --extra=path -- true
has err "^uaudit: --extra 'path': no such word; there are paths, args, time, cgroup, all, none"
status 125 "$uaudit" run --extra=time,none -- true
has err "^uaudit: --extra 'none': "
status 125 "$uaudit" run --extra
has err "^uaudit: option '--extra' needs paths, args, time, cgroup or all behind it$"
status 0 "$uaudit" run -q --extra=all --extra none -o none.log -- true
has_not none.log '^type=UNKNOWN'
exit 0
