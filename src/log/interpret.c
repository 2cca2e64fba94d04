// SPDX-License-Identifier: MIT
#include "log/interpret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/extra.h"
#include "base/macros.h"
#include "base/parse.h"
#include "log/interpret_types.h"
#include "log/log_call.h"

/*
 * Which type a value has, and the call of its renderer. A field's name gives its type (fields.def, a few exceptions by
 * record type), an argument's type comes from its syscall (args.def, else the kinds of abi/syscalls.def).
 */

#define INT_MASK 0xffffffffu /* int arguments in 64-bit registers */

static const struct value_type types[_TYPE_MAX] = {
#define TYPE(name, renderer, ...) [TYPE_##name] = { render_##renderer, __VA_ARGS__ },
#include "log/types.def"
#undef TYPE
};

/* clang-format off */
static const struct {
	const char *name;
	enum value_type_id type;
} fields[] = {
#define FIELD(name, type) { name, TYPE_##type },
#include "log/fields.def"
#undef FIELD
};

static const struct {
	const char *syscall;
	unsigned index;
	enum value_type_id type;
} args[] = {
#define ARG(syscall, index, type) { syscall, index, TYPE_##type },
#include "log/args.def"
#undef ARG
};

/* How the kinds of the syscall table are rendered; 0: as hex. */
static const uint8_t type_of_arg_kind[] = {
	[ARG_DIRFD] = TYPE_DIRFD,
	[ARG_DIRFD2] = TYPE_DIRFD,
	[ARG_OFLAGS] = TYPE_OPEN,
	[ARG_MODE] = TYPE_ARG_MODE,
	[ARG_ATFLAGS] = TYPE_AT,
	[ARG_ACCESS] = TYPE_ACCESS,
	[ARG_SIGNAL] = TYPE_SIGNAL,
	[ARG_UID] = TYPE_UID,
	[ARG_GID] = TYPE_GID,
	[ARG_PROT] = TYPE_PROT,
	[ARG_MMAP_FLAGS] = TYPE_MMAP,
	[ARG_CLONE_FLAGS] = TYPE_CLONE,
	[ARG_PTRACE] = TYPE_PTRACE,
	[ARG_FAMILY] = TYPE_FAMILY,
	[ARG_SOCKTYPE] = TYPE_SOCKTYPE,
	[ARG_PRCTL] = TYPE_PRCTL,
	[ARG_MOUNT_FLAGS] = TYPE_MOUNT,
	[ARG_UMOUNT_FLAGS] = TYPE_UMOUNT,
	[ARG_RESOURCE] = TYPE_RLIMIT,
	[ARG_BPF] = TYPE_BPF,
	[ARG_PERSONALITY] = TYPE_PERSONALITY,
	[ARG_MSG_FLAGS] = TYPE_MSG,
	[ARG_PROTOCOL] = TYPE_PROTOCOL_ARG,
	[ARG_SOCKLEVEL] = TYPE_SOCKLEVEL,
	[ARG_SOCKOPT] = TYPE_SOCKOPT,
	[ARG_SOCKETCALL] = TYPE_SOCKETCALL,
	[ARG_FCNTL] = TYPE_FCNTL,
	[ARG_FCNTL_ARG] = TYPE_FCNTL_VALUE,
	[ARG_IOCTL] = TYPE_IOCTL,
	[ARG_SEEK] = TYPE_SEEK,
	[ARG_EPOLL_OP] = TYPE_EPOLL,
	[ARG_CLOCK] = TYPE_CLOCK,
	[ARG_SCHED] = TYPE_SCHED,
	[ARG_SHM_FLAGS] = TYPE_SHMGET,
	[ARG_EXIT_STATUS] = TYPE_EXIT_STATUS,
};

/* The same name in records where it means something else (spec userspace 6.2). */
static const struct {
	uint32_t record; /* 0: any */
	const char *name;
	enum value_type_id type;
} exceptions[] = {
	{ AUDIT_AVC, "saddr", TYPE_PLAIN },
	{ AUDIT_USER_TTY, "msg", TYPE_ESCAPED },
	{ AUDIT_NETFILTER_PKT, "saddr", TYPE_PLAIN },
	{ 0, "acct", TYPE_MAYBE_ESCAPED },
	{ AUDIT_PATH, "flags", TYPE_INODE_FLAGS },
	{ AUDIT_MQ_OPEN, "mode", TYPE_SHORT_MODE },
	{ AUDIT_KERN_MODULE, "name", TYPE_ESCAPED },
	{ EXTRA_RECORD, "a4", TYPE_ARG4 },
	{ EXTRA_RECORD, "a5", TYPE_ARG5 },
};
/* clang-format on */

int interpreter_new(struct interpreter **ret)
{
	struct interpreter *in = calloc(1, sizeof(*in));

	if (!in)
		return -ENOMEM;
	buf_init(&in->scratch, BUF_MAX_DEFAULT);
	buf_init(&in->bytes, BUF_MAX_DEFAULT);
	*ret = in;
	return 0;
}

void interpreter_free(struct interpreter *in)
{
	if (!in)
		return;
	id_names_deinit(&in->users);
	id_names_deinit(&in->groups);
	inode_names_deinit(&in->inodes);
	buf_deinit(&in->scratch);
	buf_deinit(&in->bytes);
	free(in);
}

struct inode_names *interpreter_inodes(struct interpreter *in)
{
	return &in->inodes;
}

/* ---- which type ---- */

static enum value_type_id type_by_name(const struct view *name)
{
	size_t low = 0, high = ARRAY_SIZE(fields), middle, len;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		len = strlen(fields[middle].name);
		order = memcmp(fields[middle].name, name->p, len < name->len ? len : name->len);
		if (order == 0)
			order = len < name->len ? -1 : len > name->len;
		if (order == 0)
			return fields[middle].type;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return TYPE_PLAIN;
}

/* a0, a1[0] ... but neither argc nor a0_len. */
static bool is_exec_argument(const struct view *name)
{
	return name->len > 1 && name->p[0] == 'a' && name->p[1] >= '0' && name->p[1] <= '9' &&
	       !(name->len > 4 && memcmp(name->p + name->len - 4, "_len", 4) == 0);
}

static enum value_type_id type_of_argument(const struct log_event *ev, unsigned index)
{
	const struct syscall_info *info;
	uint32_t arch;
	int64_t nr;
	uint8_t kind;

	if (!event_syscall(ev, &arch, &nr))
		return TYPE_HEX;
	info = syscall_info(arch, nr);
	if (info->name)
		for (size_t i = 0; i < ARRAY_SIZE(args); i++)
			if (args[i].index == index && strcmp(args[i].syscall, info->name) == 0)
				return args[i].type;
	kind = info->args[index];
	if (kind < ARRAY_SIZE(type_of_arg_kind) && type_of_arg_kind[kind])
		return (enum value_type_id)type_of_arg_kind[kind];
	return TYPE_HEX;
}

static enum value_type_id type_of(
	const struct log_event *ev, const struct log_record *rec, const struct log_field *field)
{
	enum value_type_id type;

	if (rec->type == AUDIT_EXECVE && is_exec_argument(&field->name))
		return TYPE_ESCAPED;
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if ((!exceptions[i].record || exceptions[i].record == rec->type) &&
			view_is(&field->name, exceptions[i].name)) {
			type = exceptions[i].type;
			return type == TYPE_ARG4 || type == TYPE_ARG5
				       ? type_of_argument(ev, type - TYPE_ARG0)
				       : type;
		}
	type = type_by_name(&field->name);
	if (type >= TYPE_ARG0 && type <= TYPE_ARG3)
		return rec->type == AUDIT_SYSCALL ? type_of_argument(ev, type - TYPE_ARG0)
						  : TYPE_HEX;
	return type;
}

/* ---- rendering ---- */

/* "0..." is octal, as OPENAT2 writes it and 4.x reads it; 0x... and bare digits (MQ_OPEN) are hex. */
static unsigned open_flags_base(const struct view *v)
{
	return v->len > 1 && v->p[0] == '0' && v->p[1] != 'x' ? 8 : 16;
}

static bool parse_number(struct rendering *r, unsigned base)
{
	struct view v = r->field->value;
	int error;

	if (v.len == 2 && memcmp(v.p, "-1", 2) == 0) {
		r->n = UINT32_MAX;
		return true;
	}
	if (base == 16 && v.len > 2 && v.p[0] == '0' && v.p[1] == 'x') {
		v.p += 2;
		v.len -= 2;
	}
	error = parse_u64(v.p, v.len, base, &r->n);
	if (error == 0)
		return true;
	if (error == -ERANGE) {
		buf_puts(r->to, "conversion error(");
		render_plain(r);
		buf_putc(r->to, ')');
	} else {
		render_plain(r); /* (null), ?, success */
	}
	return false;
}

static bool is_argument(const struct rendering *r)
{
	return (r->rec->type == AUDIT_SYSCALL || r->rec->type == EXTRA_RECORD) &&
	       r->field->name.len == 2 && r->field->name.p[0] == 'a';
}

void interpret_bytes(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field)
{
	enum value_type_id id = type_of(ev, rec, field);
	struct rendering r = { in, to, ev, rec, field, &types[id], 0 };
	unsigned base = r.type->base;

	if (base) {
		if (is_argument(&r))
			base = 16;
		else if (id == TYPE_OFLAG)
			base = open_flags_base(&field->value);
		if (!parse_number(&r, base))
			return;
		/* ids and flags of int arguments: the upper half of the register means nothing */
		if (is_argument(&r) && id != TYPE_CLONE && id != TYPE_MOUNT)
			r.n &= INT_MASK;
	}
	r.type->render(&r);
}

void interpret_field(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field)
{
	struct buf *s = &in->scratch;

	buf_clear(s);
	interpret_bytes(in, s, ev, rec, field);
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->data[i];

		if (c < 0x20) {
			buf_putc(to, '\\');
			put_octal(to, c, 3);
		} else {
			buf_putc(to, (char)c);
		}
	}
	if (buf_error(s))
		to->error = buf_error(s);
}

bool interpret_tables_are_sorted(void)
{
	for (size_t i = 1; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i - 1].name, fields[i].name) >= 0)
			return false;
	return values_are_sorted();
}
