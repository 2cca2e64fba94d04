// SPDX-License-Identifier: MIT
/* Identity, order and deletion of rules (spec kernel 6.4), and the marks that rules share (6.10). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "fake_env.h"
#include "rule/rule_parse.h"
#include "rule/rule_set.h"

static struct audit_krule *compile(const char *line)
{
	char text[512], *save = NULL, *word;
	const char *words[32];
	struct rule_error error;
	struct rule_request req;
	struct audit_krule *rule = NULL;
	size_t n = 0;

	assert_true(strlen(line) < sizeof(text));
	strcpy(text, line);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	assert_int_equal(rule_parse_words(&req, words, n, &fake_env, &error), 0);
	assert_int_equal(krule_from_data(&rule, req.data, req.data_len, &fake_env), 0);
	rule_request_deinit(&req);
	return rule;
}

static int add(struct rule_set *set, const char *line)
{
	return rule_set_add(set, compile(line));
}

static int delete (struct rule_set *set, const char *line)
{
	struct audit_krule *rule = compile(line);
	int r = rule_set_delete(set, rule);

	krule_free(rule);
	return r;
}

static struct rule_set *new_set(void)
{
	struct rule_set *set = NULL;

	assert_int_equal(rule_set_new(&set), 0);
	return set;
}

static void duplicates(void **state)
{
	static const char *const others[] = {
		"-a never,exit -F arch=b64 -S open -F uid=1 -k k",
		"-a always,io_uring -S openat -F uid=1 -k k",
		"-a always,exit -F arch=b32 -S open -F uid=1 -k k",
		"-a always,exit -F arch=b64 -S open,read -F uid=1 -k k",
		"-a always,exit -F arch=b64 -S open -F uid!=1 -k k",
		"-a always,exit -F arch=b64 -S open -F uid=2 -k k",
		"-a always,exit -F arch=b64 -S open -F uid=1 -k other",
		"-a always,exit -F arch=b64 -S open -F uid=1",
		"-a always,exit -F arch=b64 -S open -F uid=1 -F gid=1 -k k",
	};
	struct rule_set *set = new_set();
	size_t i;

	(void)state;
	assert_int_equal(add(set, "-a always,exit -F arch=b64 -S open -F uid=1 -k k"), 0);
	assert_int_equal(add(set, "-a always,exit -F arch=b64 -S open -F uid=1 -k k"), -EEXIST);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(add(set, others[i]), 0);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(add(set, others[i]), -EEXIST);
	assert_int_equal(rule_set_count(set), 1 + ARRAY_SIZE(others));
	/* fields are compared by position */
	assert_int_equal(add(set, "-a always,exit -S all -F uid=1 -F gid=2"), 0);
	assert_int_equal(add(set, "-a always,exit -S all -F gid=2 -F uid=1"), 0);
	/* the same rule, spelled otherwise */
	assert_int_equal(add(set, "-a exit,always -F UID=0x1 -F gid=2"), -EEXIST);
	/* auid=-1 and loginuid=unset are one; the marker of the old form is a part of it */
	assert_int_equal(add(set, "-a always,exit -F auid=-1"), 0);
	assert_int_equal(add(set, "-a always,exit -F loginuid=unset"), -EEXIST);
	rule_set_free(set);
}

static void a_prepended_rule_moves_to_the_front(void **state)
{
	struct rule_set *set = new_set();
	struct audit_krule **list;

	(void)state;
	assert_int_equal(add(set, "-w /tmp/t/f -p wa"), 0);
	assert_int_equal(add(set, "-a always,exit -F uid=1 -F exe=/tmp/t/x"), 0);
	assert_int_equal(add(set, "-a always,exit -F uid=2"), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(add(set, "-A always,exit -F uid=1 -F exe=/tmp/t/x"), 0);
		assert_int_equal(rule_set_count(set), 3);
		assert_int_equal(set->n_marks, 2);
		list = set->lists[AUDIT_FILTER_EXIT];
		assert_int_equal(list[0]->fields[0].val, 1);
		assert_true(list[1]->by_inode);
		assert_int_equal(list[2]->fields[0].val, 2);
		assert_true(list[0]->prio > list[1]->prio && list[1]->prio > list[2]->prio);
	}
	assert_int_equal(add(set, "-a always,exit -F uid=1 -F exe=/tmp/t/x"), -EEXIST);
	assert_int_equal(add(set, "-A always,exit -F uid=2"), 0);
	assert_int_equal(set->lists[AUDIT_FILTER_EXIT][0]->fields[0].val, 2);
	assert_int_equal(rule_set_count(set), 3);
	rule_set_free(set);
}

static void deletion(void **state)
{
	struct rule_set *set = new_set();
	struct audit_krule *rule;

	(void)state;
	assert_int_equal(delete (set, "-d always,exit -F uid=1"), -ENOENT);
	assert_int_equal(add(set, "-A always,exit -F uid=1"), 0);
	rule = compile("-A always,exit -F uid=1");
	assert_int_equal(rule_set_delete(set, rule), -ENOENT);
	krule_free(rule);
	assert_int_equal(delete (set, "-d always,exit -F uid=1"), 0);
	assert_int_equal(delete (set, "-d always,exit -F uid=1"), -ENOENT);
	assert_int_equal(add(set, "-w /tmp/t/f -p wa -k k"), 0);
	assert_int_equal(delete (set, "-W /tmp/t/f -p wa"), -ENOENT);
	assert_int_equal(delete (set, "-W /tmp/t/f -p w -k k"), -ENOENT);
	assert_int_equal(delete (set, "-W /tmp/t/f -p wa -k k"), 0);
	assert_int_equal(set->n_marks, 0);
	assert_int_equal(rule_set_count(set), 0);
	rule_set_free(set);
}

static void order_and_priority(void **state)
{
	struct rule_set *set = new_set();
	struct audit_krule **list;
	size_t i;

	(void)state;
	assert_int_equal(add(set, "-a always,exit -F uid=1"), 0);
	assert_int_equal(add(set, "-w /tmp/t/f -p wa"), 0);
	assert_int_equal(add(set, "-A always,exit -F uid=2"), 0);
	assert_int_equal(add(set, "-a always,io_uring -S openat"), 0);
	assert_int_equal(add(set, "-A always,exit -F uid=3"), 0);
	list = set->lists[AUDIT_FILTER_EXIT];
	assert_int_equal(set->n_rules[AUDIT_FILTER_EXIT], 4);
	assert_int_equal(list[0]->fields[0].val, 3);
	assert_int_equal(list[1]->fields[0].val, 2);
	assert_int_equal(list[2]->fields[0].val, 1);
	assert_true(list[3]->by_inode);
	for (i = 0; i < 4; i++) {
		assert_false(list[i]->prepend);
		assert_true(i == 3 || list[i]->prio > list[i + 1]->prio);
	}
	/* one order over both lists */
	assert_true(set->lists[AUDIT_FILTER_URING_EXIT][0]->prio < list[3]->prio);
	assert_true(set->lists[AUDIT_FILTER_URING_EXIT][0]->prio > 1);
	rule_set_free(set);
}

static void counted_lists(void **state)
{
	static const struct {
		const char *line;
		bool counts;
	} rows[] = {
		{ "-a always,user -F uid=1", false },
		{ "-a always,exclude -F uid=1", false },
		{ "-a never,filesystem -F fstype=tracefs", false },
		{ "-a never,task -F uid=1", true },
		{ "-a always,exit -F uid=1", true },
		{ "-w /tmp/t/f", true },
		{ "-a always,io_uring -S openat", true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_set *set = new_set();

		assert_false(rule_set_counts(set));
		assert_int_equal(add(set, rows[i].line), 0);
		assert_int_equal(rule_set_counts(set), rows[i].counts);
		rule_set_clear(set);
		assert_false(rule_set_counts(set));
		assert_int_equal(rule_set_count(set), 0);
		rule_set_free(set);
	}
}

static void clear_by_key(void **state)
{
	struct rule_set *set = new_set();

	(void)state;
	assert_int_equal(add(set, "-w /tmp/t/f -p wa -k alpha"), 0);
	assert_int_equal(add(set, "-w /tmp/t/f -p r -k beta -k alphabet"), 0);
	assert_int_equal(add(set, "-w /tmp/t/d -p r -k beta"), 0);
	assert_int_equal(add(set, "-w /tmp/t/prog -p r"), 0);
	assert_int_equal(set->n_marks, 3);
	assert_int_equal(rule_set_clear_key(set, "lpha"), 2);
	assert_int_equal(rule_set_count(set), 2);
	assert_int_equal(set->n_marks, 2);
	assert_int_equal(rule_set_clear_key(set, "lpha"), 0);
	rule_set_free(set);
}

static void marks_are_shared(void **state)
{
	struct rule_set *set = new_set();
	struct rule_mark *mark;

	(void)state;
	assert_int_equal(add(set, "-w /tmp/t/f -p wa"), 0);
	assert_int_equal(add(set, "-a always,exit -F path=/tmp/t/f -F exe=/tmp/t/f"), 0);
	assert_int_equal(set->n_marks, 2);
	mark = rule_set_mark(set, EVT_MARK_WATCH, "/tmp/t/f and more", 8);
	assert_non_null(mark);
	assert_ptr_equal(set->lists[AUDIT_FILTER_EXIT][0]->fields[0].mark, mark);
	assert_ptr_equal(set->lists[AUDIT_FILTER_EXIT][1]->fields[0].mark, mark);
	assert_ptr_not_equal(set->lists[AUDIT_FILTER_EXIT][1]->fields[1].mark, mark);
	assert_null(rule_set_mark(set, EVT_MARK_TREE, "/tmp/t/f", 8));
	assert_null(rule_set_mark(set, EVT_MARK_WATCH, "/tmp/t/f", 7));
	assert_int_equal(delete (set, "-W /tmp/t/f -p wa"), 0);
	assert_ptr_equal(rule_set_mark(set, EVT_MARK_WATCH, "/tmp/t/f", 8), mark);
	rule_set_free(set);
}

static void bindings_keep_what_was_before_the_event(void **state)
{
	struct rule_set *set = new_set();
	struct evt_mark to = { .bound = 1, .ino = 10, .dev_major = 8, .dev_minor = 1 };
	struct rule_mark *mark;

	(void)state;
	assert_int_equal(add(set, "-w /tmp/t/d -p wa"), 0);
	mark = rule_set_mark(set, EVT_MARK_TREE, "/tmp/t/d", 8);
	assert_non_null(mark);
	assert_false(mark->bound);
	assert_int_equal(rule_set_bind(set, mark, &to, "/tmp/t/dXX", 8), 0);
	assert_true(mark->bound);
	assert_false(mark->was_bound);
	assert_string_equal(mark->present, "/tmp/t/d");
	rule_set_settle(set);
	/* renamed away, and another one put in its place, by one event */
	to.bound = 0;
	assert_int_equal(rule_set_bind(set, mark, &to, "", 0), 0);
	assert_false(mark->bound);
	to.bound = 1;
	to.ino = 11;
	assert_int_equal(rule_set_bind(set, mark, &to, "/tmp/t/e", 8), 0);
	assert_true(mark->bound && mark->was_bound);
	assert_int_equal(mark->ino, 11);
	assert_int_equal(mark->was_ino, 10);
	assert_int_equal(mark->was_dev_major, 8);
	assert_int_equal(mark->was_dev_minor, 1);
	assert_string_equal(mark->present, "/tmp/t/e");
	assert_string_equal(mark->was_present, "/tmp/t/d");
	rule_set_settle(set);
	assert_false(mark->was_bound);
	assert_null(mark->was_present);
	assert_int_equal(mark->ino, 11);
	/* a change that was over before the event, beside one that was not */
	to.ino = 12;
	assert_int_equal(rule_set_bind(set, mark, &to, "/tmp/t/f", 8), 0);
	assert_int_equal(mark->was_ino, 11);
	to.ino = 13;
	to.is_over = 1;
	assert_int_equal(rule_set_bind(set, mark, &to, "/tmp/t/g", 8), 0);
	assert_false(mark->was_bound);
	assert_null(mark->was_present);
	assert_int_equal(mark->ino, 13);
	rule_set_free(set);
}

/* The rules in order and what they say, marks and where they are bound. */
static void expect_same(const struct rule_set *a, const struct rule_set *b)
{
	assert_int_equal(rule_set_count(a), rule_set_count(b));
	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; i < a->n_rules[list]; i++) {
			const struct audit_krule *r = a->lists[list][i], *s = b->lists[list][i];
			size_t len_r, len_s;
			void *wire_r = krule_to_data(r, &len_r), *wire_s = krule_to_data(s, &len_s);

			assert_int_equal(len_r, len_s);
			assert_memory_equal(wire_r, wire_s, len_r);
			assert_int_equal(r->prio, s->prio);
			assert_int_equal(r->by_inode, s->by_inode);
			assert_true(!r->filterkey == !s->filterkey);
			assert_true(!r->filterkey || r->filterkey != s->filterkey);
			free(wire_r);
			free(wire_s);
		}
	assert_int_equal(a->n_marks, b->n_marks);
	for (size_t i = 0; i < a->n_marks; i++) {
		assert_ptr_not_equal(a->marks[i], b->marks[i]);
		assert_string_equal(a->marks[i]->path, b->marks[i]->path);
		assert_int_equal(a->marks[i]->ino, b->marks[i]->ino);
	}
}

static void clones(void **state)
{
	struct evt_mark bound = { .kind = EVT_MARK_TREE, .ino = 7, .bound = 1 };
	struct rule_set *set = new_set(), *copy = NULL;
	struct rule_mark *mark;

	(void)state;
	assert_int_equal(add(set, "-w /tmp/t/d -p wa -k tree"), 0);
	assert_int_equal(add(set, "-A always,exit -F path=/tmp/t/f -F exe=/tmp/t/prog -k k"), 0);
	assert_int_equal(add(set, "-A never,task -F uid=1"), 0);
	assert_int_equal(add(set, "-a always,exclude -F msgtype=CWD"), 0);
	mark = rule_set_mark(set, EVT_MARK_TREE, "/tmp/t/d", 8);
	assert_int_equal(rule_set_bind(set, mark, &bound, "/tmp/t/d", 8), 0);
	assert_int_equal(rule_set_clone(&copy, set), 0);
	expect_same(set, copy);

	/* each goes on by itself, and in the same order */
	assert_int_equal(delete (copy, "-W /tmp/t/d -p wa -k tree"), 0);
	assert_int_equal(add(copy, "-a always,exit -F uid=2"), 0);
	assert_int_equal(rule_set_count(set), 4);
	assert_non_null(rule_set_mark(set, EVT_MARK_TREE, "/tmp/t/d", 8));
	assert_null(rule_set_mark(copy, EVT_MARK_TREE, "/tmp/t/d", 8));
	assert_int_equal(copy->prio_low, set->prio_low - 1);
	rule_set_free(copy);

	/* a binding that changed after the copy was made is not lost by the exchange */
	assert_int_equal(rule_set_clone(&copy, set), 0);
	bound.ino = 8;
	assert_int_equal(rule_set_bind(set, mark, &bound, "/tmp/t/e", 8), 0);
	assert_int_equal(add(copy, "-a always,exit -F uid=2"), 0);
	rule_set_swap(set, copy);
	assert_int_equal(rule_set_count(set), 5);
	assert_int_equal(rule_set_count(copy), 4);
	rule_set_free(copy);
	mark = rule_set_mark(set, EVT_MARK_TREE, "/tmp/t/d", 8);
	assert_int_equal(mark->ino, 8);
	assert_string_equal(mark->present, "/tmp/t/e");
	assert_int_equal(mark->was_ino, 7);
	assert_string_equal(mark->was_present, "/tmp/t/d");
	rule_set_free(set);

	/* of nothing */
	set = new_set();
	assert_int_equal(rule_set_clone(&copy, set), 0);
	expect_same(set, copy);
	rule_set_free(copy);
	rule_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duplicates),
		cmocka_unit_test(a_prepended_rule_moves_to_the_front),
		cmocka_unit_test(deletion),
		cmocka_unit_test(clones),
		cmocka_unit_test(order_and_priority),
		cmocka_unit_test(counted_lists),
		cmocka_unit_test(clear_by_key),
		cmocka_unit_test(marks_are_shared),
		cmocka_unit_test(bindings_keep_what_was_before_the_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
