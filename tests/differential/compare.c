/* SPDX-License-Identifier: MIT */
/*
 * Compares what the kernel and uaudit recorded of the same programs.
 *
 *   compare [-a] [-c CLASSES] [-E ENVIRONMENT] [-K KERNEL] [-S SOURCE] [-k KNOWN] [-p PAIRS] DIRECTORY CASE...
 *
 * reads DIRECTORY/CASE.kernel and DIRECTORY/CASE.uaudit. -a: these are all cases, so that a row of the table of known
 * differences which explains none of them is an error. -c: writes which kinds of unknown differences there are, the most
 * frequent first. -E: where the programs ran (environment.h); -K: the kernel, as rows of the table call it ("linux-6.1"); -S:
 * likewise uaudit's source ("bpf-full"). -p: writes which event belongs to which, a line each: case, stamp of the kernel's event
 * and of uaudit's (sec.ms:serial; - for none), and the differences that are known as TYPE.field. Exit status 0: equal but for
 * known differences; 1: not; 2: the comparison could not be made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "classes.h"
#include "environment.h"
#include "known.h"
#include "normal.h"
#include "trail.h"

#define SHOWN_MAX    160 /* bytes of a value that are printed */
#define SILENT_SHARE 20  /* at most one case in so many may leave no record */
#define REPORTS_MAX  30  /* differences of a case that are printed; all are counted */

struct totals {
	size_t cases, equal_cases;
	size_t silent; /* cases of which neither side recorded anything, although they are not about that */
	size_t events, records;
	size_t different; /* records with an unknown difference, or that one side lacks */
	size_t known;     /* records with known differences only */
	/* events: that have a record with ... */
	size_t events_different, events_known;
	size_t events_on_purpose; /* of the known ones: that differ on purpose only */
	size_t events_missing,
		events_extra; /* only the kernel's, only uaudit's; those are different or known as well */
};

struct comparison {
	const char *case_name;
	struct known *known;
	struct totals *totals;
	struct mapping map;
	size_t n_reports;
	struct classes *classes;
	FILE *pairs; /* or NULL */
};

/* ---- reports ---- */

static const char *event_title(const struct trail_event *event, char *text, size_t size)
{
	const struct rec *rec = trail_main(event);
	const char *name = syscall_name(
		(uint32_t)rec_num(rec, "arch", 16, 0), rec_num(rec, "syscall", 10, -1));
	const char *nr = rec_get(rec, "syscall"), *ret = rec_get(rec, "exit");

	snprintf(text, size, "%s exit=%s", name ? name : nr ? nr : rec->type, ret ? ret : "none");
	return text;
}

static bool starts_with(const char *text, const char *start)
{
	return text && !strncmp(text, start, strlen(start));
}

/* NULL: no call. */
static const char *call_of(const struct trail_event *event)
{
	const struct rec *rec = trail_main(event);

	return syscall_name((uint32_t)rec_num(rec, "arch", 16, 0), rec_num(rec, "syscall", 10, -1));
}

static bool is_call(const struct trail_event *event, const char *wanted)
{
	const char *name = call_of(event);

	return name && !strcmp(name, wanted);
}

/* The conditions of the table: cwd: the kernel shows the working directory; proc: a path of the event lies in /proc;
 * bind: the call is that; ptmx: it opens that device in vain. */
static const char *condition_met(
	const struct trail_event *event, const struct rec *rec, const char *field)
{
	const char *value = rec_get(rec, field);

	if (is_call(event, "bind"))
		return "bind";
	for (size_t i = 0; i < event->n; i++) {
		const char *cwd = rec_get(event->recs[i], "cwd");

		if (!strcmp(event->recs[i]->type, "CWD") && value && cwd && !strcmp(cwd, value))
			return "cwd";
	}
	for (size_t i = 0; i < event->n; i++) {
		const char *name = rec_get(event->recs[i], "name");
		const char *ret = rec_get(trail_main(event), "exit");

		if (name && !strcmp(name, "\"/dev/ptmx\"") && ret && *ret == '-')
			return "ptmx";

		if (!strcmp(event->recs[i]->type, "PATH") &&
			(starts_with(name, "\"/proc/") || starts_with(name, "\"/dev/fd/")))
			return "proc";
	}
	return NULL;
}

/* Whether the table of known differences lacks this one. A PATH record may stand there with its nametype. */
static bool differs(struct comparison *c, const struct trail_event *event, const struct rec *rec,
	const char *field)
{
	const char *nametype = rec_get(rec, "nametype"), *holds = condition_met(event, rec, field);
	const char *call = call_of(event);
	bool is_known = known_has(c->known, c->case_name, rec->type, field, holds, call);

	if (!is_known && nametype) {
		char *kind = xasprintf("%s/%s", rec->type, nametype);

		is_known = known_has(c->known, c->case_name, kind, field, holds, call);
		free(kind);
	}
	if (is_known && c->pairs)
		fprintf(c->pairs, " %s.%s", rec->type, field);
	return !is_known;
}

static void print_stamp(FILE *to, const struct trail_event *event)
{
	const struct rec *first = event ? event->recs[0] : NULL;

	if (first)
		fprintf(to, " %lld.%03u:%u", first->sec, first->msec, first->serial);
	else
		fputs(" -", to);
}

/* Begins the line about two events that belong together, or about one. */
static void begin_pair(
	struct comparison *c, const struct trail_event *kernel, const struct trail_event *uaudit)
{
	if (!c->pairs)
		return;
	fputs(c->case_name, c->pairs);
	print_stamp(c->pairs, kernel);
	print_stamp(c->pairs, uaudit);
}

static void end_pair(struct comparison *c)
{
	if (c->pairs)
		fputc('\n', c->pairs);
}

/* PATH records of several kinds are different things. */
static void note_class(struct comparison *c, const struct trail_event *event, const struct rec *rec,
	const char *field, const char *kernel, const char *uaudit)
{
	const char *nametype = rec_get(rec, "nametype");
	char title[80];

	event_title(event, title, sizeof(title));
	title[strcspn(title, " ")] = '\0';
	classes_add(c->classes,
		xasprintf("%s%s%s.%s of %s", rec->type, nametype ? "/" : "",
			nametype ? nametype : "", field, title),
		xasprintf("%s %u: %.60s | %.60s", c->case_name, event->recs[0]->serial,
			kernel ? kernel : "(none)", uaudit ? uaudit : "(none)"));
}

/* Begins the line about a difference; false if enough of them have been printed. */
static bool begin_report(struct comparison *c, const struct trail_event *event)
{
	char title[80];

	if (++c->n_reports > REPORTS_MAX)
		return false;
	printf("  %s: event %u (%s)", c->case_name, event->recs[0]->serial,
		event_title(event, title, sizeof(title)));
	return true;
}

static void print_record(const char *side, const struct rec *rec)
{
	int room = SHOWN_MAX;

	printf(", %s only in %s:", rec->type, side);
	for (size_t i = 0; i < rec->n_fields && room > 0; i++)
		room -= printf(" %s=%.*s", rec->fields[i].name, room, rec->fields[i].value);
	putchar('\n');
}

/* ---- one record ---- */

static bool same_fields(const struct rec *a, const struct rec *b)
{
	if (a->n_fields != b->n_fields)
		return false;
	for (size_t i = 0; i < a->n_fields; i++)
		if (strcmp(a->fields[i].name, b->fields[i].name))
			return false;
	return true;
}

static void print_field(const char *side, const struct rec *rec, const char *field)
{
	const char *value = rec_get(rec, field);

	if (!value)
		printf(" %s has none", side);
	else if (strlen(value) <= SHOWN_MAX)
		printf(" %s %s", side, value);
	else
		printf(" %s %.*s... (%zu bytes)", side, SHOWN_MAX, value, strlen(value));
}

/* Fields that either side has, the kernel's first. */
static void compare_records(struct comparison *c, const struct trail_event *event,
	const struct rec *kernel, const struct rec *uaudit)
{
	bool different = false, known = false;

	c->totals->records++;
	for (size_t i = 0; i < kernel->n_fields + uaudit->n_fields; i++) {
		bool second = i >= kernel->n_fields;
		const char *field =
			second ? uaudit->fields[i - kernel->n_fields].name : kernel->fields[i].name;
		const char *other = rec_get(second ? kernel : uaudit, field);

		if (other && (second || same_value(&c->map, kernel, uaudit, field)))
			continue;
		if (!differs(c, event, kernel, field)) {
			known = true;
			continue;
		}
		different = true;
		note_class(c, event, kernel, field, rec_get(kernel, field), rec_get(uaudit, field));
		if (!begin_report(c, event))
			continue;
		printf(", %s %s:", kernel->type, field);
		print_field("kernel", kernel, field);
		printf(" |");
		print_field("uaudit", uaudit, field);
		putchar('\n');
	}
	if (!different && !known && !same_fields(kernel, uaudit)) {
		different = true;
		note_class(c, event, kernel, "order", NULL, NULL);
		if (begin_report(c, event))
			printf(", %s: the fields stand in another order\n", kernel->type);
	}
	c->totals->different += different;
	c->totals->known += known && !different;
}

/* ---- pairing: the longest common subsequence ---- */

typedef bool (*alike_fn)(const void *list_k, size_t k, const void *list_u, size_t u);

/* ret[i]: which element of the second list belongs to element i of the first, or -1. */
static int *pair_up(const void *list_k, size_t n_k, const void *list_u, size_t n_u, alike_fn alike)
{
	size_t width = n_u + 1;
	unsigned *len = xrealloc(NULL, (n_k + 1) * width, sizeof(*len));
	int *ret = xrealloc(NULL, n_k + 1, sizeof(*ret));
	size_t k, u;

	memset(len, 0, (n_k + 1) * width * sizeof(*len));
	for (k = n_k; k-- > 0;)
		for (u = n_u; u-- > 0;) {
			unsigned skip_k = len[(k + 1) * width + u], skip_u = len[k * width + u + 1];
			unsigned best = skip_k > skip_u ? skip_k : skip_u;

			if (alike(list_k, k, list_u, u) && len[(k + 1) * width + u + 1] + 1 > best)
				best = len[(k + 1) * width + u + 1] + 1;
			len[k * width + u] = best;
		}
	for (k = 0, u = 0; k < n_k; k++) {
		ret[k] = -1;
		/* The earliest partner that costs no later pair. */
		while (u < n_u && !alike(list_k, k, list_u, u) &&
			len[k * width + u] == len[k * width + u + 1])
			u++;
		if (u < n_u && alike(list_k, k, list_u, u) &&
			len[k * width + u] == len[(k + 1) * width + u + 1] + 1)
			ret[k] = (int)u++;
	}
	free(len);
	return ret;
}

static bool same_field_text(const struct rec *a, const struct rec *b, const char *field)
{
	const char *x = rec_get(a, field), *y = rec_get(b, field);

	return x == y || (x && y && !strcmp(x, y));
}

static bool same_type(const void *list_k, size_t k, const void *list_u, size_t u)
{
	const struct trail_event *kernel = list_k, *uaudit = list_u;

	return !strcmp(kernel->recs[k]->type, uaudit->recs[u]->type);
}

/* Of several PATH records, the one of the same kind. */
static bool same_kind(const void *list_k, size_t k, const void *list_u, size_t u)
{
	const struct trail_event *kernel = list_k, *uaudit = list_u;

	return same_type(list_k, k, list_u, u) &&
	       same_field_text(kernel->recs[k], uaudit->recs[u], "nametype");
}

static bool events_alike(const void *list_k, size_t k, const void *list_u, size_t u)
{
	const struct rec *kernel = trail_main(((const struct trail_task *)list_k)->events[k]);
	const struct rec *uaudit = trail_main(((const struct trail_task *)list_u)->events[u]);

	return !strcmp(kernel->type, uaudit->type) && same_field_text(kernel, uaudit, "arch") &&
	       same_field_text(kernel, uaudit, "syscall");
}

static void lone_record(struct comparison *c, const char *side, const struct trail_event *event,
	const struct rec *rec)
{
	c->totals->records++;
	if (!differs(c, event, rec, "record")) {
		c->totals->known++;
		return;
	}
	c->totals->different++;
	note_class(c, event, rec, "record", *side == 'u' ? NULL : "a record",
		*side == 'u' ? "a record" : NULL);
	if (begin_report(c, event))
		print_record(side, rec);
}

static void compare_events(
	struct comparison *c, const struct trail_event *kernel, const struct trail_event *uaudit)
{
	alike_fn alike = kernel->n == uaudit->n ? same_type : same_kind;
	int *pairs = pair_up(kernel, kernel->n, uaudit, uaudit->n, alike);
	struct totals *t = c->totals, before = *t;
	size_t next = 0, uses = known_uses(c->known), on_purpose = c->known->uses_on_purpose;

	c->map.event = kernel;
	t->events++;
	begin_pair(c, kernel, uaudit);
	for (size_t k = 0; k <= kernel->n; k++) {
		size_t until = k == kernel->n ? uaudit->n : pairs[k] < 0 ? next : (size_t)pairs[k];

		for (; next < until; next++)
			lone_record(c, "uaudit", kernel, uaudit->recs[next]);
		if (k == kernel->n)
			break;
		if (pairs[k] < 0) {
			lone_record(c, "the kernel", kernel, kernel->recs[k]);
			continue;
		}
		compare_records(c, kernel, kernel->recs[k], uaudit->recs[pairs[k]]);
		next = (size_t)pairs[k] + 1;
	}
	free(pairs);
	end_pair(c);
	if (!kernel->has_eoe && !strcmp(trail_main(kernel)->type, "SYSCALL")) {
		c->totals->different++;
		if (begin_report(c, kernel))
			puts(": the kernel's event has no end");
	}
	t->events_different += t->different != before.different;
	if (t->different == before.different && t->known != before.known) {
		t->events_known++;
		t->events_on_purpose +=
			known_uses(c->known) - uses == c->known->uses_on_purpose - on_purpose;
	}
}

static void lone_event(
	struct comparison *c, const char *side, const struct trail_event *event, bool is_kernel)
{
	c->totals->events++;
	begin_pair(c, is_kernel ? event : NULL, is_kernel ? NULL : event);
	end_pair(c);
	c->totals->records += event->n;
	c->totals->events_missing += is_kernel;
	c->totals->events_extra += !is_kernel;
	if (known_has(c->known, c->case_name, "event", "record", NULL, call_of(event))) {
		c->totals->known += event->n;
		c->totals->events_known++;
		return;
	}
	c->totals->different += event->n;
	c->totals->events_different++;
	note_class(c, event, trail_main(event), "event", is_kernel ? "an event" : NULL,
		is_kernel ? NULL : "an event");
	if (begin_report(c, event))
		printf(" only in %s\n", side);
}

/* ... and that ended as well, or as badly: which of several calls alike is the one too many. */
static bool events_end_alike(const void *list_k, size_t k, const void *list_u, size_t u)
{
	const struct rec *kernel = trail_main(((const struct trail_task *)list_k)->events[k]);
	const struct rec *uaudit = trail_main(((const struct trail_task *)list_u)->events[u]);

	return events_alike(list_k, k, list_u, u) && same_field_text(kernel, uaudit, "success");
}

/* Which event of uaudit belongs to each of the kernel's; NULL: none. */
static const struct trail_event **pair_events(
	const struct trail *kernel, const struct trail *uaudit)
{
	const struct trail_event **partner =
		xrealloc(NULL, kernel->n_events + 1, sizeof(const void *));

	for (size_t i = 0; i < kernel->n_events; i++)
		partner[i] = NULL;
	for (size_t t = 0; t < kernel->n_tasks && t < uaudit->n_tasks; t++) {
		const struct trail_task *k = &kernel->tasks[t], *u = &uaudit->tasks[t];
		int *pairs =
			pair_up(k, k->n, u, u->n, k->n == u->n ? events_alike : events_end_alike);

		for (size_t i = 0; i < k->n; i++)
			if (pairs[i] >= 0)
				partner[k->events[i] - kernel->events] = u->events[pairs[i]];
		free(pairs);
	}
	return partner;
}

/* In the order in which the kernel wrote them: a file must have been made before it can be the same file. */
static void compare_trails(
	struct comparison *c, const struct trail *kernel, const struct trail *uaudit)
{
	const struct trail_event **partner = pair_events(kernel, uaudit);
	bool *has_partner = xrealloc(NULL, uaudit->n_events + 1, sizeof(*has_partner));

	memset(has_partner, 0, uaudit->n_events * sizeof(*has_partner));
	for (size_t i = 0; i < kernel->n_events; i++) {
		if (partner[i]) {
			has_partner[partner[i] - uaudit->events] = true;
			compare_events(c, &kernel->events[i], partner[i]);
		} else {
			lone_event(c, "the kernel", &kernel->events[i], true);
		}
	}
	for (size_t i = 0; i < uaudit->n_events; i++)
		if (!has_partner[i])
			lone_event(c, "uaudit", &uaudit->events[i], false);
	free(has_partner);
	free(partner);
}

/* ---- one case ---- */

/* What the first process of the container and the command that it starts are called in there. */
static const struct trail_inside kernel_inside = { .first = 2, .parent = 1 };
static const struct trail_inside uaudit_inside = { 0 };

static int read_side(struct trail *trail, const char *directory, const char *case_name,
	const char *side, const struct trail_inside *inside)
{
	char *path = xasprintf("%s/%s.%s", directory, case_name, side);
	int r = trail_read(trail, path, inside);

	free(path);
	return r;
}

/* Cases about rules that select nothing say so in their names; no other may pass because nothing was recorded. */
static bool expects_nothing(const char *case_name)
{
	static const char end[] = "_nothing";
	size_t len = strlen(case_name);

	return len >= strlen(end) && !strcmp(case_name + len - strlen(end), end);
}

static int compare_case(struct totals *totals, struct known *known,
	const struct environment *environment, struct classes *classes, FILE *pairs,
	const char *directory, const char *case_name)
{
	bool ns = environment->has_namespaces, is_root = !strcmp(environment->name, "root");
	struct trail kernel = { 0 }, uaudit = { 0 };
	struct comparison c = {
		.case_name = case_name,
		.known = known,
		.totals = totals,
		.map = { .kernel = &kernel, .uaudit = &uaudit, .environment = environment },
		.classes = classes,
		.pairs = pairs,
	};
	struct totals before = *totals;
	int r = read_side(&kernel, directory, case_name, "kernel", ns ? &kernel_inside : NULL);

	if (!r)
		r = read_side(&uaudit, directory, case_name, "uaudit", ns ? &uaudit_inside : NULL);
	if (!r && !kernel.n_events && !is_root) {
		/* what a rule is about may need root; both sides must agree on it all the same */
		totals->silent++;
	} else if (!r && !kernel.n_events != expects_nothing(case_name)) {
		fprintf(stderr, "%s: the kernel recorded %s\n", case_name,
			kernel.n_events ? "something" : "nothing");
		r = -1;
	}
	if (!r) {
		known_try(known, case_name);
		compare_trails(&c, &kernel, &uaudit);
	}
	if (!r) {
		bool equal = totals->different == before.different;

		if (c.n_reports > REPORTS_MAX)
			printf("  %s: ... and %zu more\n", case_name, c.n_reports - REPORTS_MAX);
		totals->cases++;
		totals->equal_cases += equal;
		printf("%s %s: %zu events, %zu records, %zu different, %zu known\n",
			equal ? "ok" : "FAIL", case_name, totals->events - before.events,
			totals->records - before.records, totals->different - before.different,
			totals->known - before.known);
	}
	mapping_deinit(&c.map);
	trail_free(&kernel);
	trail_free(&uaudit);
	return r;
}

static size_t report_unused(const struct known *known, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < known->n; i++) {
		const struct known_row *row = &known->rows[i];

		/* a machine without 32-bit programs compares fewer cases */
		if (row->uses || !row->is_tried)
			continue;
		n++;
		printf("%s:%u: no such difference any more: %s %s %s\n", path, row->line,
			row->case_pattern, row->record, row->field);
	}
	return n;
}

static int write_classes(struct classes *classes, const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file) {
		perror(path);
		return -1;
	}
	classes_print(classes, file);
	return fclose(file);
}

static double percent(size_t part, size_t of)
{
	return of ? 100.0 * (double)part / (double)of : 0.0;
}

static void print_totals(const struct totals *t)
{
	size_t equal = t->events - t->events_different - t->events_known;

	printf("differential: %zu programs compared, %zu of them equal; %zu events; %zu records: %zu equal, "
	       "%zu with known differences, %zu different\n",
		t->cases, t->equal_cases, t->events, t->records,
		t->records - t->known - t->different, t->known, t->different);
	printf("differential: events: %zu equal (%.2f %%); with those that differ on purpose only %.2f %%; %zu with "
	       "known differences, %zu different; of all, %zu are missing, %zu too many\n",
		equal, percent(equal, t->events), percent(equal + t->events_on_purpose, t->events),
		t->events_known, t->events_different, t->events_missing, t->events_extra);
	if (t->silent)
		printf("differential: %zu of the programs left no record where they ran\n",
			t->silent);
}

int main(int argc, char **argv)
{
	struct known known = { 0 };
	struct totals totals = { 0 };
	const struct environment *environment = environment_find("root");
	const char *known_path = NULL, *pairs_path = NULL, *classes_path = NULL;
	struct classes classes = { 0 };
	FILE *pairs = NULL;
	bool all = false;
	size_t unused = 0;
	int option, r = 0;

	while ((option = getopt(argc, argv, "ac:E:K:k:p:S:")) != -1) {
		if (option == 'a')
			all = true;
		else if (option == 'c')
			classes_path = optarg;
		else if (option == 'S')
			known.source = optarg;
		else if (option == 'E')
			environment = environment_find(optarg);
		else if (option == 'K')
			known.kernel = optarg;
		else if (option == 'k')
			known_path = optarg;
		else if (option == 'p')
			pairs_path = optarg;
		else
			return 2;
	}
	if (argc - optind < 2 || !environment) {
		fputs("usage: compare [-a] [-c CLASSES] [-E root|user|container] [-K KERNEL] [-S SOURCE] "
		      "[-k KNOWN] [-p PAIRS] DIRECTORY CASE...\n",
			stderr);
		return 2;
	}
	known.environment = environment->name;
	if (known_path && known_read(&known, known_path))
		return 2;
	if (pairs_path) {
		pairs = fopen(pairs_path, "we");
		if (!pairs) {
			perror(pairs_path);
			return 2;
		}
	}
	for (int i = optind + 1; i < argc; i++)
		if (compare_case(
			    &totals, &known, environment, &classes, pairs, argv[optind], argv[i]))
			r = 2;
	if (all)
		unused = report_unused(&known, known_path);
	print_totals(&totals);
	if (classes_path && write_classes(&classes, classes_path))
		r = 2;
	classes_free(&classes);
	if (known.source)
		known_print_uses(&known);
	known_free(&known);
	if (pairs && fclose(pairs))
		r = 2;
	if (totals.cases >= SILENT_SHARE && totals.silent * SILENT_SHARE > totals.cases)
		return 2;
	return r ? r : totals.different || unused;
}
