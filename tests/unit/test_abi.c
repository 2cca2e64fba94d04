// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/macros.h"

static const uint32_t arches[] = { ABI_ARCH_X86_64, ABI_ARCH_I386, ABI_ARCH_AARCH64 };

static void upper(char *to, const char *from)
{
	while (*from)
		*to++ = (char)toupper((unsigned char)*from++);
	*to = '\0';
}

static void record_types_round_trip(void **state)
{
	static const uint16_t nrs[] = {
#define ABI_RECORD(nr, ...)       nr,
#define ABI_RECORD_EXTRA(nr, ...) nr,
#include "abi/records.def"
#undef ABI_RECORD
#undef ABI_RECORD_EXTRA
	};
	char fallback[20];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(nrs); i++) {
		const struct record_type *type = record_type_by_nr(nrs[i]);

		assert_true(i == 0 || nrs[i] > nrs[i - 1]);
		assert_non_null(type);
		assert_int_equal(type->nr, nrs[i]);
		assert_int_equal(record_type_nr(type->name), nrs[i]);
		assert_ptr_equal(record_type_name(nrs[i], fallback), type->name);
	}
	assert_int_equal(record_type_nr("syscall"), 1300);
	assert_int_equal(record_type_nr("UNKNOWN[1399]"), 1399);
	assert_int_equal(record_type_nr("UNKNOWN[]"), -1);
	assert_int_equal(record_type_nr("UNKNOWN[13"), -1);
	assert_int_equal(record_type_nr("UNKNOWN[13x]"), -1);
	assert_int_equal(record_type_nr("1302"), 1302);
	assert_int_equal(record_type_nr("4294967295"), -1);
	assert_int_equal(record_type_nr(""), -1);
	assert_int_equal(record_type_nr("GET"), -1);
	assert_null(record_type_by_nr(1308));
	assert_null(record_type_by_nr(1302 + 65536));
	assert_string_equal(record_type_name(1399, fallback), "UNKNOWN[1399]");
	assert_string_equal(record_type_name(UINT32_MAX, fallback), "UNKNOWN[4294967295]");
	assert_string_equal(record_type_name(0, fallback), "UNKNOWN[0]");
	assert_int_equal(record_type_by_nr(AUDIT_AVC)->class, RECORD_LSM);
	assert_int_equal(record_type_by_nr(1120)->class, RECORD_USER);
	assert_int_equal(record_type_by_nr(1203)->class, RECORD_DAEMON);
	assert_int_equal(record_type_by_nr(AUDIT_PATH)->class, RECORD_KERNEL);
}

static void fields_round_trip(void **state)
{
	static const uint32_t nrs[] = {
#define ABI_FIELD(nr, ...) nr,
#define ABI_FIELD_ALIAS(...)
#include "abi/fields.def"
#undef ABI_FIELD
#undef ABI_FIELD_ALIAS
	};
	size_t i, n_strings = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(nrs); i++) {
		const struct rule_field *field = rule_field_by_nr(nrs[i]);
		char name[32];

		assert_true(i == 0 || nrs[i] > nrs[i - 1]);
		assert_non_null(field);
		assert_true(field->kernel_ops && field->kernel_lists);
		/* auditctl never accepts a list that the kernel refuses */
		assert_int_equal(field->user_lists & ~field->kernel_lists, 0);
		n_strings += rule_field_is_string(nrs[i]);
		if (!field->name) {
			assert_int_equal(nrs[i], AUDIT_LOGINUID_SET);
			continue;
		}
		upper(name, field->name);
		assert_ptr_equal(rule_field_by_name(name), field);
	}
	assert_int_equal(n_strings, 10 + 3 + 1); /* labels; path, dir, exe; key */
	assert_int_equal(rule_field_by_name("loginuid")->nr, AUDIT_LOGINUID);
	assert_null(rule_field_by_name("loginuid_set"));
	assert_null(rule_field_by_name(""));
	assert_null(rule_field_by_nr(27));
	assert_int_equal(rule_field_by_nr(AUDIT_MSGTYPE)->kernel_lists,
		LIST_BIT(AUDIT_FILTER_USER) | LIST_BIT(AUDIT_FILTER_EXCLUDE));
	assert_int_equal(rule_field_by_nr(AUDIT_FSTYPE)->kernel_lists, LIST_BIT(AUDIT_FILTER_FS));
	assert_int_equal(rule_field_by_nr(AUDIT_WATCH)->kernel_ops, FIELD_OPS_EQUAL_ONLY);
	assert_int_equal(rule_field_by_nr(AUDIT_ARG2)->kernel_ops,
		FIELD_OPS_EQ | FIELD_OPS_ORDER | FIELD_OPS_BITS);
	assert_false(
		rule_field_by_nr(AUDIT_PERM)->kernel_lists & LIST_BIT(AUDIT_FILTER_URING_EXIT));
	assert_false(rule_field_by_nr(AUDIT_EUID)->user_lists & LIST_BIT(AUDIT_FILTER_EXCLUDE));
}

static void comparisons(void **state)
{
	uint32_t code;

	(void)state;
	for (code = 1; code <= AUDIT_MAX_FIELD_COMPARE; code++) {
		const struct field_compare *c = field_compare_by_code(code);

		assert_non_null(c);
		assert_int_equal(c->code, code);
		assert_ptr_equal(field_compare_by_fields(c->left, c->right), c);
		assert_ptr_equal(field_compare_by_fields(c->right, c->left), c);
	}
	assert_null(field_compare_by_code(0));
	assert_null(field_compare_by_code(AUDIT_MAX_FIELD_COMPARE + 1));
	assert_null(field_compare_by_fields(AUDIT_UID, AUDIT_GID));
	assert_null(field_compare_by_fields(AUDIT_UID, AUDIT_UID));
}

static void operators(void **state)
{
	static const uint32_t codes[] = { AUDIT_EQUAL, AUDIT_NOT_EQUAL, AUDIT_LESS_THAN,
		AUDIT_GREATER_THAN, AUDIT_LESS_THAN_OR_EQUAL, AUDIT_GREATER_THAN_OR_EQUAL,
		AUDIT_BIT_MASK, AUDIT_BIT_TEST };
	size_t i, len = 7;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		const char *symbol = op_symbol(codes[i]);

		assert_non_null(symbol);
		assert_int_equal(op_at(symbol, &len), codes[i]);
		assert_int_equal(len, strlen(symbol));
	}
	assert_int_equal(op_at("<=5", &len), AUDIT_LESS_THAN_OR_EQUAL);
	assert_int_equal(len, 2);
	assert_int_equal(op_at("&5", &len), AUDIT_BIT_MASK);
	assert_int_equal(len, 1);
	assert_int_equal(op_at("!", &len), 0);
	assert_int_equal(op_at("", &len), 0);
	assert_int_equal(len, 1);
	assert_null(op_symbol(0));
	assert_null(op_symbol(AUDIT_NEGATE));
}

static void lists_and_actions(void **state)
{
	(void)state;
	assert_int_equal(list_nr("user"), 0);
	assert_int_equal(list_nr("task"), 1);
	assert_int_equal(list_nr("exit"), 4);
	assert_int_equal(list_nr("exclude"), 5);
	assert_int_equal(list_nr("filesystem"), 6);
	assert_int_equal(list_nr("io_uring"), 7);
	assert_int_equal(list_nr("entry"), -1);
	assert_int_equal(list_nr("EXIT"), -1);
	assert_string_equal(list_name(7), "io_uring");
	assert_null(list_name(2));
	assert_int_equal(action_nr("always"), 2);
	assert_int_equal(action_nr("never"), 0);
	assert_int_equal(action_nr("possible"), -1);
	assert_string_equal(action_name(2), "always");
	assert_null(action_name(1));
}

static void every_errno(void **state)
{
	static const struct {
		int nr;
		const char *name;
	} rows[] = {
#define ABI_ERRNO(nr, name) { nr, #name },
#include "abi/errnos.def"
#undef ABI_ERRNO
	};
	bool named[134] = { false };
	size_t i;

	(void)state;
	assert_int_equal(ARRAY_SIZE(rows), 133);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char negative[32] = "-";

		assert_int_equal(errno_nr(rows[i].name), rows[i].nr);
		strcpy(negative + 1, rows[i].name);
		assert_int_equal(errno_nr(negative), -rows[i].nr);
		assert_in_range(rows[i].nr, 1, 133);
		named[rows[i].nr] = true;
		assert_non_null(errno_text(rows[i].nr));
	}
	for (i = 1; i < ARRAY_SIZE(named); i++) /* 41 and 58 are holes of Linux */
		assert_int_equal(named[i], i != 41 && i != 58);
	assert_string_equal(errno_name(11), "EAGAIN");
	assert_string_equal(errno_name(35), "EDEADLK");
	assert_int_equal(errno_nr("eacces"), 13);
	assert_int_equal(errno_nr("EWOULDBLOCK"), 11);
	assert_int_equal(errno_nr("EDEADLOCK"), 35);
	assert_int_equal(errno_nr("ENOTSUP"), 0);
	assert_int_equal(errno_nr("--EPERM"), 0);
	assert_int_equal(errno_nr(""), 0);
	assert_null(errno_name(0));
	assert_null(errno_name(-13));
	assert_null(errno_name(134));
	assert_string_equal(errno_text(ENOENT), "No such file or directory");
}

static void values(void **state)
{
	static const uint32_t modes[] = { S_IFREG, S_IFDIR, S_IFSOCK, S_IFLNK, S_IFCHR, S_IFBLK,
		S_IFIFO };
	size_t i;
	uint32_t op;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		assert_int_equal(filetype_mode(filetype_name(modes[i] | 0644)), modes[i]);
	assert_int_equal(filetype_mode("FIFO"), S_IFIFO);
	assert_int_equal(filetype_mode("pipe"), -1);
	assert_null(filetype_name(0644));
	assert_int_equal(fstype_magic("tracefs"), 0x74726163);
	assert_int_equal(fstype_magic("ext4"), -1);
	assert_string_equal(fstype_name(0x63677270), "cgroup2");
	assert_null(fstype_name(1));
	assert_string_equal(address_family_name(1), "local");
	assert_string_equal(address_family_name(10), "inet6");
	assert_null(address_family_name(0));
	for (i = 0; i <= 40; i++)
		assert_non_null(capability_name((unsigned)i));
	assert_string_equal(capability_name(21), "sys_admin");
	assert_null(capability_name(41));
	for (i = 0; i < 32; i++)
		assert_non_null(signal_name((int)i));
	assert_string_equal(signal_name(9), "SIGKILL");
	assert_string_equal(signal_name(30), "SIGPWR");
	assert_null(signal_name(-1));
	assert_null(signal_name(64));
	for (op = 0; uringop_name(op); op++)
		assert_int_equal(uringop_nr(uringop_name(op)), op);
	assert_int_equal(op, 63);
	assert_int_equal(uringop_nr("openat"), 18);
}

static void machines(void **state)
{
	static const char *const aliases[] = { "i486", "i586", "i686", "armeb", "armv5tejl",
		"armv5tel", "armv6l", "armv7l", "armv8l" };
	size_t i;

	(void)state;
	assert_int_equal(machine_by_name("x86_64")->elf, ABI_ARCH_X86_64);
	assert_int_equal(machine_by_name("I386")->elf, ABI_ARCH_I386);
	assert_int_equal(machine_by_name("riscv64")->elf, 0xc00000f3u);
	for (i = 0; i < ARRAY_SIZE(aliases); i++)
		assert_string_equal(machine_by_name(aliases[i])->name,
			i < 3 ? "i386" : (i < 8 ? "arm" : "aarch64"));
	assert_null(machine_by_name("b64"));
	assert_null(machine_by_name("i48"));
	assert_null(machine_by_name(""));
	assert_null(machine_by_name("i486 i586"));
	assert_string_equal(machine_by_elf(0xc00000b7u)->name, "aarch64");
	assert_null(machine_by_elf(1));
	assert_non_null(machine_by_elf(machine_native_elf()));
	assert_non_null(machine_by_elf(machine_native_compat_elf()));
}

/* Each name and number as ausyscall has them, and nothing else but what is newer than it. */
static void syscalls_as_ausyscall(void **state)
{
	static const char *const newer[] = { "uretprobe", "uprobe", "cachestat", "fchmodat2",
		"map_shadow_stack", "futex_wake", "futex_wait", "futex_requeue", "statmount",
		"listmount", "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "mseal",
		"setxattrat", "getxattrat", "listxattrat", "removexattrat", "open_tree_attr",
		"file_getattr", "file_setattr" };
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(arches); i++) {
		bool listed[1024] = { false };
		char path[512], name[64];
		int nr;
		FILE *f;

		snprintf(path, sizeof(path), "%s/abi/ausyscall-3.0.9-%s.tsv", TEST_DATA,
			machine_by_elf(arches[i])->name);
		f = fopen(path, "re");
		assert_non_null(f);
		while (fscanf(f, "%d %63s", &nr, name) == 2) {
			assert_in_range(nr, 0, 1023);
			listed[nr] = true;
			if (!syscall_name(arches[i], nr))
				fail_msg("%s: %d %s has no name", path, nr, name);
			assert_string_equal(syscall_name(arches[i], nr), name);
			assert_int_equal(syscall_nr(arches[i], name), nr);
			assert_string_equal(syscall_info(arches[i], nr)->name, name);
		}
		fclose(f);
		assert_true(listed[0] && listed[450]);
		for (nr = 0; nr < 1024; nr++) {
			const char *ours = syscall_name(arches[i], nr);

			if (!ours || listed[nr])
				continue;
			assert_int_equal(syscall_nr(arches[i], ours), nr);
			for (j = 0; j < ARRAY_SIZE(newer) && strcmp(newer[j], ours) != 0; j++)
				;
			if (j == ARRAY_SIZE(newer))
				fail_msg("%s: %d %s is not known to be newer", path, nr, ours);
		}
	}
}

static void syscall_names_and_numbers(void **state)
{
	(void)state;
	assert_int_equal(syscall_nr(ABI_ARCH_X86_64, "OpenAt"), 257);
	assert_int_equal(syscall_nr(ABI_ARCH_I386, "bind"), 361);
	assert_int_equal(syscall_nr(ABI_ARCH_X86_64, "pread64"), -1);
	assert_int_equal(syscall_nr(ABI_ARCH_X86_64, "umount"), -1);
	assert_int_equal(syscall_nr(ABI_ARCH_X86_64, ""), -1);
	assert_int_equal(syscall_nr(ABI_ARCH_X86_64, "file_setattr"), 469);
	assert_int_equal(syscall_nr(0xc00000f3u, "openat"), 56);
	assert_int_equal(syscall_nr(1, "openat"), -1);
	assert_null(syscall_name(ABI_ARCH_X86_64, -1));
	assert_null(syscall_name(ABI_ARCH_X86_64, 1024));
	assert_null(syscall_name(ABI_ARCH_X86_64, 0x40000000 + 1)); /* x32 */
	assert_null(syscall_name(ABI_ARCH_X86_64, INT64_MAX));
	assert_non_null(syscall_info(1, 0));
	assert_int_equal(syscall_info(1, 0)->flags, 0);
}

struct class_case {
	uint32_t arch, flag;
	int n;
	int nrs[40]; /* ascending */
};

/* Spec kernel 6.8; the 32-bit lists hold the same names with i386 numbers, and the 32-bit forms of chown and truncate. */
static void permission_classes(void **state)
{
	static const struct class_case cases[] = {
		{ ABI_ARCH_X86_64, SC_DIRS, 15,
			{ 82, 83, 84, 85, 86, 87, 88, 133, 258, 259, 263, 264, 265, 266, 316 } },
		{ ABI_ARCH_X86_64, SC_ATTR, 18,
			{ 86, 90, 91, 92, 93, 94, 188, 189, 190, 197, 198, 199, 260, 265, 268, 452,
				463, 466 } },
		{ ABI_ARCH_X86_64, SC_READ, 11,
			{ 89, 179, 191, 192, 193, 194, 195, 196, 267, 464, 465 } },
		{ ABI_ARCH_X86_64, SC_WRITE, 22,
			{ 49, 76, 77, 82, 83, 84, 85, 86, 87, 88, 133, 163, 167, 179, 258, 259, 263,
				264, 265, 266, 285, 316 } },
		{ ABI_ARCH_X86_64, SC_SIGNAL, 3, { 62, 200, 234 } },
		{ ABI_ARCH_I386, SC_DIRS, 15,
			{ 8, 9, 10, 14, 38, 39, 40, 83, 296, 297, 301, 302, 303, 304, 353 } },
		{ ABI_ARCH_I386, SC_ATTR, 21,
			{ 9, 15, 16, 94, 95, 182, 198, 207, 212, 226, 227, 228, 235, 236, 237, 298,
				303, 306, 452, 463, 466 } },
		{ ABI_ARCH_I386, SC_READ, 11,
			{ 85, 131, 229, 230, 231, 232, 233, 234, 305, 464, 465 } },
		{ ABI_ARCH_I386, SC_WRITE, 24,
			{ 8, 9, 10, 14, 38, 39, 40, 51, 83, 87, 92, 93, 131, 193, 194, 296, 297,
				301, 302, 303, 304, 324, 353, 361 } },
		{ ABI_ARCH_I386, SC_SIGNAL, 3, { 37, 238, 270 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int nr, n = 0;

		for (nr = 0; nr < 1024; nr++) {
			if (!syscall_in_class(cases[i].arch, nr, cases[i].flag))
				continue;
			assert_in_range(n, 0, cases[i].n - 1);
			assert_int_equal(nr, cases[i].nrs[n]);
			n++;
		}
		assert_int_equal(n, cases[i].n);
	}
}

/* Exactly one argument of that kind. */
static bool has_one(const struct syscall_info *info, enum arg_kind kind)
{
	int i, n = 0;

	for (i = 0; i < 6; i++)
		n += info->args[i] == kind;
	return n == 1;
}

/* Rows are sorted, exist on some architecture, and carry the arguments that their effect is about. */
static void syscall_rows_are_sound(void **state)
{
	static const struct syscall_info rows[] = {
#define ABI_SYSCALL(name, flags, effect, ...) { #name, flags, effect, { __VA_ARGS__ } },
#define ABI_SYSCALL_ON(...)
#include "abi/syscalls.def"
#undef ABI_SYSCALL
#undef ABI_SYSCALL_ON
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct syscall_info *row = &rows[i];
		bool exists = false, ok = true;

		assert_true(i == 0 || strcmp(rows[i - 1].name, row->name) < 0);
		for (j = 0; j < ARRAY_SIZE(arches); j++) {
			int nr = syscall_nr(arches[j], row->name);

			exists |= nr >= 0;
			if (nr >= 0)
				assert_int_equal(syscall_info(arches[j], nr)->flags, row->flags);
		}
		if (!exists)
			fail_msg("no arch has %s", row->name);
		switch (row->effect) {
		case EFFECT_NONE:
			ok = !has_one(row, ARG_PATH) && !has_one(row, ARG_PATH2);
			break;
		case EFFECT_MOUNT:
			ok = has_one(row, ARG_PATH2) && !has_one(row, ARG_PATH);
			break;
		case EFFECT_LOOKUP_BOTH:
		case EFFECT_MOVE_MOUNT:
		case EFFECT_RENAME:
		case EFFECT_LINK:
			ok = has_one(row, ARG_PATH) && has_one(row, ARG_PATH2);
			break;
		case EFFECT_SYMLINK:
			ok = has_one(row, ARG_TEXT) && has_one(row, ARG_PATH2);
			break;
		case EFFECT_OPEN:
			ok = has_one(row, ARG_PATH) &&
			     (has_one(row, ARG_OFLAGS) || has_one(row, ARG_HOW));
			break;
		case EFFECT_FD:
		case EFFECT_QUEUE:
			ok = has_one(row, ARG_FD);
			break;
		case EFFECT_BIND:
			ok = has_one(row, ARG_SOCKADDR) && has_one(row, ARG_SOCKADDR_LEN);
			break;
		case EFFECT_CONNECT:
			ok = has_one(row, ARG_MSGHDR) || has_one(row, ARG_SOCKADDR);
			break;
		case EFFECT_EXEC:
			ok = has_one(row, ARG_PATH) && has_one(row, ARG_ARGV) &&
			     has_one(row, ARG_ENVP);
			break;
		default:
			ok = has_one(row, ARG_PATH);
		}
		if (!ok)
			fail_msg("%s: arguments do not fit its effect", row->name);
	}
}

static void syscall_properties(void **state)
{
	const struct syscall_info *info;

	(void)state;
	info = syscall_info(ABI_ARCH_X86_64, 316);
	assert_string_equal(info->name, "renameat2");
	assert_int_equal(info->effect, EFFECT_RENAME);
	assert_int_equal(syscall_arg(info, ARG_DIRFD), 0);
	assert_int_equal(syscall_arg(info, ARG_PATH2), 3);
	assert_int_equal(syscall_arg(info, ARG_MODE), -1);
	info = syscall_info(ABI_ARCH_X86_64, syscall_nr(ABI_ARCH_X86_64, "fanotify_mark"));
	assert_int_equal(syscall_arg(info, ARG_PATH), 4);
	info = syscall_info(ABI_ARCH_I386, syscall_nr(ABI_ARCH_I386, "fanotify_mark"));
	assert_int_equal(syscall_arg(info, ARG_PATH), 5);
	assert_true(syscall_info(ABI_ARCH_I386, syscall_nr(ABI_ARCH_I386, "setresuid32"))->flags &
		    SC_IDS);
	assert_true(syscall_info(ABI_ARCH_X86_64, 231)->flags & SC_NORETURN);
	assert_true(syscall_info(ABI_ARCH_X86_64, 424)->flags & SC_SENDS_SIGNAL);
	/* A call without a row of its own still has its name. */
	assert_string_equal(syscall_info(ABI_ARCH_X86_64, 39)->name, "getpid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_types_round_trip),
		cmocka_unit_test(fields_round_trip),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(operators),
		cmocka_unit_test(lists_and_actions),
		cmocka_unit_test(every_errno),
		cmocka_unit_test(values),
		cmocka_unit_test(machines),
		cmocka_unit_test(syscalls_as_ausyscall),
		cmocka_unit_test(syscall_names_and_numbers),
		cmocka_unit_test(permission_classes),
		cmocka_unit_test(syscall_rows_are_sound),
		cmocka_unit_test(syscall_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
