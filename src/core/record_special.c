// SPDX-License-Identifier: MIT
/*
 * The records about what one kind of call does (spec kernel 4.6 and 8.6). The kernel keeps them in one place, and of two kinds
 * in an event the last one only; here each kind that the event holds is written.
 */

#include <linux/audit.h>

#include "base/macros.h"
#include "core/record.h"

static void format_socketcall(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_u64(ab, "nargs=", ctx->ev->n_socketcall);
	for (size_t i = 0; i < ctx->ev->n_socketcall; i++) {
		ab_u64(ab, " a", i);
		ab_hex(ab, "=", ctx->ev->socketcall[i]);
	}
}

static void format_ipc(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_ipc *ipc = &ctx->ev->ipc;

	(void)index;
	ab_u64(ab, "ouid=", ipc->uid);
	ab_u64(ab, " ogid=", ipc->gid);
	ab_octal(ab, " mode=", ipc->mode);
}

static void format_ipc_set_perm(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_ipc *ipc = &ctx->ev->ipc;

	(void)index;
	ab_hex(ab, "qbytes=", ipc->qbytes);
	ab_u64(ab, " ouid=", ipc->perm_uid);
	ab_u64(ab, " ogid=", ipc->perm_gid);
	ab_octal(ab, " mode=", ipc->perm_mode);
}

static void put_mq_attr(struct audit_buffer *ab, const struct evt_mq_attr *attr)
{
	ab_hex(ab, " mq_flags=0x", (uint64_t)attr->flags);
	ab_i64(ab, " mq_maxmsg=", attr->maxmsg);
	ab_i64(ab, " mq_msgsize=", attr->msgsize);
	ab_i64(ab, " mq_curmsgs=", attr->curmsgs);
}

static void format_mq_open(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_mq_open *mq = &ctx->ev->mq_open;

	(void)index;
	ab_hex(ab, "oflag=0x", mq->oflag);
	ab_octal(ab, " mode=", mq->mode);
	put_mq_attr(ab, &mq->attr);
}

static void format_mq_sendrecv(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_mq_sendrecv *mq = &ctx->ev->mq_sendrecv;

	(void)index;
	ab_i64(ab, "mqdes=", mq->mqdes);
	ab_i64(ab, " msg_len=", mq->msg_len);
	ab_u64(ab, " msg_prio=", mq->msg_prio);
	ab_i64(ab, " abs_timeout_sec=", mq->timeout_sec);
	ab_i64(ab, " abs_timeout_nsec=", mq->timeout_nsec);
}

static void format_mq_notify(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_i64(ab, "mqdes=", ctx->ev->mq_notify.mqdes);
	ab_i64(ab, " sigev_signo=", ctx->ev->mq_notify.signo);
}

/* The blank at the end is the kernel's. */
static void format_mq_getsetattr(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_i64(ab, "mqdes=", ctx->ev->mq_getsetattr.mqdes);
	put_mq_attr(ab, &ctx->ev->mq_getsetattr.attr);
	ab_text(ab, " ");
}

static void format_capset(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_capset *caps = &ctx->ev->capset;

	(void)index;
	ab_i64(ab, "pid=", caps->pid);
	ab_cap(ab, " cap_pi=", caps->inheritable);
	ab_cap(ab, " cap_pp=", caps->permitted);
	ab_cap(ab, " cap_pe=", caps->effective);
	ab_cap(ab, " cap_pa=", caps->ambient);
}

static void format_mmap(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_i64(ab, "fd=", ctx->ev->mmap.fd);
	ab_hex(ab, " flags=0x", (uint32_t)ctx->ev->mmap.flags);
}

/* The 0 in front is literal: mode=00 for none. */
static void format_openat2(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_openat2 *how = &ctx->ev->openat2;

	(void)index;
	ab_text(ab, "oflag=0");
	buf_oct(&ab->text, how->flags);
	ab_text(ab, " mode=0");
	buf_oct(&ab->text, how->mode);
	ab_hex(ab, " resolve=0x", how->resolve);
}

static void format_execve(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	execve_format(ab, &ctx->execve, ctx->ev);
}

static void format_kern_module(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_text(ab, "name=");
	ab_untrusted(ab, ctx->ev->module.p, ctx->ev->module.len);
}

static void format_time_adjntpval(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	static const char *const ops[] = {
		[EVT_NTP_OFFSET] = "offset",
		[EVT_NTP_FREQ] = "freq",
		[EVT_NTP_STATUS] = "status",
		[EVT_NTP_TAI] = "tai",
		[EVT_NTP_TICK] = "tick",
		[EVT_NTP_ADJUST] = "adjust",
	};
	const struct evt_ntp *change = &ctx->ev->ntp[index];

	_Static_assert(ARRAY_SIZE(ops) == _EVT_NTP_MAX, "every value has a name");
	ab_text(ab, "op=");
	ab_text(ab, ops[change->op]); /* the decoder has checked the range */
	ab_i64(ab, " old=", change->old);
	ab_i64(ab, " new=", change->now);
}

static void format_time_injoffset(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_i64(ab, "sec=", ctx->ev->time_offset.sec);
	ab_i64(ab, " nsec=", ctx->ev->time_offset.nsec);
}

/* ---- how many there are ---- */

static bool holds(const struct audit_context *ctx, enum evt_item_type item)
{
	return ctx->ev->specials & EVENT_ITEM_BIT(item);
}

#define NEXT_IF_HELD(name, item)                                                                   \
	static bool next_##name(const struct audit_context *ctx, size_t *index)                    \
	{                                                                                          \
		return *index == 0 && holds(ctx, item);                                            \
	}

NEXT_IF_HELD(socketcall, EVT_ITEM_SOCKETCALL)
NEXT_IF_HELD(ipc, EVT_ITEM_IPC)
NEXT_IF_HELD(mq_open, EVT_ITEM_MQ_OPEN)
NEXT_IF_HELD(mq_sendrecv, EVT_ITEM_MQ_SENDRECV)
NEXT_IF_HELD(mq_notify, EVT_ITEM_MQ_NOTIFY)
NEXT_IF_HELD(mq_getsetattr, EVT_ITEM_MQ_GETSETATTR)
NEXT_IF_HELD(capset, EVT_ITEM_CAPSET)
NEXT_IF_HELD(mmap, EVT_ITEM_MMAP)
NEXT_IF_HELD(openat2, EVT_ITEM_OPENAT2)
NEXT_IF_HELD(kern_module, EVT_ITEM_KERN_MODULE)
NEXT_IF_HELD(time_injoffset, EVT_ITEM_TIME_OFFSET)

static bool next_ipc_set_perm(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && holds(ctx, EVT_ITEM_IPC) && ctx->ev->ipc.has_perm;
}

static bool next_execve(const struct audit_context *ctx, size_t *index)
{
	if (!holds(ctx, EVT_ITEM_EXECVE))
		return false;
	return *index == 0 ||
	       (ctx->execve.at && execve_has_more(&ctx->execve, ctx->ev)); /* at: not excluded */
}

static bool next_time_adjntpval(const struct audit_context *ctx, size_t *index)
{
	return *index < ctx->ev->n_ntp;
}

static const struct record_kind special_kinds[] = {
	{ AUDIT_SOCKETCALL, next_socketcall, format_socketcall,
		EVENT_ITEM_BIT(EVT_ITEM_SOCKETCALL) },
	{ AUDIT_IPC, next_ipc, format_ipc, EVENT_ITEM_BIT(EVT_ITEM_IPC) },
	{ AUDIT_IPC_SET_PERM, next_ipc_set_perm, format_ipc_set_perm,
		EVENT_ITEM_BIT(EVT_ITEM_IPC) },
	{ AUDIT_MQ_OPEN, next_mq_open, format_mq_open, EVENT_ITEM_BIT(EVT_ITEM_MQ_OPEN) },
	{ AUDIT_MQ_SENDRECV, next_mq_sendrecv, format_mq_sendrecv,
		EVENT_ITEM_BIT(EVT_ITEM_MQ_SENDRECV) },
	{ AUDIT_MQ_NOTIFY, next_mq_notify, format_mq_notify, EVENT_ITEM_BIT(EVT_ITEM_MQ_NOTIFY) },
	{ AUDIT_MQ_GETSETATTR, next_mq_getsetattr, format_mq_getsetattr,
		EVENT_ITEM_BIT(EVT_ITEM_MQ_GETSETATTR) },
	{ AUDIT_CAPSET, next_capset, format_capset, EVENT_ITEM_BIT(EVT_ITEM_CAPSET) },
	{ AUDIT_MMAP, next_mmap, format_mmap, EVENT_ITEM_BIT(EVT_ITEM_MMAP) },
	{ AUDIT_OPENAT2, next_openat2, format_openat2, EVENT_ITEM_BIT(EVT_ITEM_OPENAT2) },
	{ AUDIT_EXECVE, next_execve, format_execve, EVENT_ITEM_BIT(EVT_ITEM_EXECVE) },
	{ AUDIT_KERN_MODULE, next_kern_module, format_kern_module,
		EVENT_ITEM_BIT(EVT_ITEM_KERN_MODULE) },
	{ AUDIT_TIME_ADJNTPVAL, next_time_adjntpval, format_time_adjntpval,
		EVENT_ITEM_BIT(EVT_ITEM_NTP) },
	{ AUDIT_TIME_INJOFFSET, next_time_injoffset, format_time_injoffset,
		EVENT_ITEM_BIT(EVT_ITEM_TIME_OFFSET) },
};

const struct record_kinds record_kinds_special = { special_kinds, ARRAY_SIZE(special_kinds) };
