#!/bin/sh
# SPDX-License-Identifier: MIT
# init/uaudit.init with an engine in a scratch directory: start, twice; status; reload; restart; stop.
# usage: init_script.sh BUILD
set -u
build=$(cd "$1" && pwd)
top=$(mktemp -d /tmp/uaudit-init.XXXXXX)
failed=0

fail() {
	echo "FAIL $*"
	failed=1
}

expect() { # STATUS WORDS...
	wanted=$1
	shift
	"$top/init" "$@" >"$top/out" 2>&1
	got=$?
	[ "$got" = "$wanted" ] || fail "$* ended with $got: $(cat "$top/out")"
}

trap '"$top/init" stop; rm -rf "$top"' EXIT
sed -e "s,^ENGINE=.*,ENGINE=$build/uaudit," -e "s,^CONFIG=.*,CONFIG=$top/conf," -e "s,^PID_FILE=.*,PID_FILE=$top/pid," \
	"$build/init/uaudit.init" >"$top/init"
chmod +x "$top/init"
grep -q "^ENGINE=$build/uaudit$" "$top/init" || fail "the script has no ENGINE"
cat >"$top/conf" <<END
run_dir = $top/run
state_dir = $top/state
log_file = $top/log
END

expect 3 status
expect 7 reload
expect 0 start
[ -S "$top/run/control.sock" ] || fail "started, but there is no socket"
first=$(cat "$top/pid")
expect 0 start
[ "$(cat "$top/pid")" = "$first" ] || fail "a second start has made another engine"
expect 0 status
mv "$top/log" "$top/log.1"
expect 0 reload
expect 0 restart
[ "$(cat "$top/pid")" != "$first" ] || fail "restarted, but it is the same process"
expect 0 stop
expect 3 status
expect 0 stop
[ -e "$top/run/control.sock" ] && fail "stopped, but the socket is there"
cat "$top/log.1" "$top/log" >"$top/all"
for type in DAEMON_START DAEMON_END; do
	n=$(grep -c "^type=$type " "$top/all")
	[ "$n" = 2 ] || fail "$n records of type $type"
done
grep -q '^type=DAEMON_CONFIG .* res=success$' "$top/all" || fail "no DAEMON_CONFIG"
# another process's number in the file is not taken for an engine
echo $$ >"$top/pid"
expect 3 status
expect 2 unknown-word
exit $failed
