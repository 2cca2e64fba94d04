// SPDX-License-Identifier: MIT
/* The tables of -l --stats: rules as listed, those that never matched, keys by what they wrote, and what to do about it. */

#include <errno.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "cli/ctl_stats.h"

#define CELL_MAX    24
#define COLUMNS_MAX 8
#define KEY_MAX     (AUDIT_MAX_KEY_LEN + 1)
#define MOSTLY      50.0 /* per cent of the bytes: worth a word */

#define COLOUR_DIM  "\033[2m"
#define COLOUR_RED  "\033[31m"
#define COLOUR_BOLD "\033[1m"
#define COLOUR_OFF  "\033[0m"

struct print {
	struct buf *to;
	const struct ctl_stats *stats;
	struct interpreter *interpreter;
	size_t *shown; /* indices of the rules that are wanted */
	size_t n_shown;
	bool colour;
};

/* ---- columns ---- */

struct row {
	char cell[COLUMNS_MAX][CELL_MAX];
	const char *colour; /* NULL: none */
};

static void colour(struct print *p, const char *code)
{
	if (p->colour && code)
		buf_puts(p->to, code);
}

static void put_title(struct print *p, const char *text)
{
	buf_putc(p->to, '\n');
	colour(p, COLOUR_BOLD);
	buf_puts(p->to, text);
	colour(p, COLOUR_OFF);
	buf_putc(p->to, '\n');
}

static void put_cells(struct print *p, const struct row *row, size_t n, const int *widths)
{
	char text[CELL_MAX + 32];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "%*s  ", widths[i], row->cell[i]);
		buf_puts(p->to, text);
	}
}

/* Columns as wide as what stands in them; rows[0] has their names. last() appends what ends a row, the head's included. */
static void put_table(struct print *p, const struct row *rows, size_t n_rows, size_t n_columns,
	void (*last)(struct print *p, size_t row))
{
	int widths[COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < n_rows; i++)
		for (size_t k = 0; k < n_columns; k++) {
			int len = (int)strlen(rows[i].cell[k]);

			widths[k] = len > widths[k] ? len : widths[k];
		}
	for (size_t i = 0; i < n_rows; i++) {
		colour(p, rows[i].colour);
		put_cells(p, &rows[i], n_columns, widths);
		last(p, i);
		colour(p, rows[i].colour ? COLOUR_OFF : NULL);
		buf_putc(p->to, '\n');
	}
}

static void number(char cell[CELL_MAX], uint64_t n)
{
	(void)snprintf(cell, CELL_MAX, "%" PRIu64, n);
}

static void word(char cell[CELL_MAX], const char *text)
{
	(void)snprintf(cell, CELL_MAX, "%s", text);
}

static double per_cent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void share(char cell[CELL_MAX], uint64_t part, uint64_t all)
{
	(void)snprintf(cell, CELL_MAX, "%.1f%%", per_cent(part, all));
}

static void span(char cell[CELL_MAX], int64_t seconds)
{
	static const struct {
		int64_t below, unit;
		char letter;
	} spans[] = { { 120, 1, 's' }, { 7200, 60, 'm' }, { 172800, 3600, 'h' } };

	seconds = seconds < 0 ? 0 : seconds;
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++)
		if (seconds < spans[i].below) {
			(void)snprintf(cell, CELL_MAX, "%" PRId64 "%c", seconds / spans[i].unit,
				spans[i].letter);
			return;
		}
	(void)snprintf(cell, CELL_MAX, "%" PRId64 "d", seconds / 86400);
}

/* ---- rules ---- */

static const struct control_rule_stats *stats_at(const struct print *p, size_t i)
{
	return &p->stats->of_rule[p->shown[i]];
}

static const struct audit_rule_data *rule_at(const struct print *p, size_t i)
{
	return p->stats->rules.rule[p->shown[i]];
}

/* Whether records can come of what the rule decides: of no "never", and not on lists that only leave out. */
static bool writes(const struct audit_rule_data *rule)
{
	uint32_t list = rule->flags & ~RULE_PREPEND;

	return rule->action == AUDIT_ALWAYS && list != AUDIT_FILTER_EXCLUDE &&
	       list != AUDIT_FILTER_USER && list != AUDIT_FILTER_FS;
}

static void put_rule(struct print *p, size_t i)
{
	ctl_rule_put(p->to, rule_at(p, i), p->stats->rules.len[p->shown[i]], p->interpreter);
}

static void end_of_rule_row(struct print *p, size_t row)
{
	if (row == 0)
		buf_puts(p->to, "rule");
	else
		put_rule(p, row - 1);
}

static void fill_rule(const struct print *p, size_t i, struct row *row)
{
	const struct control_rule_stats *s = stats_at(p, i);

	number(row->cell[0], s->hits);
	number(row->cell[1], s->evaluations);
	if (writes(rule_at(p, i))) {
		number(row->cell[2], s->records);
		number(row->cell[3], s->bytes);
		share(row->cell[4], s->bytes, p->stats->all.bytes);
	} else {
		for (int k = 2; k < 5; k++)
			word(row->cell[k], "-");
	}
	if (s->n_timed)
		number(row->cell[5], s->time_ns / s->n_timed);
	else
		word(row->cell[5], "-");
	if (s->hits && !s->last_sec)
		word(row->cell[6], "-");
	else if (s->hits)
		span(row->cell[6], p->stats->all.now_sec - s->last_sec);
	else
		word(row->cell[6], "never");
	row->colour = s->hits ? NULL : COLOUR_RED;
}

static void put_rules(struct print *p)
{
	static const struct row head = {
		.cell = { "hits", "evaluations", "records", "bytes", "share", "ns/hit", "last" },
		.colour = COLOUR_BOLD,
	};
	struct row *rows = calloc(p->n_shown + 1, sizeof(*rows));

	if (!rows) {
		p->to->error = -ENOMEM;
		return;
	}
	rows[0] = head;
	for (size_t i = 0; i < p->n_shown; i++)
		fill_rule(p, i, &rows[i + 1]);
	buf_putc(p->to, '\n');
	put_table(p, rows, p->n_shown + 1, 7, end_of_rule_row);
	free(rows);
}

static void put_never_matched(struct print *p)
{
	char title[80];
	size_t n = 0;

	for (size_t i = 0; i < p->n_shown; i++)
		n += !stats_at(p, i)->hits;
	if (!n)
		return;
	(void)snprintf(title, sizeof(title), "never matched: %zu of %zu rules", n, p->n_shown);
	put_title(p, title);
	for (size_t i = 0; i < p->n_shown; i++) {
		const struct control_rule_stats *s = stats_at(p, i);

		if (s->hits)
			continue;
		buf_puts(p->to, "  ");
		put_rule(p, i);
		buf_puts(p->to, "\n      ");
		if (s->evaluations) {
			buf_u64(p->to, s->evaluations);
			buf_puts(p->to,
				" came this far: an earlier rule had decided, or a field did not match");
		} else {
			buf_puts(p->to, "nothing that it is about has happened");
		}
		buf_putc(p->to, '\n');
	}
}

/* ---- keys ---- */

struct key {
	char name[KEY_MAX];
	uint64_t n_rules, events, records, bytes;
};

/* Several keys of a rule are one text. "": none. */
static void key_of(const struct audit_rule_data *rule, size_t len, char name[KEY_MAX])
{
	const char *key;
	size_t n = rule_data_key(rule, len, &key);

	n = n < KEY_MAX ? n : KEY_MAX - 1;
	if (n)
		memcpy(name, key, n);
	name[n] = '\0';
	for (char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = *c == AUDIT_KEY_SEPARATOR ? ',' : '?';
}

/* n: how many there are so far, of which each is another. */
static struct key *find_key(struct key *keys, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	(void)snprintf(keys[*n].name, KEY_MAX, "%s", name);
	return &keys[(*n)++];
}

static void add_to_key(struct key *key, const struct control_rule_stats *s)
{
	key->n_rules++;
	key->events += s->events;
	key->records += s->records;
	key->bytes += s->bytes;
}

static int by_bytes(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void fill_key(const struct key *key, const struct print *p, struct row *row)
{
	word(row->cell[0], "-");
	if (key->n_rules)
		number(row->cell[0], key->n_rules);
	number(row->cell[1], key->events);
	number(row->cell[2], key->records);
	number(row->cell[3], key->bytes);
	share(row->cell[4], key->bytes, p->stats->all.bytes);
}

/* What is left when all rules that are there have had theirs. */
static uint64_t rest(uint64_t all, uint64_t others)
{
	return all > others ? all - others : 0;
}

/* Behind the keys: what no rule asked for, and what rules did that are not there any more. */
static size_t add_others(const struct print *p, struct key *keys)
{
	const struct control_stats *all = &p->stats->all;
	struct key sum = { .n_rules = 0 };
	size_t n = 0;

	for (size_t i = 0; i < p->stats->rules.n; i++)
		add_to_key(&sum, &p->stats->of_rule[i]);
	keys[n++] = (struct key){ .name = "(messages and other records that no rule asked for)",
		.events = all->events_no_rule,
		.records = all->records_no_rule,
		.bytes = all->bytes_no_rule };
	keys[n] = (struct key){ .name = "(rules that are gone)",
		.events = rest(all->events_recorded, sum.events + all->events_no_rule),
		.records = rest(all->records, sum.records + all->records_no_rule),
		.bytes = rest(all->bytes, sum.bytes + all->bytes_no_rule) };
	n += keys[n].bytes != 0;
	keys[n++] = (struct key){ .name = "(all)",
		.n_rules = all->n_rules,
		.events = all->events_recorded,
		.records = all->records,
		.bytes = all->bytes };
	return n;
}

/* What put_table() has no other place for: names at the end of its rows. */
struct key_print {
	struct print p; /* first: the rows' end gets this */
	const struct key *keys;
};

static void end_of_key_row(struct print *p, size_t row)
{
	const struct key_print *k = (const struct key_print *)p;
	const char *name = row ? k->keys[row - 1].name : "key";

	buf_puts(p->to, *name ? name : "(rules without a key)");
}

static void put_key_rows(struct print *p, const struct key *keys, size_t n)
{
	static const struct row head = {
		.cell = { "rules", "events", "records", "bytes", "share" },
		.colour = COLOUR_BOLD,
	};
	struct key_print k = { .p = *p, .keys = keys };
	struct row *rows = calloc(n + 1, sizeof(*rows));

	if (!rows) {
		p->to->error = -ENOMEM;
		return;
	}
	rows[0] = head;
	for (size_t i = 0; i < n; i++)
		fill_key(&keys[i], p, &rows[i + 1]);
	buf_putc(p->to, '\n');
	put_table(&k.p, rows, n + 1, 5, end_of_key_row);
	free(rows);
}

/* The largest first; what is about all rules stands below. */
static void put_keys(struct print *p)
{
	struct key *keys = calloc(p->n_shown + 3, sizeof(*keys));
	char name[KEY_MAX];
	size_t n = 0;

	if (!keys) {
		p->to->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < p->n_shown; i++) {
		if (!writes(rule_at(p, i)))
			continue;
		key_of(rule_at(p, i), p->stats->rules.len[p->shown[i]], name);
		add_to_key(find_key(keys, &n, name), stats_at(p, i));
	}
	qsort(keys, n, sizeof(*keys), by_bytes);
	n += add_others(p, keys + n);
	put_key_rows(p, keys, n);
	free(keys);
}

/* ---- all of it ---- */

static void put_head(struct print *p)
{
	const struct control_stats *all = &p->stats->all;
	char text[400], since[CELL_MAX];

	span(since, all->now_sec - all->since_sec);
	(void)snprintf(text, sizeof(text),
		"source %s, counted for %s: %" PRIu64 " events, %" PRIu64
		" decided by a rule, %" PRIu64 " recorded\n%" PRIu64 " records, %" PRIu64
		" bytes; %" PRIu64 " records excluded\n",
		all->source, since, all->events, all->events_matched, all->events_recorded,
		all->records, all->bytes, all->records_excluded);
	buf_puts(p->to, text);
}

static void put_advice(struct print *p)
{
	size_t most = 0;
	char title[80];
	double part;

	for (size_t i = 1; i < p->n_shown; i++)
		if (stats_at(p, i)->bytes > stats_at(p, most)->bytes)
			most = i;
	part = per_cent(stats_at(p, most)->bytes, p->stats->all.bytes);
	if (part < MOSTLY)
		return;
	(void)snprintf(
		title, sizeof(title), "%.1f%% of all bytes are written because of one rule", part);
	put_title(p, title);
	buf_puts(p->to, "  ");
	put_rule(p, most);
	buf_putc(p->to, '\n');
	ctl_advice_put(p->to, rule_at(p, most), p->stats->rules.len[p->shown[most]]);
}

static size_t choose(const struct ctl_stats *stats, const char *key, size_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < stats->rules.n; i++)
		if (!key || rule_data_has_key(stats->rules.rule[i], stats->rules.len[i], key))
			to[n++] = i;
	return n;
}

void ctl_stats_put(struct buf *to, const struct ctl_stats *stats, const char *key,
	struct interpreter *interpreter, bool is_colour)
{
	_cleanup_free_ size_t *shown = calloc(stats->rules.n + 1, sizeof(*shown));
	struct print p = { .to = to,
		.stats = stats,
		.interpreter = interpreter,
		.shown = shown,
		.colour = is_colour };

	if (!shown) {
		to->error = -ENOMEM;
		return;
	}
	p.n_shown = choose(stats, key, shown);
	put_head(&p);
	if (!p.n_shown) {
		buf_puts(to, stats->rules.n ? "No rule has such a key\n" : "No rules\n");
		return;
	}
	put_rules(&p);
	put_never_matched(&p);
	put_keys(&p);
	put_advice(&p);
}
