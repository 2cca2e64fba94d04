// SPDX-License-Identifier: MIT
/*
 * What the exit list costs per event, walked and asked through the index.
 *
 *   filter_cost KIND N_RULES FILE ROUNDS
 *
 * KIND: what the rules are, of which none selects an event of the replay file FILE; N_RULES of them. Prints
 * "walk-ns index-ns build-us bytes kernel-ns": processor time per event, of ROUNDS walks over the file and of a hundred rounds
 * through the index, of building the index, its size; and per run of a BPF program that asks the same index, facts given and
 * nothing else done, 0 where nobody may load it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/macros.h"
#include "event/event.h"
#include "event/replay_file.h"
#include "rule/rule_first.h"
#include "rule/rule_parse.h"
#include "rule/rule_set.h"

#include "index_test.skel.h" /* needs the types above */

#define EVENTS_MAX   4096
#define INDEX_ROUNDS 100ul
#define BYTES_MAX    ((size_t)64 * 1024 * 1024)

/* With the rule's number. In the order of enum kind. */
static const struct {
	const char *name, *format;
} kinds[] = {
	/* of other system calls than those of the file */
	{ "other-calls", "-a always,exit -F arch=b64 -S mount,umount2,reboot -F auid=%u" },
	/* of the same ones; another value of one field in each rule, or the same values of three */
	{ "same-calls", "-a always,exit -F arch=b64 -S all -F uid=%u" },
	{ "three-fields",
		"-a always,exit -F arch=b64 -S all -F exit=-EACCES -F auid>=%u -F euid!=1000" },
	{ "watches", "-w /srv/file%u -p wa" },
	{ "trees", "-a always,exit -F dir=/srv/tree%u -F perm=wa" },
};

struct bench {
	struct buf bytes;
	struct event events[EVENTS_MAX];
	size_t n_events;
	struct rule_set *set;
	struct rule_index *index;
	uint64_t selected;
};

static int check(int r, const char *what)
{
	if (r >= 0)
		return r;
	fprintf(stderr, "filter_cost: %s: %s\n", what, strerror(-r));
	exit(1);
}

static void load_events(struct bench *b, const char *path)
{
	struct replay_reader *reader;
	const void *event;
	uint64_t offset;
	size_t len, used;

	buf_init(&b->bytes, BYTES_MAX);
	check(replay_reader_open(&reader, path), path);
	while (check(replay_reader_next(reader, &event, &len, &offset), path) > 0)
		buf_put(&b->bytes, event, len);
	replay_reader_close(reader);
	check(buf_error(&b->bytes), path);
	for (size_t at = 0; at < b->bytes.len && b->n_events < EVENTS_MAX; at += used)
		check(event_decode(&b->events[b->n_events++], b->bytes.data + at, b->bytes.len - at,
			      &used),
			path);
}

static void add_rule(struct bench *b, const char *format, unsigned number)
{
	static const struct rule_env env = { 0 };
	struct rule_request req = { 0 };
	struct audit_krule *rule;
	struct rule_error error;
	char line[256];
	size_t at = 0;
	unsigned n = 0;
	int len;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* of the table above */
	len = snprintf(line, sizeof(line), format, number);
#pragma GCC diagnostic pop
	check(rule_parse_line(&req, line, (size_t)len, &at, &n, &env, &error), line);
	check(krule_from_data(&rule, req.data, req.data_len, &env), line);
	check(rule_set_add(b->set, rule), line);
	rule_request_deinit(&req);
}

/* Everything that rules name is there: on the events' device, with inodes that they do not have. */
static void bind_marks(struct bench *b)
{
	struct evt_mark to = { .bound = 1, .dev_major = 254, .dev_minor = 1 };

	for (size_t i = 0; i < b->set->n_marks; i++) {
		struct rule_mark *mark = b->set->marks[i];

		to.ino = 1000 + i;
		check(rule_set_bind(b->set, mark, &to, mark->path, strlen(mark->path)), mark->path);
	}
}

static void load_rules(struct bench *b, const char *kind, unsigned n_rules)
{
	const char *format = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			format = kinds[i].format;
	check(format ? 0 : -22, kind);
	check(rule_set_new(&b->set), kind);
	for (unsigned i = 0; i < n_rules; i++)
		add_rule(b, format, 2000 + i);
	bind_marks(b);
}

static uint64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static uint64_t walk(struct bench *b)
{
	uint64_t before = cpu_ns();

	for (size_t i = 0; i < b->n_events; i++)
		b->selected += rule_walk_call(b->set, AUDIT_FILTER_EXIT, &b->events[i], 0) != NULL;
	return cpu_ns() - before;
}

static uint64_t ask(struct bench *b)
{
	uint64_t before = cpu_ns();

	for (size_t i = 0; i < b->n_events; i++)
		b->selected += rule_index_call(b->index, b->set, AUDIT_FILTER_EXIT, &b->events[i],
				       0) != NULL;
	return cpu_ns() - before;
}

/* Every event once, so that the figure is not one of a program that is in the cache alone. */
static void run_in_kernel(struct bench *b, struct index_test_bpf *skeleton)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);

	skeleton->bss->board = INDEX_BOARD_EXIT;
	for (size_t i = 0; i < b->n_events; i++) {
		(void)rule_index_facts(
			&skeleton->bss->facts, b->index, b->set, AUDIT_FILTER_EXIT, &b->events[i]);
		check(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.eval), &run),
			"running the program");
		b->selected += skeleton->bss->work.position >= 0;
	}
}

static uint64_t kernel_ns(struct bench *b)
{
	struct index_test_bpf *skeleton = index_test_bpf__open_and_load();
	struct bpf_prog_info info = { 0 };
	__u32 info_len = sizeof(info);
	const void *blob;
	void *map;
	size_t len;

	if (!skeleton)
		return 0;
	_cleanup_close_ int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	blob = rule_index_blob(b->index, &len);
	map = mmap(NULL, sizeof(struct index_blob), PROT_READ | PROT_WRITE, MAP_SHARED,
		bpf_map__fd(skeleton->maps.blobs), 0);
	check(map == MAP_FAILED || len > sizeof(struct index_blob) ? -12 : 0, "the map");
	memcpy(map, blob, len);
	run_in_kernel(b, skeleton);
	check(bpf_obj_get_info_by_fd(bpf_program__fd(skeleton->progs.eval), &info, &info_len),
		"the program's time");
	(void)munmap(map, sizeof(struct index_blob));
	index_test_bpf__destroy(skeleton);
	return info.run_cnt ? info.run_time_ns / info.run_cnt : 0;
}

int main(int argc, char **argv)
{
	static struct bench b;
	uint64_t walked = 0, asked = 0, built, in_kernel;
	unsigned long rounds;
	size_t bytes;

	if (argc != 5) {
		fputs("usage: filter_cost KIND N_RULES FILE ROUNDS\n", stderr);
		return 1;
	}
	rounds = strtoul(argv[4], NULL, 10);
	load_rules(&b, argv[1], (unsigned)strtoul(argv[2], NULL, 10));
	load_events(&b, argv[3]);
	built = cpu_ns();
	check(rule_index_build_here(&b.index, b.set), argv[1]);
	built = cpu_ns() - built;
	rule_index_free(b.index);
	check(rule_index_build(&b.index, b.set), argv[1]);
	(void)rule_index_blob(b.index, &bytes);
	(void)walk(&b);
	(void)ask(&b);
	for (unsigned long i = 0; i < rounds; i++)
		walked += walk(&b);
	for (unsigned long i = 0; i < INDEX_ROUNDS; i++)
		asked += ask(&b);
	in_kernel = kernel_ns(&b);
	check(b.selected ? -22 : 0, "no rule was to select an event");
	printf("%.1f %.1f %.0f %zu %llu\n", (double)walked / (double)(rounds * b.n_events),
		(double)asked / (double)(INDEX_ROUNDS * b.n_events), (double)built / 1000, bytes,
		(unsigned long long)in_kernel);
	for (size_t i = 0; i < b.n_events; i++)
		event_deinit(&b.events[i]);
	rule_index_free(b.index);
	rule_set_free(b.set);
	buf_deinit(&b.bytes);
	return 0;
}
