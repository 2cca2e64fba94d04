// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>

#include "base/macros.h"
#include "kaudit_fixture.h"

/* Between SYSCALL and PROCTITLE: "[type] text" a line, without the stamps. */
static void expect_middle(struct kaudit_fixture *f, const char *records)
{
	struct buf got = BUF_NULL;
	const char *at, *end;

	fixture_feed(f);
	at = strchr(fixture_log(f), '\n') + 1;
	for (; *at && strncmp(at, "[1327]", 6) != 0; at = end + 1) {
		const char *text = strstr(at, "): ");

		end = strchr(at, '\n');
		assert_true(text && end && text < end);
		buf_put(&got, at, 7); /* "[1300] " */
		buf_put(&got, text + 3, (size_t)(end + 1 - text - 3));
	}
	assert_string_equal(buf_cstr(&got), records);
	buf_deinit(&got);
}

static void begin(struct kaudit_fixture *f)
{
	struct evt_hdr hdr = builder_header(1, 0);

	if (!f->audit) {
		fixture_init(f);
		fixture_add(f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k"));
	}
	builder_begin(&f->b, &hdr);
}

static const struct evt_ipc plain = { .uid = 5, .gid = 6, .mode = 02600 };
static const struct evt_ipc set_perm = { .uid = 5,
	.gid = 6,
	.mode = 0600,
	.has_perm = 1,
	.qbytes = 0x4000,
	.perm_uid = UINT32_MAX,
	.perm_gid = 100,
	.perm_mode = 0 };
static const struct evt_mq_open mq_open_none = { .oflag = 0x42, .mode = 0 };
static const struct evt_mq_open mq_open_all = { .oflag = 0xc2,
	.mode = 0640,
	.attr = { .flags = 0x800, .maxmsg = -1, .msgsize = 8192, .curmsgs = 3 } };
static const struct evt_mq_sendrecv sendrecv = { .mqdes = -1,
	.msg_prio = 4294967295u,
	.msg_len = 8192,
	.timeout_sec = -5,
	.timeout_nsec = 999999999 };
static const struct evt_mq_notify notify = { .mqdes = 3, .signo = 10 };
static const struct evt_mq_getsetattr getsetattr = { .mqdes = 3,
	.attr = { .flags = 0x800, .maxmsg = 10, .msgsize = 8192, .curmsgs = 0 } };
static const struct evt_capset caps = { .pid = 101, .permitted = 0x2000, .effective = UINT64_MAX };
static const struct evt_mmap map = { -1, 0x2002 };
static const struct evt_openat2 how = { 0102, 0, 0x18 };
static const struct evt_time_offset offset = { -1, 999000000 };
static const uint64_t call[] = { 3, 0xffffffff, 0x10 };
static const uint32_t execve_argv[] = { 1, 0, 0x61 };        /* "a" */
static const uint32_t module[] = { 1, 0, 0x6d6d7564, 0x79 }; /* "dummy" */

/* In the order of the records. */
static const struct {
	enum evt_item_type type;
	const void *data;
	size_t len;
	const char *records;
} rows[] = {
/* in the order of the records */
#define ITEM(type, data) type, &(data), sizeof(data)
	{ ITEM(EVT_ITEM_SOCKETCALL, call), "[1304] nargs=3 a0=3 a1=ffffffff a2=10\n" },
	{ ITEM(EVT_ITEM_IPC, plain), "[1303] ouid=5 ogid=6 mode=02600\n" },
	{ ITEM(EVT_ITEM_IPC, set_perm), "[1303] ouid=5 ogid=6 mode=0600\n"
					"[1311] qbytes=4000 ouid=4294967295 ogid=100 mode=0\n" },
	{ ITEM(EVT_ITEM_MQ_OPEN, mq_open_none),
		"[1312] oflag=0x42 mode=0 mq_flags=0x0 mq_maxmsg=0 mq_msgsize=0 mq_curmsgs=0\n" },
	{ ITEM(EVT_ITEM_MQ_OPEN, mq_open_all), "[1312] oflag=0xc2 mode=0640 mq_flags=0x800 "
					       "mq_maxmsg=-1 mq_msgsize=8192 mq_curmsgs=3\n" },
	{ ITEM(EVT_ITEM_MQ_SENDRECV, sendrecv), "[1313] mqdes=-1 msg_len=8192 msg_prio=4294967295 "
						"abs_timeout_sec=-5 abs_timeout_nsec=999999999\n" },
	{ ITEM(EVT_ITEM_MQ_NOTIFY, notify), "[1314] mqdes=3 sigev_signo=10\n" },
	{ ITEM(EVT_ITEM_MQ_GETSETATTR, getsetattr),
		"[1315] mqdes=3 mq_flags=0x800 mq_maxmsg=10 mq_msgsize=8192 mq_curmsgs=0 \n" },
	{ ITEM(EVT_ITEM_CAPSET, caps), "[1322] pid=101 cap_pi=0 cap_pp=0000000000002000 "
				       "cap_pe=ffffffffffffffff cap_pa=0\n" },
	{ ITEM(EVT_ITEM_MMAP, map), "[1323] fd=-1 flags=0x2002\n" },
	{ ITEM(EVT_ITEM_OPENAT2, how), "[1337] oflag=0102 mode=00 resolve=0x18\n" },
	{ EVT_ITEM_EXECVE, execve_argv, 10, "[1309] argc=1 a0=\"a\"\n" },
	{ EVT_ITEM_KERN_MODULE, module, 13, "[1330] name=\"dummy\"\n" },
	{ EVT_ITEM_KERN_MODULE, module, 8, "[1330] name=\"\"\n" },
	{ EVT_ITEM_KERN_MODULE, "\0\0\0\0\0\0\0", 8, "[1330] name=(null)\n" },
	{ ITEM(EVT_ITEM_TIME_OFFSET, offset), "[1332] sec=-1 nsec=999000000\n" },
};

static void each_kind(void **state)
{
	struct kaudit_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&f);
		event_put(&f.b.w, rows[i].type, rows[i].data, rows[i].len);
		expect_middle(&f, rows[i].records);
	}
	fixture_deinit(&f);
}

/* The kernel would write the last one. */
static void all_of_an_event(void **state)
{
	struct kaudit_fixture f = { 0 };
	char all[2000] = "";

	(void)state;
	begin(&f);
	for (size_t i = ARRAY_SIZE(rows); i-- > 0;) /* the order of the items does not matter */
		if (i == 0 || rows[i].type != rows[i - 1].type)
			event_put(&f.b.w, rows[i].type, rows[i].data, rows[i].len);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (i == 0 || rows[i].type != rows[i - 1].type)
			strcat(all, rows[i].records);
	expect_middle(&f, all);
	begin(&f);
	event_put(&f.b.w, EVT_ITEM_TIME_OFFSET, &offset, sizeof(offset));
	event_put(&f.b.w, EVT_ITEM_MMAP, &map, sizeof(map));
	expect_middle(&f, "[1323] fd=-1 flags=0x2002\n[1332] sec=-1 nsec=999000000\n");
	fixture_deinit(&f);
}

/* One record for each value, then the offset (spec kernel 8.6). */
static void clock_values(void **state)
{
	struct evt_ntp change = { .op = EVT_NTP_OFFSET, .old = -4294967296, .now = 0 };
	struct kaudit_fixture f = { 0 };

	(void)state;
	begin(&f);
	event_put(&f.b.w, EVT_ITEM_TIME_OFFSET, &offset, sizeof(offset));
	for (; change.op < _EVT_NTP_MAX; change.op++, change.now++)
		event_put(&f.b.w, EVT_ITEM_NTP, &change, sizeof(change));
	expect_middle(&f, "[1333] op=offset old=-4294967296 new=0\n"
			  "[1333] op=freq old=-4294967296 new=1\n"
			  "[1333] op=status old=-4294967296 new=2\n"
			  "[1333] op=tai old=-4294967296 new=3\n"
			  "[1333] op=tick old=-4294967296 new=4\n"
			  "[1333] op=adjust old=-4294967296 new=5\n"
			  "[1332] sec=-1 nsec=999000000\n");
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(all_of_an_event),
		cmocka_unit_test(clock_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
