// SPDX-License-Identifier: MIT
/* What a service manager sends and receives, over real sockets in a scratch directory. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/notify.h"

#define FIRST_FD 100 /* out of the way of what the test itself has open */

static char dir[] = "/tmp/test_notify.XXXXXX";

static int bound(const char *name, int type, bool is_listening)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s", dir, name);
	(void)unlink(address.sun_path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (is_listening)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void test_send(void **state)
{
	int fd = bound("notify", SOCK_DGRAM, false);
	char path[64], text[64] = "";

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/notify", dir);
	assert_int_equal(notify_send(path, "READY=1"), 0);
	assert_int_equal(recv(fd, text, sizeof(text), 0), 7);
	assert_string_equal(text, "READY=1");
	(void)close(fd);
	assert_int_equal(notify_send(path, "READY=1"), -ECONNREFUSED);
	assert_int_equal(notify_send(NULL, "READY=1"), 0);
	assert_int_equal(notify_send("relative", "READY=1"), -EINVAL);
	assert_int_equal(notify_send("@", "READY=1"), -EINVAL);
}

static void test_send_abstract(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char name[64], text[64] = "", long_name[sizeof(address.sun_path) + 2];
	size_t len;

	(void)state;
	len = (size_t)snprintf(name, sizeof(name), "@%s", dir);
	memcpy(address.sun_path, name, len);
	address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
		0);
	assert_int_equal(notify_send(name, "STOPPING=1"), 0);
	assert_int_equal(recv(fd, text, sizeof(text), 0), 10);
	(void)close(fd);
	memset(long_name, 'x', sizeof(long_name));
	long_name[0] = '@';
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(notify_send(long_name, "READY=1"), -ENAMETOOLONG);
}

/* Hands the descriptors over as FIRST_FD and up; they are closed here. */
static int hand_over(struct notify_sockets *ret, const int *fds, int n)
{
	char count[16], pid[16];

	for (int i = 0; i < n; i++) {
		assert_int_equal(dup2(fds[i], FIRST_FD + i), FIRST_FD + i);
		(void)close(fds[i]);
	}
	(void)snprintf(count, sizeof(count), "%d", n);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	return notify_inherited(ret, pid, count, getpid(), FIRST_FD);
}

static void test_inherited(void **state)
{
	struct notify_sockets sockets;
	int fds[2];

	(void)state;
	fds[0] = bound("readlog.sock", SOCK_SEQPACKET, true);
	fds[1] = bound("control.sock", SOCK_SEQPACKET, true);
	assert_int_equal(hand_over(&sockets, fds, 2), 0);
	assert_int_equal(sockets.readlog_fd, FIRST_FD);
	assert_int_equal(sockets.control_fd, FIRST_FD + 1);
	assert_int_equal(fcntl(FIRST_FD, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(FIRST_FD, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	(void)close(FIRST_FD);
	(void)close(FIRST_FD + 1);
}

static void test_not_ours(void **state)
{
	struct notify_sockets sockets;

	(void)state;
	assert_int_equal(notify_inherited(&sockets, NULL, NULL, 5, FIRST_FD), 0);
	assert_int_equal(notify_inherited(&sockets, "4", "1", 5, FIRST_FD), 0);
	assert_int_equal(notify_inherited(&sockets, "x", "1", 5, FIRST_FD), 0);
	assert_int_equal(sockets.control_fd, -1);
	assert_int_equal(notify_inherited(&sockets, "5", "x", 5, FIRST_FD), -EINVAL);
	assert_int_equal(notify_inherited(&sockets, "5", "1000000", 5, FIRST_FD), -EINVAL);
	/* nothing is open there */
	assert_int_equal(notify_inherited(&sockets, "5", "1", 5, FIRST_FD), -EINVAL);
}

static void test_wrong_sockets(void **state)
{
	static const struct {
		const char *name;
		int type;
		bool is_listening;
	} cases[] = {
		{ "control.sock", SOCK_STREAM, true },
		{ "control.sock", SOCK_SEQPACKET, false },
		{ "control", SOCK_SEQPACKET, true },
		{ "xcontrol.sock", SOCK_SEQPACKET, true },
	};
	struct notify_sockets sockets;
	int fds[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fds[0] = bound(cases[i].name, cases[i].type, cases[i].is_listening);
		assert_int_equal(hand_over(&sockets, fds, 1), -EINVAL);
		assert_int_equal(sockets.control_fd, -1);
		(void)close(FIRST_FD);
	}
	fds[0] = bound("control.sock", SOCK_SEQPACKET, true);
	fds[1] = bound("control.sock", SOCK_SEQPACKET, true);
	assert_int_equal(hand_over(&sockets, fds, 2), -EINVAL);
	(void)close(FIRST_FD);
	(void)close(FIRST_FD + 1);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "notify", "control.sock", "readlog.sock", "control",
		"xcontrol.sock" };
	char path[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_send_abstract),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_wrong_sockets),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
