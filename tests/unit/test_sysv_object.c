// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include "source/ptrace/sysv_object.h"

static int made[_SYSV_KIND_MAX] = { -1, -1, -1 };

static int make(enum sysv_kind kind, int key, int flags)
{
	switch (kind) {
	case SYSV_MSG:
		return msgget(key, flags);
	case SYSV_SEM:
		return semget(key, 1, flags);
	case SYSV_SHM:
		return shmget(key, 1, flags);
	case _SYSV_KIND_MAX:
		break;
	}
	return -1;
}

static void destroy(enum sysv_kind kind, int id)
{
	switch (kind) {
	case SYSV_MSG:
		msgctl(id, IPC_RMID, NULL);
		break;
	case SYSV_SEM:
		semctl(id, 0, IPC_RMID);
		break;
	case SYSV_SHM:
		shmctl(id, IPC_RMID, NULL);
		break;
	case _SYSV_KIND_MAX:
		break;
	}
}

/* Of a test that failed halfway as well. */
static int clear_up(void **state)
{
	(void)state;
	for (int kind = 0; kind < _SYSV_KIND_MAX; kind++)
		if (made[kind] >= 0)
			destroy(kind, made[kind]);
	return 0;
}

static void objects(void **state)
{
	int key = (int)(0x75610000u | ((uint32_t)getpid() & 0xffff));

	(void)state;
	for (int kind = 0; kind < _SYSV_KIND_MAX; kind++) {
		struct evt_ipc by_id, by_index, by_key;
		/* no permission is needed to look */
		int id = made[kind] = make(kind, key, IPC_CREAT | IPC_EXCL | 0020);

		if (id < 0) {
			print_message("no object can be made here: %s\n", strerror(errno));
			skip();
		}
		memset(&by_id, 0xff, sizeof(by_id));
		assert_int_equal(sysv_object_by_id(kind, id, &by_id), 0);
		assert_int_equal(by_id.uid, geteuid());
		assert_int_equal(by_id.gid, getegid());
		assert_int_equal(by_id.mode, 0020);
		assert_int_equal(by_id.has_perm, 0);
		assert_int_equal(sysv_object_by_index(kind, id, &by_index), 0);
		assert_memory_equal(&by_id, &by_index, sizeof(by_id));
		assert_int_equal(sysv_object_by_key(kind, key, &by_key), 0);
		assert_memory_equal(&by_id, &by_key, sizeof(by_id));
		/* the same place, another object */
		assert_int_equal(sysv_object_by_id(kind, id ^ 0x1000000, &by_id), -EIDRM);
		destroy(kind, id);
		made[kind] = -1;
		assert_int_not_equal(sysv_object_by_id(kind, id, &by_id), 0);
		assert_int_equal(sysv_object_by_key(kind, key, &by_key), -ENOENT);
		assert_int_equal(sysv_object_by_key(kind, IPC_PRIVATE, &by_key), -ENOENT);
		assert_int_equal(sysv_object_by_id(kind, -1, &by_id), -EINVAL);
		assert_int_equal(sysv_object_by_index(kind, -1, &by_id), -EINVAL);
	}
}

/* Each byte of the structure is its offset: what is taken from where shows in the value. */
static void layouts(void **state)
{
	static const struct {
		enum sysv_kind kind;
		enum sysv_layout layout;
		struct sysv_span spans[2];
		uint32_t uid, gid, mode;
		uint64_t qbytes;
	} rows[] = {
		{ SYSV_MSG, SYSV_LAYOUT_64, { { 0, 120 } }, 0x07060504, 0x0b0a0908, 0x1514,
			0x5f5e5d5c5b5a5958 },
		{ SYSV_SEM, SYSV_LAYOUT_64, { { 0, 104 } }, 0x07060504, 0x0b0a0908, 0x1514, 0 },
		{ SYSV_SHM, SYSV_LAYOUT_64, { { 0, 112 } }, 0x07060504, 0x0b0a0908, 0x1514, 0 },
		{ SYSV_MSG, SYSV_LAYOUT_COMPAT, { { 0, 36 }, { 68, 4 } }, 0x07060504, 0x0b0a0908,
			0x1514, 0x47464544 },
		{ SYSV_SEM, SYSV_LAYOUT_COMPAT, { { 0, 36 } }, 0x07060504, 0x0b0a0908, 0x1514, 0 },
		{ SYSV_MSG, SYSV_LAYOUT_COMPAT_OLD, { { 0, 16 }, { 48, 2 } }, 0x0504, 0x0706,
			0x0d0c, 0x3130 },
		{ SYSV_SHM, SYSV_LAYOUT_COMPAT_OLD, { { 0, 16 } }, 0x0504, 0x0706, 0x0d0c, 0 },
	};
	unsigned char bytes[SYSV_SET_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct evt_ipc got = { .uid = 1, .gid = 2, .mode = 3 };
		struct sysv_span spans[2];

		sysv_set_spans(rows[i].kind, rows[i].layout, spans);
		for (size_t j = 0; j < 2; j++) {
			assert_int_equal(spans[j].at, rows[i].spans[j].at);
			assert_int_equal(spans[j].len, rows[i].spans[j].len);
			assert_true(spans[j].at + spans[j].len <= sizeof(bytes));
		}
		sysv_set_decode(rows[i].kind, rows[i].layout, bytes, &got);
		assert_int_equal(got.has_perm, 1);
		assert_int_equal(got.perm_uid, rows[i].uid);
		assert_int_equal(got.perm_gid, rows[i].gid);
		assert_int_equal(got.perm_mode, rows[i].mode);
		assert_true(got.qbytes == rows[i].qbytes);
		assert_int_equal(got.mode, 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(objects, clear_up),
		cmocka_unit_test(layouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
