// SPDX-License-Identifier: MIT
/* Ring records taken apart: who did it, what is beside names, and records that are wrong. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raw_builder.h"

static void raw_assert_kernel_record(
	const struct raw_builder *b, size_t i, uint32_t type, const char *text)
{
	const struct evt_kernel_record *record;

	assert_true(i < b->ev.n_asides);
	assert_int_equal(b->ev.asides[i].type, EVT_ITEM_KERNEL_RECORD);
	record = b->ev.asides[i].data;
	assert_int_equal(record->type, type);
	assert_int_equal(b->ev.asides[i].len, sizeof(*record) + strlen(text));
	assert_memory_equal(record + 1, text, strlen(text));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, raw_setup, raw_teardown)

static void test_task(void **state)
{
	struct raw_builder *b = *state;
	const struct evt_exe exe = { .ino = 77, .dev_major = 0xfe << 20 | 3 };
	const uint32_t groups[2] = { 5, 4000000000u };

	raw_call(b, "getppid", 3);
	raw_item(b, CAP_ITEM_EXE, 0, &exe, sizeof(exe), "demo\0bin", 9);
	raw_item(b, EVT_ITEM_TTY, 0, NULL, 0, "pts3", 4);
	raw_item(b, CAP_ITEM_TITLE, 0, NULL, 0, "demo\0-x", 8);
	RAW_STRUCT(b, EVT_ITEM_GROUPS, groups);
	RAW_CWD(b, "srv");
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.ret, 3);
	raw_assert_view(b->ev.exe, "/bin/demo");
	assert_int_equal(b->ev.exe_inode.ino, 77);
	assert_int_equal(b->ev.exe_inode.dev_major, 0xfe);
	assert_int_equal(b->ev.exe_inode.dev_minor, 3);
	raw_assert_view(b->ev.tty, "pts3");
	assert_int_equal(b->ev.proctitle.len, 8);
	assert_int_equal(b->ev.n_groups, 2);
	assert_int_equal(b->ev.groups[1], 4000000000u);
	/* without a name nobody asks where the task is */
	assert_null(b->ev.cwd.p);
}

/* One that the program wrote itself ends at its NUL, wherever the area ends. */
static void test_own_title(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "getppid", 3);
	raw_item(b, CAP_ITEM_TITLE, CAP_F_AFTER, NULL, 0, "worker 1\0rest", 14);
	assert_int_equal(raw_assemble(b), 0);
	raw_assert_view(b->ev.proctitle, "worker 1");
}

static void test_address(void **state)
{
	struct raw_builder *b = *state;
	static const char address[16] = "\2\0\0\120\177\0\0\1";
	static const struct {
		const char *name;
		int64_t ret;
		bool is_kept;
	} rows[] = {
		{ "connect", 0, true },
		{ "connect", -ECONNREFUSED, true },
		{ "connect", -EBADF, false },
		{ "connect", -ENOTSOCK, true },
		{ "bind", -ENOTSOCK, false },
		{ "accept", 4, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		raw_call(b, rows[i].name, rows[i].ret);
		raw_item(b, EVT_ITEM_SOCKADDR, 0, NULL, 0, "\1\0/first", 8);
		raw_item(b, EVT_ITEM_SOCKADDR, 0, NULL, 0, address, sizeof(address));
		assert_int_equal(raw_assemble(b), 0);
		assert_int_equal(b->ev.sockaddr.p != NULL, rows[i].is_kept);
		if (rows[i].is_kept)
			assert_memory_equal(b->ev.sockaddr.p, address, sizeof(address));
	}
}

static void test_socketcall(void **state)
{
	struct raw_builder *b = *state;
	const uint64_t words[3] = { 3, 0xffffd000, 16 };

	raw_begin(b, EVT_SYSCALL, (int32_t)syscall_nr(ABI_ARCH_I386, "socketcall"), -ENOENT);
	raw_header(b)->arch = ABI_ARCH_I386;
	raw_header(b)->args[0] = 3; /* connect */
	RAW_STRUCT(b, EVT_ITEM_SOCKETCALL, words);
	raw_item(b, EVT_ITEM_SOCKADDR, 0, NULL, 0, "\1\0/no such socket", 18);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_socketcall, 3);
	assert_int_equal(b->ev.socketcall[1], 0xffffd000);
	/* what is behind it names a file */
	assert_int_equal(b->ev.n_paths, 1);
	raw_assert_view(b->ev.paths[0].name, "/no such socket");
	assert_int_equal(b->ev.paths[0].f.nametype, EVT_NAME_UNKNOWN);
}

static void test_pairs_and_times(void **state)
{
	struct raw_builder *b = *state;
	const int32_t pair[2] = { 3, 4 };
	const struct cap_times times = { .entered = 5000, .left = 7500 };
	const struct evt_mmap mmap = { .fd = 3, .flags = 2 };

	raw_call(b, "pipe2", 0);
	RAW_STRUCT(b, EVT_ITEM_FD_PAIR, pair);
	RAW_STRUCT(b, CAP_ITEM_TIMES, times);
	assert_int_equal(raw_assemble(b), 0);
	assert_true(b->ev.has_fd_pair);
	assert_int_equal(b->ev.fd_pair[1], 4);
	assert_true(b->ev.has_times);
	assert_true(b->ev.times.has_duration);
	assert_int_equal(b->ev.times.duration_nsec, 2500);

	raw_call(b, "mmap", 0x1000);
	RAW_STRUCT(b, EVT_ITEM_MMAP, mmap);
	assert_int_equal(raw_assemble(b), 0);
	assert_false(b->ev.has_fd_pair);
	assert_int_equal(b->ev.mmap.fd, 3);
}

static void test_targets(void **state)
{
	struct raw_builder *b = *state;
	const struct evt_obj_pid target = {
		.pid = 12, .auid = 1, .uid = 2, .ses = 3, .comm = "it"
	};

	raw_call(b, "kill", 0);
	RAW_STRUCT(b, EVT_ITEM_OBJ_PID, target);
	RAW_STRUCT(b, EVT_ITEM_OBJ_PID, target);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_obj_pids, 2);
	assert_string_equal(b->ev.obj_pids[1].comm, "it");
	raw_call(b, "kill", -EINVAL);
	RAW_STRUCT(b, EVT_ITEM_OBJ_PID, target);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_obj_pids, 0);
}

static void test_queue(void **state)
{
	struct raw_builder *b = *state;
	const struct cap_arg arg = { .arg = 4, .kind = ARG_NONE, .pointer = 0x2000 };
	const int64_t timeout[2] = { 5, 6 };

	raw_call(b, "mq_timedsend", -EAGAIN);
	memcpy(raw_header(b)->args, (const uint64_t[]){ 3, 0x1000, 10, 1, 0x2000 },
		5 * sizeof(uint64_t));
	raw_item(b, CAP_ITEM_ARG, 0, &arg, sizeof(arg), timeout, sizeof(timeout));
	assert_int_equal(raw_assemble(b), 0);

	assert_int_equal(b->ev.mq_sendrecv.msg_len, 10);
	assert_int_equal(b->ev.mq_sendrecv.timeout_sec, 5);
}

static void test_tasks(void **state)
{
	struct raw_builder *b = *state;

	raw_begin(b, EVT_TASK_NEW, 0, 0);
	raw_header(b)->ppid = 100;
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.kind, EVT_TASK_NEW);
	assert_int_equal(b->ev.h.ppid, 100);
	raw_begin(b, EVT_TASK_FREE, 0, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.kind, EVT_TASK_FREE);
}

static void test_abend(void **state)
{
	struct raw_builder *b = *state;
	const uint64_t sig = 11;

	raw_begin(b, EVT_ASIDE, 0, 0);
	RAW_STRUCT(b, EVT_ITEM_ANOM_ABEND, sig);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.kind, EVT_ASIDE);
	assert_int_equal(b->ev.n_asides, 1);
	assert_int_equal(b->ev.asides[0].type, EVT_ITEM_ANOM_ABEND);
	assert_int_equal(*(const uint64_t *)b->ev.asides[0].data, 11);
}

#define DENIED "apparmor=\"DENIED\" name=\"/x\""

/* What the kernel wrote by itself: its text, and alone its time as well. */
static void test_kernel_record(void **state)
{
	struct raw_builder *b = *state;
	const struct cap_kernel_record record = { .type = 1400 };
	static const char text[] = "audit(1700000000.123:77): " DENIED;

	raw_begin(b, EVT_ASIDE, 0, 0);
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &record, sizeof(record), text, strlen(text));
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.time_sec, 1700000000);
	assert_int_equal(b->ev.h.time_nsec, 123000000);
	raw_assert_kernel_record(b, 0, 1400, DENIED);

	raw_call(b, "openat", -EACCES);
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &record, sizeof(record), text, strlen(text));
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &record, sizeof(record), "a\nb\0c", 5);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_not_equal(b->ev.h.time_sec, 1700000000);
	assert_int_equal(b->ev.n_asides, 2);
	raw_assert_kernel_record(b, 0, 1400, DENIED);
	raw_assert_kernel_record(b, 1, 1400, "a?b");
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, 0);
}

static void test_bad_kernel_records(void **state)
{
	struct raw_builder *b = *state;
	const struct cap_kernel_record other = { .type = 1300 };
	const struct cap_kernel_record cut = { .type = 1400, .flags = CAP_F_CUT };
	const struct cap_kernel_record gone = { .type = 1400, .flags = CAP_F_CHUNKS, .nr = 9 };

	raw_begin(b, EVT_ASIDE, 0, 0);
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &other, sizeof(other), "a=1", 3);
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &other, sizeof(other) - 1, NULL, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 0);

	raw_begin(b, EVT_ASIDE, 0, 0);
	raw_item(b, CAP_ITEM_KERNEL_RECORD, 0, &cut, sizeof(cut), "audit(1.2:3): a=", 16);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, EVT_F_TRUNCATED);
	raw_assert_kernel_record(b, 0, 1400, "a=");

	raw_call(b, "openat", -EACCES);
	RAW_STRUCT(b, CAP_ITEM_KERNEL_RECORD, gone);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_TRUNCATED, EVT_F_TRUNCATED);
}

/* Facts that become records of their own; what says nothing that there is is left out. */
static void test_facts_aside(void **state)
{
	struct raw_builder *b = *state;
	const struct evt_bpf load = { 7, EVT_BPF_LOAD }, nonsense = { 7, _EVT_BPF_MAX };
	const struct evt_event_listener joins = { .group = 1, .is_connect = 1, .res = 1 };
	const struct evt_anom_promiscuous listens = { .device = "eth0", .is_now = 1 };
	const struct evt_anom_promiscuous nameless = { .is_now = 1 };

	for (int i = 0; i < 2; i++) {
		if (i == 0)
			raw_begin(b, EVT_ASIDE, 0, 0);
		else
			raw_call(b, "bpf", 3);
		RAW_STRUCT(b, EVT_ITEM_BPF, load);
		RAW_STRUCT(b, EVT_ITEM_BPF, nonsense);
		RAW_STRUCT(b, EVT_ITEM_EVENT_LISTENER, joins);
		RAW_STRUCT(b, EVT_ITEM_ANOM_PROMISCUOUS, listens);
		RAW_STRUCT(b, EVT_ITEM_ANOM_PROMISCUOUS, nameless);
		assert_int_equal(raw_assemble(b), 0);
		assert_int_equal(b->ev.n_asides, 3);
		assert_int_equal(b->ev.asides[0].type, EVT_ITEM_BPF);
		assert_memory_equal(b->ev.asides[0].data, &load, sizeof(load));
		assert_memory_equal(b->ev.asides[1].data, &joins, sizeof(joins));
		assert_memory_equal(b->ev.asides[2].data, &listens, sizeof(listens));
	}
}

/* The last name counts; one that is passed to be removed only if the kernel came to copy it. */
static void test_modules(void **state)
{
	struct raw_builder *b = *state;
	static const int64_t unseen[] = { -EPERM, -EFAULT };
	const uint32_t head[2] = { 1, 0 };
	char long_name[80];

	raw_call(b, "finit_module", 0);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), "?", 1);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), "dummy", 5);
	assert_int_equal(raw_assemble(b), 0);
	raw_assert_view(b->ev.module, "dummy");

	memset(long_name, 'm', sizeof(long_name));
	raw_call(b, "init_module", -ENOEXEC);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), long_name, sizeof(long_name));
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.module.len, 55);

	for (size_t i = 0; i < 2; i++) {
		raw_call(b, "delete_module", unseen[i]);
		raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), "dummy", 5);
		assert_int_equal(raw_assemble(b), 0);
		assert_null(b->ev.module.p);
	}
	raw_call(b, "delete_module", -ENOENT);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), "dummy", 5);
	assert_int_equal(raw_assemble(b), 0);
	raw_assert_view(b->ev.module, "dummy");
	raw_call(b, "delete_module", -ENOENT);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), long_name, 56);
	assert_int_equal(raw_assemble(b), 0);
	assert_null(b->ev.module.p);
	raw_call(b, "delete_module", -ENOENT);
	raw_item(b, EVT_ITEM_KERN_MODULE, 0, head, sizeof(head), "", 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_null(b->ev.module.p);
}

static void test_clock(void **state)
{
	struct raw_builder *b = *state;
	const int64_t back = -5249999000;
	const struct evt_ntp freq = { .op = EVT_NTP_FREQ, .old = 1, .now = -2 };
	const struct evt_ntp nonsense = { .op = _EVT_NTP_MAX };

	raw_call(b, "adjtimex", 0);
	RAW_STRUCT(b, CAP_ITEM_CLOCK, back);
	RAW_STRUCT(b, EVT_ITEM_NTP, nonsense);
	for (int i = 0; i < 2 * _EVT_NTP_MAX; i++)
		RAW_STRUCT(b, EVT_ITEM_NTP, freq);
	assert_int_equal(raw_assemble(b), 0);
	assert_true(b->ev.has_time_offset);
	assert_int_equal(b->ev.time_offset.sec, -6);
	assert_int_equal(b->ev.time_offset.nsec, 750001000);
	assert_int_equal(b->ev.n_ntp, _EVT_NTP_MAX);
	assert_int_equal(b->ev.ntp[0].now, -2);
}

/* A login uid: what it is then, or what it should have been. */
static void test_login(void **state)
{
	struct raw_builder *b = *state;
	struct cap_login login = {
		.old_auid = 5, .old_ses = 6, .auid = 1000, .ses = 7, .is_own = 1
	};
	const struct cap_arg arg = { .arg = 1, .kind = ARG_NONE, .pointer = 0x2000 };
	const struct evt_login *item;

	raw_call(b, "write", 4);
	RAW_STRUCT(b, CAP_ITEM_LOGIN, login);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 1);
	item = b->ev.asides[0].data;
	assert_int_equal(item->auid, 1000);
	assert_int_equal(item->res, 1);

	raw_call(b, "write", -EPERM);
	RAW_STRUCT(b, CAP_ITEM_LOGIN, login);
	raw_item(b, CAP_ITEM_ARG, 0, &arg, sizeof(arg), "42\n", 3);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 1);
	item = b->ev.asides[0].data;
	assert_int_equal(item->auid, 42);
	assert_int_equal(item->ses, UINT32_MAX);
	assert_int_equal(item->res, 0);

	raw_call(b, "write", -EPERM);
	RAW_STRUCT(b, CAP_ITEM_LOGIN, login);
	raw_item(b, CAP_ITEM_ARG, 0, &arg, sizeof(arg), "x", 1);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->ev.n_asides, 0);
}

/* What has no name any more is shown so. */
static void test_deleted(void **state)
{
	struct raw_builder *b = *state;
	const struct evt_exe exe = { .ino = 77 };

	raw_call(b, "getppid", 3);
	raw_item(b, CAP_ITEM_EXE, CAP_F_DELETED, &exe, sizeof(exe), "demo\0bin", 9);
	assert_int_equal(raw_assemble(b), 0);
	raw_assert_view(b->ev.exe, "/bin/demo (deleted)");
}

/* A call that never returned says nothing of what it would have done. */
static void test_never_returned(void **state)
{
	struct raw_builder *b = *state;

	raw_call(b, "openat", 0);
	raw_header(b)->flags = 0;
	raw_string(b, 1, ARG_PATH, 0, "/etc");
	raw_becomes(b, 0);
	assert_int_equal(b->ev.h.flags & EVT_F_RETURNED, 0);
}

/* ---- what is wrong ---- */

static void test_lengths(void **state)
{
	struct raw_builder *b = *state;
	struct evt_item *item;

	raw_call(b, "openat", 3);
	raw_string(b, 1, ARG_PATH, 0, "/etc/fstab");
	assert_int_equal(raw_assemble(b), 0);
	/* cut anywhere: never more than what is there */
	for (size_t len = 0; len < b->len; len++) {
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, b->record, len);
		buf_clear(&b->out);
		assert_int_equal(assemble(b->assembler, copy, len, &b->out), -EBADMSG);
		if (len >= sizeof(struct evt_hdr)) {
			((struct evt_hdr *)(void *)copy)->len = (uint32_t)len;
			buf_clear(&b->out);
			(void)assemble(b->assembler, copy, len, &b->out);
		}
		free(copy);
	}
	item = (struct evt_item *)(void *)(b->record + sizeof(struct evt_hdr));
	item->len = UINT32_MAX;
	assert_int_equal(raw_assemble(b), -EBADMSG);
	raw_header(b)->version = EVT_VERSION + 1;
	assert_int_equal(raw_assemble(b), -EBADMSG);
}

/* Each kind of item, with too few bytes for what it should hold. */
static void test_short_items(void **state)
{
	struct raw_builder *b = *state;
	static const char bytes[128];
	static const char *const names[] = { "openat", "execve", "connect", "rename", "kill",
		"fchmod", "mq_open", "chdir", "socketcall" };

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		for (size_t len = 0; len < sizeof(bytes); len++) {
			raw_call(b, names[n], 0);
			for (uint16_t type = 0; type < 64; type++) {
				raw_item(b, type, 0, NULL, 0, bytes, len);
				raw_item(b, CAP_ITEM_ORIGIN + type, 0, NULL, 0, bytes, len);
				if (b->len > sizeof(b->record) - 600)
					break;
			}
			assert_int_equal(raw_assemble(b), 0);
		}
}

static void test_unknown_kind(void **state)
{
	struct raw_builder *b = *state;

	raw_begin(b, 0x1234, 0, 0);
	assert_int_equal(raw_assemble(b), 0);
	assert_int_equal(b->out.len, 0);
	/* a chunk without one */
	raw_begin(b, CAP_KIND_CHUNK, 0, 0);
	assert_int_equal(raw_assemble(b), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_task),
		CASE(test_own_title),
		CASE(test_address),
		CASE(test_socketcall),
		CASE(test_pairs_and_times),
		CASE(test_targets),
		CASE(test_queue),
		CASE(test_tasks),
		CASE(test_abend),
		CASE(test_kernel_record),
		CASE(test_bad_kernel_records),
		CASE(test_facts_aside),
		CASE(test_modules),
		CASE(test_clock),
		CASE(test_login),
		CASE(test_deleted),
		CASE(test_never_returned),
		CASE(test_lengths),
		CASE(test_short_items),
		CASE(test_unknown_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
