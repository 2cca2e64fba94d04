// SPDX-License-Identifier: MIT
#include "log/describe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "base/parse.h"
#include "log/inode_names.h"
#include "log/log_argv.h"
#include "log/log_call.h"
#include "log/log_path.h"
#include "log/saddr.h"
#include "log/values.h"

#define KEY_SEPARATOR 0x01 /* between several keys of a rule (spec userspace 1.7) */

/* Where an action's object comes from. */
enum object_source {
	OBJECT_NONE,
	OBJECT_PATH,   /* the item that was found, or looked for */
	OBJECT_OPENED, /* the same; flags and item tell reading, writing and creating apart */
	OBJECT_EXECUTED,
	OBJECT_CREATED, /* the CREATE item: the new name */
	OBJECT_DELETED,
	OBJECT_RENAMED,
	OBJECT_LINKED, /* the NORMAL item: what the new name points to */
	OBJECT_SYMLINK_TEXT,
	OBJECT_FD,
	OBJECT_SADDR,
	OBJECT_TARGET0, /* the processes of the OBJ_PID records, else the pid in a0 */
	OBJECT_TARGET1,
	OBJECT_TARGET_PIDFD,
	OBJECT_SIGNAL,
	OBJECT_ARG0, /* interpreted */
	OBJECT_ARG1,
	OBJECT_ARG2,
	OBJECT_OWNER, /* user:group out of the arguments */
	OBJECT_IDS,   /* all ids among the arguments */
	OBJECT_CAPSET,
	OBJECT_MODULE,
	_OBJECT_MAX,
};

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

/* What the helpers below work on. */
struct telling {
	struct description *d;
	struct interpreter *in;
	const struct log_event *ev;
	const struct log_record *call; /* the SYSCALL record */
	const struct syscall_info *info;
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

/* ---- arguments ---- */

static bool arg(const struct telling *t, int index, uint64_t *ret)
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
	return arg(t, syscall_arg(t->info, ARG_OFLAGS), ret);
}

/* ---- paths ---- */

static bool item_is(const struct log_record *item, const char *nametype)
{
	const struct log_field *field = log_record_field(item, "nametype");

	return field && view_is(&field->value, nametype);
}

static const struct log_record *item_of(const struct telling *t, const char *nametype, size_t i)
{
	const struct log_record *item;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++)
		if (item_is(item, nametype) && i-- == 0)
			return item;
	return NULL;
}

/* The object itself rather than a directory it stands in. */
static const struct log_record *object_item(const struct telling *t)
{
	const struct log_record *item;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++)
		if (!item_is(item, "PARENT"))
			return item;
	return NULL;
}

static bool item_name(struct buf *to, const struct log_record *item)
{
	const struct log_field *field = log_record_field(item, "name");

	if (!field || view_is(&field->value, "(null)"))
		return false;
	interpret_untrusted(to, field);
	return true;
}

static bool item_inode(const struct log_record *item, struct view *ret_dev, struct view *ret_inode)
{
	const struct log_field *dev = log_record_field(item, "dev"),
			       *inode = log_record_field(item, "inode");

	if (!dev || !inode)
		return false;
	*ret_dev = dev->value;
	*ret_inode = inode->value;
	return true;
}

static bool put_earlier_name(const struct telling *t, struct buf *to, const struct log_record *item)
{
	struct view dev, inode, path;

	if (!item || !item_inode(item, &dev, &inode) ||
		!inode_names_get(interpreter_inodes(t->in), dev, inode, &path))
		return false;
	buf_put(to, path.p, path.len);
	t->d->by_inode = true;
	return true;
}

/* An object without a name was reached through a descriptor: which file it was the record says by inode only. */
static void put_fd(const struct telling *t, struct buf *to, const struct log_record *item)
{
	const struct log_field *inode = item ? log_record_field(item, "inode") : NULL;
	uint64_t fd;
	int at = syscall_arg(t->info, ARG_FD);

	if (at < 0)
		at = syscall_arg(t->info, ARG_DIRFD);
	if (at >= 0 && arg(t, at, &fd)) {
		buf_puts(to, "fd ");
		buf_u64(to, (uint32_t)fd);
		if (inode)
			buf_putc(to, ' ');
	}
	if (inode) {
		buf_puts(to, "(inode ");
		buf_put(to, inode->value.p, inode->value.len);
		buf_putc(to, ')');
	}
}

static bool is_cwd(const struct telling *t, const struct buf *path)
{
	struct buf cwd = BUF_NULL;
	bool same;

	same = event_cwd(&cwd, t->ev) && cwd.len == path->len &&
	       memcmp(cwd.data, path->data, cwd.len) == 0;
	buf_deinit(&cwd);
	return same;
}

/*
 * What a relative name is relative to, if the call was given a directory descriptor: its path as the PARENT item says,
 * for names without a directory part of their own; else "[fd 5]". Two-path calls have the new name's PARENT first.
 * An item that shows the working directory proves nothing: the kernel writes that in any case (spec kernel 12.2, 11).
 */
static void put_fd_base(
	const struct telling *t, struct buf *to, struct view name, bool second, int fd)
{
	bool two = syscall_arg(t->info, ARG_DIRFD2) >= 0 && syscall_arg(t->info, ARG_DIRFD) >= 0;
	const struct log_record *parent = NULL;

	if (!memchr(name.p, '/', name.len))
		parent = item_of(t, "PARENT", two && !second && item_of(t, "PARENT", 1));
	if (parent && item_name(to, parent) && to->len && to->data[0] == '/' && !is_cwd(t, to))
		return;
	buf_clear(to);
	buf_puts(to, "[fd ");
	buf_i64(to, fd);
	buf_putc(to, ']');
}

/* The absolute path of an item. False: it has no name, what is known of it stands in to. */
static bool put_item(
	const struct telling *t, struct buf *to, const struct log_record *item, bool second)
{
	struct buf *name = &t->d->scratch, *base = &t->d->scratch2;
	struct view n;
	int fd;

	buf_clear(name);
	buf_clear(base);
	if (!item_name(name, item)) {
		if (put_earlier_name(t, to, item))
			return true;
		put_fd(t, to, item);
		return false;
	}
	n = (struct view){ buf_cstr(name), name->len };
	if (n.len && n.p[0] == '/')
		;
	else if (!event_path_from_cwd(t->ev, second, &fd))
		put_fd_base(t, base, n, second, fd);
	else if (!event_cwd(base, t->ev)) {
		buf_put(to, n.p, n.len);
		return true;
	}
	path_join(to, (struct view){ buf_cstr(base), base->len }, n);
	return true;
}

/* The call failed before its object had a name in the records: the directory is all they tell. */
static void put_parent(const struct telling *t, struct buf *to, bool second)
{
	bool two = log_event_record(t->ev, AUDIT_PATH, 1) && item_of(t, "PARENT", 1);
	const struct log_record *parent = item_of(t, "PARENT", two && !second);

	if (!parent && !log_event_record(t->ev, AUDIT_PATH, 0))
		put_fd(t, to, NULL);
	if (!parent)
		return;
	t->d->is_file = put_item(t, to, parent, second);
	buf_puts(to, to->len && to->data[to->len - 1] == '/' ? "?" : "/?");
}

static void put_path(
	const struct telling *t, struct buf *to, const struct log_record *item, bool second)
{
	if (item)
		t->d->is_file = put_item(t, to, item, second);
	else
		put_parent(t, to, second);
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

	if (put_targets(t, to) || !arg(t, index, &value))
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

	if (!arg(t, syscall_arg(t->info, ARG_SIGNAL), &nr))
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

		if ((!user && t->info->args[i] != ARG_GID) || !arg(t, i, &id))
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

	if (arg(t, syscall_arg(t->info, ARG_UID), &id) && (uint32_t)id != UINT32_MAX)
		interpret_user(t->in, to, (uint32_t)id);
	if (arg(t, syscall_arg(t->info, ARG_GID), &id) && (uint32_t)id != UINT32_MAX) {
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

/* ---- the object ---- */

static void refine_open(const struct telling *t, bool failed)
{
	struct description *d = t->d;
	uint64_t flags;

	if (!open_flags(t, &flags))
		return;
	if (item_of(t, "CREATE", 0)) {
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

static void put_object(const struct telling *t, struct buf *to, enum object_source source)
{
	switch (source) {
	case OBJECT_NONE:
	case _OBJECT_MAX:
		break;
	case OBJECT_PATH:
	case OBJECT_OPENED:
	case OBJECT_EXECUTED:
		put_path(t, to, object_item(t), syscall_arg(t->info, ARG_PATH) < 0);
		break;
	case OBJECT_CREATED:
		put_path(t, to, item_of(t, "CREATE", 0), syscall_arg(t->info, ARG_PATH2) >= 0);
		break;
	case OBJECT_DELETED:
	case OBJECT_RENAMED:
		put_path(t, to, item_of(t, "DELETE", 0), false);
		break;
	case OBJECT_LINKED:
		put_path(t, to, item_of(t, "NORMAL", 0), false);
		break;
	case OBJECT_SYMLINK_TEXT:
		if (item_of(t, "UNKNOWN", 0))
			(void)item_name(to, item_of(t, "UNKNOWN", 0));
		break;
	case OBJECT_FD:
		put_fd(t, to, object_item(t));
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

/* The 32-bit multiplexer is the call that it stands for. */
static const char *effective_name(const struct telling *t)
{
	const char *call;
	uint64_t a0;

	if (strcmp(t->info->name, "socketcall") != 0 || !arg(t, 0, &a0))
		return t->info->name;
	call = value_name(VALUES_SOCKETCALL, a0);
	return call ? call : t->info->name;
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
	if (object_item(t)) {
		d->joiner = "on";
		put_object(t, &d->object2, OBJECT_PATH);
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
	put_object(t, &d->object, action->object);
	put_object(t, &d->object2, action->object2);
	if (d->object2.len)
		d->joiner = action->joiner;
	if (action->object == OBJECT_EXECUTED)
		d->n_argv = event_argv(&d->argv, t->ev);
	if (d->kind == ACTION_RENAME && item_of(t, "DELETE", 1))
		d->replaced = true;
}

/* What the named items of this event were called, for later events that have the inode alone. */
static void remember_names(const struct telling *t)
{
	struct inode_names *names = interpreter_inodes(t->in);
	const struct log_record *item;
	struct view dev, inode;
	struct buf path = BUF_NULL;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++) {
		const struct log_field *name = log_record_field(item, "name");

		if (!item_inode(item, &dev, &inode) || !name || view_is(&name->value, "(null)") ||
			item_is(item, "PARENT"))
			continue;
		buf_clear(&path);
		if (item_is(item, "DELETE"))
			inode_names_drop(names, dev, inode);
		else if (put_item(t, &path, item,
				 item_is(item, "CREATE") && syscall_arg(t->info, ARG_PATH2) >= 0) &&
			 path.len && path.data[0] == '/')
			inode_names_put(names, dev, inode, (struct view){ path.data, path.len });
	}
	buf_deinit(&path);
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
			remember_names(&t);
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
