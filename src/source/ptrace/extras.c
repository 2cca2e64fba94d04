// SPDX-License-Identifier: MIT
#include "source/ptrace/extras.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "base/parse.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/proc_status.h"
#include "source/ptrace/task_mem.h"

#define ARGV_MAX        ((size_t)2 * 1024 * 1024) /* bytes of arguments that an event carries */
#define OPEN_HOW_SIZE   24u                       /* struct open_how, version 0 */
#define TARGETS_MAX     4096
#define I386_SOCKETCALL 102

static bool is_call(const struct call *call, const char *name)
{
	return call->info->name && strcmp(call->info->name, name) == 0;
}

static int arg_of(const struct call *call, enum arg_kind kind, uint64_t *ret)
{
	int i = syscall_arg(call->info, kind);

	if (i < 0)
		return -ENOENT;
	*ret = call->args[i];
	return 0;
}

/* A pointer or size_t in the task's memory. */
static int read_word(const struct call *call, uint64_t addr, uint64_t *ret)
{
	uint32_t narrow;
	int r;

	if (!call->is_compat)
		return task_mem_read(call->tid, addr, ret, sizeof(*ret));
	r = task_mem_read(call->tid, addr, &narrow, sizeof(narrow));
	if (!r)
		*ret = narrow;
	return r;
}

/* ---- addresses ---- */

static void read_address(struct call *call, uint64_t addr, uint64_t len)
{
	if (!addr || !len || len > sizeof(call->sockaddr))
		return;
	if (task_mem_read(call->tid, addr, call->sockaddr, (size_t)len) == 0)
		call->sockaddr_len = (size_t)len;
}

/* struct msghdr begins with the name's pointer and its length, an int in both word sizes. */
static int read_msghdr(
	const struct call *call, uint64_t addr, uint64_t *ret_name, uint32_t *ret_len)
{
	int r = read_word(call, addr, ret_name);

	if (r < 0)
		return r;
	return task_mem_read(
		call->tid, addr + (call->is_compat ? 4 : 8), ret_len, sizeof(*ret_len));
}

/* struct mmsghdr: a msghdr and the number of bytes it moved. */
static uint64_t mmsghdr_size(const struct call *call)
{
	return call->is_compat ? 32 : 64;
}

static void read_msghdr_address(struct call *call, uint64_t addr)
{
	uint64_t name;
	uint32_t len;

	if (read_msghdr(call, addr, &name, &len) < 0 || (int32_t)len <= 0)
		return;
	/* one that is too large is cut */
	read_address(call, name, len > sizeof(call->sockaddr) ? sizeof(call->sockaddr) : len);
}

static void address_entry(struct call *call)
{
	uint64_t addr, len;

	if (arg_of(call, ARG_SOCKADDR, &addr) == 0 && arg_of(call, ARG_SOCKADDR_LEN, &len) == 0) {
		/* an int: negative or too large is refused before anything is copied */
		read_address(call, addr, (int32_t)len < 0 ? 0 : (uint32_t)len);
	} else if (arg_of(call, ARG_MSGHDR, &addr) == 0) {
		read_msghdr_address(call, addr);
	}
}

/* Calls that hand an address out tell its true length afterwards. */
static void address_exit(struct call *call, int64_t ret)
{
	uint64_t addr, len_addr;
	uint32_t len;

	if (ret < 0)
		return;
	if (arg_of(call, ARG_SOCKADDR_OUT, &addr) == 0 &&
		arg_of(call, ARG_SOCKADDR_LENP, &len_addr) == 0) {
		if (addr && task_mem_read(call->tid, len_addr, &len, sizeof(len)) == 0)
			read_address(call, addr, len);
	} else if (arg_of(call, ARG_MSGHDR_OUT, &addr) == 0) {
		read_msghdr_address(call, addr);
	} else if (ret > 0 && (arg_of(call, ARG_MMSGHDR, &addr) == 0 ||
				      arg_of(call, ARG_MMSGHDR_OUT, &addr) == 0)) {
		/* each message's address was copied: the last one stays */
		read_msghdr_address(call, addr + (uint64_t)(ret - 1) * mmsghdr_size(call));
	}
}

/* ---- other tasks ---- */

static int read_target(struct evt_obj_pid *target, int procfd, pid_t tid)
{
	struct proc_status status;
	char comm[EVT_COMM_LEN + 1];
	struct task_login login;
	struct task_ids ids;
	uint64_t tgid;
	ssize_t n;
	int r;

	r = proc_status_read(&status, procfd, tid);
	if (r == 0 && !proc_status_numbers(status.text, "Tgid", 10, &tgid, 1))
		r = -ESRCH;
	if (r == 0)
		r = task_ids_parse(&ids, status.text);
	proc_status_release(&status);
	if (r < 0)
		return r;
	task_login_read(&login, procfd, tid);
	*target = (struct evt_obj_pid){
		.pid = (int32_t)tgid, .auid = login.auid, .uid = ids.uid, .ses = login.ses
	};
	n = proc_read(procfd, tid, "comm", comm, sizeof(comm));
	if (n > 0 && comm[n - 1] == '\n')
		n--;
	if (n > 0)
		memcpy(target->comm, comm, (size_t)n < EVT_COMM_LEN ? (size_t)n : EVT_COMM_LEN - 1);
	return 0;
}

static void add_target(struct call *call, int procfd, pid_t tid)
{
	struct evt_obj_pid target;

	if (call->n_targets == TARGETS_MAX) {
		call->event_flags |= EVT_F_TRUNCATED;
		return;
	}
	if (read_target(&target, procfd, tid) < 0)
		return;
	if (call->n_targets == call->targets_max) {
		size_t max = call->targets_max ? call->targets_max * 2 : 4;
		struct evt_obj_pid *grown = realloc(call->targets, max * sizeof(*grown));

		if (!grown) {
			call->event_flags |= EVT_F_TRUNCATED;
			return;
		}
		call->targets = grown;
		call->targets_max = max;
	}
	call->targets[call->n_targets++] = target;
}

/* -1: it is gone. */
static pid_t group_of(int procfd, pid_t pid)
{
	struct task_stat stat;

	return task_stat_read(&stat, procfd, pid) < 0 ? -1 : stat.pgrp;
}

static int newest_first(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left < right) - (left > right);
}

/* Members of a process group. The kernel goes through a group from its newest member to its oldest. */
static void add_group(struct call *call, int procfd, pid_t group)
{
	DIR *dir;
	int fd = openat(procfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t found[TARGETS_MAX];
	size_t n = 0;
	struct dirent *entry;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		uint32_t pid;

		if (parse_u32(entry->d_name, strlen(entry->d_name), 10, &pid) < 0 ||
			group_of(procfd, (pid_t)pid) != group)
			continue;
		if (n == TARGETS_MAX) {
			call->event_flags |= EVT_F_TRUNCATED;
			break;
		}
		found[n++] = (pid_t)pid;
	}
	(void)closedir(dir);
	qsort(found, n, sizeof(found[0]), newest_first);
	for (size_t i = 0; i < n; i++)
		add_target(call, procfd, found[i]);
}

/* The process that a pidfd of the task stands for. */
static pid_t pid_of_pidfd(const struct call *call, int procfd, int pidfd)
{
	char name[PROC_NAME_MAX], info[1024];
	uint64_t pid;

	snprintf(name, sizeof(name), "fdinfo/%d", pidfd);
	/* -1 for one that has ended, which is no such number */
	if (proc_read(procfd, call->tid, name, info, sizeof(info)) < 0 ||
		proc_status_numbers(info, "Pid", 10, &pid, 1) != 1)
		return -1;
	return (pid_t)pid;
}

static void signal_targets_entry(struct call *call, int procfd)
{
	int32_t who = (int32_t)call->args[0];

	if (is_call(call, "pidfd_send_signal"))
		who = pid_of_pidfd(call, procfd, who);
	else if (is_call(call, "tgkill") || is_call(call, "rt_tgsigqueueinfo"))
		who = (int32_t)call->args[1];

	if (who > 0)
		add_target(call, procfd, who);
	else if (is_call(call, "kill") && who == 0)
		add_group(call, procfd, group_of(procfd, call->tgid));
	else if (is_call(call, "kill") && who < -1 && who != INT32_MIN) /* that one is ESRCH */
		add_group(call, procfd, -who);
}

static void ptrace_target_entry(struct call *call, int procfd)
{
	if (!is_call(call, "ptrace"))
		return;
	if (call->args[0] == PTRACE_ATTACH || call->args[0] == PTRACE_SEIZE)
		add_target(call, procfd, (pid_t)call->args[1]);
}

/* ---- the rest ---- */

static void how_entry(struct call *call)
{
	uint64_t addr, how[3];

	call->has_how = false;
	if (arg_of(call, ARG_HOW, &addr) < 0)
		return;
	if (call->args[3] < OPEN_HOW_SIZE || task_mem_read(call->tid, addr, how, sizeof(how)) < 0)
		return;
	call->has_how = true;
	call->how_flags = how[0];
	call->how_mode = how[1];
	call->how_resolve = how[2];
}

/* Sub-calls of socketcall and how many words each takes (net/socket.c). */
static const struct {
	const char *name;
	unsigned n_args;
} socketcalls[] = {
	[1] = { "socket", 3 },
	[2] = { "bind", 3 },
	[3] = { "connect", 3 },
	[4] = { "listen", 2 },
	[5] = { "accept", 3 },
	[6] = { "getsockname", 3 },
	[7] = { "getpeername", 3 },
	[8] = { "socketpair", 4 },
	[9] = { "send", 4 },
	[10] = { "recv", 4 },
	[11] = { "sendto", 6 },
	[12] = { "recvfrom", 6 },
	[13] = { "shutdown", 2 },
	[14] = { "setsockopt", 5 },
	[15] = { "getsockopt", 5 },
	[16] = { "sendmsg", 3 },
	[17] = { "recvmsg", 3 },
	[18] = { "accept4", 4 },
	[19] = { "recvmmsg", 5 },
	[20] = { "sendmmsg", 4 },
};

const struct syscall_info *extras_socketcall(uint32_t which)
{
	if (which == 0 || which >= ARRAY_SIZE(socketcalls))
		return NULL;
	/* i386 lacks some of them as calls of their own; the arguments are alike everywhere */
	return syscall_info(ABI_ARCH_X86_64, syscall_nr(ABI_ARCH_X86_64, socketcalls[which].name));
}

void extras_unfold_socketcall(struct call *call)
{
	uint32_t which = (uint32_t)call->regs.args[0];
	size_t n;

	call->n_socketcall = 0;
	if (call->regs.arch != ABI_ARCH_I386 || call->regs.nr != I386_SOCKETCALL)
		return;
	if (which == 0 || which >= ARRAY_SIZE(socketcalls))
		return;
	n = socketcalls[which].n_args;
	if (task_mem_read(call->tid, call->regs.args[1], call->socketcall,
		    n * sizeof(call->socketcall[0])) < 0)
		return;
	call->n_socketcall = n;
	memset(call->args, 0, sizeof(call->args));
	for (size_t i = 0; i < n; i++)
		call->args[i] = call->socketcall[i];
	call->info = extras_socketcall(which);
}

void extras_entry(struct call *call, int procfd, bool signal_targets)
{
	call->sockaddr_len = 0;
	how_entry(call);
	address_entry(call);
	sysv_entry(call, procfd);
	mq_entry(call);
	extras_find_targets(call, procfd, signal_targets);
}

static void put_fd_pair(struct call *call, int64_t ret, struct event_writer *w)
{
	uint64_t addr;
	int32_t pair[2];

	if (ret < 0 || arg_of(call, ARG_FD_PAIR, &addr) < 0)
		return;
	if (task_mem_read(call->tid, addr, pair, sizeof(pair)) == 0)
		event_put(w, EVT_ITEM_FD_PAIR, pair, sizeof(pair));
}

static void put_mmap(const struct call *call, struct event_writer *w)
{
	int flags = syscall_arg(call->info, ARG_MMAP_FLAGS), fd = syscall_arg(call->info, ARG_FD);
	int32_t pair[2];

	if (flags < 0 || fd < 0 || call->args[flags] & MAP_ANONYMOUS)
		return;
	pair[0] = (int32_t)call->args[fd];
	pair[1] = (int32_t)call->args[flags];
	event_put(w, EVT_ITEM_MMAP, pair, sizeof(pair));
}

static void put_socketcall(const struct call *call, struct event_writer *w)
{
	uint64_t wide[EVT_ARGS];

	for (size_t i = 0; i < call->n_socketcall; i++)
		wide[i] = call->socketcall[i];
	if (call->n_socketcall)
		event_put(w, EVT_ITEM_SOCKETCALL, wide, call->n_socketcall * sizeof(wide[0]));
}

void extras_exit(struct call *call, int64_t ret, struct event_writer *w)
{
	uint64_t how[3] = { call->how_flags, call->how_mode, call->how_resolve };

	put_socketcall(call, w);
	put_mmap(call, w);
	if (call->has_how && ret != -E2BIG)
		event_put(w, EVT_ITEM_OPENAT2, how, sizeof(how));
	sysv_exit(call, ret, w);
	mq_exit(call, ret, w);
	put_fd_pair(call, ret, w);
	address_exit(call, ret);
	extras_put_address(call, ret, w);
	extras_put_targets(call, ret, w);
}

void extras_put_address(const struct call *call, int64_t ret, struct event_writer *w)
{
	/* a descriptor that is none is refused before its address is copied; one that is no socket by most calls, too */
	if (call->sockaddr_len && ret != -EBADF &&
		(ret != -ENOTSOCK || strcmp(call->info->name, "connect") == 0))
		event_put(w, EVT_ITEM_SOCKADDR, call->sockaddr, call->sockaddr_len);
}

void extras_put_targets(const struct call *call, int64_t ret, struct event_writer *w)
{
	/* a signal number that is none is refused before anybody is looked for, and so are options of PTRACE_SEIZE */
	for (size_t i = 0; i < call->n_targets && ret != -EINVAL && ret != -EIO; i++)
		event_put(w, EVT_ITEM_OBJ_PID, &call->targets[i], sizeof(call->targets[i]));
}

void extras_find_targets(struct call *call, int procfd, bool signal_targets)
{
	call->n_targets = 0;
	if (signal_targets && (call->info->flags & SC_SENDS_SIGNAL))
		signal_targets_entry(call, procfd);
	ptrace_target_entry(call, procfd);
}

void extras_put_execve(struct call *call, uint64_t start, uint64_t end, struct event_writer *w)
{
	_cleanup_free_ char *strings = NULL;
	uint32_t argc = 0;
	uint64_t area = end - start;
	ssize_t len;

	if (end <= start)
		return;
	if (area > ARGV_MAX) {
		area = ARGV_MAX;
		call->event_flags |= EVT_F_TRUNCATED;
	}
	strings = malloc((size_t)area);
	len = strings ? task_mem_read_some(call->tid, start, strings, (size_t)area) : -ENOMEM;
	if (len < (ssize_t)area)
		call->event_flags |= EVT_F_FAULT;
	/* the program has not run yet: all of them end with a NUL, unless they were cut */
	while (len > 0 && strings[len - 1] != '\0')
		len--;
	if (len <= 0)
		return;
	for (ssize_t i = 0; i < len; i++)
		argc += strings[i] == '\0';
	event_put_execve(w, argc, strings, (size_t)len);
}

/* ---- privileges gained by execve: nonroot_raised_pE() of security/commoncap.c ---- */

static bool grew(uint64_t set, uint64_t over)
{
	return set & ~over;
}

/* All capabilities this kernel has: the set that an all-powerful root would hold. Number 40 is the last one of
 * include/uapi/linux/capability.h. */
#define CAP_FULL ((UINT64_C(1) << 41) - 1)

void extras_put_bprm_fcaps(const struct task_ids *before, const struct task_ids *after,
	const struct inode_caps *file, struct event_writer *w)
{
	bool full = (after->cap_effective & CAP_FULL) == CAP_FULL;
	bool effective_root = after->euid == 0, real_root = after->uid == 0;
	bool set_id = after->euid != before->uid;
	bool has_file_caps = file->version != 0;
	struct evt_bprm_fcaps f = {
		.fp = file->permitted,
		.fi = file->inheritable,
		.fe = file->effective,
		.fver = file->version,
		.frootid = file->rootid,
		.old_pp = before->cap_permitted,
		.old_pi = before->cap_inheritable,
		.old_pe = before->cap_effective,
		.old_pa = before->cap_ambient,
		.pp = after->cap_permitted,
		.pi = after->cap_inheritable,
		.pe = after->cap_effective,
		.pa = after->cap_ambient,
	};

	if (!((grew(after->cap_effective, after->cap_ambient) &&
		      !(full && (effective_root || real_root))) ||
		    (!real_root && effective_root && !full) ||
		    (!set_id &&
			    ((has_file_caps && grew(after->cap_permitted, before->cap_permitted)) ||
				    grew(after->cap_ambient, before->cap_ambient)))))
		return;
	event_put(w, EVT_ITEM_BPRM_FCAPS, &f, sizeof(f));
}
