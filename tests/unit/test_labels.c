// SPDX-License-Identifier: MIT
/* Names of labels, with a directory in place of /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/bpf/labels.h"

#define SECOND UINT64_C(1000000000)
#define LABEL  UINT64_C(0xffff888001234500)

struct fixture {
	char dir[64];
	int procfd;
	__u64 read; /* what the program says */
	struct labels *labels;
};

static void path_of(const struct fixture *f, char path[256], const char *rest)
{
	(void)snprintf(path, 256, "%s%s", f->dir, rest);
}

static void say(const struct fixture *f, const char *text)
{
	char path[256];
	FILE *file;

	path_of(f, path, "/7/attr/apparmor/current");
	if (!text) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	static const char *const dirs[] = { "/7", "/7/attr", "/7/attr/apparmor" };
	struct fixture *f = calloc(1, sizeof(*f));
	char path[256];

	assert_non_null(f);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_labels.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		path_of(f, path, dirs[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	f->procfd = open(f->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(f->procfd >= 0);
	assert_int_equal(labels_new(&f->labels, f->procfd, &f->read), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const all[] = { "/7/attr/apparmor/current", "/7/attr/apparmor",
		"/7/attr", "/7", "" };
	struct fixture *f = *state;
	char path[256];

	f->labels = labels_free(f->labels);
	(void)close(f->procfd);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		path_of(f, path, all[i]);
		(void)remove(path);
	}
	free(f);
	return 0;
}

static void expect(struct fixture *f, uint64_t label, uint64_t now, const char *name)
{
	struct view v = labels_get(f->labels, label, 7, now);

	if (!name) {
		assert_null(v.p);
		return;
	}
	assert_non_null(v.p);
	assert_int_equal(v.len, strlen(name));
	assert_memory_equal(v.p, name, v.len);
}

static void remembered(void **state)
{
	struct fixture *f = *state;

	f->read = LABEL;
	say(f, "/usr/bin/man (enforce)\n");
	expect(f, LABEL, SECOND, "/usr/bin/man");
	say(f, "unconfined\n");
	expect(f, LABEL, SECOND + 5, "/usr/bin/man");
	/* the address may be another one's by now */
	expect(f, LABEL, 2 * SECOND, "unconfined");
	/* the task is gone */
	say(f, NULL);
	expect(f, LABEL, 9 * SECOND, "unconfined");
	expect(f, LABEL + 64, 9 * SECOND, NULL);
	expect(f, 0, 9 * SECOND, NULL);
}

/* The task has got another label in between: that one's name is not this one's. */
static void of_another_label(void **state)
{
	struct fixture *f = *state;

	f->read = LABEL;
	say(f, "unconfined\n");
	expect(f, LABEL, SECOND, "unconfined");
	say(f, "b (complain)\n");
	f->read = LABEL + 64;
	expect(f, LABEL, 3 * SECOND, "unconfined");
	expect(f, LABEL + 128, 3 * SECOND, NULL);
	expect(f, LABEL + 64, 3 * SECOND, "b");
	say(f, "c (complain)\n");
	f->read = LABEL + 128;
	expect(f, LABEL + 128, 3 * SECOND, "c");
}

/* As records show them. */
static void without_modes(void **state)
{
	static const char *const texts[][2] = {
		{ "a (enforce)//&:ns:b (complain)\n", "a//&:ns:b" },
		{ "a (b) c (mixed)\n", "a (b) c" },
		{ "a (enforce\n", "a (enforce" },
		{ "a (E)\n", "a (E)" },
		{ "(enforce)\n", "(enforce)" },
		{ "a (enforce)//x\n", "a (enforce)//x" },
		{ "a ()\n", "a" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		f->read = LABEL + 64 * i;
		say(f, texts[i][0]);
		expect(f, f->read, SECOND, texts[i][1]);
	}
}

static void nothing_that_forges(void **state)
{
	struct fixture *f = *state;

	f->read = LABEL;
	say(f, "a\nb=1\n");
	expect(f, LABEL, SECOND, NULL);
	say(f, "\n");
	expect(f, LABEL, SECOND, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(remembered, setup, teardown),
		cmocka_unit_test_setup_teardown(of_another_label, setup, teardown),
		cmocka_unit_test_setup_teardown(without_modes, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_that_forges, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
