/* SPDX-License-Identifier: MIT */
/* What only privilege can do, and how it is refused: capabilities, the clock, modules, programs of the kernel. Nothing here
 * changes the machine: the clock is only set wrongly, which is refused. */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

#include "cases.h"

/* ---- capabilities ---- */

static void capset_version(unsigned version, int pid)
{
	struct __user_cap_header_struct header = { .version = version, .pid = pid };
	struct __user_cap_data_struct data[2] = { { 0 } };

	CALL(capget, &header, data);
	data[0].inheritable |= 1u << 13;
	CALL(capset, &header, data);
}

static void capset_versions_part(void)
{
	capset_version(_LINUX_CAPABILITY_VERSION_3, 0);
	capset_version(_LINUX_CAPABILITY_VERSION_2, getpid());
	capset_version(_LINUX_CAPABILITY_VERSION_3, 1);
	capset_version(12345, 0);
	/* the upper half falls away */
	capset_version(_LINUX_CAPABILITY_VERSION_1, 0);
}

static void capset_versions(void)
{
	in_child(capset_versions_part);
}

static void capset_ambient_part(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	CALL(capget, &header, data);
	data[0].inheritable = 1u << 13 | 1u << 10;
	CALL(capset, &header, data);
	CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 13L, 0L, 0L);
	CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 10L, 0L, 0L);
	/* takes the one out of the ambient set too */
	data[0].inheritable = 1u << 13;
	data[0].effective = 1u << 1;
	CALL(capset, &header, data);
	CALL(capset, &header, BAD_POINTER);
	CALL(capset, BAD_POINTER, data);
}

static void capset_ambient(void)
{
	in_child(capset_ambient_part);
}

static void capset_refused_part(void)
{
	capset_version(_LINUX_CAPABILITY_VERSION_3, 0);
}

static void capset_refused(void)
{
	as_nobody(capset_refused_part);
}

/* ---- the clock ---- */

static void set_clock_wrongly(void)
{
	struct timespec bad = { .tv_sec = 1, .tv_nsec = 2000000000 };
	struct timeval worse = { .tv_sec = 1, .tv_usec = -1 };

	CALL(clock_settime, CLOCK_REALTIME, &bad);
	CALL(clock_settime, CLOCK_MONOTONIC, &bad);
	CALL(clock_settime, CLOCK_REALTIME, BAD_POINTER);
	CALL(settimeofday, &worse, NULL);
	CALL(settimeofday, BAD_POINTER, NULL);
#ifdef SYS_clock_settime64
	long long wide[2] = { 1, 2000000000 };

	CALL(clock_settime64, CLOCK_REALTIME, wide);
#endif
}

static void adjust_wrongly(void)
{
	struct timex t = { .modes = ADJ_TICK, .tick = 1 };

	CALL(adjtimex, &t);
	CALL(clock_adjtime, CLOCK_REALTIME, &t);
	CALL(clock_adjtime, CLOCK_MONOTONIC, &t);
	CALL(adjtimex, BAD_POINTER);
	t.modes = ADJ_SETOFFSET;
	t.time.tv_usec = 2000000;
	CALL(adjtimex, &t);
	memset(&t, 0, sizeof(t));
	CALL(adjtimex, &t);
	t.modes = ADJ_OFFSET_SS_READ;
	CALL(clock_adjtime, CLOCK_REALTIME, &t);
#ifdef SYS_clock_adjtime64
	long long wide[32] = { 0 };

	CALL(clock_adjtime64, CLOCK_REALTIME, wide);
#endif
}

static void clock_wrong(void)
{
	set_clock_wrongly();
	adjust_wrongly();
}

static void clock_refused_part(void)
{
	struct timex t = { .modes = ADJ_FREQUENCY, .freq = 1 };

	clock_wrong();
	CALL(adjtimex, &t);
	t.modes = ADJ_SETOFFSET;
	CALL(clock_adjtime, CLOCK_REALTIME, &t);
	t.modes = ADJ_OFFSET_SINGLESHOT;
	CALL(adjtimex, &t);
}

static void clock_refused(void)
{
	as_nobody(clock_refused_part);
}

/* ---- modules ---- */

static const char no_module[] =
	"no image of a module, and long enough to be looked at as a header of one";

static void modules(void)
{
	int fd = CALL(open, "f", O_RDONLY, 0),
	    empty = CALL(open, "nothing_in_it", O_RDWR | O_CREAT, 0644);
	char long_name[200];

	CALL(init_module, no_module, sizeof(no_module), "");
	CALL(init_module, no_module, 4L, "");
	CALL(init_module, BAD_POINTER, 4096L, "");
	CALL(finit_module, fd, "", 0);
	CALL(finit_module, fd, "", 4);
	CALL(finit_module, fd, "", 1024);
	CALL(finit_module, empty, "", 0);
	CALL(finit_module, 99, "", 0);
	CALL(delete_module, "no_such_module", O_NONBLOCK);
	CALL(delete_module, "with space", O_NONBLOCK);
	CALL(delete_module, "", O_NONBLOCK);
	memset(long_name, 'n', sizeof(long_name));
	long_name[199] = '\0';
	CALL(delete_module, long_name, O_NONBLOCK);
	long_name[56] = '\0';
	CALL(delete_module, long_name, O_NONBLOCK);
	long_name[55] = '\0';
	CALL(delete_module, long_name, O_NONBLOCK);
	CALL(delete_module, BAD_POINTER, O_NONBLOCK);
}

static void modules_refused(void)
{
	as_nobody(modules);
}

/* ---- programs of the kernel ---- */

static void bpf_load(void)
{
	struct bpf_insn exit_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	int fd;

	attr.insns = (uintptr_t)exit_0;
	attr.insn_cnt = 2;
	attr.license = (uintptr_t) "GPL";
	fd = CALL(bpf, BPF_PROG_LOAD, &attr, 48);
	CALL(dup2, fd, 60);
	CALL(bpf, BPF_PROG_LOAD, &attr, 48);
	attr.insn_cnt = 1;
	CALL(bpf, BPF_PROG_LOAD, &attr, 48);
	CALL(bpf, BPF_PROG_LOAD, BAD_POINTER, 48);
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	CALL(bpf, BPF_MAP_CREATE, &attr, 48);
	CALL(close, fd);
	CALL(close, 60);
}

static void bpf_refused(void)
{
	as_nobody(bpf_load);
}

static const struct diff_case privilege_cases[] = {
	{ "capset_versions", capset_versions },
	{ "capset_ambient", capset_ambient },
	{ "capset_refused", capset_refused },
	{ "clock_wrong", clock_wrong },
	{ "clock_refused", clock_refused },
	{ "modules", modules },
	{ "modules_refused", modules_refused },
	{ "bpf_load", bpf_load },
	{ "bpf_refused", bpf_refused },
};
TOPIC(privilege);
