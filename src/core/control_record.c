// SPDX-License-Identifier: MIT
/* Records about requests (spec kernel 1.18): each is an event of its own, as the requester's system call is not seen. */
#include <string.h>

#include "core/control_state.h"
#include "core/kaudit_log.h"

void control_sender_event(struct control *control, struct event *ev,
	const struct audit_sender *sender, enum record_source source)
{
	struct evt_hdr *h = &ev->h;
	int64_t sec;

	*ev = (struct event){
		.tty = sender->tty,
		.exe = sender->exe,
		.exe_inode = sender->exe_inode,
		.subj = sender->subj,
		.h = {
			.source = (uint32_t)source,
			.tid = (uint32_t)sender->tgid,
			.tgid = (uint32_t)sender->tgid,
			.ppid = (uint32_t)sender->ppid,
			.uid = sender->uid,
			.gid = sender->gid,
			.euid = sender->euid,
			.suid = sender->suid,
			.fsuid = sender->fsuid,
			.egid = sender->egid,
			.sgid = sender->sgid,
			.fsgid = sender->fsgid,
			.auid = sender->auid,
			.ses = sender->ses,
		},
	};
	memcpy(h->comm, sender->comm, sizeof(h->comm));
	control->ops.now(control->ops.userdata, &sec, &h->time_nsec);
	h->time_sec = sec;
}

struct audit_buffer *control_log_start(struct control_call *call, uint16_t type)
{
	if (!call->control->enabled)
		return NULL;
	return kaudit_log_start(call->control->audit, &call->who, type);
}

struct audit_buffer *control_log_sender(struct control_call *call, uint16_t type)
{
	struct audit_buffer *ab = control_log_start(call, type);

	if (ab)
		kaudit_log_sender(ab, &call->who);
	return ab;
}

/* What cannot be written is lost as any other record; the request goes on. */
void control_log_end(struct control_call *call, struct audit_buffer *ab)
{
	if (kaudit_log_end(ab) < 0)
		kauditd_lost(call->control->kauditd, 1, "out of memory in audit_expand");
}

void control_log_set(
	struct control_call *call, const char *name, uint32_t value, uint32_t old, bool is_done)
{
	struct audit_buffer *ab =
		kaudit_log_start(call->control->audit, &call->who, AUDIT_CONFIG_CHANGE);

	if (!ab)
		return;
	kaudit_log_format(ab, "op=set %s=%u old=%u ", name, value, old);
	kaudit_log_session(ab, &call->who);
	kaudit_log_format(ab, " res=%d", is_done);
	control_log_end(call, ab);
}

void control_log_initialized(struct control *control)
{
	static const struct audit_sender engine = { .auid = UINT32_MAX, .ses = UINT32_MAX };
	struct event who;

	control_sender_event(control, &who, &engine, RECORD_SOURCE_ENGINE);
	if (kaudit_log(control->audit, &who, AUDIT_KERNEL,
		    "state=initialized audit_enabled=%u res=1", control->enabled) < 0)
		kauditd_lost(control->kauditd, 1, "out of memory in audit_expand");
}

void control_log_listener(
	struct control *control, const struct audit_sender *sender, bool is_connected)
{
	struct control_call call = { .control = control, .sender = sender };
	struct audit_buffer *ab;

	control_sender_event(control, &call.who, sender, RECORD_SOURCE_ENGINE);
	ab = control_log_start(&call, AUDIT_EVENT_LISTENER);
	if (!ab)
		return;
	kaudit_log_format(
		ab, "pid=%u uid=%u auid=%u tty=", call.who.h.tgid, sender->uid, sender->auid);
	if (sender->tty.p)
		buf_put(&ab->text, sender->tty.p, sender->tty.len);
	else
		ab_text(ab, "(none)");
	kaudit_log_format(ab, " ses=%u", sender->ses);
	kaudit_log_subj(ab, &call.who);
	ab_text(ab, " comm=");
	ab_untrusted(ab, sender->comm, strnlen(sender->comm, sizeof(sender->comm)));
	ab_text(ab, " exe=");
	ab_untrusted(ab, sender->exe.p, sender->exe.len);
	kaudit_log_format(ab, " nl-mcgrp=%d op=%s res=1", AUDIT_NLGRP_READLOG,
		is_connected ? "connect" : "disconnect");
	control_log_end(&call, ab);
}
