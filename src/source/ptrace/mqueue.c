// SPDX-License-Identifier: MIT
#include "source/ptrace/mqueue.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/macros.h"
#include "source/ptrace/call.h"
#include "source/ptrace/task_mem.h"

#define PRIO_MAX    32768u /* MQ_PRIO_MAX in include/uapi/linux/mqueue.h */
#define NSEC_MAX    999999999u
#define ATTR_WORDS  8 /* struct mq_attr: four that count, four reserved; all are copied */
#define TIME64_MARK "_time64"

static int read_memory(const struct call *call, uint64_t addr, void *to, size_t len)
{
	for (size_t i = 0; i < call->n_memory; i++)
		if (call->memory[i].at == addr && call->memory[i].len >= len) {
			memcpy(to, call->memory[i].data, len);
			return 0;
		}
	return task_mem_read(call->tid, addr, to, len);
}

/* Each reads what its call passes, as the kernel does before it notes it. Negative errno: the kernel refuses the call
 * there, and notes nothing. */

static int read_attr(const struct call *call, uint64_t addr, struct evt_mq_attr *ret)
{
	int32_t narrow[ATTR_WORDS];
	int64_t wide[ATTR_WORDS];
	int r;

	if (call->is_compat) {
		r = read_memory(call, addr, narrow, sizeof(narrow));
		for (size_t i = 0; i < ATTR_WORDS && !r; i++)
			wide[i] = narrow[i];
	} else {
		r = read_memory(call, addr, wide, sizeof(wide));
	}
	if (r < 0)
		return r;
	*ret = (struct evt_mq_attr){
		.flags = wide[0], .maxmsg = wide[1], .msgsize = wide[2], .curmsgs = wide[3]
	};
	return 0;
}

static int read_open(struct call *call)
{
	struct evt_mq_open *open = &call->mq.open;
	uint64_t addr = call->args[3];

	open->oflag = (uint32_t)call->args[1];
	open->mode = (uint16_t)call->args[2];
	/* 64-bit programs pass attributes whether or not they are for a new queue */
	if (!addr || (call->is_compat && !(open->oflag & O_CREAT)))
		return 0;
	return read_attr(call, addr, &open->attr);
}

/* struct __kernel_timespec, or the old one of 32-bit programs. */
static int read_timeout(const struct call *call, uint64_t addr, struct evt_mq_sendrecv *ret)
{
	bool is_time64 = !call->is_compat || strstr(call->info->name, TIME64_MARK);
	int32_t narrow[2];
	int64_t wide[2];
	int r;

	r = is_time64 ? read_memory(call, addr, wide, sizeof(wide))
		      : read_memory(call, addr, narrow, sizeof(narrow));
	if (r < 0)
		return r;
	ret->timeout_sec = is_time64 ? wide[0] : narrow[0];
	ret->timeout_nsec = is_time64 ? wide[1] : narrow[1];
	/* the upper half is padding in a 32-bit program */
	if (is_time64 && call->is_compat)
		ret->timeout_nsec = (uint32_t)wide[1];
	return ret->timeout_sec < 0 || (uint64_t)ret->timeout_nsec > NSEC_MAX ? -EINVAL : 0;
}

static int read_transfer(struct call *call, uint32_t prio)
{
	struct evt_mq_sendrecv *transfer = &call->mq.sendrecv;

	transfer->mqdes = (int32_t)call->args[0];
	transfer->msg_len = (int64_t)call->args[2];
	transfer->msg_prio = prio;
	if (prio >= PRIO_MAX)
		return -EINVAL;
	return call->args[4] ? read_timeout(call, call->args[4], transfer) : 0;
}

static int read_send(struct call *call)
{
	return read_transfer(call, (uint32_t)call->args[3]);
}

static int read_receive(struct call *call)
{
	return read_transfer(call, 0);
}

/* struct sigevent: a value of the size of a pointer, then the signal. */
static int read_notify(struct call *call)
{
	unsigned char bytes[64];
	size_t value = call->is_compat ? 4 : 8, len = call->is_compat ? 16 : 64;
	int r;

	call->mq.notify.mqdes = (int32_t)call->args[0];
	if (!call->args[1])
		return 0;
	r = read_memory(call, call->args[1], bytes, len);
	if (!r)
		memcpy(&call->mq.notify.signo, bytes + value, sizeof(call->mq.notify.signo));
	return r;
}

static int read_setattr(struct call *call)
{
	call->mq.getsetattr.mqdes = (int32_t)call->args[0];
	if (!call->args[1])
		return -ENODATA;
	return read_attr(call, call->args[1], &call->mq.getsetattr.attr);
}

static const struct row {
	const char *name;
	int (*read)(struct call *call);
	uint16_t item;
	uint16_t len;
} rows[] = {
	{ "mq_open", read_open, EVT_ITEM_MQ_OPEN, sizeof(struct evt_mq_open) },
	{ "mq_timedsend", read_send, EVT_ITEM_MQ_SENDRECV, sizeof(struct evt_mq_sendrecv) },
	{ "mq_timedsend_time64", read_send, EVT_ITEM_MQ_SENDRECV, sizeof(struct evt_mq_sendrecv) },
	{ "mq_timedreceive", read_receive, EVT_ITEM_MQ_SENDRECV, sizeof(struct evt_mq_sendrecv) },
	{ "mq_timedreceive_time64", read_receive, EVT_ITEM_MQ_SENDRECV,
		sizeof(struct evt_mq_sendrecv) },
	{ "mq_notify", read_notify, EVT_ITEM_MQ_NOTIFY, sizeof(struct evt_mq_notify) },
	{ "mq_getsetattr", read_setattr, EVT_ITEM_MQ_GETSETATTR, sizeof(struct evt_mq_getsetattr) },
};

void mq_entry(struct call *call)
{
	call->mq = (struct mq_call){ .item = 0 };
	if (!(call->info->flags & SC_MQ))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, call->info->name) != 0)
			continue;
		if (rows[i].read(call) < 0)
			return;
		call->mq.item = rows[i].item;
		call->mq.len = rows[i].len;
	}
}

void mq_exit(const struct call *call, int64_t ret, struct event_writer *w)
{
	/* new attributes are noted when the queue has been found and they are right */
	if (call->mq.item == EVT_ITEM_MQ_GETSETATTR && (ret == -EBADF || ret == -EINVAL))
		return;
	if (call->mq.item)
		event_put(w, call->mq.item, &call->mq.open, call->mq.len);
}
