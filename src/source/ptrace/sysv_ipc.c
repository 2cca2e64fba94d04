// SPDX-License-Identifier: MIT
#include "source/ptrace/sysv_ipc.h"

#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "base/macros.h"
#include "source/ptrace/call.h"
#include "source/ptrace/ipc_ns.h"
#include "source/ptrace/task_mem.h"

#define I386_IPC 117
#define IPC_64                                                                                     \
	0x100 /* include/uapi/linux/ipc.h: a command of ipc() that takes the newer structures */
#define PAGE   4096u
#define MSGMAX 8192u /* bytes; a message is no longer unless somebody raised the limit */

/* ---- i386's multiplexer (ipc/syscall.c) ---- */

enum ipc_arg { FIRST = 1, SECOND, THIRD, PTR, FIFTH }; /* indices of the registers */

#define IPC_SEMCTL 3
#define IPC_MSGRCV 12
#define IPC_SHMAT  21

static const struct {
	const char *name;
	uint8_t from[5]; /* enum ipc_arg */
} ipc_calls[] = {
	[1] = { "semop", { FIRST, PTR, SECOND } },
	[2] = { "semget", { FIRST, SECOND, THIRD } },
	[IPC_SEMCTL] = { "semctl", { FIRST, SECOND, THIRD, PTR } },
	[4] = { "semtimedop", { FIRST, PTR, SECOND, FIFTH } },
	[11] = { "msgsnd", { FIRST, PTR, SECOND, THIRD } },
	[IPC_MSGRCV] = { "msgrcv", { FIRST, PTR, SECOND, FIFTH, THIRD } },
	[13] = { "msgget", { FIRST, SECOND } },
	[14] = { "msgctl", { FIRST, SECOND, PTR } },
	[IPC_SHMAT] = { "shmat", { FIRST, PTR, SECOND } },
	[22] = { "shmdt", { PTR } },
	[23] = { "shmget", { FIRST, SECOND, THIRD } },
	[24] = { "shmctl", { FIRST, SECOND, PTR } },
};

/* What some calls pass behind a pointer. false: the multiplexer refuses the call. */
static bool unfold_pointed(
	const struct call *call, uint32_t which, unsigned version, uint64_t *args)
{
	uint32_t words[2];

	switch (which) {
	case IPC_SEMCTL:
		if (!args[3] || task_mem_read(call->tid, args[3], words, sizeof(words[0])) < 0)
			return false;
		args[3] = words[0];
		return true;
	case IPC_MSGRCV:
		if (version)
			return true;
		/* struct ipc_kludge: where to, and which type */
		if (!args[1] || task_mem_read(call->tid, args[1], words, sizeof(words)) < 0)
			return false;
		args[1] = words[0];
		args[3] = words[1];
		return true;
	case IPC_SHMAT:
		return version != 1;
	}
	return true;
}

void sysv_unfold_ipc(struct call *call)
{
	uint32_t which = (uint32_t)call->regs.args[0] & 0xffff;
	unsigned version = (uint32_t)call->regs.args[0] >> 16;
	uint64_t args[EVT_ARGS] = { 0 };

	call->sysv.is_unfolded = false;
	if (call->regs.arch != ABI_ARCH_I386 || call->regs.nr != I386_IPC)
		return;
	if (which >= ARRAY_SIZE(ipc_calls) || !ipc_calls[which].name)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ipc_calls[which].from); i++)
		if (ipc_calls[which].from[i])
			args[i] = call->regs.args[ipc_calls[which].from[i]];
	if (!unfold_pointed(call, which, version, args))
		return;
	memcpy(call->args, args, sizeof(call->args));
	/* i386 lacks some of them as calls of their own; the arguments are alike everywhere */
	call->info =
		syscall_info(ABI_ARCH_X86_64, syscall_nr(ABI_ARCH_X86_64, ipc_calls[which].name));
	call->sysv.is_unfolded = true;
}

/* ---- which object ---- */

enum find { FIND_KEY, FIND_ID, FIND_SHMAT, FIND_CTL };

#define ERR(error) (UINT64_C(1) << (error))

static const struct row {
	const char *name;
	enum sysv_kind kind;
	enum find find;
	uint8_t command; /* FIND_CTL: index of the argument */
	bool may_sleep;  /* and looks at the permissions anew when it is woken */
	uint64_t
		earlier; /* errors that mean: refused before the object's permissions were looked at */
} rows[] = {
	{ "msgctl", SYSV_MSG, FIND_CTL, 1, false, 0 },
	{ "msgget", SYSV_MSG, FIND_KEY, 0, false, ERR(EEXIST) | ERR(EINVAL) | ERR(ENOENT) },
	{ "msgrcv", SYSV_MSG, FIND_ID, 0, true, ERR(EINVAL) | ERR(ENOMEM) | ERR(ENOSYS) },
	{ "msgsnd", SYSV_MSG, FIND_ID, 0, true, ERR(EINVAL) | ERR(EFAULT) | ERR(ENOMEM) },
	{ "semctl", SYSV_SEM, FIND_CTL, 2, false, 0 },
	{ "semget", SYSV_SEM, FIND_KEY, 0, false, ERR(EEXIST) | ERR(EINVAL) | ERR(ENOENT) },
	{ "semop", SYSV_SEM, FIND_ID, 0, false,
		ERR(EINVAL) | ERR(E2BIG) | ERR(EFBIG) | ERR(EFAULT) | ERR(ENOMEM) },
	{ "semtimedop", SYSV_SEM, FIND_ID, 0, false,
		ERR(EINVAL) | ERR(E2BIG) | ERR(EFBIG) | ERR(EFAULT) | ERR(ENOMEM) },
	{ "semtimedop_time64", SYSV_SEM, FIND_ID, 0, false,
		ERR(EINVAL) | ERR(E2BIG) | ERR(EFBIG) | ERR(EFAULT) | ERR(ENOMEM) },
	{ "shmat", SYSV_SHM, FIND_SHMAT, 0, false, 0 },
	{ "shmctl", SYSV_SHM, FIND_CTL, 1, false, 0 },
	{ "shmget", SYSV_SHM, FIND_KEY, 0, false, ERR(EEXIST) | ERR(EINVAL) | ERR(ENOENT) },
};

static const struct row *row_of(const struct call *call)
{
	if (!(call->info->flags & SC_SYSV))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].name, call->info->name) == 0)
			return &rows[i];
	return NULL;
}

/* Commands of the ctl calls that look at an object; all others say nothing. */
static const struct command {
	enum sysv_kind kind;
	uint8_t command;
	bool by_index;
	uint64_t earlier; /* as above */
} commands[] = {
	{ SYSV_MSG, IPC_RMID, false, 0 },
	{ SYSV_MSG, IPC_SET, false, 0 },
	{ SYSV_MSG, IPC_STAT, false, 0 },
	{ SYSV_MSG, MSG_STAT, true, 0 },
	{ SYSV_MSG, MSG_STAT_ANY, true, 0 },
	{ SYSV_SEM, IPC_RMID, false, 0 },
	{ SYSV_SEM, IPC_SET, false, 0 },
	{ SYSV_SEM, IPC_STAT, false, 0 },
	{ SYSV_SEM, GETALL, false, 0 },
	{ SYSV_SEM, GETNCNT, false, 0 },
	{ SYSV_SEM, GETPID, false, 0 },
	{ SYSV_SEM, GETVAL, false, 0 },
	{ SYSV_SEM, GETZCNT, false, 0 },
	{ SYSV_SEM, SETALL, false, 0 },
	{ SYSV_SEM, SETVAL, false, ERR(EINVAL) | ERR(ERANGE) },
	{ SYSV_SEM, SEM_STAT, true, 0 },
	{ SYSV_SEM, SEM_STAT_ANY, true, 0 },
	{ SYSV_SHM, IPC_RMID, false, 0 },
	{ SYSV_SHM, IPC_SET, false, 0 },
	{ SYSV_SHM, IPC_STAT, false, 0 },
	{ SYSV_SHM, SHM_LOCK, false, 0 },
	{ SYSV_SHM, SHM_UNLOCK, false, 0 },
	{ SYSV_SHM, SHM_STAT, true, 0 },
	{ SYSV_SHM, SHM_STAT_ANY, true, 0 },
};

/* The command without its version; *ret_layout: which structures go with it. */
static int32_t command_of(
	const struct call *call, const struct row *row, enum sysv_layout *ret_layout)
{
	int32_t command = (int32_t)call->args[row->command];

	*ret_layout = SYSV_LAYOUT_64;
	if (!call->is_compat)
		return command;
	*ret_layout = SYSV_LAYOUT_COMPAT;
	if (call->sysv.is_unfolded && !(command & IPC_64))
		*ret_layout = SYSV_LAYOUT_COMPAT_OLD;
	/* the calls that are not multiplexed take the bit and ignore it, but for this one */
	if (call->sysv.is_unfolded || row->kind != SYSV_SHM)
		command &= ~IPC_64;
	return command;
}

static const struct command *find_command(enum sysv_kind kind, int32_t command)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].kind == kind && commands[i].command == command)
			return &commands[i];
	return NULL;
}

/* What an IPC_SET wants. */
static int read_set(struct call *call, const struct row *row, enum sysv_layout layout)
{
	unsigned char bytes[SYSV_SET_MAX];
	struct sysv_span spans[2];
	uint64_t addr = call->args[row->command + 1];

	sysv_set_spans(row->kind, layout, spans);
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		int r = spans[i].len ? task_mem_read(call->tid, addr + spans[i].at,
					       bytes + spans[i].at, spans[i].len)
				     : 0;

		if (r < 0)
			return r;
	}
	sysv_set_decode(row->kind, layout, bytes, &call->sysv.object);
	return 0;
}

static int find_by_command(struct call *call, const struct row *row)
{
	struct evt_ipc *object = &call->sysv.object;
	enum sysv_layout layout;
	int32_t command = command_of(call, row, &layout);
	const struct command *c = find_command(row->kind, command);
	int id = (int)call->args[0];
	int r;

	if (!c)
		return -EINVAL;
	call->sysv.earlier = c->earlier;
	r = c->by_index ? sysv_object_by_index(row->kind, id, object)
			: sysv_object_by_id(row->kind, id, object);
	if (!r && command == IPC_SET)
		r = read_set(call, row, layout);
	return r;
}

/* What do_shmat() in ipc/shm.c refuses before it looks for the segment; EINVAL comes from later checks as well. */
static bool shmat_is_refused(const struct call *call)
{
	uint64_t addr = call->args[1], flags = call->args[2];

	if (!addr)
		return flags & SHM_REMAP;
	if (addr % PAGE == 0)
		return false;
	return !(flags & SHM_RND) || (addr < PAGE && (flags & SHM_REMAP));
}

static int find_object(struct call *call, const struct row *row)
{
	int id = (int)call->args[0];

	switch (row->find) {
	case FIND_KEY:
		return sysv_object_by_key(row->kind, id, &call->sysv.object);
	case FIND_CTL:
		return find_by_command(call, row);
	case FIND_SHMAT:
		if (shmat_is_refused(call))
			return -EINVAL;
		break;
	case FIND_ID:
		break;
	}
	return sysv_object_by_id(row->kind, id, &call->sysv.object);
}

/* As find_object(), in the namespace of the task. */
static int look(struct call *call, const struct row *row)
{
	struct ipc_ns ns;
	int r = ipc_ns_enter(&ns, call->sysv.procfd, call->tid);

	if (r < 0) {
		call->event_flags |= EVT_F_TRUNCATED;
		return r;
	}
	r = find_object(call, row);
	ipc_ns_leave(&ns);
	return r;
}

void sysv_entry(struct call *call, int procfd)
{
	const struct row *row = row_of(call);

	call->sysv.has_object = false;
	if (!row)
		return;
	call->sysv.procfd = procfd;
	call->sysv.earlier = row->earlier;
	call->sysv.may_sleep = row->may_sleep;
	call->sysv.has_object = look(call, row) == 0;
}

/* ---- how far the call came ---- */

static bool can_be_read(const struct call *call, uint64_t addr, uint64_t len)
{
	unsigned char bytes[MSGMAX];

	return task_mem_read(call->tid, addr, bytes, len > MSGMAX ? MSGMAX : (size_t)len) == 0;
}

static bool came_to_object(const struct call *call, int64_t ret)
{
	if (ret < 0 && ret > -64 && (call->sysv.earlier & ERR(-ret)))
		return false;
	/* MSG_COPY reads what is in the buffer first of all */
	if (ret == -EFAULT && strcmp(call->info->name, "msgrcv") == 0 && (call->args[4] & MSG_COPY))
		return can_be_read(call, call->args[1], call->args[2]);
	return true;
}

void sysv_exit(struct call *call, int64_t ret, struct event_writer *w)
{
	const struct evt_ipc before = call->sysv.object;

	if (!call->sysv.has_object || !came_to_object(call, ret))
		return;
	/* who was asleep in the call has looked at the object again on waking up, unless it was gone by then */
	if (call->sysv.may_sleep && look(call, row_of(call)) < 0)
		call->sysv.object = before;
	event_put(w, EVT_ITEM_IPC, &call->sysv.object, sizeof(call->sysv.object));
}
