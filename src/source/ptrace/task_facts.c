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

#define ID_UNSET ((uint32_t)-1)

/* The text behind "Name:" and its blanks on a line of /proc/TID/status; NULL if there is no such line. */
static const char *status_value(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	if (!at)
		return NULL;
	at += strlen(name);
	while (*at == '\t' || *at == ' ')
		at++;
	return at;
}

/* Up to max numbers separated by blanks on one line; how many there were. */
static size_t parse_list(const char *at, unsigned base, uint64_t *to, size_t max)
{
	size_t n = 0, used;
	uint64_t value;

	if (!at)
		return 0;
	while (*at && *at != '\n') {
		if (parse_u64_prefix(at, strcspn(at, "\t \n"), base, &value, &used) < 0)
			break;
		if (n < max)
			to[n] = value;
		n++;
		at += used;
		at += strspn(at, "\t ");
	}
	return n;
}

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

#define STATUS_USUAL ((size_t)4096)
#define STATUS_MAX                                                                                 \
	((size_t)1024 * 1024) /* bytes: 65536 groups (NGROUPS_MAX), each with ten digits */

/* The status file in room, or where it is longer (it lists all groups, and capabilities behind them) in *ret_more. */
static ssize_t read_status(
	const char **ret, char room[static STATUS_USUAL], char **ret_more, int procfd, pid_t tid)
{
	ssize_t n = proc_read(procfd, tid, "status", room, STATUS_USUAL);

	*ret = room;
	if (n < (ssize_t)STATUS_USUAL - 1)
		return n;
	*ret = *ret_more = malloc(STATUS_MAX);
	return *ret ? proc_read(procfd, tid, "status", *ret_more, STATUS_MAX) : -ENOMEM;
}

int task_ids_read(struct task_ids *ret, int procfd, pid_t tid)
{
	_cleanup_free_ char *more = NULL;
	char room[STATUS_USUAL];
	const char *status;
	uint64_t ids[4], groups[FACTS_GROUPS_MAX];
	struct task_ids f = { 0 };
	size_t n;
	ssize_t r;

	r = read_status(&status, room, &more, procfd, tid);
	if (r < 0)
		return (int)r;
	if (parse_list(status_value(status, "\nUid:"), 10, ids, 4) != 4)
		return -ESRCH;
	f.uid = (uint32_t)ids[0];
	f.euid = (uint32_t)ids[1];
	f.suid = (uint32_t)ids[2];
	f.fsuid = (uint32_t)ids[3];
	if (parse_list(status_value(status, "\nGid:"), 10, ids, 4) != 4)
		return -ESRCH;
	f.gid = (uint32_t)ids[0];
	f.egid = (uint32_t)ids[1];
	f.sgid = (uint32_t)ids[2];
	f.fsgid = (uint32_t)ids[3];

	n = parse_list(status_value(status, "\nGroups:"), 10, groups, FACTS_GROUPS_MAX);
	f.groups_cut = n > FACTS_GROUPS_MAX;
	f.n_groups = (uint32_t)(f.groups_cut ? FACTS_GROUPS_MAX : n);
	for (uint32_t i = 0; i < f.n_groups; i++)
		f.groups[i] = (uint32_t)groups[i];

	(void)parse_list(status_value(status, "\nCapInh:"), 16, &f.cap_inheritable, 1);
	(void)parse_list(status_value(status, "\nCapPrm:"), 16, &f.cap_permitted, 1);
	(void)parse_list(status_value(status, "\nCapEff:"), 16, &f.cap_effective, 1);
	(void)parse_list(status_value(status, "\nCapBnd:"), 16, &f.cap_bounding, 1);
	(void)parse_list(status_value(status, "\nCapAmb:"), 16, &f.cap_ambient, 1);

	*ret = f;
	return 0;
}

uint32_t task_personality_read(int procfd, pid_t tid)
{
	uint32_t value = 0;
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
#define STAT_TTY       7
#define STAT_STARTTIME 22
#define STAT_ARG_START 48
#define STAT_ARG_END   49

int task_stat_read(struct task_stat *ret, int procfd, pid_t tid)
{
	int64_t fields[STAT_ARG_END + 1] = { 0 };
	struct task_stat f = { 0 };
	uint32_t tty;
	char stat[2048];
	const char *at, *name;
	ssize_t r;

	r = proc_read(procfd, tid, "stat", stat, sizeof(stat));
	if (r < 0)
		return (int)r;
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
