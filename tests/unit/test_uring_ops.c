// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "rule/rule_set.h"
#include "rule_builder.h"
#include "source/bpf/uring_ops.h"

#define OP(name) (UINT64_C(1) << uringop_nr(name))

static struct rule_set *rules_of(const char *const *names)
{
	struct audit_krule *rule;
	struct rule_set *set;

	assert_int_equal(rule_set_new(&set), 0);
	for (; names && *names; names++) {
		rule = calloc(1, sizeof(*rule));
		assert_non_null(rule);
		rule_init(rule, AUDIT_FILTER_URING_EXIT, AUDIT_ALWAYS);
		rule_field(rule, AUDIT_UID, AUDIT_EQUAL, (uint32_t)uringop_nr(*names));
		rule_select(rule, (unsigned)uringop_nr(*names));
		assert_int_equal(rule_set_add(set, rule), 0);
	}
	return set;
}

/* What the kernel's audit skips is skipped, whatever a rule says. */
static void of_the_list(void **state)
{
	static const char *const names[] = { "openat", "waitid", "read", "nop", NULL };
	struct rule_set *set = rules_of(names);
	struct cap_uring wanted;

	(void)state;
	uring_ops_wanted(&wanted, set, false);
	assert_int_equal(wanted.alone, OP("openat") | OP("waitid"));
	assert_int_equal(wanted.in_calls, wanted.alone);
	uring_ops_wanted(&wanted, set, true);
	assert_int_equal(wanted.alone, OP("openat") | OP("waitid"));
	assert_true(wanted.in_calls & OP("close"));
	assert_false(wanted.in_calls & (OP("read") | OP("send")));
	rule_set_free(set);
}

static void without_rules(void **state)
{
	struct rule_set *set = rules_of(NULL);
	struct cap_uring wanted;

	(void)state;
	uring_ops_wanted(&wanted, set, false);
	assert_int_equal(wanted.alone | wanted.in_calls, 0);
	rule_set_free(set);
}

/* Each of them has a name that the table of operations knows: 30 are audited (spec kernel 4.7). */
static void all_of_them(void **state)
{
	struct rule_set *set = rules_of(NULL);
	struct cap_uring wanted;

	(void)state;
	uring_ops_wanted(&wanted, set, true);
	assert_int_equal(__builtin_popcountll(wanted.in_calls), 30);
	assert_int_equal(uring_ops_of_files() & ~wanted.in_calls, 0);
	assert_true(uring_ops_of_files() & OP("sendmsg"));
	assert_false(uring_ops_of_files() & (OP("openat") | OP("close")));
	rule_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_the_list),
		cmocka_unit_test(without_rules),
		cmocka_unit_test(all_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
