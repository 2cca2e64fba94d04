// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/stat.h>

#include "base/macros.h"
#include "kaudit_fixture.h"

#define STAMP(serial) "audit(1700000000.123:" #serial "): "
#define NO_CAPS       " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"
#define TASK                                                                                       \
	" ppid=100 pid=101 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "       \
	"fsgid=0 tty=(none) ses=4294967295 comm=\"demo\" exe=\"/usr/local/bin/demo\" key=\"k\"\n"
#define NO_TITLE "proctitle=\"(null)\"\n"

/* A core that records everything with key k, and an event of the example task begun in it. */
static void begin(struct kaudit_fixture *f, int32_t nr, int64_t ret)
{
	struct evt_hdr hdr = builder_header(nr, ret);

	if (!f->audit) {
		fixture_init(f);
		fixture_add(f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "k"));
	}
	builder_begin(&f->b, &hdr);
	builder_exe(&f->b, "/usr/local/bin/demo", 1);
}

static void expect(struct kaudit_fixture *f, const char *records)
{
	fixture_feed(f);
	assert_string_equal(fixture_log(f), records);
}

/* Only what stands between SYSCALL and PROCTITLE. */
static void expect_middle(struct kaudit_fixture *f, const char *records)
{
	char *log, *from, *to;

	fixture_feed(f);
	log = strdup(fixture_log(f));
	assert_non_null(log);
	from = strchr(log, '\n') + 1;
	to = strstr(log, "[1327] ");
	assert_non_null(to);
	*to = '\0';
	assert_string_equal(from, records);
	free(log);
}

static void put_args(struct kaudit_fixture *f, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct evt_hdr *hdr = (struct evt_hdr *)(void *)f->b.bytes.data;

	hdr->args[0] = a0;
	hdr->args[1] = a1;
	hdr->args[2] = a2;
	hdr->args[3] = a3;
}

/* Spec kernel 15: creating a file with a relative name. */
static void creation(void **state)
{
	struct event_path parent = builder_path_of("f1", EVT_NAME_PARENT, 356, 040755);
	struct kaudit_fixture f = { 0 };

	(void)state;
	begin(&f, 2, 4);
	put_args(&f, 0x48e051, 0x41, 0x1a4, 0xffffffff);
	builder_text(&f.b, EVT_ITEM_CWD, "/srv/w");
	parent.f.shown_len = 0;
	event_put_path(&f.b.w, &parent);
	builder_path(&f.b, "f1", EVT_NAME_CREATE, 357, 0100644);
	event_put(&f.b.w, EVT_ITEM_PROCTITLE, "./demo\0files", 12);
	expect(&f,
		"[1300] " STAMP(
			1) "arch=c000003e syscall=2 success=yes exit=4 a0=48e051 a1=41 a2=1a4 a3=ffffffff "
			   "items=2" TASK "[1307] " STAMP(
				   1) "cwd=\"/srv/w\"\n"
				      "[1302] " STAMP(
					      1) "item=0 name=\"/srv/w\" inode=356 dev=fe:00 mode=040755 ouid=0 ogid=0 "
						 "rdev=00:00 nametype=PARENT" NO_CAPS "\n"
						 "[1302] " STAMP(
							 1) "item=1 name=\"f1\" inode=357 dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 "
							    "nametype=CREATE" NO_CAPS "\n"
							    "[1327] " STAMP(
								    1) "proctitle=2E2F64656D6F0066696C6573\n"
								       "[1320] " STAMP(1) "\n");
	fixture_deinit(&f);
}

static void failures_and_no_return(void **state)
{
	struct kaudit_fixture f = { 0 };
	struct evt_hdr hdr = builder_header(231, 0);

	(void)state;
	begin(&f, 2, -2);
	builder_text(&f.b, EVT_ITEM_CWD, "/srv");
	builder_path(&f.b, "nonexist", EVT_NAME_UNKNOWN, 0, 0);
	expect(&f,
		"[1300] " STAMP(
			1) "arch=c000003e syscall=2 success=no exit=-2 a0=0 a1=0 a2=0 a3=0 items=1" TASK
			   "[1307] " STAMP(
				   1) "cwd=\"/srv\"\n"
				      "[1302] " STAMP(
					      1) "item=0 name=\"nonexist\" nametype=UNKNOWN" NO_CAPS
						 "\n"
						 "[1327] " STAMP(1) NO_TITLE
		"[1320] " STAMP(1) "\n");

	/* exit_group has no result; serials go up; an address is a success */
	hdr.flags = 0;
	hdr.args[1] = 0xe7;
	hdr.args[2] = 0x3c;
	hdr.args[3] = 0x100;
	builder_begin(&f.b, &hdr);
	builder_exe(&f.b, "/usr/local/bin/demo", 1);
	expect(&f,
		"[1300] " STAMP(2) "arch=c000003e syscall=231 a0=0 a1=e7 a2=3c a3=100 items=0" TASK
				   "[1327] " STAMP(2) NO_TITLE "[1320] " STAMP(2) "\n");
	begin(&f, 9, 0x7ffff7fc1000);
	fixture_feed(&f);
	assert_non_null(strstr(fixture_log(&f), " success=yes exit=140737353879552 "));
	begin(&f, 35, -516); /* a restart is an interruption */
	fixture_feed(&f);
	assert_non_null(strstr(fixture_log(&f), " success=no exit=-4 "));
	fixture_deinit(&f);
}

static void task_fields(void **state)
{
	struct evt_hdr hdr = builder_header(5, 0);
	struct kaudit_fixture f;

	(void)state;
	hdr.arch = 0x40000003;
	hdr.pers = 8;
	hdr.uid = 1;
	hdr.gid = 2;
	hdr.euid = 3;
	hdr.suid = 4;
	hdr.fsuid = 5;
	hdr.egid = 6;
	hdr.sgid = 7;
	hdr.fsgid = 8;
	hdr.auid = 1000;
	hdr.ses = 9;
	hdr.tid = 202;
	hdr.time_nsec = 7999999;
	memcpy(hdr.comm, "a b", 4);
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
	builder_begin(&f.b, &hdr);
	put_args(&f, 0xffffff9c, 0, 0, 0);
	builder_text(&f.b, EVT_ITEM_TTY, "pts0");
	builder_text(&f.b, EVT_ITEM_SUBJ, "u:r:t:s0");
	expect(&f,
		"[1300] audit(1700000000.007:1): arch=40000003 syscall=5 per=8 success=yes exit=0 a0=ffffff9c a1=0 a2=0 "
		"a3=0 items=0 ppid=100 pid=101 auid=1000 uid=1 gid=2 euid=3 suid=4 fsuid=5 egid=6 sgid=7 fsgid=8 "
		"tty=pts0 ses=9 comm=612062 exe=(null) subj=u:r:t:s0 key=(null)\n"
		"[1327] audit(1700000000.007:1): " NO_TITLE "[1320] audit(1700000000.007:1): \n");
	fixture_deinit(&f);
}

static void keys(void **state)
{
	struct kaudit_fixture f;

	(void)state;
	fixture_init(&f);
	fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, "one\001two"));
	begin(&f, 1, 0);
	fixture_feed(&f);
	assert_non_null(strstr(fixture_log(&f), " key=6F6E650174776F\n"));
	fixture_deinit(&f);
}

/* Spec kernel 5.4, and what a name must be to stand in quotes (7.1). */
static void names(void **state)
{
	static const struct {
		const char *name;
		int32_t shown;
		const char *cwd;
		const char *text;
	} cases[] = {
		{ "plain", EVT_NAME_FULL, "/c", "\"plain\"" },
		{ "", EVT_NAME_FULL, "/c", "\"\"" },
		{ NULL, EVT_NAME_FULL, "/c", "(null)" },
		{ "dir/name", 4, "/c", "\"dir/\"" },
		{ "name", 0, "/c d", "2F632064" },
		{ "name", 0, NULL, "(null)" },
		{ "a b", EVT_NAME_FULL, "/c", "612062" },
		{ "q\"", EVT_NAME_FULL, "/c", "7122" },
		{ "tab\t", EVT_NAME_FULL, "/c", "74616209" },
		{ "\x7f", EVT_NAME_FULL, "/c", "7F" },
		{ "\xc3\xa9", EVT_NAME_FULL, "/c", "C3A9" },
		{ "~!'\\=", EVT_NAME_FULL, "/c", "\"~!'\\=\"" },
		{ "d d/x", 4, "/c", "6420642F" },
	};
	struct kaudit_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event_path path = builder_path_of(cases[i].name, EVT_NAME_PARENT, 0, 0);
		char want[64] = "item=0 name=";

		path.f.shown_len = cases[i].shown;
		begin(&f, 1, 0);
		if (cases[i].cwd)
			builder_text(&f.b, EVT_ITEM_CWD, cases[i].cwd);
		event_put_path(&f.b.w, &path);
		fixture_feed(&f);
		strcat(want, cases[i].text);
		strcat(want, " nametype=PARENT ");
		if (!strstr(fixture_log(&f), want))
			fail_msg("case %zu: %s", i, want);
	}
	fixture_deinit(&f);
}

static void path_details(void **state)
{
	struct event_path dev =
		builder_path_of("/dev/x", EVT_NAME_NORMAL, 18446744073709551615u, S_IFCHR | 04640);
	struct event_path caps = builder_path_of("/srv/w/fcap", EVT_NAME_NORMAL, 5, 0100755);
	struct event_path umount = builder_path_of("/mnt", EVT_NAME_NORMAL, 6, 040755);
	struct event_path hidden = builder_path_of("/mq", EVT_NAME_PARENT, 7, 041777);
	struct kaudit_fixture f = { 0 };

	(void)state;
	dev.f.dev_major = 0;
	dev.f.dev_minor = 5;
	dev.f.rdev_major = 259;
	dev.f.rdev_minor = 0x123;
	dev.f.uid = 1000;
	dev.f.gid = 4294967294u;
	caps.f.cap_fp = 0x2000;
	caps.f.cap_fe = 1;
	caps.f.cap_fver = 2;
	caps.f.cap_frootid = -1;
	umount.f.flags |= EVT_PATH_NO_CAPS;
	hidden.f.flags |= EVT_PATH_HIDDEN;
	begin(&f, 1, 0);
	event_put_path(&f.b.w, &hidden);
	event_put_path(&f.b.w, &dev);
	event_put_path(&f.b.w, &caps);
	event_put_path(&f.b.w, &umount);
	builder_path(&f.b, NULL, EVT_NAME_NORMAL, 356, 040755);
	builder_path(&f.b, "gone", EVT_NAME_DELETE, 9, 0120777);
	expect_middle(&f,
		"[1302] " STAMP(
			1) "item=0 name=\"/dev/x\" inode=18446744073709551615 dev=00:05 mode=024640 ouid=1000 "
			   "ogid=4294967294 rdev=103:123 nametype=NORMAL" NO_CAPS "\n"
			   "[1302] " STAMP(
				   1) "item=1 name=\"/srv/w/fcap\" inode=5 dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 "
				      "nametype=NORMAL cap_fp=0000000000002000 cap_fi=0 cap_fe=1 cap_fver=2 cap_frootid=-1\n"
				      "[1302] " STAMP(
					      1) "item=2 name=\"/mnt\" inode=6 dev=fe:00 mode=040755 ouid=0 ogid=0 rdev=00:00 "
						 "nametype=NORMAL cap_fe=? cap_fver=? cap_fp=? cap_fi=?\n"
						 "[1302] " STAMP(
							 1) "item=3 name=(null) inode=356 dev=fe:00 mode=040755 ouid=0 ogid=0 rdev=00:00 "
							    "nametype=NORMAL" NO_CAPS "\n"
							    "[1302] " STAMP(
								    1) "item=4 name=\"gone\" inode=9 dev=fe:00 mode=0120777 ouid=0 ogid=0 rdev=00:00 "
								       "nametype=DELETE" NO_CAPS
								       "\n");
	fixture_feed(&f); /* the same event: the hidden item is not counted */
	assert_non_null(strstr(fixture_log(&f), " items=5 "));
	fixture_deinit(&f);
}

/* Spec kernel 15: a program with a file capability; the order of 3.4. */
static void exec_with_capability(void **state)
{
	struct evt_bprm_fcaps caps = {
		.fp = 0x2000, .pp = 0x2000, .pe = 0x2000, .fver = 2, .fe = 1
	};
	struct kaudit_fixture f = { 0 };

	(void)state;
	begin(&f, 59, 0);
	event_put(&f.b.w, EVT_ITEM_BPRM_FCAPS, &caps, sizeof(caps));
	event_put_execve(&f.b.w, 2, "/srv/w/fcap\0a", 14);
	builder_text(&f.b, EVT_ITEM_CWD, "/srv/w");
	builder_path(&f.b, "/srv/w/fcap", EVT_NAME_NORMAL, 5, 0100755);
	expect_middle(&f,
		"[1321] " STAMP(
			1) "fver=2 fp=0000000000002000 fi=0 fe=1 old_pp=0 old_pi=0 old_pe=0 old_pa=0 "
			   "pp=0000000000002000 pi=0 pe=0000000000002000 pa=0 frootid=0\n"
			   "[1309] " STAMP(
				   1) "argc=2 a0=\"/srv/w/fcap\" a1=\"a\"\n"
				      "[1307] " STAMP(
					      1) "cwd=\"/srv/w\"\n"
						 "[1302] " STAMP(
							 1) "item=0 name=\"/srv/w/fcap\" inode=5 dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 "
							    "nametype=NORMAL" NO_CAPS "\n");
	fixture_deinit(&f);
}

/* An exec of many arguments is many records of one event; excluded, it is none. */
static void long_exec(void **state)
{
	struct kaudit_fixture f = { 0 };
	struct audit_krule *rule;
	char *strings = calloc(3, 7000);

	(void)state;
	assert_non_null(strings);
	for (size_t i = 0; i < 3; i++)
		memset(strings + i * 7000, 'x', 6999);
	begin(&f, 59, 0);
	event_put_execve(&f.b.w, 3, strings, (size_t)3 * 7000);
	fixture_feed(&f);
	assert_int_equal(f.n_records, 3 + 3);
	assert_non_null(strstr(fixture_log(&f), "[1309] " STAMP(1) " a1"));

	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, AUDIT_EXECVE);
	fixture_add(&f, rule);
	fixture_feed(&f);
	assert_int_equal(f.n_records, 3);
	free(strings);
	fixture_deinit(&f);
}

static void data_records(void **state)
{
	static const unsigned char inet[16] = { 2, 0, 0, 9, 0x7f, 0, 0, 1 };
	int32_t pair[2] = { 3, 4 }, mmap[2] = { -1, 0x2002 };
	uint64_t how[3] = { 0102, 0, 0x18 }, call[3] = { 3, 0xffffffff, 0x10 };
	struct kaudit_fixture f = { 0 };

	(void)state;
	begin(&f, 42, 0);
	event_put(&f.b.w, EVT_ITEM_SOCKADDR, inet, sizeof(inet));
	expect_middle(&f, "[1306] " STAMP(1) "saddr=020000097F0000010000000000000000\n");
	begin(&f, 22, 0);
	event_put(&f.b.w, EVT_ITEM_FD_PAIR, pair, sizeof(pair));
	expect_middle(&f, "[1317] " STAMP(2) "fd0=3 fd1=4\n");
	begin(&f, 9, 0);
	event_put(&f.b.w, EVT_ITEM_MMAP, mmap, sizeof(mmap));
	expect_middle(&f, "[1323] " STAMP(3) "fd=-1 flags=0x2002\n");
	begin(&f, 437, 0);
	event_put(&f.b.w, EVT_ITEM_OPENAT2, how, sizeof(how));
	expect_middle(&f, "[1337] " STAMP(4) "oflag=0102 mode=00 resolve=0x18\n");
	begin(&f, 102, 0);
	event_put(&f.b.w, EVT_ITEM_SOCKETCALL, call, sizeof(call));
	event_put(&f.b.w, EVT_ITEM_SOCKADDR, "\1\0", 2); /* after it */
	expect_middle(&f, "[1304] " STAMP(5) "nargs=3 a0=3 a1=ffffffff a2=10\n"
					     "[1306] " STAMP(5) "saddr=0100\n");
	begin(&f, 42, 0);
	event_put(&f.b.w, EVT_ITEM_SOCKADDR, "", 0);
	expect_middle(&f, "");
	fixture_deinit(&f);
}

/* Blocks of 16 from the newest to the oldest, then the first target (spec kernel 3.4). */
static void signal_targets(void **state)
{
	static const struct {
		size_t n;
		const char *order; /* runs of pids, the first signalled being 1 */
	} cases[] = {
		{ 1, "1" },
		{ 2, "2 1" },
		{ 17, "2-17 1" },
		{ 18, "18 2-17 1" },
		{ 36, "34-36 18-33 2-17 1" },
	};
	struct evt_obj_pid target = {
		.auid = UINT32_MAX, .uid = 5, .ses = UINT32_MAX, .comm = "sleep"
	};
	struct kaudit_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *log, *want = cases[i].order;

		begin(&f, 62, 0);
		for (size_t n = 1; n <= cases[i].n; n++) {
			target.pid = (int32_t)n;
			event_put(&f.b.w, EVT_ITEM_OBJ_PID, &target, sizeof(target));
		}
		fixture_feed(&f);
		assert_int_equal(f.n_records, 3 + cases[i].n);
		log = fixture_log(&f);
		while (*want) {
			char *end;
			long from = strtol(want, &end, 10),
			     to = *end == '-' ? strtol(end + 1, &end, 10) : from;

			for (long pid = from; pid <= to; pid++) {
				log = strstr(log, "opid=");
				assert_non_null(log);
				assert_int_equal(strtol(log + 5, NULL, 10), pid);
				log += 5;
			}
			want = *end ? end + 1 : end;
		}
	}
	begin(&f, 62, 0);
	target.pid = 7;
	event_put(&f.b.w, EVT_ITEM_OBJ_PID, &target, sizeof(target));
	expect_middle(&f, "[1318] " STAMP(6) "opid=7 oauid=-1 ouid=5 oses=-1 ocomm=\"sleep\"\n");
	fixture_deinit(&f);
}

/* Trailing bytes that do not print are cut off, by the kernel's Latin-1 table (spec kernel 8.6). */
static void titles(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
		{ "one\0", 4, "proctitle=\"one\"\n" },
		{ "a\0b\0\0\0", 6, "proctitle=610062\n" },
		{ "x ", 2, "proctitle=7820\n" },
		{ "\0\0", 2, NO_TITLE },
		{ "", 0, NO_TITLE },
		{ "caf\xc3\xa9\n", 6, "proctitle=636166C3A9\n" },
		{ "\xc3\x80", 2, "proctitle=C3\n" },
	};
	struct kaudit_fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin(&f, 1, 0);
		event_put(&f.b.w, EVT_ITEM_PROCTITLE, cases[i].bytes, cases[i].len);
		fixture_feed(&f);
		if (!strstr(fixture_log(&f), cases[i].text))
			fail_msg("case %zu", i);
	}
	fixture_deinit(&f);
}

/* What of a task may differ from one event to the next. */
struct who {
	size_t at; /* offset of the id in the header that is another; 0: none */
	const char *comm, *exe, *tty, *subj, *title; /* NULL: there is none */
};

static void feed_who(struct kaudit_fixture *f, const struct who *who)
{
	const uint32_t other = 77;
	struct evt_hdr hdr = builder_header(39, 0);

	if (who->at)
		memcpy((char *)&hdr + who->at, &other, sizeof(other));
	memset(hdr.comm, 0, sizeof(hdr.comm));
	memcpy(hdr.comm, who->comm, strlen(who->comm));
	builder_begin(&f->b, &hdr);
	if (who->exe)
		builder_exe(&f->b, who->exe, 1);
	if (who->tty)
		builder_text(&f->b, EVT_ITEM_TTY, who->tty);
	if (who->subj)
		builder_text(&f->b, EVT_ITEM_SUBJ, who->subj);
	if (who->title)
		builder_text(&f->b, EVT_ITEM_PROCTITLE, who->title);
	fixture_feed(f);
}

/* The text of a task is remembered: each change of it is told all the same, as if nothing had been before. */
static void who_it_is_now(void **state)
{
	static const size_t ids[] = { offsetof(struct evt_hdr, tgid),
		offsetof(struct evt_hdr, ppid), offsetof(struct evt_hdr, uid),
		offsetof(struct evt_hdr, gid), offsetof(struct evt_hdr, euid),
		offsetof(struct evt_hdr, suid), offsetof(struct evt_hdr, fsuid),
		offsetof(struct evt_hdr, egid), offsetof(struct evt_hdr, sgid),
		offsetof(struct evt_hdr, fsgid), offsetof(struct evt_hdr, auid),
		offsetof(struct evt_hdr, ses) };
	static char long_name[600];
	const struct who texts[] = {
		{ 0, "demo", "/demo", "pts1", "label", "demo" },
		{ 0, "other", "/demo", "pts1", "label", "demo" },
		{ 0, "demo", "/other", "pts1", "label", "demo" },
		{ 0, "demo", "/demo", "pts2", "label", "demo" },
		{ 0, "demo", "/demo", "pts1", "other", "demo" },
		{ 0, "demo", "/demo", "pts1", "label", "other" },
		{ 0, "demo", NULL, "pts1", "label", "demo" },
		{ 0, "demo", "/demo", NULL, "label", "demo" },
		{ 0, "demo", "/demo", "pts1", NULL, "demo" },
		{ 0, "demo", "/demo", "pts1", "", "demo" },
		{ 0, "demo", "/demo", "pts1", "label", NULL },
		{ 0, "demo", "/demop", "ts1", "label", "demo" },
		{ 0, "demo", long_name, "pts1", "label", "demo" },
	};
	const size_t n = ARRAY_SIZE(ids) + ARRAY_SIZE(texts);

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	for (size_t i = 0; i < n * n; i++) {
		struct who who[2];
		struct kaudit_fixture f, fresh;
		char *log;

		for (size_t k = 0; k < 2; k++) {
			size_t nr = k ? i % n : i / n;

			who[k] = nr < ARRAY_SIZE(texts) ? texts[nr] : texts[0];
			if (nr >= ARRAY_SIZE(texts))
				who[k].at = ids[nr - ARRAY_SIZE(texts)];
		}
		fixture_init(&f);
		fixture_add(&f, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
		fixture_init(&fresh);
		fixture_add(&fresh, fixture_rule(AUDIT_FILTER_EXIT, AUDIT_ALWAYS, NULL));
		feed_who(&f, &who[0]);
		(void)fixture_log(&f);
		kaudit_set_serial(f.audit, 0);
		feed_who(&f, &who[1]);
		log = strdup(fixture_log(&f));
		assert_non_null(log);
		feed_who(&fresh, &who[1]);
		assert_string_equal(log, fixture_log(&fresh));
		free(log);
		fixture_deinit(&f);
		fixture_deinit(&fresh);
	}
}

static void losses(void **state)
{
	struct evt_lost lost = { .count = 12, .reason = 12 };
	struct evt_hdr hdr = builder_header(0, 0);
	struct kaudit_fixture f;

	(void)state;
	hdr.kind = EVT_LOST;
	fixture_init(&f);
	builder_begin(&f.b, &hdr);
	event_put(&f.b.w, EVT_ITEM_LOST, &lost, sizeof(lost));
	expect(&f, "[2000] " STAMP(1) "op=events-lost source=replay lost=12 events=12 "
				      "reason=ENOMEM after=0 before=2 res=0\n");
	assert_int_equal(kaudit_stats(f.audit)->events_lost, 12);
	assert_int_equal(kaudit_stats(f.audit)->records, 1);
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(creation),
		cmocka_unit_test(failures_and_no_return),
		cmocka_unit_test(task_fields),
		cmocka_unit_test(keys),
		cmocka_unit_test(names),
		cmocka_unit_test(path_details),
		cmocka_unit_test(exec_with_capability),
		cmocka_unit_test(long_exec),
		cmocka_unit_test(data_records),
		cmocka_unit_test(signal_targets),
		cmocka_unit_test(titles),
		cmocka_unit_test(who_it_is_now),
		cmocka_unit_test(losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
