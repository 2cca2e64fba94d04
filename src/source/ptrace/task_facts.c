// SPDX-License-Identifier: MIT
#include "source/ptrace/task_facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/buf.h"
#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/proc_status.h"

#define ID_UNSET ((uint32_t)-1)

static uint32_t read_id_file(int procfd, pid_t tid, const char *file)
{
	char text[32];
	uint32_t value;
	ssize_t n = proc_read(procfd, tid, file, text, sizeof(text));

	/* a kernel without audit has no such file: nobody logged in */
	if (n <= 0 || parse_u32(text, strcspn(text, "\n"), 10, &value) < 0)
		return ID_UNSET;
	return value;
}

/* The ids on a line of the four kinds: real, effective, saved, of the file system. */
static int parse_ids(const char *status, const char *name, uint32_t *const to[4])
{
	uint64_t ids[4];

	if (proc_status_numbers(status, name, 10, ids, 4) != 4)
		return -ESRCH;
	for (size_t i = 0; i < 4; i++)
		*to[i] = (uint32_t)ids[i];
	return 0;
}

int task_ids_parse(struct task_ids *ret, const char *status)
{
	struct task_ids f = { 0 };
	uint64_t groups[FACTS_GROUPS_MAX];
	size_t n;

	if (parse_ids(status, "Uid", (uint32_t *const[]){ &f.uid, &f.euid, &f.suid, &f.fsuid }) <
			0 ||
		parse_ids(status, "Gid",
			(uint32_t *const[]){ &f.gid, &f.egid, &f.sgid, &f.fsgid }) < 0)
		return -ESRCH;
	n = proc_status_numbers(status, "Groups", 10, groups, FACTS_GROUPS_MAX);
	f.groups_cut = n > FACTS_GROUPS_MAX;
	f.n_groups = (uint32_t)(f.groups_cut ? FACTS_GROUPS_MAX : n);
	for (uint32_t i = 0; i < f.n_groups; i++)
		f.groups[i] = (uint32_t)groups[i];

	(void)proc_status_numbers(status, "CapInh", 16, &f.cap_inheritable, 1);
	(void)proc_status_numbers(status, "CapPrm", 16, &f.cap_permitted, 1);
	(void)proc_status_numbers(status, "CapEff", 16, &f.cap_effective, 1);
	(void)proc_status_numbers(status, "CapBnd", 16, &f.cap_bounding, 1);
	(void)proc_status_numbers(status, "CapAmb", 16, &f.cap_ambient, 1);
	*ret = f;
	return 0;
}

int task_ids_read(struct task_ids *ret, int procfd, pid_t tid)
{
	struct proc_status status;
	int r = proc_status_read(&status, procfd, tid);

	if (r == 0)
		r = task_ids_parse(ret, status.text);
	proc_status_release(&status);
	return r;
}

uint32_t task_personality_read(int procfd, pid_t tid, uint32_t before)
{
	uint32_t value = before;
	char text[32];

	if (proc_read(procfd, tid, "personality", text, sizeof(text)) > 0)
		(void)parse_u32(text, strcspn(text, "\n"), 16, &value);
	return value;
}

uint32_t task_session_read(int procfd, pid_t tid)
{
	return read_id_file(procfd, tid, "sessionid");
}

void task_login_read(struct task_login *ret, int procfd, pid_t tid)
{
	ret->auid = read_id_file(procfd, tid, "loginuid");
	ret->ses = task_session_read(procfd, tid);
}

/* The name that the tty driver gives a device (tty_name() in drivers/tty/tty_io.c), for the drivers that people log in
 * on; others by number, which names a device as well. */
static void tty_name(char to[static FACTS_TTY_MAX], uint32_t dev)
{
	struct buf name = BUF_NULL;
	unsigned major = major(dev), minor = minor(dev);

	if (major >= 136 && major <= 143) {
		buf_puts(&name, "pts");
		buf_u64(&name, (major - 136) * 256 + minor);
	} else if (major == 4 && minor < 64) {
		buf_puts(&name, "tty");
		buf_u64(&name, minor);
	} else if (major == 4) {
		buf_puts(&name, "ttyS");
		buf_u64(&name, minor - 64);
	} else if (major == 204 && minor >= 64 && minor < 80) {
		buf_puts(&name, "ttyAMA");
		buf_u64(&name, minor - 64);
	} else if (major == 229) {
		buf_puts(&name, "hvc");
		buf_u64(&name, minor);
	} else if (major == 188) {
		buf_puts(&name, "ttyUSB");
		buf_u64(&name, minor);
	} else {
		buf_u64(&name, major);
		buf_putc(&name, ':');
		buf_u64(&name, minor);
	}
	(void)strncpy(to, buf_cstr(&name), FACTS_TTY_MAX - 1);
	to[FACTS_TTY_MAX - 1] = '\0';
	buf_deinit(&name);
}

/* Fields of /proc/TID/stat, numbered as proc(5) does. */
#define STAT_STATE     3
#define STAT_PPID      4
#define STAT_PGRP      5
#define STAT_TTY       7
#define STAT_STARTTIME 22
#define STAT_ARG_START 48
#define STAT_ARG_END   49

int task_stat_parse(struct task_stat *ret, const char *stat)
{
	int64_t fields[STAT_ARG_END + 1] = { 0 };
	struct task_stat f = { 0 };
	const char *at, *name;
	uint32_t tty;

	/* "pid (comm) state ppid ...": comm may hold anything but ends at the last ) */
	at = strrchr(stat, ')');
	name = strchr(stat, '(');
	if (name && at > name && (size_t)(at - name - 1) < sizeof(f.comm) &&
		!memchr(name, '\\', (size_t)(at - name)))
		memcpy(f.comm, name + 1, (size_t)(at - name - 1));
	for (int i = STAT_STATE; at && i <= STAT_ARG_END; i++) {
		at = strchr(at, ' ');
		if (at)
			at++;
		/* some fields behind the times are beyond an int64; none of those that count here is */
		if (at)
			(void)parse_i64(at, strcspn(at, " \n"), 10, &fields[i]);
	}
	if (!fields[STAT_PPID] && !at)
		return -ESRCH;
	f.ppid = (uint32_t)fields[STAT_PPID];
	f.pgrp = (pid_t)fields[STAT_PGRP];
	f.start_time = (uint64_t)fields[STAT_STARTTIME];
	if (fields[STAT_ARG_START] > 0 && fields[STAT_ARG_END] >= fields[STAT_ARG_START]) {
		f.arg_start = (uint64_t)fields[STAT_ARG_START];
		f.arg_end = (uint64_t)fields[STAT_ARG_END];
	}
	/* the kernel's new_encode_dev(): minor bits 0-7 and 20-31, major bits 8-19 */
	tty = (uint32_t)fields[STAT_TTY];
	if (tty)
		tty_name(
			f.tty, makedev((tty >> 8) & 0xfff, (tty & 0xff) | ((tty >> 12) & 0xfff00)));
	*ret = f;
	return 0;
}

int task_stat_read(struct task_stat *ret, int procfd, pid_t tid)
{
	char stat[2048];
	ssize_t r = proc_read(procfd, tid, "stat", stat, sizeof(stat));

	return r < 0 ? (int)r : task_stat_parse(ret, stat);
}
