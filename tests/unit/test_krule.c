// SPDX-License-Identifier: MIT
/* The kernel's validation, row by row (spec kernel 6.3), and the form in which it lists a rule back (1.11). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "fake_env.h"
#include "rule/rule.h"

/* A rule in wire form, with room for the longest strings. */
struct wire {
	struct audit_rule_data data;
	char strings[3 * 4100];
	size_t len;
};

static void begin(struct wire *w, uint32_t list)
{
	memset(w, 0, sizeof(*w));
	w->data.flags = list;
	w->data.action = AUDIT_ALWAYS;
	w->len = sizeof(w->data);
}

static void field(struct wire *w, uint32_t type, uint32_t op, uint32_t value)
{
	uint32_t n = w->data.field_count++;

	w->data.fields[n] = type;
	w->data.fieldflags[n] = op;
	w->data.values[n] = value;
}

static void string(struct wire *w, uint32_t type, uint32_t op, const void *bytes, size_t len)
{
	field(w, type, op, (uint32_t)len);
	memcpy((char *)w + w->len, bytes, len);
	w->len += len;
	w->data.buflen += (uint32_t)len;
}

static int check(const struct wire *w)
{
	/* Ends flush with the allocation: one byte too far is an error under ASan. */
	struct audit_rule_data *copy = malloc(w->len);
	struct audit_krule *rule = NULL;
	int r;

	assert_non_null(copy);
	memcpy(copy, w, w->len);
	r = krule_from_data(&rule, copy, w->len, &fake_env);
	assert_true(r == 0 ? rule != NULL : rule == NULL);
	krule_free(rule);
	free(copy);
	return r;
}

static int check_number(uint32_t list, uint32_t type, uint32_t op, uint32_t value)
{
	struct wire w;

	begin(&w, list);
	field(&w, type, op, value);
	return check(&w);
}

static int check_string(uint32_t list, uint32_t type, uint32_t op, const char *text)
{
	struct wire w;

	begin(&w, list);
	string(&w, type, op, text, strlen(text));
	return check(&w);
}

static void list_and_action(void **state)
{
	static const int valid[] = { 0, 1, 4, 5, 6, 7 };
	struct wire w;
	uint32_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		size_t k;
		int want = -EINVAL;

		for (k = 0; k < ARRAY_SIZE(valid); k++)
			if ((i & ~0x10u) == (uint32_t)valid[k])
				want = 0;
		begin(&w, i);
		assert_int_equal(check(&w), want);
	}
	begin(&w, AUDIT_FILTER_EXIT | 0x80000000u);
	assert_int_equal(check(&w), -EINVAL);
	for (i = 0; i < 5; i++) {
		begin(&w, AUDIT_FILTER_EXIT);
		w.data.action = i;
		assert_int_equal(check(&w), i == AUDIT_NEVER || i == AUDIT_ALWAYS ? 0 : -EINVAL);
	}
}

static void sizes(void **state)
{
	struct wire w;

	(void)state;
	begin(&w, AUDIT_FILTER_EXIT);
	w.len--;
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	while (w.data.field_count < AUDIT_MAX_FIELDS)
		field(&w, AUDIT_PID, AUDIT_EQUAL, 1);
	assert_int_equal(check(&w), 0);
	w.data.field_count++;
	assert_int_equal(check(&w), -EINVAL);
	w.data.field_count = UINT32_MAX;
	assert_int_equal(check(&w), -EINVAL);
}

static void operators(void **state)
{
	static const uint32_t bad[] = { 0, 0x80000000u, 0x70000000u, 0x41000000u, 1,
		AUDIT_OPERATORS };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_PID, bad[i], 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_PID, AUDIT_BIT_MASK, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_PID, AUDIT_LESS_THAN, 1), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_UID, AUDIT_BIT_TEST, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_ARG0, AUDIT_BIT_TEST, 1), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_DEVMINOR, AUDIT_BIT_MASK, 1), 0);
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_DEVMAJOR, AUDIT_BIT_MASK, 1), -EINVAL);
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_INODE, AUDIT_GREATER_THAN, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_ARCH, AUDIT_LESS_THAN, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_FILETYPE, AUDIT_GREATER_THAN, 32768),
		-EINVAL);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_WATCH, AUDIT_NOT_EQUAL, "/tmp/t/f"), -EINVAL);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_NOT_EQUAL, "/tmp/t/d"), -EINVAL);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_EXE, AUDIT_NOT_EQUAL, "/tmp/t/prog"), 0);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_EXE, AUDIT_GREATER_THAN, "/tmp/t/prog"),
		-EINVAL);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_SUBJ_SEN, AUDIT_GREATER_THAN, "s0"), 0);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_SUBJ_TYPE, AUDIT_GREATER_THAN, "t"), -EINVAL);
}

static void fields_on_lists(void **state)
{
	(void)state;
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, 27, AUDIT_EQUAL, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, 9999, AUDIT_EQUAL, 1), -EINVAL);
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_MSGTYPE, AUDIT_EQUAL, 1300), -EINVAL);
	assert_int_equal(
		check_number(AUDIT_FILTER_TASK, AUDIT_MSGTYPE, AUDIT_EQUAL, 1300), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_USER, AUDIT_MSGTYPE, AUDIT_EQUAL, 1300), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXCLUDE, AUDIT_MSGTYPE, AUDIT_EQUAL, 1300), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_FSTYPE, AUDIT_EQUAL, 1), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_FS, AUDIT_FSTYPE, AUDIT_EQUAL, 1), 0);
	assert_int_equal(check_number(AUDIT_FILTER_FS, AUDIT_UID, AUDIT_EQUAL, 1), -EINVAL);
	assert_int_equal(check_string(AUDIT_FILTER_FS, AUDIT_FILTERKEY, AUDIT_EQUAL, "k"), 0);
	assert_int_equal(
		check_number(AUDIT_FILTER_URING_EXIT, AUDIT_PERM, AUDIT_EQUAL, 4), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_USER, AUDIT_INODE, AUDIT_EQUAL, 4), -EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_URING_EXIT, AUDIT_INODE, AUDIT_EQUAL, 4), 0);
	assert_int_equal(
		check_string(AUDIT_FILTER_TASK, AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f"), -EINVAL);
	assert_int_equal(
		check_string(AUDIT_FILTER_USER, AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/d"), -EINVAL);
	assert_int_equal(check_string(AUDIT_FILTER_USER, AUDIT_EXE, AUDIT_EQUAL, "/tmp/t/prog"), 0);
	/* accepted where they never match */
	assert_int_equal(check_number(AUDIT_FILTER_TASK, AUDIT_EXIT, AUDIT_EQUAL, 0), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXCLUDE, AUDIT_PERM, AUDIT_EQUAL, 4), 0);
}

static void values(void **state)
{
	static const uint32_t ids[] = { AUDIT_UID, AUDIT_EUID, AUDIT_SUID, AUDIT_FSUID, AUDIT_GID,
		AUDIT_EGID, AUDIT_SGID, AUDIT_FSGID, AUDIT_OBJ_UID, AUDIT_OBJ_GID };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		assert_int_equal(
			check_number(AUDIT_FILTER_EXIT, ids[i], AUDIT_EQUAL, UINT32_MAX), -EINVAL);
		assert_int_equal(
			check_number(AUDIT_FILTER_EXIT, ids[i], AUDIT_EQUAL, UINT32_MAX - 1), 0);
	}
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_SESSIONID, AUDIT_EQUAL, UINT32_MAX), 0);
	/* ranges that the kernel means to check and does not */
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_PERM, AUDIT_EQUAL, 16), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_FIELD_COMPARE, AUDIT_EQUAL, 26), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_SADDR_FAM, AUDIT_EQUAL, 47), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_LOGINUID_SET, AUDIT_EQUAL, 2), 0);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_FILETYPE, AUDIT_EQUAL, 1), 0);
}

static void legacy_auid_takes_the_operators_of_its_new_form(void **state)
{
	(void)state;
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_LOGINUID, AUDIT_EQUAL, UINT32_MAX), 0);
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_LOGINUID, AUDIT_NOT_EQUAL, UINT32_MAX), 0);
	assert_int_equal(
		check_number(AUDIT_FILTER_EXIT, AUDIT_LOGINUID, AUDIT_GREATER_THAN, UINT32_MAX),
		-EINVAL);
	assert_int_equal(check_number(AUDIT_FILTER_EXIT, AUDIT_LOGINUID, AUDIT_GREATER_THAN, 5), 0);
}

static void strings(void **state)
{
	static char long_text[5000];
	struct wire w;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_SUBJ_USER, AUDIT_EQUAL, "", 0);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_SUBJ_USER, AUDIT_EQUAL, "abc", 3);
	w.data.values[0]++;
	assert_int_equal(check(&w), -EINVAL);
	w.data.values[0] = UINT32_MAX;
	assert_int_equal(check(&w), -EINVAL);
	/* what is left over is ignored, and so is buflen */
	w.data.values[0] = 2;
	w.data.buflen = 4711;
	assert_int_equal(check(&w), 0);
	/* each string takes its bytes away from those behind it */
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_SUBJ_USER, AUDIT_EQUAL, "abc", 3);
	string(&w, AUDIT_SUBJ_ROLE, AUDIT_EQUAL, "de", 2);
	assert_int_equal(check(&w), 0);
	w.data.values[1] = 3;
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_SUBJ_USER, AUDIT_EQUAL, long_text, 4096);
	assert_int_equal(check(&w), 0);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_SUBJ_USER, AUDIT_EQUAL, long_text, 4097);
	assert_int_equal(check(&w), -ENAMETOOLONG);
	long_text[0] = '/';
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_EXE, AUDIT_EQUAL, long_text, 4097);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, long_text, 4096);
	assert_int_equal(check(&w), -ENAMETOOLONG);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, long_text, 257);
	assert_int_equal(check(&w), -ENAMETOOLONG);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, long_text, 256);
	assert_int_equal(check(&w), 0);
}

static void keys(void **state)
{
	char key[257];
	struct wire w;

	(void)state;
	memset(key, 'k', sizeof(key));
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_FILTERKEY, AUDIT_EQUAL, key, 256);
	assert_int_equal(check(&w), 0);
	string(&w, AUDIT_FILTERKEY, AUDIT_EQUAL, key, 1);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_FILTERKEY, AUDIT_EQUAL, key, 257);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_FILTERKEY, AUDIT_EQUAL, key, 0);
	assert_int_equal(check(&w), -EINVAL);
}

static void paths(void **state)
{
	static const uint32_t types[] = { AUDIT_WATCH, AUDIT_EXE };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/f"), 0);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/missing"),
			0);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/missing"), 0);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "tmp/t/f"), -EINVAL);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/f/"),
			-EINVAL);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/"), -EINVAL);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/nodir/f"),
			-ENOENT);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/f/under"),
			-ENOTDIR);
		assert_int_equal(check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/."),
			-EINVAL);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/t/.."),
			-EINVAL);
		assert_int_equal(
			check_string(AUDIT_FILTER_EXIT, types[i], AUDIT_EQUAL, "/tmp/nodir/.."),
			-ENOENT);
	}
	assert_int_equal(check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_EQUAL, "tmp"), -EINVAL);
	assert_int_equal(check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/d/"), 0);
	assert_int_equal(check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_EQUAL, "/"), 0);
	assert_int_equal(check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/f"), 0);
	assert_int_equal(
		check_string(AUDIT_FILTER_EXIT, AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/missing"), -ENOENT);
}

static void one_of_each(void **state)
{
	struct wire w;

	(void)state;
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f", 8);
	string(&w, AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/d", 8);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	field(&w, AUDIT_INODE, AUDIT_NOT_EQUAL, 4);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f", 8);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	field(&w, AUDIT_INODE, AUDIT_EQUAL, 4);
	field(&w, AUDIT_INODE, AUDIT_EQUAL, 5);
	assert_int_equal(check(&w), -EINVAL);
	begin(&w, AUDIT_FILTER_EXIT);
	string(&w, AUDIT_EXE, AUDIT_EQUAL, "/tmp/t/f", 8);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f", 8);
	assert_int_equal(check(&w), 0);
	string(&w, AUDIT_EXE, AUDIT_EQUAL, "/tmp/t/f", 8);
	assert_int_equal(check(&w), -EINVAL);
}

static struct audit_krule *compile(const struct wire *w)
{
	struct audit_krule *rule = NULL;

	assert_int_equal(krule_from_data(&rule, &w->data, w->len, &fake_env), 0);
	return rule;
}

static struct audit_rule_data *listed(const struct wire *w)
{
	struct audit_krule *rule = compile(w);
	struct audit_rule_data *data;
	size_t len = 0;

	data = krule_to_data(rule, &len);
	krule_free(rule);
	assert_non_null(data);
	assert_int_equal(len, sizeof(*data) + data->buflen);
	return data;
}

static void lives_by_inode(void **state)
{
	static const struct {
		uint32_t type, op;
		const char *text;
		bool want;
	} rows[] = {
		{ AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f", true },
		{ AUDIT_INODE, AUDIT_EQUAL, NULL, true },
		{ AUDIT_INODE, AUDIT_NOT_EQUAL, NULL, false },
		{ AUDIT_DIR, AUDIT_EQUAL, "/tmp/t/d", false },
		{ AUDIT_EXE, AUDIT_EQUAL, "/tmp/t/f", false },
		{ AUDIT_UID, AUDIT_EQUAL, NULL, false },
	};
	struct audit_krule *rule;
	struct wire w;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&w, AUDIT_FILTER_EXIT);
		if (rows[i].text)
			string(&w, rows[i].type, rows[i].op, rows[i].text, strlen(rows[i].text));
		else
			field(&w, rows[i].type, rows[i].op, 4);
		rule = compile(&w);
		assert_int_equal(rule->by_inode, rows[i].want);
		krule_free(rule);
	}
}

static void classes_become_syscalls(void **state)
{
	static const unsigned dirs_x86_64[] = { 82, 83, 84, 85, 86, 87, 88, 133, 258, 259, 263, 264,
		265, 266, 316 };
	struct audit_rule_data *data;
	struct wire w;
	unsigned nr, n = 0;

	(void)state;
	if (machine_native_elf() != ABI_ARCH_X86_64)
		skip();
	begin(&w, AUDIT_FILTER_EXIT);
	w.data.mask[63] = 1u << 31; /* bit 2047: class 0 */
	data = listed(&w);
	for (nr = 0; nr < RULE_SYSCALLS; nr++) {
		if (!rule_mask_has(data->mask, nr))
			continue;
		assert_true(n < ARRAY_SIZE(dirs_x86_64));
		assert_int_equal(nr, dirs_x86_64[n++]);
	}
	assert_int_equal(n, ARRAY_SIZE(dirs_x86_64));
	free(data);
	/* class 1 is the same for 32-bit programs: rename has number 38 there */
	begin(&w, AUDIT_FILTER_EXIT);
	w.data.mask[63] = 1u << 30;
	data = listed(&w);
	assert_true(rule_mask_has(data->mask, 38));
	assert_false(rule_mask_has(data->mask, 82));
	free(data);
	/* unknown classes vanish; all bits are 2032 syscalls */
	begin(&w, AUDIT_FILTER_EXIT);
	w.data.mask[63] = 1u << 16;
	data = listed(&w);
	for (nr = 0; nr < AUDIT_BITMASK_SIZE; nr++)
		assert_int_equal(data->mask[nr], 0);
	free(data);
	begin(&w, AUDIT_FILTER_EXIT);
	memset(w.data.mask, 0xff, sizeof(w.data.mask));
	data = listed(&w);
	for (nr = 0; nr < AUDIT_BITMASK_SIZE - 1; nr++)
		assert_int_equal(data->mask[nr], UINT32_MAX);
	assert_int_equal(data->mask[63], 0xffff);
	free(data);
}

static void listed_form(void **state)
{
	struct audit_rule_data *data;
	struct wire w;

	(void)state;
	begin(&w, AUDIT_FILTER_EXIT | RULE_PREPEND);
	field(&w, AUDIT_LOGINUID, AUDIT_NOT_EQUAL, UINT32_MAX);
	string(&w, AUDIT_WATCH, AUDIT_EQUAL, "/tmp/t/f", 8);
	string(&w, AUDIT_FILTERKEY, AUDIT_EQUAL, "ab\0cd", 5);
	data = listed(&w);
	assert_int_equal(data->flags, AUDIT_FILTER_EXIT);
	assert_int_equal(data->action, AUDIT_ALWAYS);
	assert_int_equal(data->field_count, 3);
	assert_int_equal(data->fields[0], AUDIT_LOGINUID);
	assert_int_equal(data->fieldflags[0], AUDIT_NOT_EQUAL);
	assert_int_equal(data->values[0], UINT32_MAX);
	assert_int_equal(data->values[1], 8);
	assert_int_equal(data->values[2], 2);
	assert_int_equal(data->buflen, 10);
	assert_memory_equal(data->buf, "/tmp/t/fab", 10);
	free(data);
	begin(&w, AUDIT_FILTER_EXIT);
	field(&w, AUDIT_LOGINUID_SET, AUDIT_EQUAL, 0);
	data = listed(&w);
	assert_int_equal(data->fields[0], AUDIT_LOGINUID_SET);
	assert_int_equal(data->values[0], 0);
	free(data);
}

static void faults_name_the_field(void **state)
{
	struct krule_fault fault = { 0 };
	struct audit_krule *rule = NULL;
	struct wire w;

	(void)state;
	begin(&w, AUDIT_FILTER_EXIT);
	field(&w, AUDIT_PID, AUDIT_EQUAL, 1);
	field(&w, AUDIT_UID, AUDIT_BIT_MASK, 4);
	assert_int_equal(krule_from_data_fault(&rule, &w.data, w.len, &fake_env, &fault), -EINVAL);
	assert_int_equal(fault.field, 1);
	assert_string_equal(fault.reason, "takes = != < <= > >=");
	begin(&w, 2);
	assert_int_equal(krule_from_data_fault(&rule, &w.data, w.len, &fake_env, &fault), -EINVAL);
	assert_int_equal(fault.field, -1);
	assert_null(rule);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_and_action),
		cmocka_unit_test(sizes),
		cmocka_unit_test(operators),
		cmocka_unit_test(fields_on_lists),
		cmocka_unit_test(values),
		cmocka_unit_test(legacy_auid_takes_the_operators_of_its_new_form),
		cmocka_unit_test(strings),
		cmocka_unit_test(keys),
		cmocka_unit_test(paths),
		cmocka_unit_test(one_of_each),
		cmocka_unit_test(lives_by_inode),
		cmocka_unit_test(classes_become_syscalls),
		cmocka_unit_test(listed_form),
		cmocka_unit_test(faults_name_the_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
