// SPDX-License-Identifier: MIT
/* Going to the background: what the caller's status says, and what the new process is. The pid file. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/background.h"

#define FAILED 7

struct seen {
	pid_t pid, session;
	char dir[64], in[64], out[64];
};

/* What the new process is, sent before it says that it is ready, or ends. */
static _Noreturn void be_in_background(int report_fd, int end_status, int end_signal)
{
	struct seen seen = { 0 };
	int ready_fd;

	if (background_start(&ready_fd, FAILED) < 0)
		_exit(100);
	if (end_signal)
		(void)raise(end_signal);
	if (end_status)
		_exit(end_status);
	background_ready(ready_fd);
	seen.pid = getpid();
	seen.session = getsid(0);
	(void)!getcwd(seen.dir, sizeof(seen.dir));
	(void)!readlink("/proc/self/fd/0", seen.in, sizeof(seen.in) - 1);
	(void)!readlink("/proc/self/fd/1", seen.out, sizeof(seen.out) - 1);
	(void)!write(report_fd, &seen, sizeof(seen));
	_exit(0);
}

/* The exit status of the process that was called. */
static int call(struct seen *seen, int end_status, int end_signal)
{
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(fds[0]);
		be_in_background(fds[1], end_status, end_signal);
	}
	(void)close(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (seen)
		assert_int_equal(read(fds[0], seen, sizeof(*seen)), sizeof(*seen));
	(void)close(fds[0]);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_ready(void **state)
{
	struct seen seen;

	(void)state;
	assert_int_equal(call(&seen, 0, 0), 0);
	assert_int_equal(seen.session, seen.pid);
	assert_string_equal(seen.dir, "/");
	assert_string_equal(seen.in, "/dev/null");
	assert_string_equal(seen.out, "/dev/null");
}

static void test_failed(void **state)
{
	(void)state;
	assert_int_equal(call(NULL, 3, 0), 3);
	assert_int_equal(call(NULL, 0, SIGKILL), FAILED);
}

static void test_pid_file(void **state)
{
	char dir[] = "/tmp/test_background.XXXXXX", path[64], target[64], text[32] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/pid", dir);
	(void)snprintf(target, sizeof(target), "%s/target", dir);
	/* somebody's link there is not followed */
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(pid_file_write(path), 0);
	assert_int_equal(access(target, F_OK), -1);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	fd = open(path, O_RDONLY);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	(void)close(fd);
	assert_int_equal(atoi(text), getpid());
	assert_non_null(strchr(text, '\n'));
	assert_int_equal(pid_file_write(path), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(pid_file_write(path), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_pid_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
