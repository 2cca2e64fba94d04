// SPDX-License-Identifier: MIT
/* A replay file fed by the loop: all of it in order, held up by a congestion, and what is wrong with files. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/replay_source.h"
#include "event/replay_file.h"
#include "event_builder.h"

#define EVENTS 1000

static char path[] = "/tmp/test_replay_source.XXXXXX";

struct seen {
	unsigned n_events, n_asked, n_done;
	unsigned fail_at; /* 0: never */
	bool out_of_order;
	int error;
	uint64_t counted;
};

/* Now and then. */
static bool is_congested(void *userdata)
{
	struct seen *seen = userdata;

	return ++seen->n_asked % 300 == 0;
}

static int feed(void *userdata, const struct event *ev)
{
	struct seen *seen = userdata;

	seen->out_of_order |= ev->h.ret != (int64_t)seen->n_events;
	seen->n_events++;
	return seen->n_events == seen->fail_at ? -ENOMEM : 0;
}

static void done(void *userdata, int error, uint64_t offset, uint64_t n_events)
{
	struct seen *seen = userdata;

	(void)offset;
	seen->error = error;
	seen->counted = n_events;
	seen->n_done++;
}

static void write_file(void)
{
	struct event_builder b = { 0 };
	struct evt_hdr hdr;
	struct replay_writer *w;

	assert_int_equal(replay_writer_open(&w, path), 0);
	for (int i = 0; i < EVENTS; i++) {
		hdr = builder_header(2, i);
		builder_begin(&b, &hdr);
		(void)builder_done(&b);
		replay_writer_put(w, b.bytes.data, b.bytes.len);
	}
	builder_deinit(&b);
	assert_int_equal(replay_writer_close(w), 0);
}

static void run(struct seen *seen)
{
	const struct replay_source_ops ops = { seen, is_congested, feed, done };
	struct replay_source *source;
	struct loop *loop;

	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(replay_source_new(&source, loop, path, &ops), 0);
	while (!seen->n_done)
		assert_int_equal(loop_round(loop), 0);
	(void)replay_source_free(source);
	(void)loop_free(loop);
}

static void test_all(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	write_file();
	run(&seen);
	assert_int_equal(seen.n_events, EVENTS);
	assert_int_equal(seen.counted, EVENTS);
	assert_int_equal(seen.error, 0);
	assert_int_equal(seen.n_done, 1);
	assert_false(seen.out_of_order);
	/* it was asked before each event, at the end, and again after each refusal */
	assert_int_equal(seen.n_asked, EVENTS + 1 + seen.n_asked / 300);
}

static void test_feed_fails(void **state)
{
	struct seen seen = { .fail_at = 70 };

	(void)state;
	write_file();
	run(&seen);
	assert_int_equal(seen.n_events, 70);
	assert_int_equal(seen.counted, 69);
	assert_int_equal(seen.error, -ENOMEM);
}

static void test_torn(void **state)
{
	struct seen seen = { 0 };
	struct stat st;

	(void)state;
	write_file();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 3), 0);
	run(&seen);
	assert_int_equal(seen.n_events, EVENTS - 1);
	assert_int_equal(seen.error, -EBADMSG);
}

static void test_no_file(void **state)
{
	struct seen seen = { 0 };
	const struct replay_source_ops ops = { &seen, is_congested, feed, done };
	struct replay_source *source;
	struct loop *loop;

	(void)state;
	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(replay_source_new(&source, loop, "/dev/null", &ops), -EBADMSG);
	assert_int_equal(replay_source_new(&source, loop, "/nonexistent/f", &ops), -ENOENT);
	assert_null(replay_source_free(NULL));
	(void)loop_free(loop);
}

static int make_path(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_feed_fails),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
