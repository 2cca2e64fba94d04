// SPDX-License-Identifier: MIT
/* --cost: what auditing costs now, from two looks at an engine's counters. */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/ctl_stats.h"
#include "source/bpf/prog_stats.h"

#define SLACK_MS 500 /* that the second look may be late */

static int take(void *userdata, const struct audit_reply *reply)
{
	size_t len = (size_t)reply->len - NLMSG_HDRLEN, n;
	const char *payload = NLMSG_DATA(reply->nlh);
	struct ctl_cost *c = userdata;

	if (reply->type == NLMSG_ERROR && reply->error->error)
		return reply->error->error < 0 ? reply->error->error : -EBADMSG;
	if (reply->type != CONTROL_COST)
		return 0;
	if (len < sizeof(c->cost))
		return -EBADMSG;
	memcpy(&c->cost, payload, sizeof(c->cost));
	c->cost.source[CONTROL_NAME_LEN - 1] = '\0';
	n = (len - sizeof(c->cost)) / sizeof(c->rows[0]);
	n = n < CONTROL_COST_ROWS_MAX ? n : CONTROL_COST_ROWS_MAX;
	if (c->cost.n_rows > n)
		c->cost.n_rows = (uint32_t)n;
	memcpy(c->rows, payload + sizeof(c->cost), c->cost.n_rows * sizeof(c->rows[0]));
	for (size_t i = 0; i < c->cost.n_rows; i++)
		c->rows[i].name[CONTROL_COST_NAME_LEN - 1] = '\0';
	return 1;
}

static int look(const struct ctl *ctl, uint32_t window_ms, struct ctl_cost *ret)
{
	const struct control_cost_request request = { .window_ms = window_ms };
	int r = audit_send(ctl->fd, CONTROL_COST, &request, sizeof(request));

	if (r <= 0)
		return r ? r : -EIO;
	r = ctl_replies(ctl, take, ret);
	return r < 0 ? r : 0;
}

/* ---- what the numbers say ---- */

struct sums {
	uint64_t calls;     /* that were entered */
	uint64_t kernel_ns; /* of the programs of all calls */
	uint64_t n_named, named_ns;
	uint64_t other_ns; /* of other programs */
	uint64_t cpu_ns;   /* of processes */
	bool has_programs, has_named;
};

/* A counter that went back is another's: the process was started again. */
static uint64_t grown(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static const struct control_cost_row *find_row(
	const struct ctl_cost *in, const struct control_cost_row *like)
{
	for (size_t i = 0; i < in->cost.n_rows; i++)
		if (in->rows[i].kind == like->kind && strcmp(in->rows[i].name, like->name) == 0)
			return &in->rows[i];
	return NULL;
}

/* What came between the two; a row that was not there before began at 0. Programs measure named calls by themselves. */
static struct control_cost_row difference(
	const struct ctl_cost *before, const struct control_cost_row *row, double counting_ns)
{
	const struct control_cost_row *was = find_row(before, row);
	bool is_counted = row->kind != CONTROL_COST_PROCESS && row->kind != CONTROL_COST_NAMED;
	struct control_cost_row d = *row;

	d.runs = grown(was ? was->runs : 0, row->runs);
	d.time_ns = grown(was ? was->time_ns : 0, row->time_ns);
	if (is_counted)
		d.time_ns = grown((uint64_t)(counting_ns * (double)d.runs), d.time_ns);
	return d;
}

static void add(struct sums *s, const struct control_cost_row *d)
{
	switch ((enum control_cost_kind)d->kind) {
	case CONTROL_COST_ENTRY:
		s->calls = d->runs > s->calls ? d->runs : s->calls;
		/* fall through */
	case CONTROL_COST_EXIT:
		s->kernel_ns += d->time_ns;
		s->has_programs = true;
		break;
	case CONTROL_COST_NAMED:
		s->n_named += d->runs;
		s->named_ns += d->time_ns;
		s->has_named = true;
		break;
	case CONTROL_COST_HOOK:
		s->other_ns += d->time_ns;
		s->has_programs = true;
		break;
	case CONTROL_COST_PROCESS:
		s->cpu_ns += d->time_ns;
		break;
	}
}

static void put(struct buf *to, const char *format, ...) _printf_(2, 3);
static void put(struct buf *to, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_puts(to, text);
}

static double ratio(uint64_t part, uint64_t of)
{
	return of ? (double)part / (double)of : 0;
}

/* Names are an engine's, and go to a terminal. */
static void put_row(struct buf *to, const struct control_cost_row *d, uint64_t window_ns)
{
	char name[CONTROL_COST_NAME_LEN];

	(void)snprintf(name, sizeof(name), "%s", d->name);
	for (char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
	put(to, "%-20s %12" PRIu64 " %10.1f %8.3f%%\n", name, d->runs, ratio(d->time_ns, d->runs),
		100 * ratio(d->time_ns, window_ns));
}

static void put_calls(struct buf *to, const struct sums *s)
{
	uint64_t others = grown(s->n_named, s->calls);

	put(to, "system calls %" PRIu64, s->calls);
	if (s->has_named)
		put(to, ", of which %" PRIu64 " are named by rules", s->n_named);
	buf_putc(to, '\n');
	if (!s->calls)
		return;
	if (!s->has_named) {
		put(to, "added to a system call: %.1f ns, named by a rule or not\n",
			ratio(s->kernel_ns, s->calls));
		return;
	}
	if (others)
		put(to, "added to a call that no rule names: %.1f ns\n",
			ratio(grown(s->named_ns, s->kernel_ns), others));
	if (s->n_named)
		put(to, "added to a call that rules name: %.1f ns\n",
			ratio(s->named_ns, s->n_named));
}

/* Where nothing runs in the kernel for us, a source is another process, or another's business. */
static const char *why_unknown(const char *source)
{
	if (strcmp(source, "kernel") == 0)
		return "the kernel's own audit is the source, and does not say";
	return "this source has no programs in the kernel; a run that is attached waits for its tracer besides";
}

void ctl_cost_put(struct buf *to, const struct ctl_cost *before, const struct ctl_cost *after,
	double counting_ns)
{
	uint64_t window_ns = grown(before->cost.clock_ns, after->cost.clock_ns);
	uint64_t events = grown(before->cost.events, after->cost.events);
	struct sums s = { .calls = 0 };

	put(to, "source %s, measured for %.2f s, %" PRIu64 " events\n\n", after->cost.source,
		(double)window_ns / 1e9, events);
	put(to, "%-20s %12s %10s %9s\n", "what runs", "runs", "ns/run", "of a CPU");
	for (size_t i = 0; i < after->cost.n_rows; i++) {
		const struct control_cost_row d = difference(before, &after->rows[i], counting_ns);

		add(&s, &d);
		put_row(to, &d, window_ns);
	}
	buf_putc(to, '\n');
	if (!s.has_programs) {
		put(to, "added to a system call: not known: %s\n", why_unknown(after->cost.source));
		return;
	}
	put_calls(to, &s);
	if (counting_ns > 0)
		put(to, "(the counting itself takes %.1f ns a run, and is in none of these figures)\n",
			counting_ns);
	put(to, "of one CPU: %.3f%% in the audited tasks, %.3f%% beside them\n",
		100 * ratio(s.kernel_ns + s.other_ns, window_ns), 100 * ratio(s.cpu_ns, window_ns));
}

static int refused(const struct ctl *ctl, int error)
{
	if (error == -EOPNOTSUPP) {
		ctl_complain(ctl, "this engine cannot tell what it costs");
		return CTL_ERROR;
	}
	ctl_complain_request(ctl, "cost request", error);
	if (error == -EINVAL)
		ctl_hint(ctl, "the engine does not know it: it is older than this program");
	return CTL_ERROR;
}

static bool has_programs(const struct ctl_cost *c)
{
	for (size_t i = 0; i < c->cost.n_rows; i++)
		if (c->rows[i].kind != CONTROL_COST_PROCESS)
			return true;
	return false;
}

/*
 * The kernel counts what programs cost only while somebody holds a descriptor for that. The engine has given up what it
 * takes; whoever asks mostly has it. *ret_fd stays -1 where there are no programs.
 */
static int count_programs(const struct ctl *ctl, int *ret_fd)
{
	struct ctl_cost first = { 0 };
	int r = look(ctl, 0, &first);

	if (r < 0 || !has_programs(&first))
		return r;
	*ret_fd = prog_stats_enable();
	if (*ret_fd >= 0)
		return 0;
	ctl_complain(
		ctl, "the kernel does not count what BPF programs cost (%s)", strerror(-*ret_fd));
	ctl_hint(ctl, "that takes CAP_SYS_ADMIN, here and not in the engine");
	return 0;
}

int ctl_cost(const struct ctl *ctl, unsigned seconds)
{
	const struct timespec window = { .tv_sec = seconds };
	struct ctl_cost before = { 0 }, after = { 0 };
	struct buf text = BUF_NULL;
	_cleanup_close_ int fd = -1;
	double counting_ns = 0;
	int r;

	r = count_programs(ctl, &fd);
	if (r < 0)
		return refused(ctl, r);
	if (fd >= 0)
		counting_ns = prog_stats_overhead();
	r = look(ctl,
		seconds * 1000 < CONTROL_COST_WINDOW_MAX - SLACK_MS ? seconds * 1000 + SLACK_MS
								    : CONTROL_COST_WINDOW_MAX,
		&before);
	if (r == 0) {
		(void)nanosleep(&window, NULL);
		r = look(ctl, 0, &after);
	}
	if (r < 0)
		return refused(ctl, r);
	ctl_cost_put(&text, &before, &after, counting_ns);
	r = buf_error(&text);
	if (r == 0)
		(void)fwrite(text.data, 1, text.len, stdout);
	buf_deinit(&text);
	return r < 0 ? refused(ctl, r) : CTL_OK;
}
