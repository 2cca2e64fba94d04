// SPDX-License-Identifier: MIT
/* The parts put together: programs, rings, what becomes of a ring record (bpf_reading.c), the marks of rules. */
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "source/bpf/bpf_source_state.h"
#include "source/bpf/pins.h"
#include "source/bpf/prog_stats.h"
#include "source/bpf/scope.h"
#include "source/bpf/tables.h"

const char *bpf_tier_name(enum bpf_tier tier)
{
	switch (tier) {
	case BPF_TIER_FULL:
		return "full";
	case BPF_TIER_TRACEPOINTS:
		return "tracepoints";
	}
	return "unknown";
}

static void say(const struct bpf_source *s, const char *what, const char *why)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "%s: %s", what, why);
	s->callbacks.notice(s->callbacks.userdata, line);
}

int bpf_source_set_rules(struct bpf_source *s, const struct rule_set *rules, uint32_t extra)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
	struct rule_interest interest;
	uint32_t want;
	int r;

	r = rule_interest_compute(&interest, rules, arches, 2);
	if (r < 0)
		return r;
	r = path_marks_set_rules(&s->marks, rules);
	if (r < 0) {
		rule_interest_deinit(&interest);
		return r;
	}
	interest.extra = extra;
	assembler_configure(s->assembler, &(struct assemble_options){ .tier = s->programs.tier,
						  .extra = extra,
						  .resolve = interest.resolved,
						  .fs_magic = interest.fs_magic,
						  .signal_targets = interest.signal_targets });
	r = filter_prepare(s->filter, rules, &want);
	if (r < 0)
		say(s, "the kernel hands over more than the rules select", strerror(-r));
	tables_set_interest(s->programs.control, rules, &interest, want);
	rule_interest_deinit(&interest);
	return 0;
}

void bpf_source_set_enabled(struct bpf_source *s, bool is_enabled)
{
	s->programs.control->enabled = is_enabled;
}

void bpf_source_tell_ends(struct bpf_source *s, bool are_told)
{
	s->programs.control->tell_ends = are_told;
}

/* Before anything is captured: what is ours must not be. */
static void exempt_self(struct bpf_source *s)
{
	s->programs.control->exempt[0] = (uint32_t)getpid();
}

static int open_all(struct bpf_source *s, const struct bpf_options *options)
{
	struct programs *p = &s->programs;
	int r = programs_open(p, options, &s->callbacks);

	if (r < 0)
		return r;
	exempt_self(s);
	p->control->wake_bytes = (uint32_t)(p->ring_bytes / 4);
	journal_init(&s->journal, p->journal, p->n_journal);
	r = rings_new(&s->rings, p->ring_fds, p->n_cpus, p->ring_bytes, p->done);
	if (r == 0)
		r = losses_init(&s->losses, p);
	if (r == 0)
		r = assembler_new(&s->assembler);
	if (r == 0)
		r = assembler_name_labels(s->assembler, &p->control->label_read);
	if (r == 0)
		r = tallies_new(&s->tallies, programs_tallies_fd(p));
	if (r == 0)
		r = filter_new(&s->filter, p);
	if (r == 0)
		path_marks_init(&s->marks, s->rings, s->assembler, s->filter, p->tier);
	if (r == 0)
		r = scope_set(p, options, &s->callbacks);
	if (r < 0)
		return r;
	tables_set_shapes(p->control);
	return bpf_source_set_rules(s, options->rules, options->extra);
}

int bpf_source_open(struct bpf_source **ret, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	struct bpf_source *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->callbacks = *callbacks;
	s->log = options->log;
	s->has_read = true; /* the first look is for what was lost while nobody looked */
	buf_init(&s->event, EVT_LEN_MAX);
	r = open_all(s, options);
	if (r < 0) {
		/* what was there before us stays, with what it holds */
		if (!s->programs.is_taken_over)
			programs_end(&s->programs);
		(void)bpf_source_close(s);
		return r;
	}
	*ret = s;
	return 0;
}

struct bpf_source *bpf_source_close(struct bpf_source *s)
{
	if (!s)
		return NULL;
	s->rings = rings_free(s->rings);
	s->tallies = tallies_free(s->tallies);
	s->assembler = assembler_free(s->assembler);
	path_marks_deinit(&s->marks);
	s->filter = filter_free(s->filter);
	losses_deinit(&s->losses);
	handed_deinit(&s->handed);
	programs_close(&s->programs);
	buf_deinit(&s->event);
	free(s);
	return NULL;
}

void bpf_source_end(struct bpf_source *s)
{
	programs_end(&s->programs);
}

int bpf_source_detach(const char *pin_dir, uint64_t *ret_unread)
{
	char number[24];
	int r = pins_detach(pin_dir), fd;

	*ret_unread = 0;
	for (size_t i = 0; r == 0; i++) {
		(void)snprintf(number, sizeof(number), "%zu", i);
		fd = pins_get(pin_dir, "ring", number);
		if (fd < 0)
			break;
		*ret_unread += rings_count(fd);
		(void)close(fd);
	}
	return r < 0 ? r : pins_remove(pin_dir);
}

bool bpf_source_is_detached(const struct bpf_source *s)
{
	return s->programs.pin_dir && !pins_exist(s->programs.pin_dir);
}

bool bpf_source_is_taken_over(const struct bpf_source *s)
{
	return s->programs.is_taken_over;
}

int bpf_source_fd(const struct bpf_source *s)
{
	return rings_fd(s->rings);
}

/* ---- what is told of it ---- */

void bpf_source_get_status(const struct bpf_source *s, struct bpf_status *ret)
{
	const struct cap_control *c = s->programs.control;

	*ret = (struct bpf_status){
		.scope = c->scope,
		.n_cgroups = c->n_cgroups,
		.tree = c->scope == CAP_SCOPE_TREE ? (pid_t)c->tree : 0,
		.n_rings = (uint32_t)s->programs.n_cpus,
		.ring_bytes = s->programs.ring_bytes,
		.is_pinned = s->programs.pin_dir,
		.is_taken_over = s->programs.is_taken_over,
		.left_texts = assembler_left_texts(s->assembler),
	};
	losses_sum(&s->losses, ret);
}

enum bpf_tier bpf_source_tier(const struct bpf_source *s)
{
	return s->programs.tier;
}

const struct source_stats *bpf_source_stats(const struct bpf_source *s)
{
	return &s->stats;
}

void bpf_source_measure(struct bpf_source *s, bool is_measured)
{
	s->programs.control->measure = is_measured;
}

static struct control_cost_row measured_of(const struct programs *p)
{
	struct control_cost_row row = { .name = "of these, named calls",
		.kind = CONTROL_COST_NAMED };

	for (size_t i = 0; i < p->n_cpus; i++) {
		row.runs += __atomic_load_n(&p->accounts[i].measured, __ATOMIC_RELAXED);
		row.time_ns += __atomic_load_n(&p->accounts[i].measured_ns, __ATOMIC_RELAXED);
	}
	return row;
}

int bpf_source_cost(const struct bpf_source *s, struct control_cost_row *rows, size_t rows_max)
{
	int n = prog_stats_fill(
		programs_object(&s->programs), s->programs.prog_fds, rows, rows_max);

	if (n < 0 || (size_t)n == rows_max)
		return n;
	rows[n] = measured_of(&s->programs);
	return n + 1;
}

int bpf_source_tally(struct bpf_source *s, const struct bpf_tally_callbacks *callbacks)
{
	return tallies_tell(s->tallies, s->programs.control->generation & 1, callbacks);
}
