# SPDX-License-Identifier: MIT
# uaudit's side of a comparison with --source bpf: one engine for all programs, which run in a control group of their own. Between
# two of them the rules are changed; a change judges all that happened before it by the old ones, so that a message behind it
# parts the records of the two. Used by 'run': needs $top, $tools, $uaudit, $logs.

bpf_group= bpf_engine= tier=
bpf_mark='uaudit-differential'

bpf_ctl() {
	UAUDIT_SOCKET=$top/engine/run/control.sock "$uaudit" ctl "$@"
}

bpf_say() {
	sed 's/^/engine: /' "$top/engine/said" >&2
}

# 77, with the reason, where there can be none.
bpf_start() {
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	if [ -z "$mount" ] || ! mkdir "$mount/uaudit-diff.$$" 2>/dev/null; then
		echo "skipped: no control group can be made (a mount of type cgroup2, root)"
		return 77
	fi
	bpf_group=$mount/uaudit-diff.$$
	mkdir -p "$top/engine"
	# records of one program wait in memory while its event is written
	"$uaudit" daemon --source bpf --cgroup "$bpf_group" --run-dir "$top/engine/run" --state-dir "$top/engine/state" \
		--log "$top/engine/log" --backlog-limit 8192 --capture-ends with-engine >"$top/engine/said" 2>&1 &
	bpf_engine=$!
	until bpf_ctl -s >/dev/null 2>&1; do
		if ! kill -0 "$bpf_engine" 2>/dev/null; then
			bpf_say
			echo "skipped: the BPF programs cannot be used here: $(tail -n 1 "$top/engine/said")"
			return 77
		fi
		sleep 0.1
	done
}

# The rules of the next program, and where its records begin.
bpf_rules() {
	{
		echo -D
		cat "$2"
	} >"$top/engine/rules"
	bpf_ctl -R "$top/engine/rules" >/dev/null && bpf_ctl -m "$bpf_mark $1" || {
		bpf_say
		exit 2
	}
}

# The records of each program; what tells of the rules' changes is no part of them. Fails if any was lost.
bpf_finish() {
	: >"$top/engine/none"
	bpf_rules end "$top/engine/none"
	tries=600
	until grep -q "$bpf_mark end" "$top/engine/log"; do
		tries=$((tries - 1))
		kill -0 "$bpf_engine" 2>/dev/null && [ $tries -gt 0 ] || { bpf_say; echo "FAIL: the engine's log has no end"; return 1; }
		sleep 0.1
	done
	awk -v mark="text=$bpf_mark " -v logs="$logs" '
		/^type=USER / && (at = index($0, mark)) {
			split(substr($0, at + length(mark)), words, " ")
			if (out) close(out)
			out = logs "/" words[1] ".uaudit"
			next
		}
		/^type=CONFIG_CHANGE .* op=(add|remove)_rule / { next }
		out { print >>out }' "$top/engine/log"
	rm -f "$logs/end.uaudit"
	bpf_ctl -s >"$logs/status"
	tier=$(awk '$1 == "tier" { print $2 }' "$logs/status")
	tier=${tier:-tracepoints}
	lost=$(awk '$1 == "lost" || $1 == "events_lost" { n += $2 } END { print n + 0 }' "$logs/status")
	echo "differential: $(awk '$1 == "events" { print $2 }' "$logs/status") events through the BPF programs, $lost lost"
	[ "$lost" = 0 ]
}

bpf_stop() {
	if [ -n "$bpf_engine" ]; then
		kill "$bpf_engine" 2>/dev/null
		wait "$bpf_engine"
	fi
	if [ -n "$bpf_group" ]; then
		echo 1 >"$bpf_group/cgroup.kill"
		tries=50
		until rmdir "$bpf_group" || [ $tries = 0 ]; do
			tries=$((tries - 1))
			sleep 0.1
		done 2>/dev/null
	fi
	bpf_engine= bpf_group=
}
