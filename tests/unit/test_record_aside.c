// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>

#include "base/macros.h"
#include "kaudit_fixture.h"

#define EXE "/usr/local/bin/demo"

static void begin(struct kaudit_fixture *f, uint16_t kind)
{
	struct evt_hdr hdr = builder_header(1, 0);

	hdr.kind = kind;
	hdr.tid = 102;
	hdr.uid = 1000;
	builder_begin(&f->b, &hdr);
	builder_exe(&f->b, EXE, 1);
}

/* The log with "audit(1700000000.123:SERIAL): " cut down to "SERIAL ", and of SYSCALL and PROCTITLE no more than that. */
static void expect(struct kaudit_fixture *f, const char *records)
{
	struct buf got = BUF_NULL;
	const char *at, *end;

	fixture_feed(f);
	for (at = fixture_log(f); *at; at = end + 1) {
		const char *serial = strchr(at, ':') + 1, *text = strstr(at, "): ");

		end = strchr(at, '\n');
		buf_put(&got, at, 7);
		buf_put(&got, serial, (size_t)(text - serial));
		if (strncmp(at, "[1300]", 6) != 0 && strncmp(at, "[1327]", 6) != 0 &&
			strncmp(at, "[1320]", 6) != 0) {
			buf_putc(&got, ' ');
			buf_put(&got, text + 3, (size_t)(end - text - 3));
		}
		buf_putc(&got, '\n');
	}
	assert_string_equal(buf_cstr(&got), records);
	buf_deinit(&got);
}

static const struct evt_login login = {
	.old_auid = UINT32_MAX, .auid = 1000, .old_ses = UINT32_MAX, .ses = 7, .res = 1
};
static const struct {
	struct evt_tty_input head;
	char data[8];
} tty_input = { { .major = 136, .minor = 2 }, "ls \x7f\r" }, tiocsti = { { .is_tiocsti = 1 }, "x" };
static const struct evt_bpf load = { 17, EVT_BPF_LOAD }, unload = { 17, EVT_BPF_UNLOAD };
static const struct evt_event_listener joins = { .group = 1, .is_connect = 1, .res = 1 };
static const struct evt_event_listener leaves = { .group = -1 };
static const struct evt_fanotify answer = {
	.resp = 2, .fan_type = 1, .fan_info = 0x3137aabc, .subj_trust = 3, .obj_trust = 5
};
static const struct evt_seccomp killed = { .sig = 31,
	.arch = 0x40000003,
	.nr = 39,
	.compat = 1,
	.code = 0x80000000,
	.ip = 0x7f00deadbeef };
static const uint64_t segv = 11, follow = EVT_ANOM_FOLLOW_LINK, linked = EVT_ANOM_LINKAT,
		      sticky = EVT_ANOM_STICKY_CREATE, fifo = EVT_ANOM_STICKY_CREATE_FIFO,
		      regular = EVT_ANOM_STICKY_CREATE_REGULAR;

static const struct evt_anom_promiscuous listens = { .device = "eth0.7", .is_now = 1 },
					 stops = { .device = "lo", .was = 1 };

static const struct {
	struct evt_kernel_record head;
	char text[16];
} loaded = { { .type = 1807 }, "action=x res=1" };

#define IDS "auid=4294967295 uid=1000 gid=0 ses=4294967295"
#define TASK                                                                                       \
	" ppid=100 pid=101 auid=4294967295 uid=1000 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "    \
	"fsgid=0 tty=(none) ses=4294967295 comm=\"demo\" exe=\"" EXE "\""

static const struct {
	enum evt_item_type type;
	const void *data;
	size_t len;
	const char *type_text, *text;
} rows[] = {
#define ITEM(type, data) type, &(data), sizeof(data)
	{ ITEM(EVT_ITEM_LOGIN, login), "[1006] ",
		"pid=101 uid=1000 old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 "
		"ses=7 res=1" },
	{ EVT_ITEM_TTY_INPUT, &tty_input, 21, "[1319] ",
		"tty pid=102 uid=1000 auid=4294967295 ses=4294967295 major=136 minor=2 "
		"comm=\"demo\" data=6C73207F0D" },
	{ EVT_ITEM_TTY_INPUT, &tiocsti, 17, "[1319] ",
		"ioctl=TIOCSTI pid=102 uid=1000 auid=4294967295 ses=4294967295 major=0 minor=0 "
		"comm=\"demo\" data=78" },
	{ ITEM(EVT_ITEM_BPF, load), "[1334] ", "prog-id=17 op=LOAD" },
	{ ITEM(EVT_ITEM_BPF, unload), "[1334] ", "prog-id=17 op=UNLOAD" },
	{ ITEM(EVT_ITEM_EVENT_LISTENER, joins), "[1335] ",
		"pid=101 uid=1000 auid=4294967295 tty=(none) ses=4294967295 comm=\"demo\" exe=\"" EXE
		"\" nl-mcgrp=1 op=connect res=1" },
	{ ITEM(EVT_ITEM_EVENT_LISTENER, leaves), "[1335] ",
		"pid=101 uid=1000 auid=4294967295 tty=(none) ses=4294967295 comm=\"demo\" exe=\"" EXE
		"\" nl-mcgrp=-1 op=disconnect res=0" },
	{ ITEM(EVT_ITEM_FANOTIFY, answer), "[1331] ",
		"resp=2 fan_type=1 fan_info=3137AABC subj_trust=3 obj_trust=5" },
	{ ITEM(EVT_ITEM_SECCOMP, killed), "[1326] ",
		IDS " pid=101 comm=\"demo\" exe=\"" EXE
		    "\" sig=31 arch=40000003 syscall=39 compat=1 "
		    "ip=0x7f00deadbeef code=0x80000000" },
	{ ITEM(EVT_ITEM_ANOM_ABEND, segv), "[1701] ",
		IDS " pid=101 comm=\"demo\" exe=\"" EXE "\" sig=11 res=1" },
	{ ITEM(EVT_ITEM_ANOM_PROMISCUOUS, listens), "[1700] ",
		"dev=eth0.7 prom=256 old_prom=0 " IDS },
	{ ITEM(EVT_ITEM_ANOM_PROMISCUOUS, stops), "[1700] ", "dev=lo prom=0 old_prom=256 " IDS },
	{ EVT_ITEM_KERNEL_RECORD, &loaded, sizeof(loaded.head) + 14, "[1807] ", "action=x res=1" },
	{ ITEM(EVT_ITEM_ANOM_LINK, follow), "[1702] ", "op=follow_link" TASK " res=0" },
	{ ITEM(EVT_ITEM_ANOM_LINK, linked), "[1702] ", "op=linkat" TASK " res=0" },
	{ ITEM(EVT_ITEM_ANOM_CREAT, sticky), "[1703] ", "op=sticky_create" TASK " res=0" },
	{ ITEM(EVT_ITEM_ANOM_CREAT, fifo), "[1703] ", "op=sticky_create_fifo" TASK " res=0" },
	{ ITEM(EVT_ITEM_ANOM_CREAT, regular), "[1703] ", "op=sticky_create_regular" TASK " res=0" },
};

/* Before SYSCALL, which it brings into the log without any rule (spec kernel 3.2, 4.3). */
static void each_kind_joins_its_call(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf want = BUF_NULL;

		fixture_init(&f);
		begin(&f, EVT_SYSCALL);
		builder_text(&f.b, EVT_ITEM_CWD, "/srv/w");
		builder_path(&f.b, "x", EVT_NAME_NORMAL, 5, 0100644);
		event_put(&f.b.w, rows[i].type, rows[i].data, rows[i].len);
		buf_puts(&want, rows[i].type_text);
		buf_puts(&want, "1 ");
		buf_puts(&want, rows[i].text);
		buf_puts(&want,
			"\n[1300] 1\n[1327] 1\n[1320] 1\n"); /* a dummy has no CWD and PATH */
		expect(&f, buf_cstr(&want));
		buf_deinit(&want);
		fixture_deinit(&f);
	}
}

static void alone_each_has_a_serial_and_no_end(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_NEVER, NULL)); /* about calls */
	begin(&f, EVT_ASIDE);
	event_put(&f.b.w, EVT_ITEM_BPF, &unload, sizeof(unload));
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	expect(&f, "[1334] 1 prog-id=17 op=UNLOAD\n[1334] 2 prog-id=17 op=LOAD\n");
	fixture_deinit(&f);
}

/* The record is there already when a rule forbids its call. */
static void never_takes_the_call_only(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_NEVER, NULL));
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	expect(&f, "[1334] 1 prog-id=17 op=LOAD\n");
	fixture_deinit(&f);
}

static void excluded_brings_nothing(void **state)
{
	struct audit_krule *rule;
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, AUDIT_BPF);
	fixture_add(&f, rule);
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	expect(&f, "");
	begin(&f, EVT_ASIDE);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	expect(&f, "");
	fixture_deinit(&f);
}

/* SYSCALL excluded: nothing of the event follows what was written before it. */
static void without_syscall_nothing_follows(void **state)
{
	struct audit_krule *rule;
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, AUDIT_SYSCALL);
	fixture_add(&f, rule);
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	expect(&f, "[1334] 1 prog-id=17 op=LOAD\n");
	fixture_deinit(&f);
}

/* A task that the task list left out has no event to join. */
static void left_out_task_writes_alone(void **state)
{
	struct evt_hdr hdr = builder_header(0, 0);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_TASK, AUDIT_NEVER, NULL));
	hdr.kind = EVT_TASK_NEW;
	hdr.tid = hdr.tgid = 102;
	builder_begin(&f.b, &hdr);
	expect(&f, "");
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	event_put(&f.b.w, EVT_ITEM_BPF, &unload, sizeof(unload));
	expect(&f, "[1334] 1 prog-id=17 op=LOAD\n[1334] 2 prog-id=17 op=UNLOAD\n");
	fixture_deinit(&f);
}

/* SECCOMP is not about audit's being enabled; watches are followed also while it is not. */
static void disabled_audit_writes_seccomp_alone(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_watch("/srv/w/x", AUDIT_ALWAYS, "k"));
	kaudit_set_enabled(f.audit, false);
	fixture_bind(&f, EVT_MARK_WATCH, "/srv/w/x", 5, NULL);
	begin(&f, EVT_SYSCALL);
	builder_path(&f.b, "x", EVT_NAME_NORMAL, 5, 0100644);
	event_put(&f.b.w, EVT_ITEM_BPF, &load, sizeof(load));
	event_put(&f.b.w, EVT_ITEM_SECCOMP, &killed, sizeof(killed));
	event_put(&f.b.w, EVT_ITEM_SECCOMP, &killed, sizeof(killed));
	fixture_feed(&f);
	assert_int_equal(f.n_records, 2);
	assert_non_null(strstr(fixture_log(&f), "[1326] audit(1700000000.123:2): "));
	kaudit_set_enabled(f.audit, true);
	begin(&f, EVT_SYSCALL);
	builder_path(&f.b, "x", EVT_NAME_NORMAL, 5, 0100644);
	fixture_feed(&f);
	assert_int_equal(f.n_records, 4); /* SYSCALL, PATH, PROCTITLE, EOE */
	fixture_deinit(&f);
}

/* ---- io_uring ---- */

#define OPENAT 18
#define URING_TASK                                                                                 \
	" ppid=100 pid=101 uid=1000 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 key=\"u\"\n"

static struct audit_krule *uring_rule(int op)
{
	struct audit_krule *rule = fixture_rule(AUDIT_FILTER_URING_EXIT, AUDIT_ALWAYS, "u");

	memset(rule->mask, 0, sizeof(rule->mask));
	rule->mask[op / 32] |= 1u << op % 32;
	return rule;
}

/* Alone: its own list only, URINGOP in place of SYSCALL, no PROCTITLE (spec kernel 4.7, 15). */
static void operation_alone(void **state)
{
	struct evt_hdr hdr = builder_header(OPENAT, 0);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, uring_rule(OPENAT));
	hdr.kind = EVT_URING;
	hdr.uid = 1000;
	builder_begin(&f.b, &hdr);
	builder_text(&f.b, EVT_ITEM_CWD, "/srv/w");
	builder_path(&f.b, NULL, EVT_NAME_CREATE, 0, 0);
	builder_text(&f.b, EVT_ITEM_PROCTITLE, "demo");
	expect(&f, "[1336] 1 uring_op=18 success=yes exit=0 items=1" URING_TASK
		   "[1307] 1 cwd=\"/srv/w\"\n"
		   "[1302] 1 item=0 name=(null) nametype=CREATE cap_fp=0 cap_fi=0 cap_fe=0 "
		   "cap_fver=0 cap_frootid=0\n"
		   "[1320] 1\n");
	hdr.nr = 19;
	hdr.ret = -9;
	builder_begin(&f.b, &hdr);
	expect(&f, ""); /* another operation */
	fixture_deinit(&f);
}

static void exit_rules_do_not_see_operations(void **state)
{
	struct evt_hdr hdr = builder_header(OPENAT, -9);
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k"));
	hdr.kind = EVT_URING;
	builder_begin(&f.b, &hdr);
	expect(&f, "");
	fixture_deinit(&f);
}

/* Inside io_uring_enter: aside of it, and the call is written as well. */
static void operation_inside_a_call(void **state)
{
	static const struct evt_uringop done = { .op = OPENAT }, other = { .op = 19, .ret = -9 };
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, uring_rule(OPENAT));
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_URINGOP, &other, sizeof(other));
	expect(&f, "");
	begin(&f, EVT_SYSCALL);
	event_put(&f.b.w, EVT_ITEM_URINGOP, &done, sizeof(done));
	event_put(&f.b.w, EVT_ITEM_URINGOP, &other, sizeof(other)); /* the state stays */
	expect(&f, "[1336] 1 uring_op=18 success=yes exit=0 items=0" URING_TASK
		   "[1336] 1 uring_op=19 success=no exit=-9 items=0" URING_TASK
		   "[1300] 1\n[1327] 1\n[1320] 1\n");
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_joins_its_call),
		cmocka_unit_test(alone_each_has_a_serial_and_no_end),
		cmocka_unit_test(never_takes_the_call_only),
		cmocka_unit_test(excluded_brings_nothing),
		cmocka_unit_test(without_syscall_nothing_follows),
		cmocka_unit_test(left_out_task_writes_alone),
		cmocka_unit_test(disabled_audit_writes_seccomp_alone),
		cmocka_unit_test(operation_alone),
		cmocka_unit_test(exit_rules_do_not_see_operations),
		cmocka_unit_test(operation_inside_a_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
