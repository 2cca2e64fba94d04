// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/audit.h>

#include "log/log_line.h"
#include "log/log_writer.h"

static void put(struct log_writer *w, uint16_t type, const char *text, int want)
{
	assert_int_equal(log_writer_put(w, type, text, strlen(text)), want);
}

static void writes_auditd_lines(void **state)
{
	static const char want[] = "type=SYSCALL msg=audit(1.002:3): arch=c000003e key=\"k\"\n"
				   "type=MQ_GETSETATTR msg=audit(1.002:3): mqdes=1 x\n"
				   "type=UNKNOWN[1399] msg=audit(1.002:3): a b\n";
	struct log_writer w = LOG_WRITER_NULL;
	char got[512];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	w.fd = fds[1];
	put(&w, AUDIT_SYSCALL, "audit(1.002:3): arch=c000003e key=\"k\"", 0);
	put(&w, AUDIT_MQ_GETSETATTR, "audit(1.002:3): mqdes=1 x ", 0);
	put(&w, 1399, "audit(1.002:3): a\nb", 0);
	/* nothing before the event is whole */
	assert_int_equal(read(fds[0], got, sizeof(got)), -1);
	put(&w, AUDIT_EOE, "audit(1.002:3): ", 0);
	assert_int_equal(read(fds[0], got, sizeof(got)), sizeof(want) - 1);
	assert_memory_equal(got, want, sizeof(want) - 1);
	assert_int_equal(w.records, 3);
	log_writer_deinit(&w);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void cuts_where_auditd_does(void **state)
{
	static char text[20000];
	struct log_writer w = LOG_WRITER_NULL;
	static char got[20000];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	w.fd = fds[1];
	memset(text, 'x', sizeof(text) - 1);
	put(&w, AUDIT_USER, text, 0);
	assert_int_equal(log_writer_flush(&w), 0);
	assert_int_equal(
		read(fds[0], got, sizeof(got)), (int)strlen("type=USER msg=") + LOG_LINE_MAX + 1);
	assert_int_equal(w.cut, 1);
	log_writer_deinit(&w);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* Whatever the type is called. */
static void a_line_has_room(void **state)
{
	static char text[LOG_LINE_MAX + 10];
	struct buf line = BUF_NULL;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (unsigned type = 0; type <= UINT16_MAX; type++) {
		size_t len = type % 7 ? type % 100 : sizeof(text) - type % 20;

		buf_clear(&line);
		assert_int_equal(
			log_line_put(&line, (uint16_t)type, text, len), len > LOG_LINE_MAX);
		assert_true(line.len <= log_line_room(len));
		assert_int_equal(line.data[line.len - 1], '\n');
	}
	buf_deinit(&line);
}

static void a_full_disk_sticks(void **state)
{
	struct log_writer w = LOG_WRITER_NULL;

	(void)state;
	w.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (w.fd < 0)
		skip();
	put(&w, AUDIT_SYSCALL, "audit(1.002:3): a=b", 0);
	put(&w, AUDIT_EOE, "audit(1.002:3): ", -ENOSPC);
	(void)close(w.fd);
	w.fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	put(&w, AUDIT_SYSCALL, "audit(1.002:4): a=b", -ENOSPC);
	assert_int_equal(log_writer_flush(&w), -ENOSPC);
	(void)close(w.fd);
	log_writer_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_auditd_lines),
		cmocka_unit_test(cuts_where_auditd_does),
		cmocka_unit_test(a_line_has_room),
		cmocka_unit_test(a_full_disk_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
