// SPDX-License-Identifier: MIT
#include "log/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "base/parse.h"
#include "log/log_argv.h"
#include "log/log_call.h"
#include "log/telling.h"
#include "log/values.h"

#define KEY_SEPARATOR 0x01 /* between several keys of a rule (spec userspace 1.7) */

struct action {
	const char *syscall;
	enum action_kind kind;
	const char *past, *base;
	enum object_source object;
	const char *joiner;
	enum object_source object2;
};

static const struct action actions[] = {
#define ACTION(syscall, kind, past, base, object, joiner, object2)                                 \
	{ syscall, ACTION_##kind, past, base, OBJECT_##object, joiner, OBJECT_##object2 },
#include "log/actions.def"
#undef ACTION
};

static const char *const kind_names[_ACTION_MAX] = {
	[ACTION_OTHER] = "other",
	[ACTION_EXEC] = "exec",
	[ACTION_READ] = "read",
	[ACTION_WRITE] = "write",
	[ACTION_CREATE] = "create",
	[ACTION_DELETE] = "delete",
	[ACTION_RENAME] = "rename",
	[ACTION_LINK] = "link",
	[ACTION_ATTR] = "attribute",
	[ACTION_CONNECT] = "connect",
	[ACTION_BIND] = "bind",
	[ACTION_PRIVILEGE] = "privilege",
	[ACTION_SIGNAL] = "signal",
	[ACTION_PTRACE] = "ptrace",
	[ACTION_MOUNT] = "mount",
	[ACTION_MODULE] = "module",
	[ACTION_SYSTEM] = "system",
};

const char *action_kind_name(enum action_kind kind)
{
	return kind_names[kind];
}

bool actions_are_sorted(void)
{
	for (size_t i = 1; i < ARRAY_SIZE(actions); i++)
		if (strcmp(actions[i - 1].syscall, actions[i].syscall) >= 0)
			return false;
	return true;
}

static const struct action *action_of(const char *syscall)
{
	size_t low = 0, high = ARRAY_SIZE(actions), middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = strcmp(actions[middle].syscall, syscall);
		if (order == 0)
			return &actions[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- subject, result, key ---- */

static void tell_subject(const struct telling *t)
{
	struct description *d = t->d;
	const struct log_field *comm = log_record_field(t->call, "comm");
	uint64_t pid = 0, uid = 0;

	d->has_subject = log_record_u64(t->call, "pid", 10, &pid) &&
			 log_record_u64(t->call, "euid", 10, &uid);
	d->pid = (uint32_t)pid;
	d->uid = (uint32_t)uid;
	if (comm)
		interpret_untrusted(&d->subject, comm);
	buf_putc(&d->subject, '[');
	buf_u64(&d->subject, d->pid);
	buf_putc(&d->subject, ']');
}

static void tell_result(const struct telling *t)
{
	struct description *d = t->d;
	const struct log_field *success = log_record_field(t->call, "success");
	const struct log_field *exit = log_record_field(t->call, "exit");

	if (!success || !exit || parse_i64(exit->value.p, exit->value.len, 10, &d->exit) < 0)
		return;
	d->result = view_is(&success->value, "yes");
	if (!d->result && d->exit < 0 && d->exit > INT32_MIN)
		d->error = (int)-d->exit;
}

static void tell_key(const struct telling *t)
{
	struct description *d = t->d;
	const struct log_field *key = log_record_field(t->call, "key");

	d->key = "";
	if (!key || view_is(&key->value, "(null)"))
		return;
	interpret_untrusted(&d->key_text, key);
	for (size_t i = 0; i < d->key_text.len; i++)
		if (d->key_text.data[i] == KEY_SEPARATOR)
			d->key_text.data[i] = ',';
	d->key = buf_cstr(&d->key_text);
}

/* ---- the action ---- */

/* The 32-bit multiplexer is the call that it stands for. */
static const char *effective_name(const struct telling *t)
{
	const char *call;
	uint64_t a0;

	if (strcmp(t->info->name, "socketcall") != 0 || !telling_arg(t, 0, &a0))
		return t->info->name;
	call = value_name(VALUES_SOCKETCALL, a0);
	return call ? call : t->info->name;
}

/* The open flags of the call; false if it has none. */
static bool open_flags(const struct telling *t, uint64_t *ret)
{
	const struct log_record *how = log_event_record(t->ev, AUDIT_OPENAT2, 0);

	if (strcmp(t->info->name, "creat") == 0) {
		*ret = O_CREAT | O_WRONLY | O_TRUNC;
		return true;
	}
	if (how)
		return log_record_u64(how, "oflag", 8, ret);
	return telling_arg(t, syscall_arg(t->info, ARG_OFLAGS), ret);
}

static void refine_open(const struct telling *t, bool failed)
{
	struct description *d = t->d;
	uint64_t flags;

	if (!open_flags(t, &flags))
		return;
	if (telling_item(t, "CREATE", 0)) {
		d->kind = ACTION_CREATE;
		d->verb = failed ? "create" : "created";
	} else if ((flags & O_TMPFILE) == O_TMPFILE) {
		d->verb = failed ? "make a nameless file in" : "made a nameless file in";
	} else if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC)) {
		d->kind = ACTION_WRITE;
		d->verb = failed ? "open for writing" : "opened for writing";
	} else {
		d->kind = ACTION_READ;
		d->verb = flags & O_PATH ? failed ? "look up" : "looked up"
			  : failed       ? "open"
					 : "opened";
	}
}

static void tell_unlisted(const struct telling *t, const char *name)
{
	struct description *d = t->d;
	const struct log_field *nr = log_record_field(t->call, "syscall");

	d->verb = d->result == 0 ? "call" : "called";
	if (name)
		buf_puts(&d->object, name);
	else if (nr)
		interpret_field(t->in, &d->object, t->ev, t->call, nr);
	if (telling_object(t)) {
		d->joiner = "on";
		telling_put_object(t, &d->object2, OBJECT_PATH);
		d->is_file = false;
	} else if (telling_put_fd_path(t, &d->object2)) {
		d->joiner = "on";
		d->is_file = false;
	}
}

static void tell_action(const struct telling *t)
{
	struct description *d = t->d;
	const char *name = t->info->name ? effective_name(t) : NULL;
	const struct action *action = name ? action_of(name) : NULL;
	bool failed = d->result == 0;

	if (!action) {
		tell_unlisted(t, name);
		return;
	}
	d->kind = action->kind;
	d->verb = failed ? action->base : action->past;
	if (action->object == OBJECT_OPENED)
		refine_open(t, failed);
	if (d->kind == ACTION_CONNECT && (d->error == EINPROGRESS || d->error == EALREADY)) {
		d->pending = true;
		d->verb = "began connecting to";
	}
	telling_put_object(t, &d->object, action->object);
	telling_put_object(t, &d->object2, action->object2);
	if (d->object2.len)
		d->joiner = action->joiner;
	if (action->object == OBJECT_EXECUTED)
		d->n_argv = event_argv(&d->argv, t->ev);
	if (d->kind == ACTION_RENAME && telling_item(t, "DELETE", 1))
		d->replaced = true;
}

static void description_clear(struct description *d)
{
	struct buf *bufs[] = { &d->subject, &d->object, &d->object2, &d->argv, &d->key_text,
		&d->scratch, &d->scratch2 };
	struct description kept = *d;

	for (size_t i = 0; i < ARRAY_SIZE(bufs); i++) {
		buf_clear(bufs[i]);
		bufs[i]->max = BUF_MAX_DEFAULT;
	}
	kept = *d;
	*d = (struct description){
		.subject = kept.subject,
		.object = kept.object,
		.object2 = kept.object2,
		.argv = kept.argv,
		.key_text = kept.key_text,
		.scratch = kept.scratch,
		.scratch2 = kept.scratch2,
		.key = "",
		.verb = "",
		.result = -1,
	};
}

int describe_event(struct description *d, struct interpreter *in, const struct log_event *ev)
{
	struct telling t = { d, in, ev, log_event_record(ev, AUDIT_SYSCALL, 0), NULL };
	char fallback[20];
	uint32_t arch = 0;
	int64_t nr = -1;

	description_clear(d);
	if (!t.call) {
		d->verb = "recorded";
		if (ev->n_records)
			buf_puts(&d->object, record_type_name(ev->records[0].type, fallback));
	} else {
		(void)event_syscall(ev, &arch, &nr);
		t.info = syscall_info(arch, nr);
		tell_subject(&t);
		tell_result(&t);
		tell_key(&t);
		tell_action(&t);
		if (d->result == 1)
			telling_remember_names(&t);
	}
	return buf_error(&d->subject) || buf_error(&d->object) || buf_error(&d->object2) ||
			       buf_error(&d->argv) || buf_error(&d->key_text)
		       ? -ENOMEM
		       : 0;
}

void description_deinit(struct description *d)
{
	buf_deinit(&d->subject);
	buf_deinit(&d->object);
	buf_deinit(&d->object2);
	buf_deinit(&d->argv);
	buf_deinit(&d->key_text);
	buf_deinit(&d->scratch);
	buf_deinit(&d->scratch2);
}
