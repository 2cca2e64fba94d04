// SPDX-License-Identifier: MIT
/* -S: names and numbers of syscalls, or of io_uring operations, into the mask (spec userspace 1.5). */

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "abi/abi.h"
#include "base/parse.h"
#include "rule/rule_parser.h"
#include "rule/rule_suggest.h"

#define NAME_MAX_LEN 64 /* bytes; the longest name of a syscall has 28 */
#define CLASS_BITS   16 /* the top bits of the mask: classes, not syscalls */

static const struct {
	uint32_t list;
	const char *message;
} lists_without_syscalls[] = {
	{ AUDIT_FILTER_TASK, "Error: syscall auditing being added to task list" },
	{ AUDIT_FILTER_USER, "Error: syscall auditing being added to user list" },
	{ AUDIT_FILTER_FS, "Error: syscall auditing being added to filesystem list" },
	{ AUDIT_FILTER_EXCLUDE, "Error: syscall auditing cannot be put on exclude list" },
};

static void set_bit(uint32_t *mask, unsigned nr)
{
	mask[nr / 32] |= 1u << (nr % 32);
}

static const char *nr_name(const struct rule_parser *p, uint32_t elf, unsigned nr)
{
	return p->io_uring ? uringop_name(nr) : syscall_name(elf, nr);
}

static int unknown(struct rule_parser *p, const char *member, size_t len, size_t column)
{
	uint32_t others[] = { machine_native_elf(), machine_native_compat_elf() };
	const char *kind = p->io_uring ? "io_uring op" : "Syscall name";
	const struct machine *machine = machine_by_elf(p->elf);
	char name[NAME_MAX_LEN + 1];
	struct suggest suggest;
	unsigned nr;
	size_t i;
	int r;

	r = rule_fail(p, column, "%s unknown: %.*s", kind, (int)len, member);
	if (len > 0 && isdigit((unsigned char)*member)) {
		rule_hint(p, "numbers go up to %d", RULE_SYSCALLS - 1);
		return r;
	}
	if (!len) {
		rule_hint(p, "-S needs a name, a number or all");
		return r;
	}
	rule_hint(p, "'%.*s' is no %s of %s", (int)len, member,
		p->io_uring ? "operation" : "syscall",
		p->io_uring ? "io_uring"
		: machine   ? machine->name
			    : "this machine");
	if (len > NAME_MAX_LEN)
		return r;
	memcpy(name, member, len);
	name[len] = '\0';
	for (i = 0; i < ARRAY_SIZE(others) && !p->io_uring; i++)
		if (others[i] != p->elf && others[i] && syscall_nr(others[i], name) >= 0) {
			rule_hint(p, "; %s has it (-F arch=%s)", machine_by_elf(others[i])->name,
				i ? "b32" : "b64");
			return r;
		}
	suggest_init(&suggest, member, len);
	suggest_offer(&suggest, "all");
	for (nr = 0; nr < RULE_SYSCALLS; nr++)
		suggest_offer(&suggest, nr_name(p, p->elf, nr));
	if (suggest_best(&suggest))
		rule_hint(p, "; did you mean %s?", suggest_best(&suggest));
	return r;
}

int rule_syscall_member(uint32_t *mask, uint32_t elf, bool io_uring, const char *member, size_t len,
	size_t *ret_ignored)
{
	char name[NAME_MAX_LEN + 1];
	uint64_t number;
	size_t used;
	int nr;

	if (ret_ignored)
		*ret_ignored = 0;
	if (len == 3 && memcmp(member, "all", 3) == 0) {
		memset(mask, 0xff, AUDIT_BITMASK_SIZE * sizeof(*mask));
		return 0;
	}
	if (len > 0 && isdigit((unsigned char)*member)) {
		if (parse_u64_prefix(member, len, 0, &number, &used) < 0 || number >= RULE_SYSCALLS)
			return -ENOENT;
		if (ret_ignored)
			*ret_ignored = len - used;
		set_bit(mask, (unsigned)number);
		return 0;
	}
	if (len > NAME_MAX_LEN)
		return -ENOENT;
	memcpy(name, member, len);
	name[len] = '\0';
	nr = io_uring ? uringop_nr(name) : syscall_nr(elf, name);
	if (nr < 0 || nr >= RULE_SYSCALLS - CLASS_BITS)
		return -ENOENT;
	set_bit(mask, (unsigned)nr);
	return 0;
}

/* Whether the list means the same calls to 32-bit programs. Without an arch the rule is asked for those too. */
static bool same_in_compat(struct rule_parser *p, const char *list)
{
	uint32_t mask[AUDIT_BITMASK_SIZE] = { 0 }, elf = machine_native_compat_elf();
	size_t len;

	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (len && rule_syscall_member(mask, elf, p->io_uring, list, len, NULL) < 0)
			return false;
	}
	return memcmp(mask, p->data->mask, sizeof(mask)) == 0;
}

int rule_option_syscalls(struct rule_parser *p, const char *arg)
{
	bool arch_was_open = !p->elf;
	size_t i, len, ignored, n_members = 0;
	uint32_t list = rule_list(p);
	const char *at;
	int r;

	for (i = 0; i < ARRAY_SIZE(lists_without_syscalls); i++)
		if (list == lists_without_syscalls[i].list) {
			r = rule_fail(p, 0, "%s", lists_without_syscalls[i].message);
			rule_hint(p, "-S is for the lists exit and io_uring");
			return r;
		}
	p->io_uring = list == AUDIT_FILTER_URING_EXIT;
	if (!p->elf)
		p->elf = machine_native_elf();
	for (at = arg; *at; at += len + (at[len] == ',')) {
		len = strcspn(at, ",");
		if (!len)
			continue;
		if (rule_syscall_member(p->data->mask, p->elf, p->io_uring, at, len, &ignored) < 0)
			return unknown(p, at, len, (size_t)(at - arg));
		if (ignored)
			rule_note(p, "-S %.*s: '%.*s' is ignored, the number is %.*s", (int)len, at,
				(int)ignored, at + len - ignored, (int)(len - ignored), at);
		n_members++;
	}
	/* auditctl takes a list of nothing but commas, and makes a rule that matches nothing. */
	if (!n_members)
		return unknown(p, arg, 0, 0);
	p->has_syscalls = true;
	if (arch_was_open && p->add != RULE_LIST_UNSET && !p->io_uring &&
		machine_native_compat_elf() && machine_native_compat_elf() != p->elf &&
		!same_in_compat(p, arg)) {
		if (p->line)
			rule_say(p,
				"WARNING - 32/64 bit syscall mismatch in line %u, you should specify an arch",
				p->line);
		else
			rule_say(p,
				"WARNING - 32/64 bit syscall mismatch, you should specify an arch");
	}
	return 0;
}
