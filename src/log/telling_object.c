// SPDX-License-Identifier: MIT
#include "log/telling.h"

#include <linux/audit.h>

#include "log/saddr.h"

/* What an action was done to, by the source that actions.def names. */

/* ---- arguments ---- */

bool telling_arg(const struct telling *t, int index, uint64_t *ret)
{
	char name[] = "a0";

	if (index < 0 || index > 3)
		return false;
	name[1] = (char)('0' + index);
	return log_record_u64(t->call, name, 16, ret);
}

static void put_arg(const struct telling *t, struct buf *to, int index)
{
	const struct log_field *field;
	char name[] = "a0";

	name[1] = (char)('0' + index);
	field = log_record_field(t->call, name);
	if (field)
		interpret_field(t->in, to, t->ev, t->call, field);
}

/* ---- addresses and processes ---- */

static void put_saddr(const struct telling *t, struct buf *to)
{
	const struct log_record *rec = log_event_record(t->ev, AUDIT_SOCKADDR, 0);
	const struct log_field *field = rec ? log_record_field(rec, "saddr") : NULL;
	struct buf *bytes = &t->d->scratch;
	const char *family;
	struct saddr s;

	buf_clear(bytes);
	if (!field)
		return;
	interpret_untrusted(bytes, field);
	if (saddr_parse(&s, buf_cstr(bytes), bytes->len) < 0)
		return;
	switch (s.kind) {
	case SADDR_LOCAL:
		buf_puts(to, s.abstract ? "unix:@" : "unix:");
		buf_put(to, s.path.p, s.path.len);
		break;
	case SADDR_INET:
		buf_puts(to, s.host);
		buf_putc(to, ':');
		buf_u64(to, s.port);
		break;
	case SADDR_INET6:
		buf_putc(to, '[');
		buf_puts(to, s.host);
		buf_puts(to, "]:");
		buf_u64(to, s.port);
		break;
	default:
		family = address_family_name(s.family);
		buf_puts(to, family ? family : "family ");
		if (!family)
			buf_u64(to, s.family);
	}
}

static void put_process(struct buf *to, const struct log_record *rec)
{
	const struct log_field *pid = log_record_field(rec, "opid"),
			       *comm = log_record_field(rec, "ocomm");

	if (comm)
		interpret_untrusted(to, comm);
	buf_putc(to, '[');
	if (pid)
		buf_put(to, pid->value.p, pid->value.len);
	buf_putc(to, ']');
}

#define TARGETS_SHOWN 4

static bool put_targets(const struct telling *t, struct buf *to)
{
	const struct log_record *rec = log_event_record(t->ev, AUDIT_OBJ_PID, 0);
	uint64_t pid;
	size_t n;

	if (!rec)
		return false;
	for (n = 0; (rec = log_event_record(t->ev, AUDIT_OBJ_PID, n)); n++) {
		if (n >= TARGETS_SHOWN)
			continue;
		if (n)
			buf_puts(to, ", ");
		put_process(to, rec);
	}
	if (n > TARGETS_SHOWN) {
		buf_puts(to, " and ");
		buf_u64(to, n - TARGETS_SHOWN);
		buf_puts(to, " more");
	}
	rec = log_event_record(t->ev, AUDIT_OBJ_PID, 0);
	t->d->to_itself = n == 1 && log_record_u64(rec, "opid", 10, &pid) && pid == t->d->pid;
	return true;
}

static void put_target_arg(const struct telling *t, struct buf *to, int index)
{
	uint64_t value;
	int32_t pid;

	if (put_targets(t, to) || !telling_arg(t, index, &value))
		return;
	pid = (int32_t)value;
	if (pid > 0) {
		buf_puts(to, "process ");
		buf_i64(to, pid);
		t->d->to_itself = (uint32_t)pid == t->d->pid;
	} else if (pid == 0) {
		buf_puts(to, "its process group");
	} else if (pid == -1) {
		buf_puts(to, "every process");
	} else {
		buf_puts(to, "process group ");
		buf_i64(to, -(int64_t)pid);
	}
}

static void put_signal(const struct telling *t, struct buf *to)
{
	const char *name;
	uint64_t nr;

	if (!telling_arg(t, syscall_arg(t->info, ARG_SIGNAL), &nr))
		return;
	name = nr && nr <= INT32_MAX ? signal_name((int)nr) : NULL;
	if (name) {
		buf_puts(to, name);
	} else {
		buf_puts(to, "signal ");
		buf_u64(to, (uint32_t)nr);
	}
}

/* ---- ids ---- */

static void put_ids(const struct telling *t, struct buf *to)
{
	bool any = false;
	uint64_t id;

	for (int i = 0; i < 4; i++) {
		bool user = t->info->args[i] == ARG_UID;

		if ((!user && t->info->args[i] != ARG_GID) || !telling_arg(t, i, &id))
			continue;
		if (any)
			buf_putc(to, ',');
		if ((uint32_t)id == UINT32_MAX)
			buf_putc(to, '-');
		else if (user)
			interpret_user(t->in, to, (uint32_t)id);
		else
			interpret_group(t->in, to, (uint32_t)id);
		any = true;
	}
}

/* As chown(1) takes it; what stays as it is, is left out. */
static void put_owner(const struct telling *t, struct buf *to)
{
	uint64_t id;

	if (telling_arg(t, syscall_arg(t->info, ARG_UID), &id) && (uint32_t)id != UINT32_MAX)
		interpret_user(t->in, to, (uint32_t)id);
	if (telling_arg(t, syscall_arg(t->info, ARG_GID), &id) && (uint32_t)id != UINT32_MAX) {
		buf_putc(to, ':');
		interpret_group(t->in, to, (uint32_t)id);
	}
}

static void put_field_of(const struct telling *t, struct buf *to, uint32_t type, const char *name)
{
	const struct log_record *rec = log_event_record(t->ev, type, 0);
	const struct log_field *field = rec ? log_record_field(rec, name) : NULL;

	if (field)
		interpret_bytes(t->in, to, t->ev, rec, field);
}

/* ---- by source ---- */

void telling_put_object(const struct telling *t, struct buf *to, enum object_source source)
{
	switch (source) {
	case OBJECT_NONE:
	case _OBJECT_MAX:
		break;
	case OBJECT_PATH:
	case OBJECT_OPENED:
	case OBJECT_EXECUTED:
		telling_put_path(t, to, telling_object(t), syscall_arg(t->info, ARG_PATH) < 0);
		break;
	case OBJECT_CREATED:
		telling_put_path(
			t, to, telling_item(t, "CREATE", 0), syscall_arg(t->info, ARG_PATH2) >= 0);
		break;
	case OBJECT_DELETED:
	case OBJECT_RENAMED:
		telling_put_path(t, to, telling_item(t, "DELETE", 0), false);
		break;
	case OBJECT_LINKED:
		telling_put_path(t, to, telling_item(t, "NORMAL", 0), false);
		break;
	case OBJECT_SYMLINK_TEXT:
		if (telling_item(t, "UNKNOWN", 0))
			(void)telling_item_name(to, telling_item(t, "UNKNOWN", 0));
		break;
	case OBJECT_FD:
		telling_put_fd(t, to, telling_object(t));
		break;
	case OBJECT_SADDR:
		put_saddr(t, to);
		break;
	case OBJECT_TARGET0:
		put_target_arg(t, to, 0);
		break;
	case OBJECT_TARGET1:
		put_target_arg(t, to, 1);
		break;
	case OBJECT_TARGET_PIDFD:
		if (!put_targets(t, to))
			buf_puts(to, "a process");
		break;
	case OBJECT_SIGNAL:
		put_signal(t, to);
		break;
	case OBJECT_ARG0:
	case OBJECT_ARG1:
	case OBJECT_ARG2:
		put_arg(t, to, (int)(source - OBJECT_ARG0));
		break;
	case OBJECT_OWNER:
		put_owner(t, to);
		break;
	case OBJECT_IDS:
		put_ids(t, to);
		break;
	case OBJECT_CAPSET:
		put_field_of(t, to, AUDIT_CAPSET, "cap_pe");
		break;
	case OBJECT_MODULE:
		put_field_of(t, to, AUDIT_KERN_MODULE, "name");
		break;
	}
}
