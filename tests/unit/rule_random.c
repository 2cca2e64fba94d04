// SPDX-License-Identifier: MIT
#include "rule_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/macros.h"

/* Few enough that rules and events meet. */
static const uint32_t numbers[] = { 0, 1, 2, 3, 4, 7, 100, 1000, 1001, 65534, 0x7fffffff,
	0x80000000, 0xfffffffe, 0xffffffff };
static const uint32_t calls[] = { 0, 1, 2, 5, 11, 39, 49, 59, 62, 63, 87, 90, 102, 188, 257, 295,
	322, 437, 451, 2030, 2031 };
static const uint32_t modes[] = { S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFLNK, 0 };
static const uint32_t record_types[] = { AUDIT_SYSCALL, AUDIT_PATH, AUDIT_CWD, AUDIT_EOE,
	AUDIT_USER, 1100, 1112 };
static const uint32_t magics[] = { 0xef53, 0x01021994, 0x9fa0, 0 };
static const char *const labels[] = { "u:r:t:s0", "u:r:t:s0-s1:c0.c3", "u:r2:t:s1", "plain" };
static const char *const label_parts[] = { "u", "r", "r2", "t", "s0", "s1" };

#define PICK(random, from) ((from)[random_below(random, ARRAY_SIZE(from))])

void rule_random_init(struct rule_random *random, uint64_t seed)
{
	random->state = seed;
	random->n_names = 8;
}

/* splitmix64 */
static uint64_t next(struct rule_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t random_below(struct rule_random *random, uint32_t n)
{
	return (uint32_t)((next(random) >> 32) * n >> 32);
}

static bool one_in(struct rule_random *random, uint32_t n)
{
	return random_below(random, n) == 0;
}

static uint32_t a_number(struct rule_random *random)
{
	if (one_in(random, 4))
		return 1000 + random_below(random, 4096);
	return PICK(random, numbers);
}

/* ---- rules ---- */

static uint32_t an_operator(struct rule_random *random, uint32_t allowed)
{
	static const struct {
		uint32_t op, needs;
	} ops[] = {
		{ AUDIT_EQUAL, FIELD_OPS_EQ | FIELD_OPS_EQUAL_ONLY },
		{ AUDIT_EQUAL, FIELD_OPS_EQ | FIELD_OPS_EQUAL_ONLY },
		{ AUDIT_NOT_EQUAL, FIELD_OPS_EQ },
		{ AUDIT_LESS_THAN, FIELD_OPS_ORDER },
		{ AUDIT_GREATER_THAN, FIELD_OPS_ORDER },
		{ AUDIT_LESS_THAN_OR_EQUAL, FIELD_OPS_ORDER },
		{ AUDIT_GREATER_THAN_OR_EQUAL, FIELD_OPS_ORDER },
		{ AUDIT_BIT_MASK, FIELD_OPS_BITS },
		{ AUDIT_BIT_TEST, FIELD_OPS_BITS },
	};
	size_t i;

	do
		i = random_below(random, ARRAY_SIZE(ops));
	while (!(ops[i].needs & allowed));
	return ops[i].op;
}

static uint32_t a_value(struct rule_random *random, const struct rule_field *field)
{
	switch (field->kind) {
	case FIELD_ARCH:
		return one_in(random, 4)   ? ABI_ARCH_AARCH64
		       : one_in(random, 3) ? machine_native_compat_elf()
					   : machine_native_elf();
	case FIELD_MSGTYPE:
		return PICK(random, record_types);
	case FIELD_PERM:
		return random_below(random, 17);
	case FIELD_FILETYPE:
		return PICK(random, modes);
	case FIELD_COMPARE:
		return random_below(random, 27);
	case FIELD_FSTYPE:
		return PICK(random, magics);
	case FIELD_SADDR_FAM:
		return random_below(random, 4);
	case FIELD_INODE:
		return random_below(random, 16);
	case FIELD_EXIT:
		return one_in(random, 2) ? -random_below(random, 8) : a_number(random);
	default:
		return field->nr == AUDIT_SUCCESS || field->nr == AUDIT_LOGINUID_SET
			       ? random_below(random, 2)
		       : field->nr == AUDIT_DEVMAJOR || field->nr == AUDIT_DEVMINOR
			       ? random_below(random, 5)
			       : a_number(random);
	}
}

static void a_text(struct rule_random *random, const struct rule_field *field, char to[64])
{
	if (field->kind == FIELD_PATH)
		snprintf(to, 64, "/t%u/p%zu", random_below(random, 3),
			(size_t)random_below(random, (uint32_t)random->n_names));
	else
		snprintf(to, 64, "%s", PICK(random, label_parts));
}

static void add_field(
	struct rule_random *random, struct audit_rule_data *data, const struct rule_field *field)
{
	uint32_t i = data->field_count;
	char text[64];

	data->fields[i] = field->nr;
	data->fieldflags[i] = an_operator(random, field->kernel_ops);
	if (rule_field_is_string(field->nr)) {
		a_text(random, field, text);
		data->values[i] = (uint32_t)strlen(text);
		memcpy(data->buf + data->buflen, text, strlen(text));
		data->buflen += (uint32_t)strlen(text);
	} else {
		data->values[i] = a_value(random, field);
	}
	data->field_count++;
}

static void a_mask(struct rule_random *random, uint32_t mask[AUDIT_BITMASK_SIZE])
{
	uint32_t n;

	if (one_in(random, 4)) {
		memset(mask, 0xff, AUDIT_BITMASK_SIZE * sizeof(*mask));
		return;
	}
	for (n = 1 + random_below(random, 4); n; n--) {
		uint32_t nr = one_in(random, 8) ? random_below(random, RULE_SYSCALLS)
						: PICK(random, calls);

		mask[nr / 32] |= 1u << nr % 32;
	}
	if (one_in(random, 8))
		for (uint32_t i = 0; i < AUDIT_BITMASK_SIZE; i++)
			mask[i] |= (uint32_t)next(random);
}

static const struct rule_field *a_field(struct rule_random *random, uint32_t list)
{
	const struct rule_field *field;

	do
		field = rule_field_by_nr(random_below(random, AUDIT_FILTERKEY + 1));
	while (!field || !(field->kernel_lists & LIST_BIT(list)) || field->nr == AUDIT_FILTERKEY ||
		/* labels and what has no data on a list are not half of all rules */
		(field->kind == FIELD_STRING && !one_in(random, 8)));
	return field;
}

/* NULL: the kernel would refuse this one. */
static struct audit_krule *a_rule(struct rule_random *random, uint32_t list)
{
	static const uint8_t n_fields[] = { 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 8 };
	struct {
		struct audit_rule_data data;
		char buf[16 * 64];
	} wire = { .data.flags = list };
	struct audit_krule *rule;

	wire.data.action = one_in(random, 3) ? AUDIT_NEVER : AUDIT_ALWAYS;
	if (one_in(random, 5))
		wire.data.flags |= RULE_PREPEND;
	a_mask(random, wire.data.mask);
	for (uint32_t n = PICK(random, n_fields); n; n--)
		add_field(random, &wire.data, a_field(random, list));
	/* several tests of one field */
	if (wire.data.field_count && one_in(random, 4))
		for (uint32_t n = random_below(random, 4); n; n--)
			add_field(random, &wire.data, rule_field_by_nr(wire.data.fields[0]));
	if (one_in(random, 4) && wire.data.field_count)
		add_field(random, &wire.data, rule_field_by_nr(AUDIT_FILTERKEY));
	return krule_from_data(&rule, &wire.data, sizeof(wire.data) + wire.data.buflen, NULL) < 0
		       ? NULL
		       : rule;
}

struct rule_set *random_set(struct rule_random *random, size_t n_rules)
{
	static const uint8_t lists[] = { AUDIT_FILTER_EXIT, AUDIT_FILTER_EXIT, AUDIT_FILTER_EXIT,
		AUDIT_FILTER_EXIT, AUDIT_FILTER_URING_EXIT, AUDIT_FILTER_TASK, AUDIT_FILTER_USER,
		AUDIT_FILTER_EXCLUDE, AUDIT_FILTER_FS };
	struct audit_krule *rule;
	struct rule_set *set;

	random->n_names = 4 + n_rules / 4;
	if (rule_set_new(&set) < 0)
		return NULL;
	while (n_rules) {
		/* a large set is one of many rules on one list */
		uint32_t list = n_rules > 400 ? AUDIT_FILTER_EXIT : PICK(random, lists);

		rule = a_rule(random, list);
		if (!rule)
			continue;
		if (rule_set_add(set, rule) == 0 || one_in(random, 16))
			n_rules--;
	}
	return set;
}

/* ---- events ---- */

/* Inodes of objects, and of what marks are bound to. */
static uint64_t an_inode(struct rule_random *random)
{
	uint64_t ino = random_below(random, (uint32_t)random->n_names * 3);

	return one_in(random, 16) ? ino | 1ull << 32 : ino;
}

void random_marks(struct rule_random *random, struct rule_set *set)
{
	char present[64];

	if (one_in(random, 3))
		rule_set_settle(set);
	for (size_t i = 0; i < set->n_marks; i++) {
		struct evt_mark to = {
			.bound = !one_in(random, 5), .dev_major = 1, .is_over = one_in(random, 8)
		};

		if (random_below(random, (uint32_t)set->n_marks) > 8 && set->marks[i]->bound)
			continue;
		to.ino = an_inode(random);
		to.dev_minor = random_below(random, 2);
		snprintf(present, sizeof(present), one_in(random, 16) ? "/" : "/t%u/p%u%s",
			random_below(random, 3), random_below(random, 8),
			one_in(random, 4) ? "/" : "");
		(void)rule_set_bind(set, set->marks[i], &to, present, strlen(present));
	}
}

static void a_path(struct rule_random *random, struct random_event *r, size_t i)
{
	static const char *const below[] = { "", "", "/x", "/p1/y", "x" };
	struct event_path *path = &r->paths[i];

	*path = (struct event_path){ .f = { .flags = one_in(random, 6) ? 0 : EVT_PATH_INODE } };
	path->f.ino = an_inode(random);
	path->f.dev_major = one_in(random, 4) ? random_below(random, 4) : 1;
	path->f.dev_minor = random_below(random, 2);
	path->f.rdev_major = random_below(random, 5);
	path->f.rdev_minor = random_below(random, 5);
	path->f.mode = PICK(random, modes) | 0644;
	path->f.uid = a_number(random);
	path->f.gid = a_number(random);
	path->f.fs_magic = PICK(random, magics);
	if (one_in(random, 3))
		return;
	snprintf(r->resolved[i], sizeof(r->resolved[i]), "/t%u/p%u%s", random_below(random, 3),
		random_below(random, 8), PICK(random, below));
	path->resolved = (struct view){ r->resolved[i], strlen(r->resolved[i]) };
	/* elsewhere, for the rules; the text is another item's, or nothing */
	if (one_in(random, 4))
		path->tree = (struct view){ r->resolved[0], strlen(r->resolved[0]) };
	else if (one_in(random, 8))
		path->tree = (struct view){ "", 0 };
}

static uint32_t beside(struct rule_random *random, uint32_t op, uint32_t val)
{
	switch (op) {
	case AUDIT_NOT_EQUAL:
	case AUDIT_GREATER_THAN:
		return val + 1;
	case AUDIT_LESS_THAN:
		return val - 1;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return val + random_below(random, 2);
	case AUDIT_LESS_THAN_OR_EQUAL:
		return val - random_below(random, 2);
	default:
		return val;
	}
}

static void please_number(
	struct rule_random *random, struct random_event *r, const struct audit_field *f)
{
	static const uint8_t members[] = {
#define MEMBER(field, member) [field] = offsetof(struct evt_hdr, member)
		MEMBER(AUDIT_PID, tgid),
		MEMBER(AUDIT_PPID, ppid),
		MEMBER(AUDIT_UID, uid),
		MEMBER(AUDIT_EUID, euid),
		MEMBER(AUDIT_SUID, suid),
		MEMBER(AUDIT_FSUID, fsuid),
		MEMBER(AUDIT_GID, gid),
		MEMBER(AUDIT_EGID, egid),
		MEMBER(AUDIT_SGID, sgid),
		MEMBER(AUDIT_FSGID, fsgid),
		MEMBER(AUDIT_LOGINUID, auid),
		MEMBER(AUDIT_SESSIONID, ses),
		MEMBER(AUDIT_PERS, pers),
		MEMBER(AUDIT_ARCH, arch),
#undef MEMBER
	};
	uint32_t val = beside(random, f->op, f->val);

	if (f->type < ARRAY_SIZE(members) && members[f->type])
		memcpy((char *)&r->ev.h + members[f->type], &val, sizeof(val));
	else if (f->type >= AUDIT_ARG0 && f->type <= AUDIT_ARG3)
		r->ev.h.args[f->type - AUDIT_ARG0] = val;
}

static void please_item(
	struct rule_random *random, struct random_event *r, const struct audit_field *f)
{
	struct evt_path *p = &r->paths[random_below(random, (uint32_t)r->ev.n_paths)].f;
	uint32_t val = beside(random, f->op, f->val);

	switch (f->type) {
	case AUDIT_OBJ_UID:
		p->uid = val;
		break;
	case AUDIT_OBJ_GID:
		p->gid = val;
		break;
	case AUDIT_INODE:
		p->ino = val;
		break;
	case AUDIT_FILETYPE:
		p->mode = f->val | 0600;
		break;
	case AUDIT_DEVMAJOR:
		p->rdev_major = val;
		break;
	case AUDIT_WATCH:
	case AUDIT_DIR:
		p->ino = f->mark->ino;
		p->dev_major = f->mark->dev_major;
		p->dev_minor = f->mark->dev_minor;
		p->flags |= EVT_PATH_INODE;
		break;
	default:
		break;
	}
}

static void please_field(
	struct rule_random *random, struct random_event *r, const struct audit_field *f)
{
	please_number(random, r, f);
	if (r->ev.n_paths)
		please_item(random, r, f);
	switch (f->type) {
	case AUDIT_EXIT:
		r->ev.h.ret = (int32_t)beside(random, f->op, f->val);
		break;
	case AUDIT_EXE:
		r->ev.exe_inode =
			(struct evt_exe){ f->mark->ino, f->mark->dev_major, f->mark->dev_minor };
		break;
	case AUDIT_MSGTYPE:
		r->record_type = beside(random, f->op, f->val);
		break;
	case AUDIT_FSTYPE:
		r->fs_magic = beside(random, f->op, f->val);
		break;
	default:
		break;
	}
}

static void please(
	struct rule_random *random, struct random_event *r, const struct audit_krule *rule)
{
	for (uint32_t i = 0; i < rule->n_fields; i++)
		if (!one_in(random, 12))
			please_field(random, r, &rule->fields[i]);
	for (uint32_t tries = 0; tries < 64; tries++) {
		uint32_t nr = PICK(random, calls);

		if (tries > 32)
			nr = random_below(random, RULE_SYSCALLS);
		if (rule_mask_has(rule->mask, nr)) {
			r->ev.h.nr = (int32_t)nr;
			return;
		}
	}
}

static void a_task(struct rule_random *random, struct evt_hdr *h)
{
	uint32_t *ids[] = { &h->tgid, &h->ppid, &h->uid, &h->gid, &h->euid, &h->suid, &h->fsuid,
		&h->egid, &h->sgid, &h->fsgid, &h->auid, &h->ses, &h->pers };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		*ids[i] = i && one_in(random, 3) ? *ids[i - 1] : a_number(random);
	for (size_t i = 0; i < EVT_ARGS; i++)
		h->args[i] = a_number(random) | (uint64_t)one_in(random, 4) << 32;
	h->ret = one_in(random, 2) ? -(int64_t)random_below(random, 8) : (int64_t)next(random);
	if (one_in(random, 4))
		h->ret = one_in(random, 2) ? a_number(random)
					   : -512 - (int64_t)random_below(random, 6);
}

void random_event(struct rule_random *random, struct random_event *r, const struct rule_set *set,
	enum evt_kind kind, unsigned list)
{
	const char *label = PICK(random, labels);
	struct event *ev = &r->ev;

	*ev = (struct event){ .h = { .kind = (uint16_t)kind, .arch = machine_native_elf() } };
	if (one_in(random, 4))
		ev->h.arch = one_in(random, 8) ? ABI_ARCH_AARCH64 : machine_native_compat_elf();
	ev->h.flags = one_in(random, 8) ? 0 : EVT_F_RETURNED;
	ev->h.nr = (int32_t)PICK(random, calls);
	if (one_in(random, 32))
		ev->h.nr =
			one_in(random, 2) ? -1 : (int32_t)(0x40000000 | random_below(random, 400));
	a_task(random, &ev->h);
	ev->paths = r->paths;
	ev->n_paths = random_below(random, 4);
	if (one_in(random, 64))
		ev->n_paths = random_below(random, RANDOM_PATHS_MAX);
	for (size_t i = 0; i < ev->n_paths; i++)
		a_path(random, r, i);
	ev->n_groups = random_below(random, one_in(random, 64) ? RANDOM_GROUPS_MAX : 3);
	ev->groups = ev->n_groups ? r->groups : NULL;
	for (size_t i = 0; i < ev->n_groups; i++)
		r->groups[i] = a_number(random);
	if (!one_in(random, 8))
		ev->exe = (struct view){ "/x", 2 };
	ev->exe_inode = (struct evt_exe){ an_inode(random), 1, random_below(random, 2) };
	if (one_in(random, 2))
		ev->subj = (struct view){ label, strlen(label) };
	r->family = (uint16_t)random_below(random, 4);
	if (one_in(random, 2))
		ev->sockaddr = (struct view){ (const char *)&r->family, one_in(random, 8) ? 1 : 2 };
	if (one_in(random, 4)) {
		ev->specials = EVENT_ITEM_BIT(EVT_ITEM_OPENAT2);
		ev->openat2.flags = random_below(random, 4);
	}
	r->record_type = PICK(random, record_types);
	r->fs_magic = PICK(random, magics);
	if (set->n_rules[list] && one_in(random, 2))
		please(random, r,
			set->lists[list][random_below(random, (uint32_t)set->n_rules[list])]);
}
