// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "log/describe.h"
#include "log_sample.h"

#define OK(nr, args)        SYSCALL(nr " success=yes exit=3 " args)
#define FAIL(nr, ret, args) SYSCALL(nr " success=no exit=-" ret " " args)
#define W                   CWD("\"/srv/w\"")
#define EXTRA(rest)         OTHER("UNKNOWN[1399]", rest)

static const struct {
	const char *lines;
	enum action_kind kind;
	const char *verb, *object, *object2;
} cases[] = {
	{ OK("2", "a0=1 a1=41 a2=1a4 a3=0") W PATH("0", "\"/srv/w\"", "PARENT")
			PATH("1", "\"f1\"", "CREATE"),
		ACTION_CREATE, "created", "/srv/w/f1", "" },
	{ OK("257", "a0=ffffff9c a1=1 a2=241 a3=1a4") W PATH("0", "\"d/f\"", "NORMAL"),
		ACTION_WRITE, "opened for writing", "/srv/w/d/f", "" },
	{ OK("257", "a0=ffffff9c a1=1 a2=80000 a3=0") W PATH("0", "\"/etc/passwd\"", "NORMAL"),
		ACTION_READ, "opened", "/etc/passwd", "" },
	{ FAIL("257", "13", "a0=ffffff9c a1=1 a2=0 a3=0") W PATH("0", "\"/etc/shadow\"", "NORMAL"),
		ACTION_READ, "open", "/etc/shadow", "" },
	/* a directory descriptor: the PARENT item says where it is, the cwd does not matter */
	{ OK("257", "a0=5 a1=1 a2=41 a3=1a4") W PATH("0", "\"/var/lib\"", "PARENT")
			PATH("1", "\"f\"", "CREATE"),
		ACTION_CREATE, "created", "/var/lib/f", "" },
	{ OK("257", "a0=5 a1=1 a2=0 a3=0") W PATH("0", "\"f\"", "NORMAL"), ACTION_READ, "opened",
		"[fd 5]/f", "" },
	{ OK("437", "a0=ffffff9c a1=1 a2=7ffc a3=18") "type=OPENAT2 msg=" STAMP
						      "oflag=01 mode=00 resolve=0x0\n" W PATH(
							      "0", "\"f\"", "NORMAL"),
		ACTION_WRITE, "opened for writing", "/srv/w/f", "" },
	{ OK("82", "a0=1 a1=2 a2=0 a3=0") W PATH("0", "\"/srv/w\"", "PARENT") PATH("1",
		  "\"/srv/w\"", "PARENT") PATH("2", "\"a\"", "DELETE") PATH("3", "\"b\"", "CREATE"),
		ACTION_RENAME, "renamed", "/srv/w/a", "/srv/w/b" },
	{ OK("264", "a0=5 a1=1 a2=6 a3=2") W PATH("0", "\"/new\"", "PARENT") PATH("1", "\"/old\"",
		  "PARENT") PATH("2", "\"a\"", "DELETE") PATH("3", "\"b\"", "CREATE"),
		ACTION_RENAME, "renamed", "/old/a", "/new/b" },
	{ FAIL("87", "2", "a0=1 a1=0 a2=0 a3=0") W PATH("0", "\"/tmp/\"", "PARENT"), ACTION_DELETE,
		"delete", "/tmp/?", "" },
	{ OK("263", "a0=ffffff9c a1=1 a2=0 a3=0") W PATH("0", "\"/srv/w\"", "PARENT")
			PATH("1", "\"x\"", "DELETE"),
		ACTION_DELETE, "deleted", "/srv/w/x", "" },
	{ OK("88", "a0=1 a1=2 a2=0 a3=0") W PATH("0", "\"/srv/w\"", "PARENT")
			PATH("1", "\"to\"", "UNKNOWN") PATH("2", "\"ln\"", "CREATE"),
		ACTION_LINK, "symlinked", "to", "/srv/w/ln" },
	{ OK("90", "a0=1 a1=1ed a2=0 a3=0") W PATH("0", "\"f\"", "NORMAL"), ACTION_ATTR,
		"changed mode of", "/srv/w/f", "0755" },
	{ OK("91", "a0=4 a1=1ed a2=0 a3=0") PATH("0", "(null)", "NORMAL"), ACTION_ATTR,
		"changed mode of", "fd 4 (inode 356)", "0755" },
	/* with extra records: what has no absolute name has a path all the same */
	{ OK("257", "a0=5 a1=1 a2=0 a3=0") W PATH("0", "\"f\"", "NORMAL")
			EXTRA("item=0 path=\"/var/lib/real\""),
		ACTION_READ, "opened", "/var/lib/real", "" },
	{ OK("257", "a0=5 a1=1 a2=0 a3=0") W PATH("0", "\"/etc/link\"", "NORMAL")
			EXTRA("item=0 path=\"/etc/real\""),
		ACTION_READ, "opened", "/etc/link", "" },
	{ OK("91", "a0=4 a1=1ed a2=0 a3=0") PATH("0", "(null)", "NORMAL") EXTRA("a4=0 a5=0")
			EXTRA("item=0 path=2F612062"),
		ACTION_ATTR, "changed mode of", "/a b", "0755" },
	{ OK("77", "a0=4 a1=0 a2=0 a3=0") EXTRA("fd=4 path=\"/srv/f\""), ACTION_WRITE, "truncated",
		"/srv/f", "" },
	{ OK("77", "a0=4 a1=0 a2=0 a3=0") EXTRA("fd=5 path=\"/srv/f\""), ACTION_WRITE, "truncated",
		"fd 4", "" },
	{ OK("74", "a0=4 a1=0 a2=0 a3=0") EXTRA("fd=4 path=\"/srv/f\""), ACTION_OTHER, "called",
		"fsync", "/srv/f" },
	{ OK("92", "a0=1 a1=0 a2=ffffffff a3=0") W PATH("0", "\"f\"", "NORMAL"), ACTION_ATTR,
		"changed owner of", "/srv/w/f", "root" },
	{ OK("59", "a0=1 a1=2 a2=3 a3=0") "type=EXECVE msg=" STAMP
					  "argc=2 a0=\"sh\" a1=2D6320\n" W PATH("0", "\"/bin/sh\"",
						  "NORMAL") PATH("1", "\"/lib/ld\"", "NORMAL"),
		ACTION_EXEC, "ran", "/bin/sh", "" },
	{ FAIL("42", "115", "a0=3 a1=1 a2=10 a3=0") "type=SOCKADDR msg=" STAMP
						    "saddr=020000097F0000010000000000000000\n",
		ACTION_CONNECT, "began connecting to", "127.0.0.1:9", "" },
	{ OK("62", "a0=4d2 a1=f a2=0 a3=0") "type=OBJ_PID msg=" STAMP
					    "opid=1234 oauid=-1 ouid=0 oses=-1 ocomm=\"sleep\"\n",
		ACTION_SIGNAL, "signalled", "sleep[1234]", "SIGTERM" },
	{ FAIL("62", "3", "a0=ffffffff a1=9 a2=0 a3=0"), ACTION_SIGNAL, "signal", "every process",
		"SIGKILL" },
	{ OK("117", "a0=0 a1=ffffffff a2=0 a3=0"), ACTION_PRIVILEGE, "changed user to",
		"root,-,root", "" },
	{ OK("165", "a0=1 a1=2 a2=3 a3=0") W PATH("0", "\"/mnt\"", "NORMAL"), ACTION_MOUNT,
		"mounted on", "/mnt", "" },
	{ OK("39", "a0=0 a1=0 a2=0 a3=0"), ACTION_OTHER, "called", "getpid", "" },
};

static void says_what_happened(void **state)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(interpreter_new(&in), 0);
		assert_int_equal(sample_add(&ev, cases[i].lines), 0);
		assert_int_equal(describe_event(&d, in, &ev), 0);
		assert_string_equal(buf_cstr(&d.object), cases[i].object);
		assert_string_equal(buf_cstr(&d.object2), cases[i].object2);
		assert_string_equal(d.verb, cases[i].verb);
		assert_int_equal(d.kind, cases[i].kind);
		assert_string_equal(buf_cstr(&d.subject), "demo[101]");
		assert_string_equal(d.key, "k");
		interpreter_free(in);
	}
	description_deinit(&d);
	log_event_deinit(&ev);
}

static void tells_results_apart(void **state)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };

	(void)state;
	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(sample_add(&ev, cases[3].lines), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(d.result, 0);
	assert_int_equal(d.error, EACCES);
	assert_int_equal(sample_add(&ev, OK("62", "a0=65 a1=f a2=0 a3=0")), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(d.result, 1);
	assert_true(d.to_itself); /* 0x65 is the sender */
	assert_int_equal(sample_add(&ev, SYSCALL("231 a0=0 a1=0 a2=0 a3=0")), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(d.result, -1);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void arguments_of_a_program(void **state)
{
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };

	(void)state;
	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(
		sample_add(&ev,
			OK("59", "a0=1 a1=2 a2=3 a3=0") "type=EXECVE msg=" STAMP
							"argc=3 a0=\"sh\" a1_len=8 a1[0]=6162\n"
							"type=EXECVE msg=" STAMP
							" a1[1]=6364 a2=\"\"\n"),
		0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(d.n_argv, 3);
	assert_int_equal(d.argv.len, 9);
	assert_memory_equal(d.argv.data, "sh\0abcd\0", 9);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void descriptors_have_the_names_of_earlier_events(void **state)
{
	static const char *const unnamed =
		OK("91", "a0=4 a1=1ed a2=0 a3=0") PATH("0", "(null)", "NORMAL");
	struct description d = { 0 };
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };

	(void)state;
	assert_int_equal(interpreter_new(&in), 0);
	assert_int_equal(sample_add(&ev, cases[0].lines), 0); /* creates /srv/w/f1, inode 356 */
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_false(d.by_inode);
	assert_int_equal(sample_add(&ev, unnamed), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_string_equal(buf_cstr(&d.object), "/srv/w/f1");
	assert_true(d.by_inode && d.is_file);
	/* deleted: the number may belong to any file now */
	assert_int_equal(
		sample_add(&ev, OK("87", "a0=1 a1=0 a2=0 a3=0") W PATH("1", "\"f1\"", "DELETE")),
		0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_int_equal(sample_add(&ev, unnamed), 0);
	assert_int_equal(describe_event(&d, in, &ev), 0);
	assert_string_equal(buf_cstr(&d.object), "fd 4 (inode 356)");
	assert_false(d.by_inode);
	description_deinit(&d);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void table_is_sorted(void **state)
{
	(void)state;
	assert_true(actions_are_sorted());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_happened),
		cmocka_unit_test(tells_results_apart),
		cmocka_unit_test(arguments_of_a_program),
		cmocka_unit_test(descriptors_have_the_names_of_earlier_events),
		cmocka_unit_test(table_is_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
