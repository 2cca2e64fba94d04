// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>

#include "base/buf.h"
#include "own_call.h"

static void put(struct call *call, int64_t ret, struct event_writer *w)
{
	mq_exit(call, ret, w);
}

/* The specials that the call's event has, 0 for none; *ret without what it borrows. */
static uint64_t record_of(struct event *ret, struct call *call, int64_t value)
{
	struct buf out = BUF_NULL;
	struct event ev;

	mq_entry(call);
	own_event(&ev, &out, call, value, put);
	*ret = ev;
	event_deinit(&ev);
	buf_deinit(&out);
	return ret->specials;
}

static void opening(void **state)
{
	int64_t *words = low_page();
	uint64_t at = (uintptr_t)words;
	const struct {
		uint32_t arch;
		uint64_t args[6];
		bool is_said;
		int64_t flags, maxmsg, msgsize, curmsgs;
	} rows[] = {
		{ ABI_ARCH_X86_64, { 1, O_RDONLY, 0600, 0 }, true },
		{ ABI_ARCH_X86_64, { 1, O_RDONLY, 0600, at }, true, -1, INT64_C(2) << 32 | 3, 4,
			5 },
		{ ABI_ARCH_X86_64, { 1, O_CREAT, 0x50000 | 0600, at }, true, -1,
			INT64_C(2) << 32 | 3, 4, 5 },
		{ ABI_ARCH_X86_64, { 1, O_CREAT, 0600, at + 4096 - 63 }, false },
		{ ABI_ARCH_I386, { 1, O_RDONLY, 0600, 8 }, true },
		{ ABI_ARCH_I386, { 1, O_CREAT, 0600, at }, true, -1, -1, 3, 2 },
		{ ABI_ARCH_I386, { 1, O_CREAT, 0600, at + 4096 - 31 }, false },
	};

	(void)state;
	words[0] = -1;
	words[1] = INT64_C(2) << 32 | 3;
	words[2] = 4;
	words[3] = 5;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(rows[i].arch, "mq_open", rows[i].args);
		struct event ev;

		/* whatever it answers */
		assert_int_equal(record_of(&ev, &call, -ENOENT),
			rows[i].is_said ? EVENT_ITEM_BIT(EVT_ITEM_MQ_OPEN) : 0);
		if (!rows[i].is_said)
			continue;
		assert_int_equal(ev.mq_open.oflag, rows[i].args[1]);
		assert_int_equal(ev.mq_open.mode, 0600);
		assert_true(ev.mq_open.attr.flags == rows[i].flags);
		assert_true(ev.mq_open.attr.maxmsg == rows[i].maxmsg);
		assert_true(ev.mq_open.attr.msgsize == rows[i].msgsize);
		assert_true(ev.mq_open.attr.curmsgs == rows[i].curmsgs);
	}
	low_page_free(words);
}

static void transfers(void **state)
{
	int32_t *words = low_page();
	uint64_t at = (uintptr_t)words;
	/* words: 1, 5, 7, 9: a time of 32 bits, and one of 64 that is no time */
	const uint64_t time32 = at, no_time = at, time64 = at + 32, late = at + 64;
	const struct {
		uint32_t arch;
		const char *name;
		uint64_t args[6];
		bool is_said;
		uint32_t prio;
		int64_t sec, nsec;
	} rows[] = {
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 32767, 0 }, true, 32767, 0, 0 },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 32768, 0 }, false },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, UINT64_C(1) << 32, 0 }, true, 0, 0,
			0 },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 1, time64 }, true, 1, 3, 4 },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 1, no_time }, false },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 1, late }, false },
		{ ABI_ARCH_X86_64, "mq_timedsend", { 3, 1, 5, 1, 8 }, false },
		{ ABI_ARCH_X86_64, "mq_timedreceive", { 3, 1, 5, 99999, time64 }, true, 0, 3, 4 },
		{ ABI_ARCH_I386, "mq_timedsend", { 3, 1, 5, 1, time32 }, true, 1, 1, 5 },
		{ ABI_ARCH_I386, "mq_timedsend_time64", { 3, 1, 5, 1, time64 }, true, 1, 3, 4 },
		{ ABI_ARCH_I386, "mq_timedreceive_time64", { 3, 1, 5, 1, late }, true, 0, 3, 4 },
	};

	(void)state;
	words[0] = 1;
	words[1] = 5;
	words[2] = 7;
	words[3] = 9;
	words[8] = words[16] = 3;
	words[10] = words[18] = 4;
	words[19] = 1; /* the upper half of the nanoseconds */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(rows[i].arch, rows[i].name, rows[i].args);
		struct event ev;

		if (record_of(&ev, &call, -EBADF) !=
			(rows[i].is_said ? EVENT_ITEM_BIT(EVT_ITEM_MQ_SENDRECV) : 0))
			fail_msg("row %zu", i);
		if (!rows[i].is_said)
			continue;
		assert_int_equal(ev.mq_sendrecv.mqdes, 3);
		assert_int_equal(ev.mq_sendrecv.msg_len, 5);
		assert_int_equal(ev.mq_sendrecv.msg_prio, rows[i].prio);
		assert_true(ev.mq_sendrecv.timeout_sec == rows[i].sec);
		assert_true(ev.mq_sendrecv.timeout_nsec == rows[i].nsec);
	}
	low_page_free(words);
}

static void notifications(void **state)
{
	int32_t *words = low_page();
	uint64_t at = (uintptr_t)words;
	const struct {
		uint32_t arch;
		uint64_t args[6];
		bool is_said;
		int32_t signo;
	} rows[] = {
		{ ABI_ARCH_X86_64, { 3, 0 }, true, 0 },
		{ ABI_ARCH_X86_64, { 3, at }, true, 12 },
		{ ABI_ARCH_X86_64, { 3, at + 4096 - 63 }, false },
		{ ABI_ARCH_I386, { 3, at }, true, 11 },
		{ ABI_ARCH_I386, { 3, at + 4096 - 16 }, true, 0 },
		{ ABI_ARCH_I386, { 3, at + 4096 - 15 }, false },
	};

	(void)state;
	words[1] = 11;
	words[2] = 12;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(rows[i].arch, "mq_notify", rows[i].args);
		struct event ev;

		assert_int_equal(record_of(&ev, &call, 0),
			rows[i].is_said ? EVENT_ITEM_BIT(EVT_ITEM_MQ_NOTIFY) : 0);
		if (rows[i].is_said)
			assert_int_equal(ev.mq_notify.signo, rows[i].signo);
	}
	low_page_free(words);
}

static void attributes(void **state)
{
	int64_t words[8] = { O_NONBLOCK, 2, 3, 4 };
	uint64_t at = (uintptr_t)words;
	const struct {
		uint64_t args[6];
		int64_t ret;
		bool is_said;
	} rows[] = {
		{ { 3, at, 0 }, 0, true },
		{ { 3, at, 8 }, -EFAULT, true },
		{ { 3, 8, 0 }, -EFAULT, false },
		{ { 3, at, 0 }, -EBADF, false },
		{ { 3, at, 0 }, -EINVAL, false },
		{ { 3, 0, at }, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call call = own_call(ABI_ARCH_X86_64, "mq_getsetattr", rows[i].args);
		struct event ev;

		assert_int_equal(record_of(&ev, &call, rows[i].ret),
			rows[i].is_said ? EVENT_ITEM_BIT(EVT_ITEM_MQ_GETSETATTR) : 0);
		if (rows[i].is_said)
			assert_int_equal(ev.mq_getsetattr.attr.msgsize, 3);
	}
}

static void other_calls(void **state)
{
	const uint64_t args[6] = { 3, 0 };
	struct call call = own_call(ABI_ARCH_X86_64, "mq_unlink", args);
	struct event ev;

	(void)state;
	assert_int_equal(record_of(&ev, &call, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening),
		cmocka_unit_test(transfers),
		cmocka_unit_test(notifications),
		cmocka_unit_test(attributes),
		cmocka_unit_test(other_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
