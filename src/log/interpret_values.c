// SPDX-License-Identifier: MIT
#include "log/interpret_types.h"

#include <netdb.h>
#include <sys/personality.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "base/parse.h"
#include "log/id_names.h"
#include "log/values.h"

/* Values that are numbers and mean the same in any record. */

#define ADDR_NO_RANDOMIZE_BIT ((uint64_t)ADDR_NO_RANDOMIZE)
#define SECCOMP_ACTION_MASK   0x7fff0000u /* spec userspace 6.3: kill-process shows as kill */

/* ---- ids ---- */

static void put_id(struct buf *to, uint32_t id, const char *name)
{
	if (id == UINT32_MAX) {
		buf_puts(to, "unset");
	} else if (name) {
		buf_puts(to, name);
	} else {
		buf_puts(to, "unknown(");
		buf_u64(to, id);
		buf_putc(to, ')');
	}
}

void interpret_user(struct interpreter *in, struct buf *to, uint32_t uid)
{
	put_id(to, uid,
		uid == 0            ? "root"
		: uid == UINT32_MAX ? NULL
				    : id_names_user(&in->users, uid));
}

void interpret_group(struct interpreter *in, struct buf *to, uint32_t gid)
{
	put_id(to, gid,
		gid == 0            ? "root"
		: gid == UINT32_MAX ? NULL
				    : id_names_group(&in->groups, gid));
}

void render_uid(struct rendering *r)
{
	interpret_user(r->in, r->to, (uint32_t)r->n);
}

void render_gid(struct rendering *r)
{
	interpret_group(r->in, r->to, (uint32_t)r->n);
}

void render_session(struct rendering *r)
{
	if (r->n == UINT32_MAX)
		buf_puts(r->to, "unset");
	else
		render_plain(r);
}

/* ---- names and flags of the value tables ---- */

void put_unknown(struct rendering *r, const char *what)
{
	buf_puts(r->to, "unknown-");
	buf_puts(r->to, what);
	if (!strchr(what, '('))
		buf_putc(r->to, '(');
	render_plain(r);
	buf_putc(r->to, ')');
}

void put_named(struct rendering *r, const char *name, const char *what)
{
	if (name)
		buf_puts(r->to, name);
	else
		put_unknown(r, what);
}

void put_hex_as_written(struct rendering *r)
{
	buf_puts(r->to, "0x");
	render_plain(r);
}

void render_hex(struct rendering *r)
{
	put_hex_as_written(r);
}

void render_enum(struct rendering *r)
{
	put_named(r, value_name(r->type->table, r->n), r->type->word);
}

void render_enum_or_hex(struct rendering *r)
{
	const char *name = value_name(r->type->table, r->n);

	if (name)
		buf_puts(r->to, name);
	else
		put_hex_as_written(r);
}

void render_word(struct rendering *r)
{
	const char *name = value_name(r->type->table, r->n);

	buf_puts(r->to, name ? name : r->type->word);
}

void render_flags(struct rendering *r)
{
	if (r->n == 0 && r->type->word)
		buf_puts(r->to, r->type->word);
	else if (!value_flags(r->to, r->type->table, r->n, false))
		put_hex_as_written(r);
}

/* ---- names of the ABI's tables ---- */

void render_capability(struct rendering *r)
{
	put_named(r, r->n < 64 ? capability_name((unsigned)r->n) : NULL, "capability");
}

void render_caps(struct rendering *r)
{
	bool any = false;

	for (unsigned i = 0; i < 64; i++) {
		const char *name = r->n >> i & 1 ? capability_name(i) : NULL;

		if (!name)
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, name);
		any = true;
	}
	if (!any)
		buf_puts(r->to, "none");
}

void render_signal(struct rendering *r)
{
	const struct view *name = &r->field->name;
	bool is_argument = name->len == 2 && name->p[0] == 'a';

	put_named(r, r->n <= INT32_MAX ? signal_name((int)r->n) : NULL,
		is_argument ? "signal(0x" : "signal");
}

/* The tools show these numbers in decimal, when they do not know them. */
void render_enum_decimal(struct rendering *r)
{
	const char *name = value_name(r->type->table, r->n);

	if (name) {
		buf_puts(r->to, name);
		return;
	}
	buf_puts(r->to, "unknown-");
	buf_puts(r->to, r->type->word);
	buf_putc(r->to, '(');
	buf_u64(r->to, r->n);
	buf_putc(r->to, ')');
}

void render_uringop(struct rendering *r)
{
	put_named(r, uringop_name((uint32_t)r->n), "operation");
}

void render_family(struct rendering *r)
{
	put_named(r, address_family_name((uint32_t)r->n), "family(0x");
}

void render_socktype(struct rendering *r)
{
	put_named(r, value_name(r->type->table, r->n & 0xf), r->type->word);
}

void render_list(struct rendering *r)
{
	put_named(r, list_name((uint32_t)r->n), "list");
}

void render_arch(struct rendering *r)
{
	const struct machine *machine = machine_by_elf((uint32_t)r->n);

	put_named(r, machine ? machine->name : NULL, "elf-type");
}

void render_personality(struct rendering *r)
{
	put_named(r, value_name(r->type->table, r->n & PER_MASK), r->type->word);
	if (r->n & ADDR_NO_RANDOMIZE_BIT)
		buf_puts(r->to, "|~ADDR_NO_RANDOMIZE");
}

void render_seccomp(struct rendering *r)
{
	uint64_t action = r->n & SECCOMP_ACTION_MASK;

	put_named(r, action ? value_name(r->type->table, action) : "kill", r->type->word);
}

void render_errno(struct rendering *r)
{
	const char *name = r->n <= INT32_MAX ? errno_name((int)r->n) : NULL;

	buf_puts(r->to, name ? name : "UNKNOWN");
}

void render_exit(struct rendering *r)
{
	const char *name;
	int64_t exit;

	if (parse_i64(r->field->value.p, r->field->value.len, 10, &exit) < 0 || exit >= 0 ||
		exit < INT32_MIN + 1) {
		render_plain(r);
		return;
	}
	name = errno_name((int)-exit);
	if (!name) {
		render_plain(r);
		return;
	}
	buf_puts(r->to, name);
	buf_putc(r->to, '(');
	buf_puts(r->to, errno_text((int)-exit));
	buf_putc(r->to, ')');
}

/* As the machine's /etc/protocols has it; not every machine has one. */
static bool put_protocol(struct rendering *r)
{
	struct protoent entry, *found = NULL;
	char space[1024];

	if (r->n > INT32_MAX ||
		getprotobynumber_r((int)r->n, &entry, space, sizeof(space), &found) != 0 || !found)
		return false;
	buf_puts(r->to, found->p_name);
	return true;
}

void render_protocol(struct rendering *r)
{
	if (!put_protocol(r))
		buf_puts(r->to, "undefined protocol");
}

/* socket(2)'s, in hex as all arguments are. */
void render_protocol_arg(struct rendering *r)
{
	if (!put_protocol(r))
		put_unknown(r, "proto");
}

/* ---- modes and other bits ---- */

static void put_special_bits(struct buf *to, uint64_t mode)
{
	if (mode & S_ISUID)
		buf_puts(to, "suid,");
	if (mode & S_ISGID)
		buf_puts(to, "sgid,");
	if (mode & S_ISVTX)
		buf_puts(to, "sticky,");
}

void put_octal(struct buf *to, uint64_t v, unsigned width)
{
	for (unsigned i = width; i-- > 0;)
		buf_putc(to, (char)('0' + (v >> 3 * i & 7)));
}

void render_mode(struct rendering *r)
{
	const char *type = filetype_name((uint32_t)r->n & S_IFMT);

	if (type)
		buf_puts(r->to, type);
	else
		put_octal(r->to, (r->n & S_IFMT) >> 9, 3);
	buf_putc(r->to, ',');
	put_special_bits(r->to, r->n);
	put_octal(r->to, r->n, 3);
}

void render_short_mode(struct rendering *r)
{
	put_special_bits(r->to, r->n);
	buf_putc(r->to, '0');
	put_octal(r->to, r->n, 3);
}

void render_perm(struct rendering *r)
{
	static const char *const names[] = { "exec", "write", "read", "attr" };
	static const unsigned char order[] = { 2, 1, 0, 3 }; /* as printed */
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (r->n && !(r->n >> order[i] & 1))
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, names[order[i]]);
		any = true;
	}
}

void render_inode_flags(struct rendering *r)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ 1, "follow" },
		{ 2, "directory" },
		{ 4, "continue" },
		{ 0x10, "parent" },
		{ 0x20, "noalt" },
		{ 0x40, "atomic" },
		{ 0x100, "open" },
		{ 0x200, "create" },
		{ 0x400, "access" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(r->n & names[i].bit))
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, names[i].name);
		any = true;
	}
	if (!any)
		buf_puts(r->to, "none");
}
