// SPDX-License-Identifier: MIT
/* Messages of programs (spec kernel 1.15), and records of producers in user space (abi/control.h). */
#include <errno.h>
#include <string.h>

#include "core/control_state.h"
#include "core/kaudit_log.h"

/* " msg='...'": as given, up to the first NUL. The last byte never counts: the kernel puts its NUL there. */
static void put_text(struct audit_buffer *ab, const char *text, size_t len)
{
	len = strnlen(text, len - 1);
	ab_text(ab, " msg='");
	buf_put(&ab->text, text, len < CONTROL_TEXT_MAX ? len : CONTROL_TEXT_MAX);
	buf_putc(&ab->text, '\'');
}

static void put_tty_data(struct audit_buffer *ab, const char *text, size_t len)
{
	if (text[len - 1] == '\0')
		len--;
	ab_text(ab, " data=");
	ab_untrusted(ab, text, len);
}

int control_user(struct control_call *call)
{
	const char *text = (const char *)call->payload;
	uint16_t type = call->nlh.nlmsg_type;
	struct audit_buffer *ab;

	if (!call->control->enabled && type != AUDIT_USER_AVC)
		return 0;
	if (call->len < 2)
		return -EINVAL;
	if (!kaudit_filter_user(kaudit_rules(call->control->audit), &call->who, type))
		return 0;
	if (type == AUDIT_USER_TTY && !control_tty_enabled(call))
		return -EPERM;
	call->who.h.source = RECORD_SOURCE_USER;
	ab = kaudit_log_start(call->control->audit, &call->who, type);
	if (!ab)
		return 0;
	kaudit_log_sender(ab, &call->who);
	if (type == AUDIT_USER_TTY)
		put_tty_data(ab, text, call->len);
	else
		put_text(ab, text, call->len);
	control_log_end(call, ab);
	return 0;
}

/* Access decisions, anomalies, integrity: what modules of the kernel say, and what may therefore look like it. */
static bool may_produce(uint32_t type)
{
	return (type >= 1400 && type <= 1599) || (type >= 1700 && type <= 1999);
}

/* One line of text: a line break would forge a record. */
static bool is_line(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return len > 0;
}

int control_record(struct control_call *call)
{
	const char *text = (const char *)call->payload + sizeof(struct control_record);
	size_t len = call->len - sizeof(struct control_record);
	struct control_record head;
	struct audit_buffer *ab;

	memcpy(&head, call->payload, sizeof(head));
	if (len > 0 && text[len - 1] == '\0')
		len--;
	if (!may_produce(head.type) || len > CONTROL_TEXT_MAX || !is_line(text, len))
		return -EINVAL;
	call->who.h.source = RECORD_SOURCE_USER;
	ab = kaudit_log_start(call->control->audit, &call->who, (uint16_t)head.type);
	if (!ab)
		return 0;
	buf_put(&ab->text, text, len);
	control_log_end(call, ab);
	return 0;
}
