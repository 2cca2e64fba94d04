#!/bin/sh
# SPDX-License-Identifier: MIT
# A build with make -j2 of a C project: the same result as without uaudit, and a log that holds every program that ran
# and every file that was created, checked against the file system.
. "$(dirname "$0")/lib.sh"
for tool in make cc ar; do
	command -v $tool >/dev/null || skip "$tool is missing"
done

mkdir plain audited
for where in plain audited; do
	(
		cd $where || exit 1
		mkdir src obj
		for i in $(seq 24); do
			echo "int f$i(int x); int f$i(int x) { return x + $i; }" >src/f$i.c
		done
		echo 'int main(void) { return 0; }' >src/main.c
		cat >Makefile <<'EOF'
OBJ := $(patsubst src/%.c,obj/%.o,$(wildcard src/f*.c))
prog: src/main.c obj/all.a
	cc -o $@ src/main.c obj/all.a
obj/all.a: $(OBJ)
	ar rcD $@ $^
obj/%.o: src/%.c
	cc -c -o $@ $<
EOF
		find . -type f | sort >../$where.before
	) || exit 99
done
(cd plain && make -s -j2) >out 2>err || fail "the plain build"
status 0 "$uaudit" run -o x.log -- make -s -j2 -C audited
diff -r plain audited >out 2>&1 || fail "the results differ"

# every file that is there now and was not before
(cd audited && find . -type f | sort | comm -13 ../audited.before -) >made
[ "$(wc -l <made)" -eq 26 ] || fail "26 files are made: $(cat made)"
while read -r file; do
	grep -qE "^type=PATH .* name=\"(\./|$top/audited/)?${file#./}\" .* nametype=CREATE" x.log || fail "$file is not in the log"
done <made
# every compiler pass: cc -c 24 times, once to link, with its passes below it
[ "$(grep -cE '^type=EXECVE .* a0="cc"' x.log)" -eq 25 ] || fail "25 cc, not $(grep -cE '^type=EXECVE .* a0="cc"' x.log)"
[ "$(grep -cE '^type=EXECVE .* a0="ar"' x.log)" -eq 1 ] || fail "one ar"
exit 0
