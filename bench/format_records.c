// SPDX-License-Identifier: MIT
/*
 * Makes records of the events of a replay file, again and again, and counts. No output but the figures.
 *
 *   format_records events DIR COUNT                  writes sample files of COUNT events, prints their names
 *   format_records core|printf RULES FILE ROUNDS     prints "records bytes cpu-ns", of which the file is no part
 *   format_records core-text|printf-text RULES FILE  prints the records themselves, once
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/macros.h"
#include "core/kaudit.h"
#include "event/event.h"
#include "event/replay_file.h"
#include "printf_records.h"
#include "rule/rule_parse.h"
#include "rule/rule_set.h"
#include "sample_events.h"

#define EVENTS_MAX ((size_t)256 * 1024 * 1024) /* bytes */

struct bench {
	struct buf events; /* as they lie in the file */
	struct event ev;   /* decoded */
	struct rule_set *rules;
	struct kaudit *audit; /* NULL: printf_records() */
	uint32_t serial;
	uint64_t n_records, n_bytes;
	bool show;
};

static int check(int r, const char *what)
{
	if (r >= 0)
		return r;
	fprintf(stderr, "format_records: %s: %s\n", what, strerror(-r));
	exit(1);
}

static int count(void *userdata, const struct kaudit_record *record)
{
	struct bench *b = userdata;

	b->n_records++;
	b->n_bytes += record->len;
	if (b->show)
		printf("type=%u msg=%.*s\n", record->type, (int)record->len, record->text);
	return 0;
}

static void load_events(struct bench *b, const char *path)
{
	struct replay_reader *reader;
	const void *event;
	uint64_t offset;
	size_t len;

	buf_init(&b->events, EVENTS_MAX);
	check(replay_reader_open(&reader, path), path);
	while (check(replay_reader_next(reader, &event, &len, &offset), path) > 0)
		buf_put(&b->events, event, len);
	replay_reader_close(reader);
	check(buf_error(&b->events), path);
}

static void load_rules(struct bench *b, const char *path)
{
	static const struct rule_env env = { 0 };
	static char text[65536];
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	size_t len, at = 0;
	unsigned line = 0;
	int r;

	check(file ? 0 : -errno, path);
	len = fread(text, 1, sizeof(text), file);
	check(rule_set_new(&b->rules), path);
	for (;;) {
		struct rule_request req = { 0 };
		struct audit_krule *rule;
		struct rule_error error;

		r = rule_parse_line(&req, text, len, &at, &line, &env, &error);
		check(r, r == -EINVAL ? error.message : path);
		if (r == 0)
			break;
		check(krule_from_data(&rule, req.data, req.data_len, &env), path);
		check(rule_set_add(b->rules, rule), path);
		rule_request_deinit(&req);
	}
}

/* What is measured. A function of its own, so that callgrind can be told to count in it alone. */
__attribute__((noinline)) static void format_all(struct bench *b)
{
	for (size_t at = 0, used; at < b->events.len; at += used) {
		int r = event_decode(&b->ev, b->events.data + at, b->events.len - at, &used);

		if (r == 0)
			r = b->audit ? kaudit_feed(b->audit, &b->ev)
				     : printf_records(&b->ev, ++b->serial, count, b);
		check(r, "an event");
	}
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int usage(void)
{
	fputs("usage: format_records events DIR COUNT | core|printf RULES FILE ROUNDS |"
	      " core-text|printf-text RULES FILE\n",
		stderr);
	return 1;
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	unsigned long rounds = 1;
	uint64_t before;

	if (argc == 4 && strcmp(argv[1], "events") == 0)
		return check(sample_events_write(argv[2], (unsigned)strtoul(argv[3], NULL, 10)),
			argv[2]);
	if (argc != 4 && argc != 5)
		return usage();
	b.show = argc == 4;
	if (!b.show)
		rounds = strtoul(argv[4], NULL, 10);
	load_rules(&b, argv[2]);
	load_events(&b, argv[3]);
	if (strcmp(argv[1], b.show ? "core-text" : "core") == 0)
		check(kaudit_new(&b.audit, b.rules, count, &b), "kaudit_new");
	else if (strcmp(argv[1], b.show ? "printf-text" : "printf") != 0)
		return usage();

	before = cpu_ns();
	for (unsigned long i = 0; i < rounds; i++)
		format_all(&b);
	if (!b.show)
		printf("%llu %llu %llu\n", (unsigned long long)b.n_records,
			(unsigned long long)b.n_bytes, (unsigned long long)(cpu_ns() - before));

	kaudit_free(b.audit);
	rule_set_free(b.rules);
	event_deinit(&b.ev);
	buf_deinit(&b.events);
	return 0;
}
