/* SPDX-License-Identifier: MIT */
/*
 * What only a machine of its own may suffer (tests/vm): the clock, modules, programs of the kernel, login uids, interfaces,
 * mounts. Each case puts back what the next side of the comparison would see.
 */
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>

#include "cases.h"

#ifndef SYS_clock_settime /* 32-bit: the C library has its own */
#define SYS_clock_settime NO_SUCH_CALL
#endif

/* ---- the clock ---- */

#define STEP_S 1000
/* Half a second more than whole ones: however long the call takes, it changes the clock by STEP_S and some nanoseconds. */
#define STEP_NS 500000000L
#define TAI_S   37

/* The clock, but so much later. Registers may still have some of it afterwards: who calls next sets all that records show. */
static struct timespec moved_clock(int seconds, long nanoseconds)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += seconds;
	t.tv_nsec += nanoseconds;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	} else if (t.tv_nsec < 0) {
		t.tv_nsec += 1000000000L;
		t.tv_sec--;
	}
	return t;
}

#ifdef SYS_stime
/* Sleeps, with one call, until a second of the clock is half over. */
static struct timespec await_middle(void)
{
	struct timespec now, pause = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	pause.tv_nsec = (1000000000L + STEP_NS - now.tv_nsec) % 1000000000L;
	CALL(nanosleep, &pause, NULL, 0L, 0L);
	clock_gettime(CLOCK_REALTIME, &now);
	return now;
}
#endif

static void clock_settime_calls(void)
{
	struct timespec t = moved_clock(STEP_S, STEP_NS), bad = { .tv_nsec = 1000000000L };

	CALL(clock_settime, CLOCK_REALTIME, &t, 0L, 0L);
	t = moved_clock(-STEP_S, -STEP_NS);
	CALL(clock_settime, CLOCK_REALTIME, &t, 0L, 0L);
	CALL(clock_settime, CLOCK_REALTIME, &bad, 0L, 0L);
	CALL(clock_settime, CLOCK_REALTIME, BAD_POINTER, 0L, 0L);
	CALL(clock_settime, CLOCK_MONOTONIC, &t, 0L, 0L);
	CALL(open, "f", O_RDONLY);
}

static void settimeofday_calls(void)
{
	struct timespec t = moved_clock(STEP_S, STEP_NS);
	struct timeval tv = { .tv_sec = t.tv_sec, .tv_usec = t.tv_nsec / 1000 };
	struct timezone zone = { .tz_minuteswest = 0 };

	CALL(settimeofday, &tv, NULL, 0L, 0L);
	t = moved_clock(-STEP_S, -STEP_NS);
	tv.tv_sec = t.tv_sec;
	tv.tv_usec = t.tv_nsec / 1000;
	CALL(settimeofday, &tv, &zone, 0L, 0L);
	CALL(settimeofday, NULL, &zone, 0L, 0L);
	tv.tv_usec = 1000000;
	CALL(settimeofday, &tv, NULL, 0L, 0L);
	CALL(settimeofday, BAD_POINTER, NULL, 0L, 0L);
#ifdef SYS_stime
	/* whole seconds: begun in the middle of one */
	t = await_middle();
	t.tv_sec += STEP_S;
	CALL(stime, &t.tv_sec, 0L, 0L, 0L);
	t = await_middle();
	t.tv_sec -= STEP_S;
	CALL(stime, &t.tv_sec, 0L, 0L, 0L);
#endif
}

/* The clock's own state as it was; setting the clock clears what is left of an offset, and is told again in later records. */
static void restore_part(void)
{
	struct timex freq = { .modes = ADJ_FREQUENCY };
	struct timex tick = { .modes = ADJ_TICK, .tick = 10000 };
	struct timex tai = { .modes = ADJ_TAI };
	struct timex status = { .modes = ADJ_STATUS, .status = STA_UNSYNC };
	struct timespec t;

	CALL(adjtimex, &freq);
	CALL(adjtimex, &tick);
	CALL(adjtimex, &tai);
	CALL(adjtimex, &status);
	t = moved_clock(0, STEP_NS);
	CALL(clock_settime, CLOCK_REALTIME, &t, 0L, 0L);
}

static void restore_clock(void)
{
	in_child(restore_part);
}

/* STA_FREQHOLD: otherwise the frequency follows the seconds since the last offset. */
static void adjust_part(void)
{
	struct timex t = { .modes = 0 };

	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_STATUS, .status = STA_PLL | STA_FREQHOLD | STA_UNSYNC };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_OFFSET, .offset = 1234 };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_FREQUENCY, .freq = 100 << 16 };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_FREQUENCY, .freq = 100 << 16 };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_TAI, .constant = TAI_S };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_TICK, .tick = 10001 };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_OFFSET_SS_READ };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_MAXERROR | ADJ_ESTERROR, .maxerror = 1, .esterror = 1 };
	CALL(adjtimex, &t);
}

static void adjust_all_part(void)
{
	struct timex t = {
		.modes = ADJ_FREQUENCY | ADJ_STATUS | ADJ_TAI | ADJ_TICK,
		.freq = -(50 << 16),
		.status = STA_PLL | STA_FREQHOLD | STA_UNSYNC,
		.constant = -TAI_S,
		.tick = 9999,
	};

	CALL(clock_adjtime, CLOCK_REALTIME, &t);
	t.modes = ADJ_OFFSET_SINGLESHOT;
	t.offset = 5000;
	CALL(clock_adjtime, CLOCK_REALTIME, &t);
}

static void adjust_errors_part(void)
{
	struct timex t = { .modes = ADJ_TICK, .tick = 1 };

	CALL(adjtimex, &t);
	CALL(adjtimex, BAD_POINTER);
	t = (struct timex){ .modes = ADJ_SETOFFSET, .time = { .tv_sec = 1, .tv_usec = 1000000 } };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_TICK, .tick = 10001 };
	CALL(clock_adjtime, CLOCK_MONOTONIC, &t);
	CALL(clock_adjtime, CLOCK_REALTIME, BAD_POINTER);
}

static void adjtimex_calls(void)
{
	restore_clock();
	in_child(adjust_part);
	restore_clock();
	in_child(adjust_all_part);
	restore_clock();
	in_child(adjust_errors_part);
	restore_clock();
}

static void inject_part(void)
{
	struct timex t = { .modes = ADJ_SETOFFSET, .time = { .tv_sec = 5, .tv_usec = 250001 } };

	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_SETOFFSET | ADJ_NANO,
		.time = { .tv_sec = -6, .tv_usec = 749999001 } };
	CALL(adjtimex, &t);
	t = (struct timex){ .modes = ADJ_SETOFFSET, .time = { .tv_sec = 0, .tv_usec = 0 } };
	CALL(adjtimex, &t);
	/* The offset of an earlier call of the task is told again. */
	t = (struct timex){ .modes = ADJ_TICK, .tick = 10001 };
	CALL(adjtimex, &t);
	CALL(open, "f", O_RDONLY);
	t = (struct timex){ .modes = ADJ_SETOFFSET | ADJ_NANO | ADJ_TICK,
		.time = { .tv_sec = 0, .tv_usec = 3 },
		.tick = 10000 };
	CALL(clock_adjtime, CLOCK_REALTIME, &t);
	t = (struct timex){ .modes = ADJ_MICRO };
	CALL(adjtimex, &t);
}

static void inject_calls(void)
{
	restore_clock();
	in_child(inject_part);
	restore_clock();
}

static void clock_refused_part(void)
{
	struct timespec t = moved_clock(STEP_S, STEP_NS);
	struct timeval tv = { .tv_sec = t.tv_sec };
	struct timex tx = { .modes = ADJ_TICK, .tick = 10001 };

	CALL(clock_settime, CLOCK_REALTIME, &t, 0L, 0L);
	CALL(settimeofday, &tv, NULL, 0L, 0L);
	CALL(adjtimex, &tx, 0L, 0L, 0L);
	tx.modes = ADJ_SETOFFSET;
	CALL(clock_adjtime, CLOCK_REALTIME, &tx);
}

static void clock_refused(void)
{
	as_nobody(clock_refused_part);
}

/* ---- modules ---- */

#define MODULE         "dummy"
#define MODULE_SIZE    (1024 * 1024) /* bytes, more than any module that a test asks for */
#define MODULE_NAME_CS 56            /* MODULE_NAME_LEN of 64-bit kernels */

static const char *module_path(void)
{
	static char path[512];
	struct utsname names;

	uname(&names);
	snprintf(path, sizeof(path), "/lib/modules/%s/kernel/drivers/net/" MODULE ".ko",
		names.release);
	return path;
}

static long read_module(char *image)
{
	int fd = open(module_path(), O_RDONLY | O_CLOEXEC);
	long len = 0, n;

	while (fd >= 0 && (n = read(fd, image + len, (size_t)(MODULE_SIZE - len))) > 0)
		len += n;
	close(fd);
	return len;
}

static void module_calls(void)
{
	static char image[MODULE_SIZE];
	static char long_name[MODULE_NAME_CS + 10];
	long len = read_module(image);
	int fd = CALL(open, module_path(), O_RDONLY | O_CLOEXEC);

	CALL(init_module, image, len, "numdummies=0");
	CALL(init_module, image, len, "numdummies=0");
	CALL(delete_module, MODULE, 0);
	CALL(delete_module, MODULE, 0);
	CALL(finit_module, fd, "numdummies=0", 0);
	CALL(finit_module, fd, "", 0);
	CALL(delete_module, MODULE, O_NONBLOCK);
	CALL(finit_module, fd, "no_such_parameter=1 numdummies=nonsense", 0);
	CALL(delete_module, MODULE, O_NONBLOCK);

	CALL(init_module, image, len / 2, "");
	CALL(init_module, "no module at all", 16L, "");
	CALL(init_module, BAD_POINTER, 100L, "");
	CALL(init_module, image, len, BAD_POINTER);
	CALL(finit_module, fd, "", 0x100);
	CALL(finit_module, 99, "", 0);
	fd = CALL(open, "f", O_RDONLY);
	CALL(finit_module, fd, "", 0);
	CALL(delete_module, "no such module", 0);
	CALL(delete_module, "", 0);
	CALL(delete_module, BAD_POINTER, 0);
	memset(long_name, 'm', sizeof(long_name) - 1);
	CALL(delete_module, long_name, 0);
}

static void modules_refused_part(void)
{
	static char image[MODULE_SIZE];
	long len = read_module(image);
	int fd = CALL(open, module_path(), O_RDONLY | O_CLOEXEC);

	CALL(init_module, image, len, "");
	CALL(finit_module, fd, "", 0);
	CALL(delete_module, MODULE, 0);
}

static void modules_refused(void)
{
	as_nobody(modules_refused_part);
}

/* ---- bpf ---- */

static int load_program(unsigned type, const struct bpf_insn *insns, unsigned n)
{
	static const char license[] = "MIT";
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uint64_t)(uintptr_t)insns;
	attr.insn_cnt = n;
	attr.license = (uint64_t)(uintptr_t)license;
	return CALL(bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static const struct bpf_insn return_0[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
	{ .code = BPF_JMP | BPF_EXIT },
};
static const struct bpf_insn no_end[] = {
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
};

static void bpf_calls(void)
{
	union bpf_attr attr;
	int fd;

	load_program(BPF_PROG_TYPE_SOCKET_FILTER, return_0, 2);
	fd = load_program(BPF_PROG_TYPE_SOCKET_FILTER, return_0, 2);
	load_program(BPF_PROG_TYPE_KPROBE, return_0, 2);
	load_program(BPF_PROG_TYPE_SOCKET_FILTER, no_end, 1);
	load_program(9999, return_0, 2);
	CALL(close, fd);

	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 8;
	attr.max_entries = 1;
	CALL(bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	memset(&attr, 0, sizeof(attr));
	CALL(bpf, BPF_PROG_GET_NEXT_ID, &attr, 8);
	memset(&attr, 0, sizeof(attr)); /* the last program's id, which would show up as a3 */
	attr.prog_id = 0x7ffffff0;
	CALL(bpf, BPF_PROG_GET_FD_BY_ID, &attr, 12);
	CALL(bpf, 9999, &attr, sizeof(attr));
	CALL(bpf, BPF_PROG_LOAD, BAD_POINTER, sizeof(attr));
}

static void bpf_refused(void)
{
	as_nobody(bpf_calls);
}

/* ---- login uid ---- */

static void write_loginuid(const char *path, const char *text)
{
	int fd = CALL(open, path, O_WRONLY, 0L, 0L);

	CALL(write, fd, text, strlen(text));
	CALL(close, fd);
}

static void loginuid_part(void)
{
	write_loginuid("/proc/self/loginuid", "1000");
	CALL(open, "f", O_RDONLY);
	write_loginuid("/proc/self/loginuid", "1000\n");
	write_loginuid("/proc/self/loginuid", "1001");
	write_loginuid("/proc/thread-self/loginuid", "4294967295");
	CALL(open, "f", O_RDONLY);
	write_loginuid("/proc/self/loginuid", "0");
}

static void loginuid_child(void)
{
	CALL(open, "f", O_RDONLY);
	write_loginuid("/proc/self/loginuid", "77");
	CALL(open, "f", O_RDONLY);
}

static void loginuid_inherit_part(void)
{
	write_loginuid("/proc/self/loginuid", "66");
	in_child(loginuid_child);
	CALL(open, "f", O_RDONLY);
}

static void loginuid_refused_part(void)
{
	int fd;

	/* What was set by one with privilege may not be set by one without. */
	write_loginuid("/proc/self/loginuid", "65534");
	write_loginuid("/proc/self/loginuid", "65535");
	write_loginuid("/proc/self/loginuid", "4294967295");
	write_loginuid("/proc/self/loginuid", "x");
	write_loginuid("/proc/self/loginuid", "");
	write_loginuid("/proc/self/loginuid", "4294967296");
	write_loginuid("/proc/self/loginuid", "-1");
	write_loginuid("/proc/1/loginuid", "5");
	fd = CALL(open, "/proc/self/loginuid", O_WRONLY);
	CALL(pwrite64, fd, "5", 1L, 1L);
	CALL(open, "f", O_RDONLY);
}

static void loginuid_nobody(void)
{
	as_nobody(loginuid_refused_part);
}

static void loginuid(void)
{
	in_child(loginuid_part);
	in_child(loginuid_inherit_part);
	in_child(loginuid_refused_part);
	in_child(loginuid_nobody);
}

/* ---- the network ---- */

static void promiscuous_calls(void)
{
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };
	struct ifreq request = { .ifr_name = "lo" };
	int fd = CALL(socket, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	mreq.mr_ifindex = (int)if_nametoindex("lo");
	CALL(setsockopt, fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	CALL(setsockopt, fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	CALL(setsockopt, fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq));
	CALL(setsockopt, fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &mreq, sizeof(mreq));
	mreq.mr_ifindex = 9999;
	CALL(setsockopt, fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq, sizeof(mreq));

	(void)ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_PROMISC;
	CALL(ioctl, fd, (long)SIOCSIFFLAGS, &request);
	CALL(ioctl, fd, (long)SIOCSIFFLAGS, &request);
	request.ifr_flags &= ~IFF_PROMISC;
	CALL(ioctl, fd, (long)SIOCSIFFLAGS, &request);
}

static void event_listener_calls(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
		.nl_groups = 1u << (AUDIT_NLGRP_READLOG - 1) };
	int group = AUDIT_NLGRP_READLOG, fd;

	fd = CALL(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, &group, sizeof(group));
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, &group, sizeof(group));
	CALL(bind, fd, &address, sizeof(address));
	address.nl_groups = 0;
	CALL(bind, fd, &address, sizeof(address));
	group = 99;
	CALL(setsockopt, fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group));
}

static void event_listener_refused(void)
{
	as_nobody(event_listener_calls);
}

/* ---- files ---- */

/* The harness removes the tree. */
static void unmount_all(void)
{
	static const char *const names[] = { "e2", "empty", "g" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		while (!umount2(names[i], MNT_DETACH))
			;
}

static void mount_calls(void)
{
	CALL(mount, "none", "empty", "tmpfs", 0L, "size=64k");
	CALL(mkdir, "empty/inside", 0755);
	close(CALL(open, "empty/new", O_CREAT | O_RDWR, 0644));
	CALL(rename, "empty/new", "f");
	CALL(link, "f", "empty/f");
	CALL(mount, "empty", "e2", NULL, (long)MS_BIND, NULL);
	CALL(mount, NULL, "e2", NULL, (long)(MS_BIND | MS_REMOUNT | MS_RDONLY), NULL);
	close(CALL(open, "e2/new", O_RDWR));
	CALL(unlink, "e2/new");
	CALL(mkdir, "e2/more", 0755);
	CALL(umount2, "e2", 0);
	CALL(mount, "f", "g", NULL, (long)MS_BIND, NULL);
	close(CALL(open, "g", O_RDONLY));
	CALL(mount, "g", "d/f", NULL, (long)MS_MOVE, NULL);
	CALL(mount, NULL, "empty", NULL, (long)MS_SHARED, NULL);
	CALL(umount2, "d/f", MNT_DETACH);
	CALL(umount2, "empty", 0);
	CALL(umount2, "empty", 0);
	CALL(umount2, "missing", 0);
	CALL(umount2, "lf", UMOUNT_NOFOLLOW);
	CALL(mount, "none", "missing", "tmpfs", 0L, NULL);
	CALL(mount, "none", "empty", "no such type", 0L, NULL);
	CALL(mount, "missing", "empty", "ext4", 0L, NULL);
	CALL(mount, "f", "empty", "ext4", 0L, NULL);
	CALL(mount, "lf", "empty", "ext4", 0L, NULL);
	CALL(mount, "", "empty", "ext4", 0L, NULL);
	CALL(mount, NULL, "empty", "ext4", 0L, NULL);
	CALL(mount, "f", "empty", NULL, (long)MS_BIND, NULL);
	CALL(mount, "missing", "empty", NULL, (long)MS_BIND, NULL);
	CALL(mount, "none", "empty", BAD_POINTER, 0L, NULL);
	CALL(mount, "none", "empty", "tmpfs", 0L, BAD_POINTER);
	unmount_all();
}

/* What is mounted over a file can be looked at, what is under it cannot: docs/compatibility.md. */
static void mount_point_calls(void)
{
	CALL(mount, "none", "empty", "tmpfs", 0L, NULL);
	CALL(mount, "f", "g", NULL, (long)MS_BIND, NULL);
	CALL(rmdir, "empty");
	CALL(rename, "empty", "other");
	CALL(rename, "d", "empty");
	CALL(unlink, "g");
	CALL(rename, "g", "h");
	CALL(rename, "secret", "g");
	CALL(rename, "empty/.", "other");
	CALL(rename, "d", "e2/..");
	unmount_all();
}

/* A detached tmpfs, or -1. */
static int detached_mount(void)
{
	int fs = CALL(fsopen, "tmpfs", 1);

	CALL(fsconfig, fs, 6, NULL, NULL, 0);
	return CALL(fsmount, fs, 1, 0);
}

static void move_mount_calls(void)
{
	int fd = detached_mount();

	CALL(move_mount, fd, "", AT_FDCWD, "missing", 4);
	CALL(move_mount, fd, "", AT_FDCWD, "empty", 4);
	fd = CALL(open_tree, AT_FDCWD, "empty", 1);
	CALL(move_mount, fd, "", AT_FDCWD, "e2", 4);
	CALL(move_mount, AT_FDCWD, "e2", AT_FDCWD, "d/sub", 0);
	CALL(move_mount, AT_FDCWD, "missing", AT_FDCWD, "d/sub", 0);
	CALL(move_mount, AT_FDCWD, "d/sub", AT_FDCWD, "e2", 0);
	CALL(move_mount, AT_FDCWD, "ld", AT_FDCWD, "lf", 0);
	CALL(move_mount, AT_FDCWD, "", AT_FDCWD, "e2", 0);
	CALL(move_mount, 99, "", AT_FDCWD, "e2", 4);
	CALL(move_mount, AT_FDCWD, "d", AT_FDCWD, "e2", 0x10000);
	unmount_all();
}

static void new_mount_calls(void)
{
	int fd, mnt;

	fd = CALL(fsopen, "tmpfs", 1);
	CALL(fsconfig, fd, 1, "size", "64k", 0);
	CALL(fsconfig, fd, 6, NULL, NULL, 0);
	mnt = CALL(fsmount, fd, 1, 0);
	CALL(openat, mnt, "./x", O_CREAT | O_RDWR, 0600);
	fd = CALL(open_tree, AT_FDCWD, "d", 1);
	CALL(openat, fd, "f", O_RDONLY);
	CALL(open_tree, AT_FDCWD, "missing", 1);
	CALL(fspick, AT_FDCWD, "/", 0);
	CALL(fspick, AT_FDCWD, "missing", 0);
	CALL(mount_setattr, AT_FDCWD, "d", 0, BAD_POINTER, 32L);
	CALL(mount_setattr, AT_FDCWD, "d", 0, BAD_POINTER, 8L);
	CALL(pivot_root, "d", "d/sub");
	CALL(pivot_root, "missing", "d");
}

static void mount_refused_part(void)
{
	CALL(mount, "none", "empty", "tmpfs", 0L, NULL);
	CALL(umount2, "/proc", 0);
	CALL(pivot_root, "d", "d/sub");
	CALL(open_tree, AT_FDCWD, "d", 1);
	CALL(chroot, "d");
	CALL(acct, "f");
	CALL(swapon, "f", 0);
	CALL(swapoff, "f");
}

static void mount_refused(void)
{
	as_nobody(mount_refused_part);
}

/* Calls for administrators that take paths or names. */
static void admin_calls(void)
{
	struct utsname names;

	CALL(swapon, "f", 0);
	CALL(swapon, "missing", 0);
	CALL(swapon, "f", 0x1000000);
	CALL(swapoff, "f");
	CALL(acct, "f");
	CALL(acct, NULL);
	CALL(acct, "missing");
	CALL(acct, "d");
	CALL(quotactl, 0x80000700, "f", 0, NULL);
	CALL(quotactl, 0x80000700, "missing", 0, NULL);
	uname(&names);
	CALL(sethostname, "other", 5L);
	CALL(sethostname, names.nodename, (long)strlen(names.nodename));
	CALL(setdomainname, names.domainname, (long)strlen(names.domainname));
	CALL(vhangup);
	CALL(mknod, "device", S_IFBLK | 0600, 0x700);
	CALL(open, "device", O_RDONLY);
	CALL(mknod, "null", S_IFCHR | 0666, 0x103);
	CALL(open, "null", O_RDWR);
	CALL(stat, "null", NULL);
}

static const struct diff_case vm_cases[] = {
	{ "vm_clock_settime", clock_settime_calls },
	{ "vm_settimeofday", settimeofday_calls },
	{ "vm_adjtimex", adjtimex_calls },
	{ "vm_inject_offset", inject_calls },
	{ "vm_clock_refused", clock_refused },
	{ "vm_modules", module_calls },
	{ "vm_modules_refused", modules_refused },
	{ "vm_bpf", bpf_calls },
	{ "vm_bpf_refused", bpf_refused },
	{ "vm_loginuid", loginuid },
	{ "vm_promiscuous", promiscuous_calls },
	{ "vm_event_listener", event_listener_calls },
	{ "vm_event_listener_refused", event_listener_refused },
	{ "vm_mount", mount_calls },
	{ "vm_mount_point", mount_point_calls },
	{ "vm_move_mount", move_mount_calls },
	{ "vm_new_mount", new_mount_calls },
	{ "vm_mount_refused", mount_refused },
	{ "vm_admin", admin_calls },
};
TOPIC(vm);
