// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "event_builder.h"
#include "rule/rule_eval.h"
#include "rule_builder.h"

#define EQ AUDIT_EQUAL
#define NE AUDIT_NOT_EQUAL
#define LT AUDIT_LESS_THAN
#define GT AUDIT_GREATER_THAN
#define LE AUDIT_LESS_THAN_OR_EQUAL
#define GE AUDIT_GREATER_THAN_OR_EQUAL
#define BM AUDIT_BIT_MASK
#define BT AUDIT_BIT_TEST

#define UNSET ((uint32_t)-1)

/* The event of the table: an openat that failed, by a task whose ids all differ. */
static const struct event *open_event(struct event_builder *b)
{
	struct evt_hdr hdr = builder_header(257, -2);
	uint32_t groups[2] = { 44, 55 };
	struct event_path missing = builder_path_of("x", EVT_NAME_UNKNOWN, 0, 0);
	struct event_path dir = builder_path_of("d", EVT_NAME_PARENT, 0x100000007, S_IFDIR | 0755);
	struct event_path dev = builder_path_of("d/tty", EVT_NAME_NORMAL, 8, S_IFCHR | 0600);

	hdr.pers = 0x40000;
	hdr.tgid = 1000;
	hdr.ppid = 999;
	hdr.uid = 1;
	hdr.euid = 2;
	hdr.suid = 3;
	hdr.fsuid = 4;
	hdr.gid = 11;
	hdr.egid = 12;
	hdr.sgid = 13;
	hdr.fsgid = 14;
	hdr.auid = 7;
	hdr.ses = 5;
	hdr.args[0] = 0xffffffffffffff9c;
	hdr.args[1] = 0x500000001;
	hdr.args[2] = O_WRONLY | O_TRUNC;
	hdr.args[3] = 0644;
	dir.f.uid = 2;
	dir.f.gid = 12;
	dir.f.dev_major = 8;
	dir.f.dev_minor = 1;
	dev.f.uid = 20;
	dev.f.gid = 21;
	dev.f.rdev_major = 4;
	dev.f.rdev_minor = 64;
	builder_begin(b, &hdr);
	event_put_path(&b->w, &missing);
	event_put_path(&b->w, &dir);
	event_put_path(&b->w, &dev);
	event_put(&b->w, EVT_ITEM_GROUPS, groups, sizeof(groups));
	event_put(&b->w, EVT_ITEM_SOCKADDR, "\x0a\x00\x01\x02", 4);
	builder_text(b, EVT_ITEM_SUBJ, "system_u:object_r:etc_t:s0-s0:c0.c3");
	return builder_done(b);
}

/* A field of a rule by its number, and whether it matches open_event(). */
static const struct row {
	uint32_t field, op, val;
	bool matches;
} rows[] = {
	{ AUDIT_PID, EQ, 1000, true },
	{ AUDIT_PID, NE, 1000, false },
	{ AUDIT_PID, LT, 1001, true },
	{ AUDIT_PID, LT, 1000, false },
	{ AUDIT_PID, LE, 1000, true },
	{ AUDIT_PID, GT, 999, true },
	{ AUDIT_PID, GT, 1000, false },
	{ AUDIT_PID, GE, 1000, true },
	{ AUDIT_PID, GE, 1001, false },
	{ AUDIT_PPID, EQ, 999, true },
	{ AUDIT_PPID, EQ, 1000, false },
	{ AUDIT_UID, EQ, 1, true },
	{ AUDIT_UID, EQ, 2, false },
	{ AUDIT_EUID, EQ, 2, true },
	{ AUDIT_SUID, EQ, 3, true },
	{ AUDIT_FSUID, EQ, 4, true },
	{ AUDIT_GID, EQ, 11, true },
	{ AUDIT_GID, EQ, 44, true }, /* supplementary */
	{ AUDIT_GID, EQ, 12, false },
	{ AUDIT_GID, NE, 12, true },
	{ AUDIT_GID, NE, 55, false },
	{ AUDIT_GID, NE, 11, false },
	{ AUDIT_GID, GT, 40, false }, /* ordered operators do not look at groups */
	{ AUDIT_EGID, EQ, 12, true },
	{ AUDIT_EGID, EQ, 55, true },
	{ AUDIT_EGID, NE, 44, false },
	{ AUDIT_SGID, EQ, 13, true },
	{ AUDIT_SGID, EQ, 44, false },
	{ AUDIT_SGID, NE, 44, true },
	{ AUDIT_FSGID, EQ, 14, true },
	{ AUDIT_FSGID, EQ, 44, false },
	{ AUDIT_LOGINUID, EQ, 7, true },
	{ AUDIT_LOGINUID, GE, 1000, false },
	{ AUDIT_LOGINUID_SET, EQ, 1, true },
	{ AUDIT_LOGINUID_SET, EQ, 0, false },
	{ AUDIT_LOGINUID_SET, NE, 0, true },
	{ AUDIT_SESSIONID, EQ, 5, true },
	{ AUDIT_SESSIONID, EQ, UNSET, false },
	{ AUDIT_PERS, EQ, 0x40000, true },
	{ AUDIT_PERS, BM, 0xc0000, true },
	{ AUDIT_PERS, BT, 0xc0000, false },
	{ AUDIT_PERS, BT, 0x40000, true },
	{ AUDIT_PERS, BM, 0x80000, false },
	{ AUDIT_ARCH, EQ, ABI_ARCH_X86_64, true },
	{ AUDIT_ARCH, EQ, ABI_ARCH_I386, false },
	{ AUDIT_ARCH, NE, ABI_ARCH_I386, true },
	{ AUDIT_EXIT, EQ, (uint32_t)-2, true },
	{ AUDIT_EXIT, EQ, 2, false },
	{ AUDIT_EXIT, NE, (uint32_t)-2, false },
	{ AUDIT_EXIT, LT, 0, true }, /* signed, unlike the kernel */
	{ AUDIT_EXIT, GT, 100, false },
	{ AUDIT_EXIT, GE, (uint32_t)-2, true },
	{ AUDIT_EXIT, LE, (uint32_t)-3, false },
	{ AUDIT_SUCCESS, EQ, 0, true },
	{ AUDIT_SUCCESS, EQ, 1, false },
	{ AUDIT_SUCCESS, NE, 1, true },
	{ AUDIT_SUCCESS, EQ, 17, false }, /* any other number means success */
	{ AUDIT_ARG0, EQ, 0xffffff9c, true },
	{ AUDIT_ARG0, EQ, 0x9c, false },
	{ AUDIT_ARG1, EQ, 1, true }, /* the low half */
	{ AUDIT_ARG2, BM, O_ACCMODE, true },
	{ AUDIT_ARG2, BT, O_ACCMODE, false },
	{ AUDIT_ARG3, LE, 0644, true },
	{ AUDIT_ARG3, LT, 0644, false },
	{ AUDIT_DEVMAJOR, EQ, 8, true },
	{ AUDIT_DEVMAJOR, EQ, 4, true }, /* of the device node itself */
	{ AUDIT_DEVMAJOR, EQ, 9, false },
	{ AUDIT_DEVMAJOR, EQ, 0,
		true }, /* an object that is not known has device 0, as in the kernel */
	{ AUDIT_DEVMINOR, EQ, 64, true },
	{ AUDIT_DEVMINOR, BM, 0x40, true },
	{ AUDIT_DEVMINOR, GT, 64, false },
	{ AUDIT_INODE, NE, 8, true }, /* any item that differs */
	{ AUDIT_INODE, EQ, 7, true }, /* the low 32 bits */
	{ AUDIT_INODE, EQ, 9, false },
	{ AUDIT_FILETYPE, EQ, S_IFCHR, true },
	{ AUDIT_FILETYPE, EQ, S_IFREG, false },
	{ AUDIT_FILETYPE, NE, S_IFREG, true },
	{ AUDIT_FILETYPE, NE, S_IFDIR, false },
	{ AUDIT_OBJ_UID, EQ, 20, true },
	{ AUDIT_OBJ_UID, EQ, 2, true },
	{ AUDIT_OBJ_UID, EQ, 3, false },
	{ AUDIT_OBJ_UID, GT, 20, false },
	{ AUDIT_OBJ_GID, EQ, 21, true },
	{ AUDIT_OBJ_GID, GE, 22, false },
	{ AUDIT_SADDR_FAM, EQ, 10, true },
	{ AUDIT_SADDR_FAM, EQ, 2, false },
	{ AUDIT_SADDR_FAM, GT, 2, true },
	{ AUDIT_PERM, EQ, AUDIT_PERM_WRITE, true },
	{ AUDIT_PERM, EQ, AUDIT_PERM_READ,
		false }, /* O_TRUNC alone would not make it a write either */
	{ AUDIT_PERM, EQ, AUDIT_PERM_READ | AUDIT_PERM_WRITE, true },
	{ AUDIT_PERM, EQ, AUDIT_PERM_EXEC | AUDIT_PERM_ATTR, false },
	{ AUDIT_PERM, NE, AUDIT_PERM_READ, true },
	{ AUDIT_PERM, NE, AUDIT_PERM_WRITE, false },
	{ AUDIT_FIELD_COMPARE, EQ, AUDIT_COMPARE_UID_TO_OBJ_UID, false },
	{ AUDIT_FIELD_COMPARE, NE, AUDIT_COMPARE_UID_TO_OBJ_UID, true },
	{ AUDIT_FIELD_COMPARE, EQ, AUDIT_COMPARE_EUID_TO_OBJ_UID, true },
	{ AUDIT_FIELD_COMPARE, NE, AUDIT_COMPARE_EUID_TO_OBJ_UID, true }, /* another item differs */
	{ AUDIT_FIELD_COMPARE, EQ, AUDIT_COMPARE_EGID_TO_OBJ_GID, true },
	{ AUDIT_FIELD_COMPARE, EQ, AUDIT_COMPARE_GID_TO_OBJ_GID, false },
	{ AUDIT_FIELD_COMPARE, EQ, AUDIT_COMPARE_UID_TO_EUID, false },
	{ AUDIT_FIELD_COMPARE, NE, AUDIT_COMPARE_UID_TO_EUID, true },
	{ AUDIT_FIELD_COMPARE, EQ, 26, false },
	{ AUDIT_FIELD_COMPARE, NE, 26, false },
	{ AUDIT_MSGTYPE, EQ, AUDIT_SYSCALL, false }, /* no data on this list */
	{ AUDIT_FSTYPE, NE, 0, false },
	{ AUDIT_EXE, EQ, 0, false },
	{ AUDIT_EXE, NE, 0, true },
	{ 150, EQ, 0, false },
	{ 100000, EQ, 0, false },
	{ AUDIT_FILTERKEY, EQ, 1, true },
};

static bool one_field(
	const struct event *ev, uint32_t field, uint32_t op, uint32_t val, size_t item)
{
	struct audit_krule rule;

	rule_init(&rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	rule_field(&rule, field, op, val);
	return rule_match(&rule, ev, item);
}

static void fields(void **state)
{
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (one_field(ev, rows[i].field, rows[i].op, rows[i].val, RULE_ANY_ITEM) !=
			rows[i].matches)
			fail_msg("row %zu: field %u op %x value %u", i, rows[i].field, rows[i].op,
				rows[i].val);
	builder_deinit(&b);
}

static void an_item_stands_for_itself(void **state)
{
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);

	(void)state;
	assert_true(one_field(ev, AUDIT_OBJ_UID, EQ, 20, 2));
	assert_false(one_field(ev, AUDIT_OBJ_UID, EQ, 20, 1));
	assert_true(one_field(ev, AUDIT_INODE, EQ, 8, 2));
	assert_false(one_field(ev, AUDIT_INODE, EQ, 8, 1));
	assert_false(one_field(ev, AUDIT_DEVMAJOR, EQ, 4, 1));
	assert_true(one_field(ev, AUDIT_FILETYPE, EQ, S_IFCHR, 1)); /* but a type is any item's */
	builder_deinit(&b);
}

static void every_field_must_match(void **state)
{
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);
	struct audit_krule rule;

	(void)state;
	rule_init(&rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	assert_true(rule_match(&rule, ev, RULE_ANY_ITEM));
	rule_field(&rule, AUDIT_UID, EQ, 1);
	rule_field(&rule, AUDIT_GID, EQ, 11);
	assert_true(rule_match(&rule, ev, RULE_ANY_ITEM));
	rule_field(&rule, AUDIT_SUCCESS, EQ, 1);
	assert_false(rule_match(&rule, ev, RULE_ANY_ITEM));

	assert_false(rule_selects_nr(&rule, ev));
	rule_select(&rule, 257);
	assert_true(rule_selects_nr(&rule, ev));
	builder_deinit(&b);
}

static void results(void **state)
{
	static const struct {
		int64_t ret;
		uint32_t field, op, val;
		bool matches;
	} cases[] = {
		{ 0, AUDIT_SUCCESS, EQ, 1, true },
		{ -4095, AUDIT_SUCCESS, EQ, 1, false },
		{ -4096, AUDIT_SUCCESS, EQ, 1, true },
		{ -512, AUDIT_EXIT, EQ, (uint32_t)-4, true }, /* restarts are interruptions */
		{ -513, AUDIT_EXIT, EQ, (uint32_t)-4, true },
		{ -514, AUDIT_EXIT, EQ, (uint32_t)-4, true },
		{ -515, AUDIT_EXIT, EQ, (uint32_t)-4, false },
		{ -516, AUDIT_EXIT, EQ, (uint32_t)-4, true },
		{ -516, AUDIT_SUCCESS, EQ, 0, true },
		{ 0x7f0000000000, AUDIT_EXIT, GT, 100, true }, /* in full width */
		{ 0x7f0080000000, AUDIT_EXIT, LT, 0, false },
		{ 3, AUDIT_EXIT, GE, 3, true },
		{ 3, AUDIT_EXIT, LE, 2, false },
	};
	struct event_builder b = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct evt_hdr hdr = builder_header(0, cases[i].ret);

		builder_begin(&b, &hdr);
		if (one_field(builder_done(&b), cases[i].field, cases[i].op, cases[i].val,
			    RULE_ANY_ITEM) != cases[i].matches)
			fail_msg("case %zu", i);
	}

	/* A call that never returned has neither. */
	for (uint32_t field = AUDIT_EXIT; field <= AUDIT_SUCCESS; field++) {
		struct evt_hdr hdr = builder_header(231, 0);

		hdr.flags = 0;
		builder_begin(&b, &hdr);
		assert_false(one_field(builder_done(&b), field, EQ, 0, RULE_ANY_ITEM));
		assert_false(one_field(&b.ev, field, NE, 0, RULE_ANY_ITEM));
	}
	builder_deinit(&b);
}

/* A task that is being made: pid= is who makes it; there is no call and no executable yet. */
static void new_tasks(void **state)
{
	struct evt_hdr hdr = builder_header(56, 0);
	struct rule_mark exe = {
		.kind = EVT_MARK_EXE, .bound = true, .ino = 77, .dev_major = 0xfe
	};
	struct event_builder b = { 0 };
	struct audit_krule rule;
	const struct event *ev;

	(void)state;
	hdr.kind = EVT_TASK_NEW;
	hdr.tgid = 2000;
	hdr.ppid = 1000;
	hdr.uid = 5;
	builder_begin(&b, &hdr);
	builder_exe(&b, "/bin/demo", 77);
	ev = builder_done(&b);
	assert_true(one_field(ev, AUDIT_PID, EQ, 1000, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_PID, EQ, 2000, RULE_ANY_ITEM));
	assert_true(one_field(ev, AUDIT_UID, EQ, 5, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_ARCH, EQ, ABI_ARCH_X86_64, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_ARCH, NE, ABI_ARCH_I386, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_EXIT, EQ, 0, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_SUCCESS, NE, 0, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_ARG0, EQ, 0, RULE_ANY_ITEM));
	assert_false(one_field(ev, AUDIT_PERM, EQ, 15, RULE_ANY_ITEM));
	assert_true(one_field(ev, AUDIT_PERM, NE, 15, RULE_ANY_ITEM));
	assert_true(one_field(ev, AUDIT_FILETYPE, NE, S_IFREG, RULE_ANY_ITEM));
	rule_init(&rule, AUDIT_FILTER_TASK, AUDIT_ALWAYS);
	rule_field_mark(&rule, AUDIT_EXE, EQ, &exe);
	assert_false(rule_match(&rule, ev, RULE_ANY_ITEM));
	rule.fields[0].op = NE;
	assert_true(rule_match(&rule, ev, RULE_ANY_ITEM));
	builder_deinit(&b);
}

static bool mark_matches(
	const struct event *ev, uint32_t field, uint32_t op, struct rule_mark *mark, size_t item)
{
	struct audit_krule rule;

	rule_init(&rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	rule_field_mark(&rule, field, op, mark);
	return rule_match(&rule, ev, item);
}

static void watches(void **state)
{
	struct rule_mark mark = { .kind = EVT_MARK_WATCH };
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);

	(void)state;
	assert_false(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 2));
	mark = (struct rule_mark){ .bound = true, .ino = 8, .dev_major = 0xfe };
	assert_true(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 2));
	assert_false(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 1));
	mark.dev_minor = 1;
	assert_false(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 2));
	/* All 64 bits of the inode count here. */
	mark = (struct rule_mark){ .bound = true, .ino = 7, .dev_major = 8, .dev_minor = 1 };
	assert_false(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 1));
	/* The event that unbinds it is still seen. */
	mark = (struct rule_mark){ .was_bound = true, .was_ino = 8, .was_dev_major = 0xfe };
	assert_true(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 2));
	/* An item without an object matches no binding. */
	mark = (struct rule_mark){ .bound = true };
	assert_false(mark_matches(ev, AUDIT_WATCH, EQ, &mark, 0));
	builder_deinit(&b);
}

static const struct event *tree_event(struct event_builder *b, const char *resolved, uint64_t ino)
{
	struct event_path path = builder_path_of("x", EVT_NAME_NORMAL, ino, ino ? 0100644 : 0);
	struct evt_hdr hdr = builder_header(2, 0);

	if (resolved)
		path.resolved = (struct view){ resolved, strlen(resolved) };
	builder_begin(b, &hdr);
	builder_path(b, "other", EVT_NAME_UNKNOWN, 0, 0);
	event_put_path(&b->w, &path);
	return builder_done(b);
}

static const struct event *elsewhere_event(
	struct event_builder *b, const char *resolved, const char *tree)
{
	struct event_path path = builder_path_of("x", EVT_NAME_NORMAL, 9, 0100644);
	struct evt_hdr hdr = builder_header(2, 0);

	path.resolved = (struct view){ resolved, strlen(resolved) };
	path.tree = (struct view){ tree, strlen(tree) };
	builder_begin(b, &hdr);
	event_put_path(&b->w, &path);
	return builder_done(b);
}

static void trees(void **state)
{
	char present[] = "/srv/tree/", was[] = "/old", root[] = "/";
	struct rule_mark mark = { .kind = EVT_MARK_TREE,
		.bound = true,
		.ino = 50,
		.dev_major = 0xfe,
		.present = present };
	struct event_builder b = { 0 };

	(void)state;
	assert_true(
		mark_matches(tree_event(&b, "/srv/tree", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_true(mark_matches(
		tree_event(&b, "/srv/tree/a/b", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_true(mark_matches(tree_event(&b, "/srv/tree/a/b", 9), AUDIT_DIR, EQ, &mark, 0));
	assert_false(mark_matches(
		tree_event(&b, "/srv/treehouse", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_false(mark_matches(tree_event(&b, "/srv", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_false(
		mark_matches(tree_event(&b, "/old/a", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	/* by inode, wherever it is reached from; a failed lookup has no object to belong to it */
	assert_true(mark_matches(tree_event(&b, NULL, 50), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_false(mark_matches(
		tree_event(&b, "/srv/tree/gone", 0), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));

	/* an object of another root directory or mount namespace is where that says, or nowhere */
	assert_true(mark_matches(
		elsewhere_event(&b, "/a", "/srv/tree/a"), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	assert_false(mark_matches(elsewhere_event(&b, "/srv/tree/a", "/other/a"), AUDIT_DIR, EQ,
		&mark, RULE_ANY_ITEM));
	assert_false(mark_matches(
		elsewhere_event(&b, "/srv/tree/a", ""), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));

	mark.was_bound = true;
	mark.was_present = was;
	assert_true(mark_matches(tree_event(&b, "/old/a", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));

	mark = (struct rule_mark){ .bound = true, .ino = 2, .present = root };
	assert_true(
		mark_matches(tree_event(&b, "/anything", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	mark.bound = false;
	assert_false(
		mark_matches(tree_event(&b, "/anything", 9), AUDIT_DIR, EQ, &mark, RULE_ANY_ITEM));
	builder_deinit(&b);
}

static void executables(void **state)
{
	struct rule_mark mark = {
		.kind = EVT_MARK_EXE, .bound = true, .ino = 77, .dev_major = 0xfe
	};
	struct evt_hdr hdr = builder_header(2, 0);
	struct event_builder b = { 0 };
	const struct event *ev;

	(void)state;
	builder_begin(&b, &hdr);
	builder_exe(&b, "/bin/demo", 77);
	ev = builder_done(&b);
	assert_true(mark_matches(ev, AUDIT_EXE, EQ, &mark, RULE_ANY_ITEM));
	assert_false(mark_matches(ev, AUDIT_EXE, NE, &mark, RULE_ANY_ITEM));
	mark.ino = 78;
	assert_false(mark_matches(ev, AUDIT_EXE, EQ, &mark, RULE_ANY_ITEM));
	mark.was_bound = true;
	mark.was_ino = 77;
	mark.was_dev_major = 0xfe;
	assert_true(mark_matches(ev, AUDIT_EXE, EQ, &mark, RULE_ANY_ITEM));

	builder_begin(&b, &hdr); /* a task without an executable */
	ev = builder_done(&b);
	assert_false(mark_matches(ev, AUDIT_EXE, EQ, &mark, RULE_ANY_ITEM));
	assert_true(mark_matches(ev, AUDIT_EXE, NE, &mark, RULE_ANY_ITEM));
	builder_deinit(&b);
}

static bool label_matches(const struct event *ev, uint32_t field, uint32_t op, char *text)
{
	struct audit_krule rule;

	rule_init(&rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS);
	rule_field_text(&rule, field, op, text);
	return rule_match(&rule, ev, RULE_ANY_ITEM);
}

static void labels(void **state)
{
	char user[] = "system_u", role[] = "object_r", type[] = "etc_t", low[] = "s0",
	     high[] = "s0:c0.c3";
	struct evt_hdr hdr = builder_header(2, 0);
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);

	(void)state;
	assert_true(label_matches(ev, AUDIT_SUBJ_USER, EQ, user));
	assert_false(label_matches(ev, AUDIT_SUBJ_USER, NE, user));
	assert_true(label_matches(ev, AUDIT_SUBJ_ROLE, EQ, role));
	assert_false(label_matches(ev, AUDIT_SUBJ_ROLE, EQ, user));
	assert_true(label_matches(ev, AUDIT_SUBJ_TYPE, EQ, type));
	assert_true(label_matches(ev, AUDIT_SUBJ_SEN, EQ, low));
	assert_true(label_matches(ev, AUDIT_SUBJ_CLR, EQ, high));
	assert_false(label_matches(ev, AUDIT_SUBJ_CLR, EQ, low));
	assert_false(label_matches(ev, AUDIT_OBJ_USER, EQ, user));

	builder_begin(&b, &hdr);
	builder_text(&b, EVT_ITEM_SUBJ, "unconfined");
	ev = builder_done(&b);
	assert_false(label_matches(ev, AUDIT_SUBJ_USER, NE, user));
	builder_begin(&b, &hdr);
	ev = builder_done(&b);
	assert_false(label_matches(ev, AUDIT_SUBJ_USER, EQ, user));
	assert_false(label_matches(ev, AUDIT_SUBJ_USER, NE, user));
	builder_deinit(&b);
}

/* Every comparison of spec kernel 6.7, with the two sides equal and not, through the header or the item. */
static void comparisons(void **state)
{
	struct evt_hdr hdr = builder_header(2, 0);
	struct event_path path = builder_path_of("x", EVT_NAME_NORMAL, 1, 0100644);
	struct event_builder b = { 0 };
	const struct event *ev;

	(void)state;
	hdr.uid = hdr.euid = hdr.suid = hdr.fsuid = hdr.auid = path.f.uid = 6;
	hdr.gid = hdr.egid = hdr.sgid = hdr.fsgid = path.f.gid = 6;
	builder_begin(&b, &hdr);
	event_put_path(&b.w, &path);
	ev = builder_done(&b);
	for (uint32_t code = 1; code <= AUDIT_MAX_FIELD_COMPARE; code++) {
		assert_true(one_field(ev, AUDIT_FIELD_COMPARE, EQ, code, RULE_ANY_ITEM));
		assert_false(one_field(ev, AUDIT_FIELD_COMPARE, NE, code, RULE_ANY_ITEM));
	}
	ev = open_event(&b); /* all ids differ */
	for (uint32_t code = 10; code <= AUDIT_MAX_FIELD_COMPARE; code++) {
		assert_false(one_field(ev, AUDIT_FIELD_COMPARE, EQ, code, RULE_ANY_ITEM));
		assert_true(one_field(ev, AUDIT_FIELD_COMPARE, NE, code, RULE_ANY_ITEM));
	}
	builder_deinit(&b);
}

/* Which PERM bits a call falls under: the union of those that match one by one. */
static const struct perm_row {
	uint32_t arch;
	const char *name;
	uint64_t a0, a1, a2;
	uint32_t perm;
} perm_rows[] = {
	{ ABI_ARCH_X86_64, "open", 0, O_RDONLY | O_CREAT | O_TRUNC, 0, AUDIT_PERM_READ },
	{ ABI_ARCH_X86_64, "open", 0, O_WRONLY, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "openat", 0, 0, O_RDWR, AUDIT_PERM_READ | AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "openat", 0, 0, 3, AUDIT_PERM_READ | AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "creat", 0, 0, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "execve", 0, 0, 0, AUDIT_PERM_EXEC },
	{ ABI_ARCH_X86_64, "execveat", 0, 0, 0, AUDIT_PERM_EXEC },
	{ ABI_ARCH_X86_64, "link", 0, 0, 0, AUDIT_PERM_WRITE | AUDIT_PERM_ATTR },
	{ ABI_ARCH_X86_64, "quotactl", 0, 0, 0, AUDIT_PERM_READ | AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "chmod", 0, 0, 0, AUDIT_PERM_ATTR },
	{ ABI_ARCH_X86_64, "readlink", 0, 0, 0, AUDIT_PERM_READ },
	{ ABI_ARCH_X86_64, "bind", 0, 0, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "truncate", 0, 0, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_X86_64, "read", 0, 0, 0, 0 },
	{ ABI_ARCH_X86_64, "stat", 0, 0, 0, 0 },
	{ ABI_ARCH_X86_64, "mmap", 0, 0, 0, 0 },
	{ ABI_ARCH_I386, "socketcall", 2, 0, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_I386, "socketcall", 3, 0, 0, 0 },
	{ ABI_ARCH_I386, "open", 0, O_WRONLY, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_I386, "chown32", 0, 0, 0, AUDIT_PERM_ATTR },
	{ ABI_ARCH_I386, "ftruncate64", 0, 0, 0, AUDIT_PERM_WRITE },
	{ ABI_ARCH_I386, "execve", 0, 0, 0, AUDIT_PERM_EXEC },
};

static uint32_t perms_of(const struct event *ev)
{
	uint32_t perms = 0;

	for (uint32_t bit = 1; bit <= AUDIT_PERM_ATTR; bit <<= 1)
		if (rule_perm_matches(ev, bit))
			perms |= bit;
	return perms;
}

static void permissions(void **state)
{
	struct event_builder b = { 0 };
	struct evt_hdr hdr;
	uint64_t how[3] = { O_RDWR, 0, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(perm_rows); i++) {
		hdr = builder_header(syscall_nr(perm_rows[i].arch, perm_rows[i].name), 0);
		assert_true(hdr.nr >= 0);
		hdr.arch = perm_rows[i].arch;
		hdr.args[0] = perm_rows[i].a0;
		hdr.args[1] = perm_rows[i].a1;
		hdr.args[2] = perm_rows[i].a2;
		builder_begin(&b, &hdr);
		if (perms_of(builder_done(&b)) != perm_rows[i].perm)
			fail_msg("%s: %x", perm_rows[i].name, perms_of(&b.ev));
	}
	hdr = builder_header(syscall_nr(ABI_ARCH_X86_64, "openat2"), 3);
	builder_begin(&b, &hdr);
	event_put(&b.w, EVT_ITEM_OPENAT2, how, sizeof(how));
	assert_int_equal(perms_of(builder_done(&b)), AUDIT_PERM_READ | AUDIT_PERM_WRITE);
	builder_deinit(&b);
}

static int simple(
	const struct event *ev, uint32_t type, size_t n, const struct audit_field *fields_)
{
	struct audit_krule rule;

	rule_init(&rule, AUDIT_FILTER_EXCLUDE, AUDIT_NEVER);
	for (size_t i = 0; i < n; i++)
		rule_field(&rule, fields_[i].type, fields_[i].op, fields_[i].val);
	return rule_match_simple(&rule, ev, type);
}

static void simple_lists(void **state)
{
	struct event_builder b = { 0 };
	const struct event *ev = open_event(&b);

	(void)state;
#define SIMPLE(type, ...)                                                                          \
	simple(ev, type,                                                                           \
		sizeof((struct audit_field[]){ __VA_ARGS__ }) / sizeof(struct audit_field),        \
		(struct audit_field[]){ __VA_ARGS__ })
	assert_int_equal(simple(ev, AUDIT_PATH, 0, NULL), 0);
	assert_int_equal(SIMPLE(AUDIT_PATH, RULE_FIELD(AUDIT_MSGTYPE, EQ, AUDIT_PATH)), 1);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_MSGTYPE, EQ, AUDIT_PATH)), 0);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_MSGTYPE, GE, AUDIT_CWD)), 1);
	assert_int_equal(
		SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_PID, EQ, 1000), RULE_FIELD(AUDIT_UID, EQ, 1)),
		1);
	assert_int_equal(
		SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_PID, EQ, 1000), RULE_FIELD(AUDIT_UID, EQ, 9)),
		0);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_GID, EQ, 11)), 1);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_GID, EQ, 44)), 0); /* supplementary */
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_LOGINUID, EQ, 7)), 1);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_LOGINUID_SET, EQ, 0)), 0);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_EXE, NE, 0)), 1);
	/* a field that is not understood ends everything, once it is reached */
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_EUID, EQ, 2)), -1);
	assert_int_equal(
		SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_UID, EQ, 9), RULE_FIELD(AUDIT_EUID, EQ, 2)), 0);
	/* but a key is no test; a rule of nothing but a key has no fields */
	assert_int_equal(
		SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_UID, EQ, 1), RULE_FIELD(AUDIT_FILTERKEY, EQ, 1)),
		1);
	assert_int_equal(
		SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_FILTERKEY, EQ, 1), RULE_FIELD(AUDIT_UID, EQ, 9)),
		0);
	assert_int_equal(SIMPLE(AUDIT_CWD, RULE_FIELD(AUDIT_FILTERKEY, EQ, 1)), 0);
#undef SIMPLE
	builder_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(an_item_stands_for_itself),
		cmocka_unit_test(every_field_must_match),
		cmocka_unit_test(results),
		cmocka_unit_test(new_tasks),
		cmocka_unit_test(watches),
		cmocka_unit_test(trees),
		cmocka_unit_test(executables),
		cmocka_unit_test(labels),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(permissions),
		cmocka_unit_test(simple_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
