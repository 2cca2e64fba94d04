// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <unistd.h>

#include "base/buf.h"
#include "own_call.h"

static void unfolding(void **state)
{
	uint32_t *words = low_page();
	uint64_t at = (uintptr_t)words;
	const struct {
		const char *name; /* NULL: stays as it is */
		uint64_t from[6], to[5];
	} rows[] = {
		{ "semop", { 1, 10, 20, 30, 40, 50 }, { 10, 40, 20 } },
		{ "semget", { 2, 10, 20, 30, 40, 50 }, { 10, 20, 30 } },
		{ "semctl", { 3, 10, 20, 30, at, 50 }, { 10, 20, 30, 0x111 } },
		{ NULL, { 3, 10, 20, 30, 0, 50 }, { 3, 10, 20, 30, 0 } },
		{ NULL, { 3, 10, 20, 30, 8, 50 }, { 3, 10, 20, 30, 8 } },
		{ "semtimedop", { 4, 10, 20, 30, 40, 50 }, { 10, 40, 20, 50 } },
		{ "msgsnd", { 11, 10, 20, 30, 40, 50 }, { 10, 40, 20, 30 } },
		{ "msgrcv", { 12 | 1 << 16, 10, 20, 30, 40, 50 }, { 10, 40, 20, 50, 30 } },
		{ "msgrcv", { 12, 10, 20, 30, at, 50 }, { 10, 0x111, 20, 0x222, 30 } },
		{ NULL, { 12, 10, 20, 30, 0, 50 }, { 12, 10, 20, 30, 0 } },
		{ "msgget", { 13, 10, 20, 30, 40, 50 }, { 10, 20 } },
		{ "msgctl", { 14, 10, 20, 30, 40, 50 }, { 10, 20, 40 } },
		{ "shmat", { 21, 10, 20, 30, 40, 50 }, { 10, 40, 20 } },
		{ NULL, { 21 | 1 << 16, 10, 20, 30, 40, 50 }, { 21 | 1 << 16, 10, 20, 30, 40 } },
		{ "shmdt", { 22, 10, 20, 30, 40, 50 }, { 40 } },
		{ "shmget", { 23, 10, 20, 30, 40, 50 }, { 10, 20, 30 } },
		{ "shmctl", { 24, 10, 20, 30, 40, 50 }, { 10, 20, 40 } },
		{ NULL, { 0, 10, 20, 30, 40, 50 }, { 0, 10, 20, 30, 40 } },
		{ NULL, { 25, 10, 20, 30, 40, 50 }, { 25, 10, 20, 30, 40 } },
		{ NULL, { 0xffff, 10, 20, 30, 40, 50 }, { 0xffff, 10, 20, 30, 40 } },
	};

	(void)state;
	words[0] = 0x111;
	words[1] = 0x222;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(ABI_ARCH_I386, "ipc", rows[i].from);

		sysv_unfold_ipc(&call);
		assert_string_equal(call.info->name, rows[i].name ? rows[i].name : "ipc");
		assert_int_equal(call.sysv.is_unfolded, rows[i].name != NULL);
		assert_memory_equal(call.args, rows[i].to, sizeof(rows[i].to));
		assert_memory_equal(call.regs.args, rows[i].from, sizeof(rows[i].from));
	}
	low_page_free(words);
}

/* What the event of the call would say of an object: *ret filled, or false. */
static bool said(struct call *call, int64_t ret, struct evt_ipc *ret_ipc)
{
	int procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct buf out = BUF_NULL;
	struct event ev;
	bool is_said;

	sysv_entry(call, procfd);
	own_event(&ev, &out, call, ret, sysv_exit);
	is_said = ev.specials != 0;
	*ret_ipc = ev.ipc;
	event_deinit(&ev);
	buf_deinit(&out);
	close(procfd);
	return is_said;
}

static int queue = -1;

/* Behind a test that failed as well. */
static int remove_queue(void **state)
{
	(void)state;
	if (queue >= 0)
		msgctl(queue, IPC_RMID, NULL);
	queue = -1;
	return 0;
}

static void refusals(void **state)
{
	int id = queue = msgget(IPC_PRIVATE, 0240);
	char text[64] = { 0 };
	uint64_t q = (uint64_t)id, at = (uintptr_t)text;
	const struct {
		const char *name;
		uint64_t args[6];
		int64_t ret;
		bool is_said;
	} rows[] = {
		{ "msgsnd", { q, at, 5 }, 0, true },
		{ "msgsnd", { q, at, 5 }, -EACCES, true },
		{ "msgsnd", { q, at, 5 }, -EAGAIN, true },
		{ "msgsnd", { q, at, 5 }, -EFAULT, false },
		{ "msgsnd", { q, at, 5 }, -EINVAL, false },
		{ "msgsnd", { q, at, 5 }, -512, true },
		{ "msgsnd", { 0x7fffffff, at, 5 }, -EINVAL, false },
		{ "msgrcv", { q, at, 5 }, 5, true },
		{ "msgrcv", { q, at, 5 }, -EFAULT, true },
		{ "msgrcv", { q, at, 5, 0, MSG_COPY | IPC_NOWAIT }, -EFAULT, true },
		{ "msgrcv", { q, 8, 5, 0, MSG_COPY | IPC_NOWAIT }, -EFAULT, false },
		{ "msgctl", { q, IPC_STAT, at }, 0, true },
		{ "msgctl", { q, IPC_INFO, at }, 0, false },
		{ "msgctl", { q, IPC_SET, 8 }, -EFAULT, false },
		{ "msgctl", { q, IPC_STAT | 0x100, at }, -EINVAL, false },
		{ "msgget", { IPC_PRIVATE, 0 }, id, false },
		{ "getpid", { q, at, 5 }, 0, false },
	};

	(void)state;
	if (id < 0) {
		print_message("no queue can be made here: %s\n", strerror(errno));
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(ABI_ARCH_X86_64, rows[i].name, rows[i].args);
		struct evt_ipc ipc;

		if (said(&call, rows[i].ret, &ipc) != rows[i].is_said)
			fail_msg("row %zu: %s", i, rows[i].name);
		if (rows[i].is_said)
			assert_int_equal(ipc.mode, 0240);
	}
}

/* A 32-bit program says by IPC_64 which structure it passes, but only through the multiplexer. */
static void versions(void **state)
{
	unsigned char *bytes = low_page();
	uint64_t at = (uintptr_t)bytes;
	int id = queue = msgget(IPC_PRIVATE, 0600);
	const struct {
		uint64_t nr, args[6];
		bool is_said;
		uint32_t uid;
	} rows[] = {
		{ 117, { 14, (uint64_t)id, IPC_SET | 0x100, 0, at }, true, 0x07060504 },
		{ 117, { 14, (uint64_t)id, IPC_SET, 0, at }, true, 0x0504 },
		{ 402, { (uint64_t)id, IPC_SET, at }, true, 0x07060504 },
		{ 402, { (uint64_t)id, IPC_SET | 0x100, at }, true, 0x07060504 },
		{ 402, { (uint64_t)id, IPC_SET | 0x200, at }, false, 0 },
	};

	(void)state;
	if (id < 0)
		skip();
	for (size_t i = 0; i < 256; i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call_nr(ABI_ARCH_I386, rows[i].nr, rows[i].args);
		struct evt_ipc ipc;

		sysv_unfold_ipc(&call);
		assert_int_equal(said(&call, 0, &ipc), rows[i].is_said);
		if (rows[i].is_said)
			assert_int_equal(ipc.perm_uid, rows[i].uid);
	}
	low_page_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unfolding),
		cmocka_unit_test_teardown(refusals, remove_queue),
		cmocka_unit_test_teardown(versions, remove_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
