// SPDX-License-Identifier: MIT
/* Records written aside: while a call runs, or of no call at all (spec kernel 8.7). */

#include <linux/audit.h>
#include <string.h>

#include "base/macros.h"
#include "core/record.h"

static void put_comm(struct audit_buffer *ab, const struct event *ev)
{
	ab_text(ab, " comm=");
	ab_untrusted(ab, ev->h.comm, strnlen(ev->h.comm, sizeof(ev->h.comm)));
}

static void put_exe(struct audit_buffer *ab, const struct event *ev)
{
	ab_text(ab, " exe=");
	ab_untrusted(ab, ev->exe.p, ev->exe.len);
}

/* Spec kernel 7.6. */
static void put_short_task(struct audit_buffer *ab, const struct event *ev)
{
	ab_u64(ab, "auid=", ev->h.auid);
	ab_u64(ab, " uid=", ev->h.uid);
	ab_u64(ab, " gid=", ev->h.gid);
	ab_u64(ab, " ses=", ev->h.ses);
	record_subj(ab, ev);
	ab_i64(ab, " pid=", (int32_t)ev->h.tgid);
	put_comm(ab, ev);
	put_exe(ab, ev);
}

static void format_login(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_login *login = aside->data;

	ab_i64(ab, "pid=", (int32_t)ev->h.tgid);
	ab_u64(ab, " uid=", ev->h.uid);
	record_subj(ab, ev);
	ab_u64(ab, " old-auid=", login->old_auid);
	ab_u64(ab, " auid=", login->auid);
	record_tty(ab, ev);
	ab_u64(ab, " old-ses=", login->old_ses);
	ab_u64(ab, " ses=", login->ses);
	ab_u64(ab, " res=", login->res);
}

/* pid= is the thread's id here. */
static void format_tty(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_tty_input *tty = aside->data;

	ab_text(ab, tty->is_tiocsti ? "ioctl=TIOCSTI" : "tty");
	ab_u64(ab, " pid=", ev->h.tid);
	ab_u64(ab, " uid=", ev->h.uid);
	ab_u64(ab, " auid=", ev->h.auid);
	ab_u64(ab, " ses=", ev->h.ses);
	ab_u64(ab, " major=", tty->major);
	ab_u64(ab, " minor=", tty->minor);
	put_comm(ab, ev);
	ab_text(ab, " data=");
	buf_hex_bytes(&ab->text, tty + 1, aside->len - sizeof(*tty));
}

static void format_bpf(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	static const char *const ops[] = { [EVT_BPF_LOAD] = "LOAD", [EVT_BPF_UNLOAD] = "UNLOAD" };
	const struct evt_bpf *bpf = aside->data;

	_Static_assert(ARRAY_SIZE(ops) == _EVT_BPF_MAX, "every operation has a name");
	(void)ev;
	ab_u64(ab, "prog-id=", bpf->prog_id);
	ab_text(ab, " op=");
	ab_text(ab, ops[bpf->op]); /* the decoder has checked the range, here and below */
}

static void format_event_listener(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_event_listener *listener = aside->data;

	ab_u64(ab, "pid=", ev->h.tgid);
	ab_u64(ab, " uid=", ev->h.uid);
	ab_u64(ab, " auid=", ev->h.auid);
	record_tty(ab, ev);
	ab_u64(ab, " ses=", ev->h.ses);
	record_subj(ab, ev);
	put_comm(ab, ev);
	put_exe(ab, ev);
	ab_i64(ab, " nl-mcgrp=", listener->group);
	ab_text(ab, listener->is_connect ? " op=connect" : " op=disconnect");
	ab_u64(ab, " res=", listener->res);
}

static void put_upper_hex(struct audit_buffer *ab, const char *name, uint32_t v)
{
	size_t start;

	ab_text(ab, name);
	start = ab->text.len;
	buf_hex(&ab->text, v);
	for (size_t i = start; i < ab->text.len; i++)
		if (ab->text.data[i] >= 'a')
			ab->text.data[i] -= 'a' - 'A';
}

static void format_fanotify(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_fanotify *f = aside->data;

	(void)ev;
	ab_u64(ab, "resp=", f->resp);
	ab_u64(ab, " fan_type=", f->fan_type);
	put_upper_hex(ab, " fan_info=", f->fan_info);
	ab_u64(ab, " subj_trust=", f->subj_trust);
	ab_u64(ab, " obj_trust=", f->obj_trust);
}

static void format_seccomp(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_seccomp *seccomp = aside->data;

	put_short_task(ab, ev);
	ab_i64(ab, " sig=", seccomp->sig);
	ab_hex(ab, " arch=", seccomp->arch);
	ab_i64(ab, " syscall=", seccomp->nr);
	ab_u64(ab, " compat=", seccomp->compat);
	ab_hex(ab, " ip=0x", seccomp->ip);
	ab_hex(ab, " code=0x", seccomp->code);
}

static uint64_t number_of(const struct event_aside *aside)
{
	uint64_t v;

	memcpy(&v, aside->data, sizeof(v));
	return v;
}

static void format_anom_abend(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	put_short_task(ab, ev);
	ab_i64(ab, " sig=", (int64_t)number_of(aside));
	ab_text(ab, " res=1");
}

static void put_refusal(struct audit_buffer *ab, const struct event *ev, const char *op)
{
	ab_text(ab, "op=");
	ab_text(ab, op);
	record_task_info(ab, ev);
	ab_text(ab, " res=0");
}

static void format_anom_link(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	static const char *const ops[] = {
		[EVT_ANOM_FOLLOW_LINK] = "follow_link",
		[EVT_ANOM_LINKAT] = "linkat",
	};

	_Static_assert(ARRAY_SIZE(ops) == _EVT_ANOM_LINK_MAX, "every operation has a name");
	put_refusal(ab, ev, ops[number_of(aside)]);
}

static void format_anom_creat(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	static const char *const ops[] = {
		[EVT_ANOM_STICKY_CREATE] = "sticky_create",
		[EVT_ANOM_STICKY_CREATE_FIFO] = "sticky_create_fifo",
		[EVT_ANOM_STICKY_CREATE_REGULAR] = "sticky_create_regular",
	};

	_Static_assert(ARRAY_SIZE(ops) == _EVT_ANOM_CREAT_MAX, "every operation has a name");
	put_refusal(ab, ev, ops[number_of(aside)]);
}

#define IFF_PROMISC_BIT 0x100 /* IFF_PROMISC in linux/if.h: the record says the flag, not whether */

static void format_anom_promiscuous(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	const struct evt_anom_promiscuous *p = aside->data;

	ab_text(ab, "dev=");
	ab_text(ab, p->device);
	ab_u64(ab, " prom=", p->is_now ? IFF_PROMISC_BIT : 0);
	ab_u64(ab, " old_prom=", p->was ? IFF_PROMISC_BIT : 0);
	ab_u64(ab, " auid=", ev->h.auid);
	ab_u64(ab, " uid=", ev->h.uid);
	ab_u64(ab, " gid=", ev->h.gid);
	ab_u64(ab, " ses=", ev->h.ses);
}

/* As the kernel wrote it. */
static void format_kernel_record(
	struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	(void)ev;
	buf_put(&ab->text, (const char *)aside->data + sizeof(struct evt_kernel_record),
		aside->len - sizeof(struct evt_kernel_record));
}

uint16_t record_aside_type(const struct record_aside *record, const struct event_aside *aside)
{
	struct evt_kernel_record kernel;

	if (record->type)
		return record->type;
	memcpy(&kernel, aside->data, sizeof(kernel));
	return (uint16_t)kernel.type; /* the decoder has checked the range */
}

const struct record_aside *record_aside_of(enum evt_item_type type)
{
	static const struct record_aside asides[] = {
		[EVT_ITEM_LOGIN] = { AUDIT_LOGIN, format_login },
		[EVT_ITEM_TTY_INPUT] = { AUDIT_TTY, format_tty },
		[EVT_ITEM_BPF] = { AUDIT_BPF, format_bpf },
		[EVT_ITEM_EVENT_LISTENER] = { AUDIT_EVENT_LISTENER, format_event_listener },
		[EVT_ITEM_FANOTIFY] = { AUDIT_FANOTIFY, format_fanotify },
		[EVT_ITEM_SECCOMP] = { AUDIT_SECCOMP, format_seccomp, .always = true },
		[EVT_ITEM_ANOM_ABEND] = { AUDIT_ANOM_ABEND, format_anom_abend },
		[EVT_ITEM_ANOM_PROMISCUOUS] = { AUDIT_ANOM_PROMISCUOUS, format_anom_promiscuous },
		[EVT_ITEM_ANOM_LINK] = { AUDIT_ANOM_LINK, format_anom_link },
		[EVT_ITEM_ANOM_CREAT] = { AUDIT_ANOM_CREAT, format_anom_creat },
		[EVT_ITEM_AVC] = { AUDIT_AVC, record_avc, .always = true },
		[EVT_ITEM_KERNEL_RECORD] = { 0, format_kernel_record, .always = true },
	};

	if (type >= ARRAY_SIZE(asides) || !asides[type].format)
		return NULL;
	return &asides[type];
}
