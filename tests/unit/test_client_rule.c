// SPDX-License-Identifier: MIT
/* Rules built word by word through libaudit's interface: results, codes, and the state between the words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/abi.h"
#include "client/client.h"

static void clear_state(void)
{
	_audit_permadded = _audit_archadded = _audit_syscalladded = 0;
	_audit_exeadded = _audit_filterfsadded = 0;
	_audit_elf = 0;
}

/* The word as a program passes it: writable. */
static char *word(const char *text)
{
	static char copy[8192];

	assert_true(strlen(text) < sizeof(copy));
	return strcpy(copy, text);
}

static int add(struct audit_rule_data **rule, const char *text)
{
	return audit_rule_fieldpair_data(rule, word(text), AUDIT_FILTER_EXIT);
}

static void test_fields(void **state)
{
	struct audit_rule_data *rule = audit_rule_create_data();
	char *pair;

	(void)state;
	clear_state();
	assert_int_equal(add(&rule, "arch=b64"), 0);
	assert_int_equal(_audit_archadded, 1);
	assert_int_equal(_audit_elf, machine_native_elf());
	pair = word("path>=/tmp/a b");
	assert_int_equal(audit_rule_fieldpair_data(&rule, pair, AUDIT_FILTER_EXIT), 0);
	assert_string_equal(pair, "path");
	assert_int_equal(_audit_permadded, 1);
	assert_int_equal(add(&rule, "dir=/d"), 0);
	assert_int_equal(add(&rule, "exit=-EPERM"), 0);
	assert_int_equal(audit_rule_interfield_comp_data(&rule, word("uid!=euid"), 4), 0);
	assert_int_equal(rule->field_count, 5);
	assert_int_equal(rule->fields[1], AUDIT_WATCH);
	assert_int_equal(rule->fieldflags[1], AUDIT_GREATER_THAN_OR_EQUAL);
	assert_int_equal(rule->values[1], 8);
	assert_int_equal(rule->values[2], 2);
	assert_int_equal(rule->buflen, 10);
	assert_memory_equal(rule->buf, "/tmp/a b/d", 10);
	assert_int_equal((int32_t)rule->values[3], -1);
	assert_int_equal(rule->fields[4], AUDIT_FIELD_COMPARE);
	assert_int_equal(rule->values[4], AUDIT_COMPARE_UID_TO_EUID);
	audit_rule_free_data(rule);
}

static void test_codes(void **state)
{
	static const struct {
		int code, list;
		const char *text;
		const char *left; /* of the word */
	} cases[] = {
		{ -1, AUDIT_FILTER_EXIT, "uid", "uid" },
		{ -2, AUDIT_FILTER_EXIT, "bogus=1", "bogus" },
		{ -5, AUDIT_FILTER_EXIT, "arch=foo", "arch" },
		{ -7, AUDIT_FILTER_TASK, "exit=1", "exit" },
		{ -8, AUDIT_FILTER_EXCLUDE, "msgtype=BOGUS", "msgtype" },
		{ -9, AUDIT_FILTER_EXIT, "msgtype=CWD", "msgtype" },
		{ -11, AUDIT_FILTER_EXIT, "perm=rwxar", "perm" },
		{ -12, AUDIT_FILTER_EXCLUDE, "arch=b64", "arch" },
		{ -13, AUDIT_FILTER_EXIT, "inode>5", "inode" },
		{ -14, AUDIT_FILTER_EXIT, "perm=z", "perm" },
		{ -15, AUDIT_FILTER_EXIT, "exit=EFOO", "exit" },
		{ -16, AUDIT_FILTER_EXIT, "filetype=x", "filetype" },
		{ -19, AUDIT_FILTER_EXIT, "key=x", "key" },
		{ -20, AUDIT_FILTER_EXIT, "uid=", "uid" },
		{ -21, AUDIT_FILTER_EXIT, "pid=x", "pid" },
		{ -22, AUDIT_FILTER_EXIT, "=5", "" },
		{ -29, AUDIT_FILTER_EXIT, "perm!=r", "perm" },
		{ -31, AUDIT_FILTER_TASK, "sessionid=1", "sessionid" },
		{ -32, AUDIT_FILTER_UNSET, "pid=1", "pid=1" },
		{ -34, AUDIT_FILTER_EXIT, "fstype=tracefs", "fstype" },
		{ -37, AUDIT_FILTER_EXIT, "saddr_fam=99", "saddr_fam" },
		{ -38, AUDIT_FILTER_EXIT, "uid=no-such-user-here", "uid" },
	};
	static const struct {
		int code;
		const char *text, *left;
	} compares[] = {
		{ -13, "uid", "uid" },
		{ -13, "uid>euid", "uid>euid" },
		{ -24, "=uid", "" },
		{ -25, "uid=", "uid" },
		{ -26, "foo=uid", "foo" },
		{ -27, "uid=foo", "uid" },
		{ -33, "uid=gid", "uid" },
	};
	struct audit_rule_data *rule = audit_rule_create_data(), before = *rule;
	char *pair;
	size_t i;

	(void)state;
	clear_state();
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		pair = word(cases[i].text);
		assert_int_equal(
			audit_rule_fieldpair_data(&rule, pair, cases[i].list), cases[i].code);
		assert_string_equal(pair, cases[i].left);
	}
	for (i = 0; i < ARRAY_SIZE(compares); i++) {
		pair = word(compares[i].text);
		assert_int_equal(audit_rule_interfield_comp_data(&rule, pair, 4), compares[i].code);
		assert_string_equal(pair, compares[i].left);
	}
	/* No trace of all that. */
	assert_memory_equal(rule, &before, sizeof(before));
	_audit_syscalladded = 1;
	assert_int_equal(add(&rule, "arch=b64"), -3);
	audit_rule_free_data(rule);
}

static void test_full(void **state)
{
	struct audit_rule_data *rule = audit_rule_create_data();
	char *pair;
	int i;

	(void)state;
	clear_state();
	for (i = 0; i < AUDIT_MAX_FIELDS - 1; i++)
		assert_int_equal(add(&rule, "pid=1"), 0);
	pair = word("pid=1");
	assert_int_equal(audit_rule_fieldpair_data(&rule, pair, AUDIT_FILTER_EXIT), -28);
	assert_string_equal(pair, "pid=1");
	assert_int_equal(audit_rule_interfield_comp_data(&rule, word("uid=euid"), 4), -28);
	assert_int_equal(audit_update_watch_perms(rule, 1), -2);
	audit_rule_free_data(rule);
}

static void test_syscalls(void **state)
{
	struct audit_rule_data *rule = audit_rule_create_data();

	(void)state;
	clear_state();
	assert_int_equal(audit_rule_syscallbyname_data(rule, "openat"), 0);
	assert_int_equal(rule->mask[syscall_nr(machine_native_elf(), "openat") / 32],
		1u << (syscall_nr(machine_native_elf(), "openat") % 32));
	assert_int_equal(audit_rule_syscallbyname_data(rule, "no-such-call"), -1);
	assert_int_equal(audit_rule_syscallbyname_data(rule, "2048"), -1);
	assert_int_equal(audit_rule_syscallbyname_data(rule, "-1"), -1);
	assert_int_equal(audit_rule_syscallbyname_data(rule, "2047"), 0);
	assert_int_equal(rule->mask[63], 1u << 31);
	_audit_elf = 0x123;
	assert_int_equal(audit_rule_syscallbyname_data(rule, "openat"), -2);
	_audit_elf = ABI_ARCH_I386;
	audit_rule_init_data(rule);
	assert_int_equal(audit_rule_syscallbyname_data(rule, "open"), 0);
	assert_int_equal(rule->mask[0], 1u << 5);
	assert_int_equal(_audit_parse_syscall("read,,write", rule), 0);
	assert_int_equal(rule->mask[0], 1u << 5 | 1u << 3 | 1u << 4);
	assert_int_equal(_audit_parse_syscall("read,foo", rule), -1);
	assert_int_equal(audit_rule_syscall_data(rule, 64), 0);
	assert_int_equal(rule->mask[2], 1);
	assert_int_equal(audit_rule_syscall_data(rule, 2048), -1);
	assert_int_equal(audit_rule_syscall_data(rule, -1), -1);
	audit_rule_init_data(rule);
	assert_int_equal(audit_rule_io_uringbyname_data(rule, "openat"), 0);
	assert_int_equal(rule->mask[0], 1u << 18);
	assert_int_equal(audit_rule_io_uringbyname_data(rule, "ptrace"), -1);
	assert_int_equal(audit_rule_syscallbyname_data(rule, "all"), 0);
	assert_int_equal(rule->mask[63], UINT32_MAX);
	audit_rule_free_data(rule);
}

static void test_watches(void **state)
{
	struct audit_rule_data *rule = NULL;

	(void)state;
	clear_state();
	assert_int_equal(audit_add_watch_dir(9, &rule, "/etc"), -1);
	assert_null(rule);
	assert_int_equal(audit_add_watch(&rule, "/etc/passwd"), 0);
	assert_int_equal(_audit_permadded, 1);
	assert_int_equal(rule->flags, AUDIT_FILTER_EXIT);
	assert_int_equal(rule->action, AUDIT_ALWAYS);
	assert_int_equal(rule->field_count, 2);
	assert_int_equal(rule->fields[0], AUDIT_WATCH);
	assert_int_equal(rule->buflen, 11);
	assert_memory_equal(rule->buf, "/etc/passwd", 11);
	assert_int_equal(rule->fields[1], AUDIT_PERM);
	assert_int_equal(rule->values[1], 15);
	assert_int_equal(audit_add_watch(&rule, "/etc"), -1);
	assert_int_equal(audit_update_watch_perms(rule, AUDIT_PERM_WRITE), 0);
	assert_int_equal(rule->values[1], AUDIT_PERM_WRITE);
	audit_rule_init_data(rule);
	assert_int_equal(audit_update_watch_perms(rule, AUDIT_PERM_WRITE), -1);
	assert_int_equal(add(&rule, "pid=1"), 0);
	assert_int_equal(audit_update_watch_perms(rule, AUDIT_PERM_WRITE), 0);
	assert_int_equal(rule->field_count, 2);
	assert_int_equal(rule->fields[1], AUDIT_PERM);
	audit_rule_free_data(rule);
}

static void test_translations(void **state)
{
	(void)state;
	assert_int_equal(audit_name_to_flag("EXIT"), AUDIT_FILTER_EXIT);
	assert_int_equal(audit_name_to_flag("entry"), -1);
	assert_int_equal(audit_name_to_flag("a-name-longer-than-all-lists"), -1);
	assert_int_equal(audit_name_to_action("possible"), AUDIT_POSSIBLE);
	assert_string_equal(audit_action_to_name(AUDIT_POSSIBLE), "possible");
	assert_null(audit_action_to_name(-1));
	assert_int_equal(audit_name_to_machine("i686"), MACH_X86);
	assert_int_equal(audit_name_to_machine("uring"), MACH_IO_URING);
	assert_int_equal(audit_machine_to_elf(MACH_RISCV64), 0xc00000f3);
	assert_int_equal(audit_machine_to_elf(MACH_IA64), 0);
	assert_int_equal(audit_elf_to_machine(0xc00000b7), MACH_AARCH64);
	assert_int_equal(audit_determine_machine("c000003e"), MACH_86_64);
	assert_int_equal(audit_determine_machine("foo"), -4);
	assert_int_equal(audit_determine_machine("b64"), audit_detect_machine());
	assert_null(audit_syscall_to_name(-1, MACH_86_64));
	assert_string_equal(audit_syscall_to_name(5, MACH_X86), "open");
	assert_int_equal(audit_name_to_uringop("openat"), 18);
	assert_null(audit_ftype_to_name(0100644));
	assert_string_equal(audit_ftype_to_name(0100000), "file");
	assert_string_equal(audit_field_to_name(9), "auid");
	assert_null(audit_field_to_name(-1));
	assert_int_equal(audit_name_to_msg_type("UNKNOWN[1399]"), 1399);
	assert_null(audit_msg_type_to_name(1399));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_syscalls),
		cmocka_unit_test(test_watches),
		cmocka_unit_test(test_translations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
