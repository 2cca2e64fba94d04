// SPDX-License-Identifier: MIT
/*
 * AUDIT_TTY_GET and AUDIT_TTY_SET (spec kernel 1.14): a state of the calling process. The kernel keeps it with the process
 * and hands it on over fork; we know a process by pid and start time and only from what it asks, so a child starts without
 * it, and of more than CONTROL_TTYS_MAX processes the one that has been silent longest is forgotten.
 */
#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"
#include "core/kaudit_log.h"

struct tty_status {
	uint32_t enabled, log_passwd;
};

static struct control_tty *find_tty(struct control *control, const struct audit_sender *sender)
{
	for (size_t i = 0; i < ARRAY_SIZE(control->ttys); i++) {
		struct control_tty *tty = &control->ttys[i];

		if (tty->tgid && tty->tgid == sender->tgid &&
			tty->start_time == sender->start_time) {
			tty->used = control->n_requests;
			return tty;
		}
	}
	return NULL;
}

static struct control_tty *oldest_tty(struct control *control)
{
	struct control_tty *oldest = &control->ttys[0];

	for (size_t i = 1; i < ARRAY_SIZE(control->ttys); i++)
		if (control->ttys[i].used < oldest->used)
			oldest = &control->ttys[i];
	return oldest;
}

static struct tty_status get_status(struct control_call *call)
{
	const struct control_tty *tty = find_tty(call->control, call->sender);

	return tty ? (struct tty_status){ tty->enabled, tty->log_passwd }
		   : (struct tty_status){ 0 };
}

static void set_status(struct control_call *call, struct tty_status status)
{
	struct control_tty *tty = find_tty(call->control, call->sender);

	if (!tty)
		tty = oldest_tty(call->control);
	*tty = (struct control_tty){ 0 };
	if (!status.enabled && !status.log_passwd)
		return;
	*tty = (struct control_tty){
		.tgid = call->sender->tgid,
		.start_time = call->sender->start_time,
		.enabled = status.enabled,
		.log_passwd = status.log_passwd,
		.used = call->control->n_requests,
	};
}

bool control_tty_enabled(struct control_call *call)
{
	return get_status(call).enabled;
}

int control_tty_get(struct control_call *call)
{
	struct tty_status status = get_status(call);

	(void)control_reply_data(call, AUDIT_TTY_GET, 0, &status, sizeof(status));
	return 0;
}

int control_tty_set(struct control_call *call)
{
	struct tty_status old = get_status(call), new = { 0 };
	struct audit_buffer *ab;
	int r = 0;

	memcpy(&new, call->payload, call->len < sizeof(new) ? call->len : sizeof(new));
	if (new.enabled > 1 || new.log_passwd > 1)
		r = -EINVAL;
	else
		set_status(call, new);
	ab = control_log_sender(call, AUDIT_CONFIG_CHANGE);
	kaudit_log_format(ab,
		" op=tty_set old-enabled=%d new-enabled=%d old-log_passwd=%d new-log_passwd=%d res=%d",
		(int)old.enabled, (int)new.enabled, (int)old.log_passwd, (int)new.log_passwd,
		r == 0);
	control_log_end(call, ab);
	return r;
}
