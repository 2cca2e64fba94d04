// SPDX-License-Identifier: MIT
#include "source/ptrace/seccomp_log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "source/ptrace/task_mem.h"
#include "source/ptrace/task_regs.h"

#define CODE_SECCOMP 1 /* SYS_SECCOMP in include/uapi/asm-generic/siginfo.h: why SIGSYS came */
#define LOGGED_ALL   UINT32_MAX
#define LOGGED       "/proc/sys/kernel/seccomp/actions_logged"

/* seccomp_log() in kernel/seccomp.c. What is not in the table is killed, and logged as a killed process is. */
static const struct action {
	uint32_t action;
	bool is_optional; /* only where the filter asks for it */
	const char *name; /* in actions_logged */
} actions[] = {
	{ SECCOMP_RET_KILL_PROCESS, false, "kill_process" },
	{ SECCOMP_RET_KILL_THREAD, false, "kill_thread" },
	{ SECCOMP_RET_TRAP, true, "trap" },
	{ SECCOMP_RET_ERRNO, true, "errno" },
	{ SECCOMP_RET_USER_NOTIF, true, "user_notif" },
	{ SECCOMP_RET_TRACE, true, "trace" },
	{ SECCOMP_RET_LOG, false, "log" },
};

struct seccomp_install {
	uint64_t insns_at;
	unsigned flags;
	size_t n;
	bool is_changed; /* RET_LOG in the task's memory */
	struct sock_filter insns[BPF_MAXINSNS];
};

/* ---- what the administrator wants ---- */

static uint32_t read_logged(void)
{
	_cleanup_close_ int fd = open(LOGGED, O_RDONLY | O_CLOEXEC);
	char text[256], *at, *word;
	uint32_t logged = 0;
	ssize_t n;

	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return LOGGED_ALL; /* a kernel without the setting */
	text[n] = '\0';
	at = text;
	while ((word = strsep(&at, " \n")))
		for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
			if (!strcmp(word, actions[i].name))
				logged |= 1u << i;
	return logged;
}

static bool is_logged(struct seccomp_logged *logged, struct seccomp_verdict verdict)
{
	struct timespec now;
	size_t i;

	if (verdict.action == SECCOMP_RET_ALLOW)
		return false;
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec != logged->tick.tv_sec || now.tv_nsec != logged->tick.tv_nsec) {
		logged->actions = read_logged();
		logged->tick = now;
	}
	for (i = 0; i < ARRAY_SIZE(actions) && actions[i].action != verdict.action; i++)
		;
	if (i == ARRAY_SIZE(actions))
		i = 0;
	if (actions[i].is_optional && !verdict.wants_log)
		return false;
	return logged->actions & (1u << i);
}

/* ---- filters that are being installed ---- */

static bool returns_log(const struct sock_filter *insn)
{
	return insn->code == (BPF_RET | BPF_K) &&
	       (insn->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_LOG;
}

/* Through read-only pages as well, which is where constant programs are. */
static bool poke(pid_t tid, uint64_t addr, const struct sock_filter *insn)
{
	long word;

	_Static_assert(sizeof(*insn) == sizeof(word), "an instruction is a word of ptrace");
	memcpy(&word, insn, sizeof(word));
	return ptrace(PTRACE_POKEDATA, tid, addr, word) == 0;
}

static void mark_returns(struct seccomp_install *in, pid_t tid)
{
	for (size_t i = 0; i < in->n; i++) {
		struct sock_filter insn = in->insns[i];

		if (!returns_log(&insn))
			continue;
		insn.k = SECCOMP_RET_TRACE | SECCOMP_LOG_TAG;
		in->is_changed |= poke(tid, in->insns_at + i * sizeof(insn), &insn);
	}
}

static void put_returns_back(const struct seccomp_install *in, pid_t tid)
{
	for (size_t i = 0; in->is_changed && i < in->n; i++)
		if (returns_log(&in->insns[i]))
			(void)poke(tid, in->insns_at + i * sizeof(in->insns[i]), &in->insns[i]);
}

/* struct sock_fprog of the task. */
static int read_program(struct seccomp_install *in, pid_t tid, uint64_t program, bool is_compat)
{
	struct sock_fprog native = { 0 };
	struct {
		uint16_t len;
		uint32_t filter;
	} compat = { 0 };
	int r;

	if (is_compat) {
		r = task_mem_read(tid, program, &compat, sizeof(compat));
		in->n = compat.len;
		in->insns_at = compat.filter;
	} else {
		r = task_mem_read(tid, program, &native, sizeof(native));
		in->n = native.len;
		in->insns_at = (uint64_t)native.filter;
	}
	if (r < 0)
		return r;
	if (in->n == 0 || in->n > BPF_MAXINSNS)
		return -EINVAL;
	return task_mem_read(tid, in->insns_at, in->insns, in->n * sizeof(in->insns[0]));
}

int seccomp_install_begin(
	struct seccomp_install **ret, pid_t tid, uint64_t program, unsigned flags, bool is_compat)
{
	_cleanup_free_ struct seccomp_install *in = calloc(1, sizeof(*in));
	int r;

	if (!in)
		return -ENOMEM;
	in->flags = flags;
	r = read_program(in, tid, program, is_compat);
	if (r < 0)
		return r;
	mark_returns(in, tid);
	*ret = in;
	in = NULL;
	return 0;
}

static bool was_installed(const struct seccomp_install *in, int64_t result)
{
	/* the listener's descriptor; with TSYNC alone the id of a thread that cannot have the filter */
	return result == 0 || (result > 0 && (in->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER));
}

int seccomp_install_end(struct seccomp_install *in, pid_t tid, int64_t result,
	struct own_filters **filters, bool *ret_all)
{
	int r = 0;

	*ret_all = false;
	put_returns_back(in, tid);
	if (was_installed(in, result)) {
		r = own_filters_add(filters, in->insns, in->n, in->flags & SECCOMP_FILTER_FLAG_LOG);
		*ret_all = in->flags & SECCOMP_FILTER_FLAG_TSYNC;
	}
	seccomp_install_free(in);
	/* another thread has changed it between the kernel's look and ours: we do not know it */
	return r == -EINVAL ? 0 : r;
}

void seccomp_install_free(struct seccomp_install *in)
{
	free(in);
}

/* ---- records ---- */

struct seccomp_verdict seccomp_verdict_at_entry(
	const struct own_filters *filters, const struct __ptrace_syscall_info *call)
{
	struct seccomp_data data = {
		.nr = (int)call->seccomp.nr,
		.arch = call->arch,
		.instruction_pointer = call->instruction_pointer,
	};

	memcpy(data.args, call->seccomp.args, sizeof(data.args));
	return own_filters_run(filters, &data);
}

static void fill(struct evt_seccomp *ret, const struct seccomp_data *data, uint32_t action)
{
	*ret = (struct evt_seccomp){
		.arch = data->arch,
		.nr = data->nr,
		.compat = !(data->arch & __AUDIT_ARCH_64BIT),
		.code = action,
		.ip = data->instruction_pointer,
	};
}

bool seccomp_log_entry(struct seccomp_logged *logged, struct evt_seccomp *ret,
	struct seccomp_verdict verdict, const struct __ptrace_syscall_info *call)
{
	const struct seccomp_data data = {
		.nr = (int)call->seccomp.nr,
		.arch = call->arch,
		.instruction_pointer = call->instruction_pointer,
	};

	/* anything stricter would have left no call to be held before */
	if ((verdict.action != SECCOMP_RET_LOG && verdict.action != SECCOMP_RET_TRACE) ||
		!is_logged(logged, verdict))
		return false;
	fill(ret, &data, verdict.action);
	return true;
}

static bool read_call(struct seccomp_data *ret, int *ret_is_undone, pid_t tid)
{
	struct __ptrace_syscall_info info;
	struct task_call call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0 ||
		!task_regs_read_call(tid, !(info.arch & __AUDIT_ARCH_64BIT), &call))
		return false;
	*ret = (struct seccomp_data){
		.nr = call.nr,
		.arch = info.arch,
		.instruction_pointer = info.instruction_pointer,
	};
	memcpy(ret->args, call.args, sizeof(ret->args));
	*ret_is_undone = call.is_undone;
	return true;
}

bool seccomp_log_trap(struct seccomp_logged *logged, struct evt_seccomp *ret,
	const struct own_filters *filters, pid_t tid)
{
	struct seccomp_verdict verdict;
	struct seccomp_data data;
	siginfo_t info;
	int is_undone;

	if (!filters || ptrace(PTRACE_GETSIGINFO, tid, NULL, &info) < 0 ||
		info.si_code != CODE_SECCOMP)
		return false;
	if (!read_call(&data, &is_undone, tid))
		return false;
	verdict = own_filters_run(filters, &data);
	if (verdict.action != SECCOMP_RET_TRAP || !is_logged(logged, verdict))
		return false;
	fill(ret, &data, verdict.action);
	return true;
}

bool seccomp_log_kill(struct seccomp_logged *logged, struct evt_seccomp *ret, bool *ret_abends,
	const struct own_filters *filters, pid_t tid, bool is_alone)
{
	struct seccomp_verdict verdict;
	struct seccomp_data data;
	int is_undone;

	*ret_abends = false;
	if (!filters || !read_call(&data, &is_undone, tid))
		return false;
	/* a thread that dies with another's call has made one that was allowed, or none */
	verdict = own_filters_run(filters, &data);
	switch (verdict.action) {
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW:
		return false;
	}
	*ret_abends =
		is_undone < 0 ? verdict.action != SECCOMP_RET_KILL_THREAD || is_alone : is_undone;
	if (!is_logged(logged, verdict))
		return false;
	fill(ret, &data, verdict.action);
	ret->sig = SIGSYS;
	return true;
}
