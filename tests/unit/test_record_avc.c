// SPDX-License-Identifier: MIT
/* Decisions of access control that a source reports: each kind's text (spec kernel 9.2), and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/audit.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "event/event_avc.h"
#include "kaudit_fixture.h"

struct decision {
	struct evt_avc f;
	const char *perms;
	struct view name, dev;
	const char *tail;
};

#define TEXT(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
#define NAMED  EVT_AVC_NAME
#define AN_INO EVT_AVC_NAME | EVT_AVC_INODE

static const struct {
	struct decision d;
	const char *text; /* behind " pid= comm=" */
} rows[] = {
	{ { { .kind = 1, .flags = AN_INO, .ino = 42 }, "read", TEXT("/etc/hostname"), TEXT("sda1"),
		  "" },
		" path=\"/etc/hostname\" dev=\"sda1\" ino=42" },
	{ { { .kind = 1, .flags = NAMED }, "read", TEXT("/a b"), { 0 },
		  "tclass=file permissive=0" },
		" path=2F612062 tclass=file permissive=0" },
	{ { { .kind = 2,
		    .socket = { .family = AF_INET, .here = { 127, 0, 0, 1 }, .there_port = 53 },
		    .packet = { .family = AF_INET6, .there = { [15] = 1 }, .here_port = 9 } },
		  "name_connect", { 0 }, TEXT("lo"), "" },
		" laddr=127.0.0.1 fport=53 src=9 daddr=::1 netif=lo" },
	{ { { .kind = 2, .flags = NAMED, .socket = { .family = AF_UNIX } }, "connectto",
		  TEXT("/run/s"), { 0 }, "" },
		" path=\"/run/s\"" },
	{ { { .kind = 2, .flags = NAMED | EVT_AVC_UNIX_NAME, .socket = { .family = AF_UNIX } },
		  "connectto", TEXT("\0ab"), { 0 }, "" },
		" path=006162" },
	{ { { .kind = 3, .value = 21 }, "sys_admin", { 0 }, { 0 }, "tclass=capability" },
		" capability=21  tclass=capability" },
	{ { { .kind = 4, .value = -5 }, "associate", { 0 }, { 0 }, "" }, " ipc_key=-5 " },
	{ { { .kind = 5, .value = 77, .flags = NAMED }, "signal", TEXT("a b"), { 0 }, "" },
		" opid=77 ocomm=612062" },
	{ { { .kind = 5 }, "signal", { 0 }, { 0 }, "" }, "" },
	{ { { .kind = 6, .value = 4000000000, .flags = NAMED }, "view", TEXT("user;1"), { 0 }, "" },
		" key_serial=4000000000 key_desc=\"user;1\"" },
	{ { { .kind = 6, .value = 7 }, "view", { 0 }, { 0 }, "" }, " key_serial=7" },
	{ { { .kind = 7 }, "execmem", { 0 }, { 0 }, "" }, "" },
	{ { { .kind = 8, .flags = NAMED }, "module_request", TEXT("fat"), { 0 }, "" },
		" kmod=\"fat\"" },
	{ { { .kind = 9, .flags = EVT_AVC_INODE, .ino = UINT64_MAX }, "getattr", { 0 },
		  TEXT("tmpfs"), "" },
		" dev=\"tmpfs\" ino=18446744073709551615" },
	{ { { .kind = 10, .flags = NAMED }, "unlink", TEXT("f"), { 0 }, "" }, " name=\"f\"" },
	{ { { .kind = 11, .flags = AN_INO, .ino = 3, .value = 0x5401 }, "ioctl", TEXT("/dev/x"),
		  TEXT("dev"), "" },
		" path=\"/dev/x\" dev=\"dev\" ino=3 ioctlcmd=0x5401" },
	{ { { .kind = 12, .flags = AN_INO, .ino = 1 }, "use", TEXT("/f"), TEXT("sda1"), "" },
		" path=\"/f\" dev=\"sda1\" ino=1" },
	{ { { .kind = 13, .value = 0xffff, .subnet_prefix = { 0xfe, 0x80 } }, "access", { 0 },
		  { 0 }, "" },
		" pkey=0xffff subnet_prefix=fe80::" },
	{ { { .kind = 14, .value = 2 }, "manage_subnet", { 0 }, TEXT("mlx4_0"), "" },
		" device=mlx4_0 port_num=2" },
	{ { { .kind = 15, .value = 1 }, "integrity", { 0 }, { 0 }, "" },
		" lockdown_reason=\"unsigned module loading\"" },
	{ { { .kind = 16 }, "watch", { 0 }, { 0 }, "" }, "" },
	{ { { .kind = 17, .flags = NAMED }, "create", TEXT("[io_uring]"), { 0 }, "" },
		" anonclass=[io_uring]" },
	{ { { .kind = 18, .value = 16 }, "nlmsg", { 0 }, { 0 }, "" }, " nl-msgtype=16" },
};

static void put(struct event_writer *w, const struct decision *d)
{
	struct buf payload = BUF_NULL;
	struct evt_avc f = d->f;

	f.perms_len = (uint16_t)strlen(d->perms);
	f.name_len = (uint16_t)d->name.len;
	f.dev_len = (uint16_t)d->dev.len;
	f.tail_len = (uint16_t)strlen(d->tail);
	buf_put(&payload, &f, sizeof(f));
	buf_puts(&payload, d->perms);
	buf_put(&payload, d->name.p, d->name.len);
	buf_put(&payload, d->dev.p, d->dev.len);
	buf_puts(&payload, d->tail);
	assert_int_equal(buf_error(&payload), 0);
	event_put(w, EVT_ITEM_AVC, payload.data, payload.len);
	buf_deinit(&payload);
}

static void begin(struct kaudit_fixture *f, uint16_t kind)
{
	struct evt_hdr hdr = builder_header(1, 0);

	hdr.kind = kind;
	builder_begin(&f->b, &hdr);
}

static void each_kind(void **state)
{
	uint32_t seen = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kaudit_fixture f;
		struct buf want = BUF_NULL;
		const char *log;

		fixture_init(&f);
		begin(&f, EVT_ASIDE);
		put(&f.b.w, &rows[i].d);
		fixture_feed(&f);
		buf_puts(&want, "avc:  denied  { ");
		buf_puts(&want, rows[i].d.perms);
		buf_puts(&want, " } for  pid=101 comm=\"demo\"");
		buf_puts(&want, rows[i].text);
		buf_puts(&want, "\n");
		log = fixture_log(&f);
		assert_memory_equal(log, "[1400] ", 7);
		assert_string_equal(strstr(log, "avc:"), buf_cstr(&want));
		buf_deinit(&want);
		fixture_deinit(&f);
		seen |= 1u << rows[i].d.f.kind;
	}
	assert_int_equal(seen, (1u << (EVT_AVC_KINDS + 1)) - 2);
}

/* A decision made in a call belongs to it, and brings it into the log. */
static void joins_its_call(void **state)
{
	struct decision granted = rows[0].d;
	struct kaudit_fixture f;
	const char *log;

	(void)state;
	granted.f.flags |= EVT_AVC_GRANTED;
	fixture_init(&f);
	begin(&f, EVT_SYSCALL);
	put(&f.b.w, &granted);
	fixture_feed(&f);
	log = fixture_log(&f);
	assert_non_null(strstr(log, ":1): avc:  granted  { read } for  pid=101 "));
	assert_non_null(strstr(log, "\n[1300] audit(1700000000.123:1): "));
	fixture_deinit(&f);
}

static const struct {
	const char *why;
	struct decision d;
} bad[] = {
	{ "no kind", { { .kind = 0 }, "read", { 0 }, { 0 }, "" } },
	{ "a kind there is none of", { { .kind = 19 }, "read", { 0 }, { 0 }, "" } },
	{ "an unknown flag", { { .kind = 7, .flags = 16 }, "read", { 0 }, { 0 }, "" } },
	{ "no permission", { { .kind = 7 }, "", { 0 }, { 0 }, "" } },
	{ "the end of the set inside it", { { .kind = 7 }, "a } for pid=1", { 0 }, { 0 }, "" } },
	{ "a line break in a permission", { { .kind = 7 }, "a\nb", { 0 }, { 0 }, "" } },
	{ "a line break at the end", { { .kind = 7 }, "a", { 0 }, { 0 }, "x=\n" } },
	{ "a name that is not there", { { .kind = 8 }, "a", TEXT("fat"), { 0 }, "" } },
	{ "NUL in a path", { { .kind = 1, .flags = NAMED }, "a", TEXT("/a\0b"), { 0 }, "" } },
	{ "a blank in a class", { { .kind = 17, .flags = NAMED }, "a", TEXT("a b=c"), { 0 }, "" } },
	{ "a blank in an interface", { { .kind = 2 }, "a", { 0 }, TEXT("lo auid=0"), "" } },
	{ "an inode without one", { { .kind = 9 }, "a", { 0 }, TEXT("tmpfs"), "" } },
	{ "no reason at all", { { .kind = 15, .value = 1000 }, "a", { 0 }, { 0 }, "" } },
	{ "less than no reason", { { .kind = 15, .value = -1 }, "a", { 0 }, { 0 }, "" } },
};

static void refuses_what_is_no_decision(void **state)
{
	struct event_builder b = { 0 };
	struct evt_hdr hdr = builder_header(1, 0);
	const struct evt_avc too_long = { .kind = 7, .perms_len = 1 };
	size_t used;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		builder_begin(&b, &hdr);
		put(&b.w, &bad[i].d);
		assert_int_equal(event_finish(&b.w), 0);
		if (event_decode(&b.ev, b.bytes.data, b.bytes.len, &used) != -EBADMSG)
			fail_msg("accepted: %s", bad[i].why);
	}
	builder_begin(&b, &hdr);
	event_put(&b.w, EVT_ITEM_AVC, &too_long, sizeof(too_long));
	assert_int_equal(event_finish(&b.w), 0);
	assert_int_equal(event_decode(&b.ev, b.bytes.data, b.bytes.len, &used), -EBADMSG);
	builder_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(joins_its_call),
		cmocka_unit_test(refuses_what_is_no_decision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
