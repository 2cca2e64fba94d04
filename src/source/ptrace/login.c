// SPDX-License-Identifier: MIT
#include "source/ptrace/login.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/parse.h"
#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_mem.h"

#define LOGINUID   "/loginuid"
#define AUID_UNSET UINT32_MAX
#define TEXT_MAX   34 /* bytes that the kernel looks at: a sign, 32 digits and a line end */

static bool is_call(const struct call *call, const char *name)
{
	return strcmp(call->info->name, name) == 0;
}

int login_parse(const char *text, size_t len, uint32_t *ret)
{
	if (len > TEXT_MAX)
		len = TEXT_MAX;
	len = strnlen(text, len);
	if (len && text[0] == '+') {
		text++;
		len--;
	}
	if (len && text[len - 1] == '\n')
		len--;
	if (!len || text[0] < '0' || text[0] > '9')
		return -EINVAL;
	return parse_u32(text, len, 10, ret);
}

/* Whether the path, as a link of /proc says it, is of a login uid; *ret_owner: of whom, in the numbers of that /proc. */
static bool is_loginuid(const char *path, uint32_t *ret_owner)
{
	size_t len = strlen(path), digits = 0;
	const char *end = path + len - strlen(LOGINUID);

	if (len <= strlen(LOGINUID) || strcmp(end, LOGINUID))
		return false;
	while (end - digits > path && end[-(ptrdiff_t)digits - 1] != '/')
		digits++;
	return parse_u32(end - digits, digits, 10, ret_owner) == 0;
}

/* Whether a task has the number in one of the pid namespaces that it is in. */
static bool has_number(int procfd, pid_t tid, uint32_t number)
{
	char status[2048];
	const char *at;
	uint64_t value;
	size_t used;

	if (proc_read(procfd, tid, "status", status, sizeof(status)) < 0)
		return false;
	at = strstr(status, "\nNSpid:");
	if (!at)
		return (uint32_t)tid == number;
	at += strlen("\nNSpid:");
	for (at += strspn(at, "\t "); parse_u64_prefix(at, strlen(at), 10, &value, &used) == 0;
		at += strspn(at, "\t ")) {
		if (value == number)
			return true;
		at += used;
	}
	return false;
}

/* Where a write without an offset of its own would begin; -1 if it cannot be known. */
static int64_t position_of(int procfd, pid_t tid, int fd)
{
	char name[PROC_NAME_MAX], info[512];
	int64_t pos = -1;

	(void)snprintf(name, sizeof(name), "fdinfo/%d", fd);
	if (proc_read(procfd, tid, name, info, sizeof(info)) < 0 || strncmp(info, "pos:\t", 5))
		return -1;
	if (parse_i64(info + 5, strcspn(info + 5, "\n"), 10, &pos) < 0)
		return -1;
	return pos;
}

/* The bytes that are written, of several buffers the first. */
static ssize_t read_text(const struct call *call, char to[static TEXT_MAX])
{
	uint64_t addr = call->args[1], len = call->args[2];
	bool is_vector = !is_call(call, "write") && !is_call(call, "pwrite") &&
			 !is_call(call, "pwrite64"); /* the same; i386's keeps its number's name */
	uint64_t wide[2];
	uint32_t narrow[2];
	int r;

	if (is_vector && call->is_compat) {
		r = task_mem_read(call->tid, addr, narrow, sizeof(narrow));
		addr = narrow[0];
		len = narrow[1];
	} else if (is_vector) {
		r = task_mem_read(call->tid, addr, wide, sizeof(wide));
		addr = wide[0];
		len = wide[1];
	} else {
		r = 0;
	}
	if (r < 0)
		return r;
	if (len > TEXT_MAX)
		len = TEXT_MAX;
	r = len ? task_mem_read(call->tid, addr, to, (size_t)len) : 0;
	return r < 0 ? r : (ssize_t)len;
}

static bool is_at_start(const struct call *call, int procfd)
{
	uint64_t offset = call->is_compat ? call->args[4] << 32 | call->args[3] : call->args[3];

	if (is_call(call, "write") || is_call(call, "writev") ||
		(is_call(call, "pwritev2") && offset == UINT64_MAX))
		return position_of(procfd, call->tid, (int)call->args[0]) == 0;
	return offset == 0;
}

void login_entry(struct call *call, int procfd)
{
	struct login_call *login = &call->login;
	char link[PROC_NAME_MAX], path[256], text[TEXT_MAX];
	struct statfs fs;
	uint32_t owner;
	ssize_t n;

	if ((int32_t)call->args[0] < 0)
		return;
	proc_name_fd(link, call->tid, (int)call->args[0]);
	n = readlinkat(procfd, link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	if (!is_loginuid(path, &owner))
		return;
	/* somebody may call a file of his own so */
	(void)snprintf(path, sizeof(path), "/proc/%s", link);
	if (statfs(path, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return;
	login->is_login = true;
	n = read_text(call, text);
	login->is_own = n >= 0 && login_parse(text, (size_t)n, &login->auid) == 0 &&
			is_at_start(call, procfd) && has_number(procfd, call->tid, owner);
}

void login_exit(const struct call *call, int64_t ret, const struct task_login *after,
	struct event_writer *w)
{
	const struct login_call *login = &call->login;
	struct evt_login item = {
		.old_auid = login->before.auid,
		.old_ses = login->before.ses,
		.auid = after->auid,
		.ses = after->ses,
		.res = ret > 0,
	};

	if (!login->is_login || (ret <= 0 && !(ret == -EPERM && login->is_own)))
		return;
	if (!item.res) {
		item.auid = login->auid;
		item.ses = AUID_UNSET;
	}
	event_put(w, EVT_ITEM_LOGIN, &item, sizeof(item));
}
