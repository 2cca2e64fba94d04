// SPDX-License-Identifier: MIT
/*
 * The ptrace source without rules and records around it: runs a command under it, checks what is handed over and ends
 * as the command did.
 *
 *   trace_driver [-a] [-s SYSCALL]... [-c FILE] [-n FILE] -- PROGRAM [ARGUMENT]...
 *
 * -a every syscall is of interest; -s this one is (without either: none). -c writes counts, one "name value" a line;
 * -n writes notices. Ends with 125 when the source failed, 126 when its events are not sound.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "event/event.h"
#include "rule/rule_interest.h"
#include "source/ptrace/ptrace_source.h"

#define CALLS_MAX 64
#define TIDS_MAX  (4u * 1024 * 1024) /* PID_MAX_LIMIT in include/linux/threads.h */

struct counts {
	unsigned long long syscalls, created, freed, unsound;
	unsigned long long returned[CALLS_MAX]; /* by -s, in its order */
	unsigned char *alive;                   /* by tid */
	struct event event;
	struct rule_syscall_interest *rows;
	size_t n_rows;
	FILE *notices;
};

static void unsound(struct counts *c, const char *what, const struct evt_hdr *h)
{
	(void)fprintf(stderr, "trace_driver: %s: kind %u tid %u tgid %u nr %d\n", what, h->kind,
		h->tid, h->tgid, h->nr);
	c->unsound++;
}

static void count_syscall(struct counts *c, const struct evt_hdr *h)
{
	c->syscalls++;
	if (!c->alive[h->tid])
		unsound(c, "event of a task that is not there", h);
	for (size_t i = 0; i < c->n_rows; i++)
		if (c->rows[i].arch == h->arch && (int32_t)c->rows[i].nr == h->nr &&
			h->flags & EVT_F_RETURNED)
			c->returned[i]++;
}

static int on_event(void *userdata, const void *bytes, size_t len)
{
	struct counts *c = userdata;
	const struct evt_hdr *h = bytes;
	size_t used;

	if (event_decode(&c->event, bytes, len, &used) < 0 || used != len || h->tid >= TIDS_MAX) {
		unsound(c, "no event", h);
		return 0;
	}
	switch (h->kind) {
	case EVT_TASK_NEW:
		c->created++;
		if (c->alive[h->tid])
			unsound(c, "task made twice", h);
		c->alive[h->tid] = 1;
		break;
	case EVT_TASK_FREE:
		c->freed++;
		if (!c->alive[h->tid])
			unsound(c, "task ended that is not there", h);
		c->alive[h->tid] = 0;
		break;
	case EVT_SYSCALL:
		count_syscall(c, h);
		break;
	}
	return 0;
}

static void on_notice(void *userdata, const char *text)
{
	struct counts *c = userdata;

	(void)fprintf(c->notices ? c->notices : stderr, "%s\n", text);
}

static int compare_rows(const void *a, const void *b)
{
	const struct rule_syscall_interest *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static size_t add_call(struct rule_syscall_interest *rows, size_t n, const char *name)
{
	const uint32_t arches[] = { machine_native_elf(), machine_native_compat_elf() };

	for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
		int nr = arches[i] ? syscall_nr(arches[i], name) : -1;

		if (nr >= 0 && n < CALLS_MAX)
			rows[n++] = (struct rule_syscall_interest){ .arch = arches[i],
				.nr = (uint32_t)nr };
	}
	return n;
}

static void write_counts(const char *path, const struct counts *c, const struct source_stats *stats)
{
	_cleanup_fclose_ FILE *f = fopen(path, "we");

	if (!f) {
		perror(path);
		exit(125);
	}
	(void)fprintf(f, "tasks %llu\nstops %llu\nevents %llu\ncreated %llu\nfreed %llu\n",
		stats->tasks, stats->stops, c->syscalls, c->created, c->freed);
	for (size_t i = 0; i < c->n_rows; i++)
		(void)fprintf(f, "%s%s %llu\n", syscall_name(c->rows[i].arch, c->rows[i].nr),
			c->rows[i].arch == machine_native_elf() ? "" : "/32", c->returned[i]);
}

/* Ends as the command did. */
static _Noreturn void end_like(int status)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;

	if (WIFEXITED(status))
		exit(WEXITSTATUS(status)); /* a leak checker has its say at exit */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)signal(WTERMSIG(status), SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, WTERMSIG(status));
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(WTERMSIG(status));
	_exit(125);
}

int main(int argc, char **argv)
{
	struct rule_syscall_interest rows[CALLS_MAX];
	struct rule_interest interest = { .syscalls = rows };
	struct rule_set rules = { 0 };
	struct counts c = { .rows = rows };
	struct source_callbacks callbacks = {
		.userdata = &c, .event = on_event, .notice = on_notice
	};
	struct ptrace_source *source;
	const char *counts_path = NULL;
	int option, r, status = 0, exec_errno = 0;

	while ((option = getopt(argc, argv, "+as:c:n:")) > 0) {
		switch (option) {
		case 'a':
			interest.all_syscalls = interest.signal_targets = true;
			break;
		case 's':
			interest.n_syscalls = add_call(rows, interest.n_syscalls, optarg);
			break;
		case 'c':
			counts_path = optarg;
			break;
		case 'n':
			c.notices = fopen(optarg, "we");
			break;
		default:
			return 125;
		}
	}
	if (optind == argc)
		return 125;
	qsort(rows, interest.n_syscalls, sizeof(*rows), compare_rows);
	c.n_rows = interest.n_syscalls;
	c.alive = calloc(TIDS_MAX, 1);
	if (!c.alive)
		return 125;

	r = ptrace_source_open(&source,
		&(struct ptrace_options){ .program = argv[optind],
			.argv = argv + optind,
			.rules = &rules,
			.interest = &interest },
		&callbacks);
	if (r < 0)
		return 125;
	r = ptrace_source_run(source, &status, &exec_errno);
	if (counts_path)
		write_counts(counts_path, &c, ptrace_source_stats(source));
	if (exec_errno)
		(void)fprintf(stderr, "trace_driver: %s: %s\n", argv[optind], strerror(exec_errno));
	ptrace_source_close(source);
	if (c.created != c.freed) {
		(void)fprintf(
			stderr, "trace_driver: %llu tasks begun, %llu ended\n", c.created, c.freed);
		c.unsound++;
	}
	event_deinit(&c.event);
	free(c.alive);
	if (c.notices)
		(void)fclose(c.notices);
	if (r < 0) {
		(void)fprintf(stderr, "trace_driver: %s\n", strerror(-r));
		return 125;
	}
	if (c.unsound)
		return 126;
	end_like(status);
}
