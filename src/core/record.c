// SPDX-License-Identifier: MIT
#include "core/record.h"

#include <linux/audit.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/extra.h"
#include "base/macros.h"
#include "core/kaudit.h"

#define OBJ_PIDS_BLOCK 16u /* AUDIT_AUX_PIDS in kernel/auditsc.c */

/* ---- how many there are ---- */

static bool next_one(const struct audit_context *ctx, size_t *index)
{
	(void)ctx;
	return *index == 0;
}

static bool next_syscall(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->h.kind == EVT_SYSCALL;
}

static bool next_uringop(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->h.kind == EVT_URING;
}

static bool next_bprm_fcaps(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->has_bprm_fcaps;
}

static bool next_fd_pair(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->has_fd_pair;
}

static bool next_sockaddr(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->sockaddr.len > 0;
}

static bool next_obj_pid(const struct audit_context *ctx, size_t *index)
{
	return *index < ctx->ev->n_obj_pids;
}

/* ---- what they say ---- */

static void format_bprm_fcaps(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_bprm_fcaps *c = &ctx->ev->bprm_fcaps;

	(void)index;
	ab_hex(ab, "fver=", c->fver);
	ab_cap(ab, " fp=", c->fp);
	ab_cap(ab, " fi=", c->fi);
	ab_u64(ab, " fe=", c->fe);
	ab_cap(ab, " old_pp=", c->old_pp);
	ab_cap(ab, " old_pi=", c->old_pi);
	ab_cap(ab, " old_pe=", c->old_pe);
	ab_cap(ab, " old_pa=", c->old_pa);
	ab_cap(ab, " pp=", c->pp);
	ab_cap(ab, " pi=", c->pi);
	ab_cap(ab, " pe=", c->pe);
	ab_cap(ab, " pa=", c->pa);
	ab_i64(ab, " frootid=", c->frootid);
}

static void format_fd_pair(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_i64(ab, "fd0=", ctx->ev->fd_pair[0]);
	ab_i64(ab, " fd1=", ctx->ev->fd_pair[1]);
}

static void format_sockaddr(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_text(ab, "saddr=");
	buf_hex_bytes(&ab->text, ctx->ev->sockaddr.p, ctx->ev->sockaddr.len);
}

/*
 * The kernel keeps the first target apart and the others in blocks; it writes the blocks from the newest to the
 * oldest, each in order, and the first target at the end (spec kernel 3.4). Which target is the index-th record's?
 */
static size_t obj_pid_at(size_t index, size_t n)
{
	size_t others = n - 1,
	       newest = others - (others ? (others - 1) / OBJ_PIDS_BLOCK * OBJ_PIDS_BLOCK : 0);
	size_t block, before;

	if (index == others)
		return 0;
	if (index < newest)
		return 1 + (others - newest) + index;
	index -= newest;
	block = (others - newest) / OBJ_PIDS_BLOCK - 1 - index / OBJ_PIDS_BLOCK;
	before = block * OBJ_PIDS_BLOCK;
	return 1 + before + index % OBJ_PIDS_BLOCK;
}

/* Signed here, unlike everywhere else: unset ids are -1. */
static void format_obj_pid(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_obj_pid *target =
		&ctx->ev->obj_pids[obj_pid_at(index, ctx->ev->n_obj_pids)];

	ab_i64(ab, "opid=", target->pid);
	ab_i64(ab, " oauid=", (int32_t)target->auid);
	ab_i64(ab, " ouid=", (int32_t)target->uid);
	ab_i64(ab, " oses=", (int32_t)target->ses);
	ab_text(ab, " ocomm=");
	ab_untrusted(ab, target->comm, strnlen(target->comm, sizeof(target->comm)));
}

static void format_eoe(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)ab;
	(void)ctx;
	(void)index;
}

static const char *source_name(uint8_t source)
{
	static const char *const names[] = {
		[RECORD_SOURCE_REPLAY] = "replay",
		[RECORD_SOURCE_PTRACE] = "ptrace",
		[RECORD_SOURCE_BPF] = "bpf",
		[RECORD_SOURCE_KERNEL] = "kernel",
		[RECORD_SOURCE_USER] = "user",
		[RECORD_SOURCE_ENGINE] = "engine",
	};

	_Static_assert(ARRAY_SIZE(names) == _RECORD_SOURCE_MAX, "every source has a name");
	return source < ARRAY_SIZE(names) ? names[source] : "unknown";
}

void record_lost(struct audit_buffer *ab, const struct record_loss *loss)
{
	ab_text(ab, "op=events-lost source=");
	ab_text(ab, source_name(loss->source));
	ab_u64(ab, " lost=", loss->records);
	ab_u64(ab, " events=", loss->events);
	ab_text(ab, " reason=");
	ab_text(ab, loss->reason);
	ab_u64(ab, " after=", loss->after);
	ab_u64(ab, " before=", loss->before);
	if (loss->cgroup)
		ab_u64(ab, " cgroup_id=", loss->cgroup);
	if (loss->cpu)
		ab_u64(ab, " cpu=", loss->cpu - 1);
	ab_text(ab, " res=0");
}

static const struct record_kind head_kinds[] = {
	{ AUDIT_SYSCALL, next_syscall, record_syscall, 0 },
	{ AUDIT_URINGOP, next_uringop, record_uringop, 0 },
};

static const struct record_kind exec_kinds[] = {
	{ AUDIT_BPRM_FCAPS, next_bprm_fcaps, format_bprm_fcaps,
		EVENT_ITEM_BIT(EVT_ITEM_BPRM_FCAPS) },
};

static const struct record_kind tail_kinds[] = {
	{ AUDIT_FD_PAIR, next_fd_pair, format_fd_pair, EVENT_ITEM_BIT(EVT_ITEM_FD_PAIR) },
	{ AUDIT_SOCKADDR, next_sockaddr, format_sockaddr, EVENT_ITEM_BIT(EVT_ITEM_SOCKADDR) },
	{ AUDIT_OBJ_PID, next_obj_pid, format_obj_pid, EVENT_ITEM_BIT(EVT_ITEM_OBJ_PID) },
	{ AUDIT_CWD, next_cwd, record_cwd, EVENT_ITEM_BIT(EVT_ITEM_CWD) },
	{ AUDIT_PATH, next_path, record_path, EVENT_ITEM_BIT(EVT_ITEM_PATH) },
	{ EXTRA_RECORD, next_extra, record_extra, 0 },
	{ AUDIT_PROCTITLE, next_syscall, record_proctitle, 0 },
	{ AUDIT_EOE, next_one, format_eoe, 0 },
};

const struct record_kinds record_kinds_head = { head_kinds, ARRAY_SIZE(head_kinds) };
const struct record_kinds record_kinds_exec = { exec_kinds, ARRAY_SIZE(exec_kinds) };
const struct record_kinds record_kinds_tail = { tail_kinds, ARRAY_SIZE(tail_kinds) };
