// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "own_call.h"
#include "source/ptrace/queue_names.h"

static struct effect_env env;
static char name[64];
static int none;

struct expected {
	enum evt_nametype type;
	bool hidden, has_inode;
};

#define ENTRIES(...)                                                                               \
	(const struct expected[]){ __VA_ARGS__ },                                                  \
		sizeof((const struct expected[]){ __VA_ARGS__ }) / sizeof(struct expected)
#define NO_ENTRIES NULL, 0

/* Plays a call with one string and looks at its names list. now: what happens between entry and exit; its result is the
 * call's. inode: that of the last item, 0 for any. */
static void check(const char *call_name, const char *queue, uint64_t oflags,
	int (*now)(const char *queue, uint64_t oflags), const struct expected *want, size_t n_want)
{
	const uint64_t args[6] = { (uintptr_t)queue, oflags, 0600 };
	struct call *call = calloc(1, sizeof(*call));
	int ret;

	assert_non_null(call);
	*call = own_call(ABI_ARCH_X86_64, call_name, args);
	effect_read(call);
	mq_entry(call);
	queue_look(call, &env);
	ret = now(queue, oflags);
	queue_exit(call, &env, ret);
	assert_int_equal(call->names.n, n_want);
	for (size_t i = 0; i < n_want; i++) {
		const struct name_entry *entry = &call->names.entries[i];

		assert_int_equal(entry->type, want[i].type);
		assert_int_equal(entry->hidden, want[i].hidden);
		assert_int_equal(
			entry->has_inode && (entry->f.flags & EVT_PATH_INODE) && entry->f.ino,
			want[i].has_inode);
		if (want[i].has_inode)
			assert_int_equal(entry->f.mode, S_IFREG | 0600);
		assert_string_equal(entry->string->text, queue);
	}
	if (ret > 0)
		close(ret);
	effect_deinit(call);
	free(call);
}

static int really_open(const char *queue, uint64_t oflags)
{
	int fd = (int)syscall(SYS_mq_open, queue, oflags, 0600, NULL);

	return fd < 0 ? -errno : fd;
}

static int really_unlink(const char *queue, uint64_t oflags)
{
	(void)oflags;
	return syscall(SYS_mq_unlink, queue) < 0 ? -errno : 0;
}

static int too_many(const char *queue, uint64_t oflags)
{
	(void)queue;
	(void)oflags;
	return -EMFILE;
}

static void by_name(void **state)
{
	(void)state;
	if (none)
		skip();
	check("mq_open", name, O_RDWR, really_open, ENTRIES({ EVT_NAME_UNKNOWN, false, false }));
	check("mq_unlink", name, 0, really_unlink, ENTRIES({ EVT_NAME_PARENT, true, false }));
	/* no room for another queue, but for a descriptor */
	check("mq_open", name, O_RDWR | O_CREAT, too_many,
		ENTRIES({ EVT_NAME_PARENT, true, false }, { EVT_NAME_CREATE, false, false }));
	check("mq_open", name, O_RDWR | O_CREAT, really_open,
		ENTRIES({ EVT_NAME_PARENT, true, false }, { EVT_NAME_CREATE, false, true }));
	check("mq_open", name, O_RDWR | O_CREAT, really_open,
		ENTRIES({ EVT_NAME_NORMAL, false, true }));
	check("mq_open", name, O_RDWR | O_CREAT | O_EXCL, really_open,
		ENTRIES({ EVT_NAME_NORMAL, false, true }));
	check("mq_unlink", name, 0, really_unlink,
		ENTRIES({ EVT_NAME_PARENT, true, false }, { EVT_NAME_DELETE, false, true }));
}

static void bad_names(void **state)
{
	static const char *const bad[] = { "/x", "a/b", ".", ".." };

	(void)state;
	if (none)
		skip();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		check("mq_open", bad[i], O_RDWR | O_CREAT, really_open,
			ENTRIES({ EVT_NAME_UNKNOWN, false, false }));
		check("mq_unlink", bad[i], 0, really_unlink,
			ENTRIES({ EVT_NAME_PARENT, true, false }));
	}
	check("mq_open", "", O_RDWR | O_CREAT, really_open, NO_ENTRIES);
	check("mq_open", NULL, O_RDWR | O_CREAT, really_open, NO_ENTRIES);
	check("mq_unlink", "", 0, really_unlink, NO_ENTRIES);
}

/* How many items a transfer over fd has that answers ret. */
static size_t items_of_transfer(int fd, unsigned prio, int64_t ret)
{
	const uint64_t args[6] = { (uint64_t)fd, 1, 5, prio };
	struct call *call = calloc(1, sizeof(*call));
	size_t n;

	assert_non_null(call);
	*call = own_call(ABI_ARCH_X86_64, "mq_timedsend", args);
	effect_read(call);
	mq_entry(call);
	queue_look(call, &env);
	queue_exit(call, &env, ret);
	n = call->names.n;
	if (n) {
		assert_null(call->names.entries[0].string);
		assert_int_equal(call->names.entries[0].type, EVT_NAME_NORMAL);
	}
	effect_deinit(call);
	free(call);
	return n;
}

static void by_descriptor(void **state)
{
	int fd, file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	(void)state;
	if (none)
		skip();
	fd = really_open(name, O_RDONLY | O_CREAT);
	assert_true(fd >= 0);
	assert_int_equal(items_of_transfer(fd, 1, 0), 1);
	assert_int_equal(items_of_transfer(fd, 1, -EBADF), 1); /* opened for reading */
	assert_int_equal(items_of_transfer(fd, 32768, -EINVAL), 0);
	assert_int_equal(items_of_transfer(file, 1, -EBADF), 0);
	assert_int_equal(items_of_transfer(-1, 1, -EBADF), 0);
	close(fd);
	close(file);
	really_unlink(name, 0);
}

static int set_up(void **state)
{
	int fd;

	(void)state;
	env.lookup = (struct lookup){ .tid = getpid(),
		.tgid = getpid(),
		.own_uid = geteuid(),
		.own_gid = getegid(),
		.own_root = true };
	env.lookup.procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	snprintf(name, sizeof(name), "uaudit-test-queue-names-%d", (int)getpid());
	fd = really_open(name, O_RDWR | O_CREAT | O_EXCL);
	none = fd < 0;
	if (none) {
		print_message("no message queue can be made here: %s\n", strerror(-fd));
	} else {
		close(fd);
		really_unlink(name, 0);
	}
	return inode_caps_cache_new(&env.lookup.caps);
}

static int tear_down(void **state)
{
	(void)state;
	really_unlink(name, 0); /* of a test that failed */
	inode_caps_cache_free(env.lookup.caps);
	return close(env.lookup.procfd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
		cmocka_unit_test(bad_names),
		cmocka_unit_test(by_descriptor),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
