// SPDX-License-Identifier: MIT
#include "rule/rule_index_board.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

/* An entry makes two cut points at most, and the first one is 0. */
#define ENTRIES_MAX (((1u << INDEX_STEPS_MAX) - 1) / 2)

int index_board_draft_new(struct index_board_draft **ret, bool has_masks)
{
	struct index_board_draft *board = calloc(1, sizeof(*board));

	if (!board)
		return -ENOMEM;
	if (has_masks) {
		board->masks = calloc(INDEX_RULES_MAX, sizeof(*board->masks));
		if (!board->masks) {
			free(board);
			return -ENOMEM;
		}
	}
	*ret = board;
	return 0;
}

void index_board_draft_free(struct index_board_draft *board)
{
	if (!board)
		return;
	for (size_t i = 0; i < board->n_dims; i++)
		free(board->dims[i].entries);
	free(board->masks);
	free(board);
}

static void set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= 1ull << i % 64;
}

static void clear_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] &= ~(1ull << i % 64);
}

/* ---- rules ---- */

bool index_board_begin(
	struct index_board_draft *board, uint32_t position, bool says_never, const uint32_t *mask)
{
	size_t rule = board->n_rules;

	if (rule == INDEX_RULES_MAX) {
		board->too_large = true;
		return false;
	}
	board->n_rules++;
	board->positions[rule] = position;
	set_bit(board->alive, rule);
	if (says_never)
		set_bit(board->never, rule);
	for (size_t abi = 0; abi < INDEX_ABIS; abi++)
		set_bit(board->abis[abi], rule);
	if (board->masks)
		board->masks[rule] = mask;
	return true;
}

void index_board_opaque(struct index_board_draft *board)
{
	set_bit(board->opaque, board->n_rules - 1);
}

void index_board_dead(struct index_board_draft *board)
{
	clear_bit(board->alive, board->n_rules - 1);
}

void index_board_not_abi(struct index_board_draft *board, uint32_t abi)
{
	clear_bit(board->abis[abi], board->n_rules - 1);
}

static bool has_current_rule(
	const struct index_board_draft *board, const struct index_dim_draft *dim)
{
	return dim->n && dim->entries[dim->n - 1].rule == board->n_rules - 1;
}

/*
 * The dimension of that kind; is_new_test: one in which the rule has no test yet, for each of its tests may be passed by
 * another value. NULL: there are too many.
 */
static struct index_dim_draft *find_dim(struct index_board_draft *board, struct index_subject of,
	enum index_dim_kind kind, bool is_new_test)
{
	struct index_dim_draft *dim;

	for (size_t i = 0; i < board->n_dims; i++) {
		dim = &board->dims[i];
		if (dim->source == of.source && dim->kind == kind && dim->a == of.a &&
			dim->b == of.b && !(is_new_test && has_current_rule(board, dim)))
			return dim;
	}
	if (board->n_dims == INDEX_DIMS_MAX)
		return NULL;
	dim = &board->dims[board->n_dims++];
	dim->source = of.source;
	dim->kind = kind;
	dim->a = of.a;
	dim->b = of.b;
	return dim;
}

/* An entry of the current rule. A dimension that is full leaves the test to the rule itself. */
static void add_entry(
	struct index_board_draft *board, struct index_dim_draft *dim, uint64_t lo, uint64_t hi)
{
	struct index_entry *grown;
	size_t max;

	if (dim->n == ENTRIES_MAX) {
		index_board_opaque(board);
		return;
	}
	if (dim->n == dim->max) {
		max = dim->max ? dim->max * 2 : 16;
		grown = reallocarray(dim->entries, max, sizeof(*grown));
		if (!grown) {
			board->error = -ENOMEM;
			return;
		}
		dim->entries = grown;
		dim->max = max;
	}
	dim->entries[dim->n++] =
		(struct index_entry){ .lo = lo, .hi = hi, .rule = (uint32_t)(board->n_rules - 1) };
	set_bit(dim->tests, board->n_rules - 1);
}

/* A value from lo to hi. What has one value only passes all tests of a rule with it. */
static void add_interval(
	struct index_board_draft *board, struct index_subject of, uint64_t lo, uint64_t hi)
{
	bool is_scalar = of.source < _INDEX_SCALARS;
	struct index_dim_draft *dim = find_dim(board, of, INDEX_ANY, !is_scalar);
	struct index_entry *last;

	if (!dim) {
		index_board_opaque(board);
	} else if (has_current_rule(board, dim)) {
		last = &dim->entries[dim->n - 1];
		last->lo = lo > last->lo ? lo : last->lo;
		last->hi = hi < last->hi ? hi : last->hi;
	} else {
		add_entry(board, dim, lo, hi);
	}
}

void index_board_none(struct index_board_draft *board, struct index_subject of, uint64_t val)
{
	struct index_dim_draft *dim = find_dim(board, of, INDEX_NONE, false);

	if (dim)
		add_entry(board, dim, val, val);
	else
		index_board_opaque(board);
}

/* Some value differs. */
static void add_other(struct index_board_draft *board, struct index_subject of, uint64_t val)
{
	struct index_dim_draft *dim = find_dim(board, of, INDEX_ANY, true);

	if (!dim) {
		index_board_opaque(board);
		return;
	}
	if (val)
		add_entry(board, dim, 0, val - 1);
	add_entry(board, dim, val + 1, UINT64_MAX);
}

static void add_bits(
	struct index_board_draft *board, struct index_subject of, uint32_t op, uint64_t val)
{
	struct index_dim_draft *dim = find_dim(board, of, INDEX_BITS, false);

	if (dim)
		add_entry(board, dim, (uint32_t)val | (uint64_t)(op == AUDIT_BIT_TEST) << 32,
			UINT64_MAX);
	else
		index_board_opaque(board);
}

void index_board_test(
	struct index_board_draft *board, struct index_subject of, uint32_t op, uint64_t val)
{
	switch (op) {
	case AUDIT_EQUAL:
		add_interval(board, of, val, val);
		break;
	case AUDIT_NOT_EQUAL:
		if (of.source < _INDEX_SCALARS)
			index_board_none(board, of, val);
		else
			add_other(board, of, val);
		break;
	case AUDIT_LESS_THAN: /* below 0 there is nothing */
		add_interval(board, of, val ? 0 : 1, val ? val - 1 : 0);
		break;
	case AUDIT_LESS_THAN_OR_EQUAL:
		add_interval(board, of, 0, val);
		break;
	case AUDIT_GREATER_THAN:
		add_interval(board, of, val + 1, UINT64_MAX);
		break;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		add_interval(board, of, val, UINT64_MAX);
		break;
	case AUDIT_BIT_MASK:
	case AUDIT_BIT_TEST:
		add_bits(board, of, op, val);
		break;
	default:
		index_board_dead(board);
		break;
	}
}

void index_board_set(struct index_board_draft *board, struct index_subject of, uint32_t set)
{
	struct index_dim_draft *dim = find_dim(board, of, INDEX_ANY, true);

	if (!dim) {
		index_board_opaque(board);
		return;
	}
	if (!set)
		add_entry(board, dim, 1, 0);
	for (uint32_t i = 0; i < 16; i++)
		if (set >> i & 1)
			add_entry(board, dim, i, i);
}

/* ---- writing ---- */

struct cut {
	uint64_t at;
	uint32_t rule;
	bool is_end; /* the rule's interval ends before at */
};

static int by_place(const void *a, const void *b)
{
	const struct cut *l = a, *r = b;

	if (l->at != r->at)
		return l->at < r->at ? -1 : 1;
	return l->is_end < r->is_end ? 1 : l->is_end > r->is_end ? -1 : 0;
}

/* Of an entry, where its interval begins and where it has ended; ends come first where intervals of a rule meet. */
static size_t list_cuts(struct cut *to, const struct index_dim_draft *dim)
{
	size_t n = 0;

	for (size_t i = 0; i < dim->n; i++) {
		const struct index_entry *e = &dim->entries[i];

		if (e->lo > e->hi)
			continue;
		to[n++] = (struct cut){ .at = e->lo, .rule = e->rule };
		if (e->hi != UINT64_MAX)
			to[n++] = (struct cut){ .at = e->hi + 1, .rule = e->rule, .is_end = true };
	}
	if (n)
		qsort(to, n, sizeof(*to), by_place);
	return n;
}

struct table {
	uint64_t *keys;
	uint32_t *vectors;
	size_t n;
};

static void fill_intervals(
	struct table *t, struct index_pool *pool, const struct cut *cuts, size_t n_cuts)
{
	uint64_t bits[INDEX_WORDS] = { 0 };
	size_t next = 0;

	for (uint64_t at = 0;; at = cuts[next].at) {
		for (; next < n_cuts && cuts[next].at == at; next++) {
			if (cuts[next].is_end)
				clear_bit(bits, cuts[next].rule);
			else
				set_bit(bits, cuts[next].rule);
		}
		t->keys[t->n] = at;
		t->vectors[t->n++] = index_pool_vector(pool, bits);
		if (next == n_cuts)
			return;
	}
}

/* To a power of two: what follows the last interval is like it. Returns the power. */
static uint32_t pad(struct table *t)
{
	uint32_t steps = 0;

	while ((size_t)1 << steps < t->n)
		steps++;
	for (size_t last = t->n - 1; t->n < (size_t)1 << steps; t->n++) {
		t->keys[t->n] = UINT64_MAX;
		t->vectors[t->n] = t->vectors[last];
	}
	return steps;
}

static int by_test(const void *a, const void *b)
{
	const struct index_entry *l = a, *r = b;

	return l->lo < r->lo ? -1 : l->lo > r->lo;
}

/* Rules of tests behind the last that a dimension can hold are asked themselves. */
static uint32_t fill_bits(struct table *t, struct index_pool *pool, struct index_dim_draft *dim,
	struct index_board_draft *board)
{
	size_t end;

	qsort(dim->entries, dim->n, sizeof(*dim->entries), by_test);
	for (size_t i = 0; i < dim->n; i = end) {
		uint64_t bits[INDEX_WORDS] = { 0 };

		for (end = i; end < dim->n && dim->entries[end].lo == dim->entries[i].lo; end++)
			set_bit(bits, dim->entries[end].rule);
		if (t->n < INDEX_BITS_MAX) {
			t->keys[t->n] = dim->entries[i].lo;
			t->vectors[t->n++] = index_pool_vector(pool, bits);
		} else {
			for (size_t w = 0; w < INDEX_WORDS; w++)
				board->opaque[w] |= bits[w];
		}
	}
	return (uint32_t)t->n;
}

static void write_dim(struct index_dim *ret, struct index_board_draft *board,
	struct index_dim_draft *dim, struct index_pool *pool)
{
	size_t max = ((size_t)2 << INDEX_STEPS_MAX) + 1;
	_cleanup_free_ struct cut *cuts = calloc(2 * dim->n + 1, sizeof(*cuts));
	_cleanup_free_ uint64_t *keys = NULL;
	_cleanup_free_ uint32_t *vectors = NULL;
	struct table t;

	if (4 * dim->n + 4 < max)
		max = 4 * dim->n + 4;
	keys = calloc(max, sizeof(*keys));
	vectors = calloc(max, sizeof(*vectors));
	if (!cuts || !keys || !vectors) {
		board->error = -ENOMEM;
		return;
	}
	t = (struct table){ .keys = keys, .vectors = vectors };
	*ret = (struct index_dim){
		.source = dim->source, .kind = dim->kind, .a = dim->a, .b = dim->b
	};
	if (dim->kind == INDEX_BITS) {
		ret->steps = fill_bits(&t, pool, dim, board);
	} else {
		fill_intervals(&t, pool, cuts, list_cuts(cuts, dim));
		ret->steps = pad(&t);
	}
	ret->keys = index_pool_take(pool, t.n);
	if (ret->keys)
		memcpy(pool->words + ret->keys, keys, t.n * sizeof(*keys));
	ret->vectors = index_pool_halves(pool, vectors, t.n);
	ret->tests = index_pool_vector(pool, dim->tests);
	for (size_t w = 0; w < INDEX_WORDS; w++)
		ret->full |= (uint64_t) !(board->alive[w] & ~dim->tests[w]) << w;
}

/* Whether two vectors have a rule in common, in the words that which names. */
static bool do_meet(const uint64_t *a, const uint64_t *b, uint64_t which)
{
	for (; which; which &= which - 1) {
		int w = __builtin_ctzll(which);

		if (a[w] & b[w])
			return true;
	}
	return false;
}

/* The row of some rules: with the dimensions that one of them is tested in. */
static uint32_t write_row(
	const struct index_board_draft *board, struct index_pool *pool, const uint64_t *rules)
{
	uint64_t dims[INDEX_DIMS_MAX / 64] = { 0 }, sources = 0, which = 0;

	for (size_t w = 0; w * 64 < board->n_rules; w++)
		which |= (uint64_t)(rules[w] != 0) << w;
	for (size_t i = 0; i < board->n_dims && which; i++) {
		if (!do_meet(board->dims[i].tests, rules, which))
			continue;
		dims[i / 64] |= 1ull << i % 64;
		sources |= INDEX_BIT(board->dims[i].source);
	}
	return index_pool_row(pool, dims, sources, rules);
}

/* Turns a matrix of 64 times 64 bits: bit j of word i becomes bit i of word j. */
static void transpose(uint64_t m[64])
{
	uint64_t mask = 0x00000000ffffffffu;

	for (unsigned width = 32; width; width >>= 1, mask ^= mask << width)
		for (unsigned i = 0; i < 64; i = (i + width + 1) & ~width) {
			uint64_t swap = (m[i] >> width ^ m[i + width]) & mask;

			m[i] ^= swap << width;
			m[i + width] ^= swap;
		}
}

/* The rules that select the 64 calls from 64 * group on. */
static void select_rules(
	const struct index_board_draft *board, size_t group, uint64_t rules[64][INDEX_WORDS])
{
	for (size_t w = 0; w * 64 < board->n_rules; w++) {
		uint64_t m[64] = { 0 };

		for (size_t i = 0; i < 64 && w * 64 + i < board->n_rules; i++) {
			const uint32_t *mask = board->masks[w * 64 + i] + 2 * group;

			m[i] = mask[0] | (uint64_t)mask[1] << 32;
		}
		transpose(m);
		for (size_t nr = 0; nr < 64; nr++)
			rules[nr][w] = m[nr] & board->alive[w];
	}
}

static uint32_t write_rows(const struct index_board_draft *board, struct index_pool *pool)
{
	_cleanup_free_ uint32_t *rows = calloc((size_t)INDEX_ABIS * INDEX_NRS, sizeof(*rows));
	_cleanup_free_ uint64_t(*rules)[INDEX_WORDS] = calloc(64, sizeof(*rules));
	size_t used = (board->n_rules + 63) / 64 * sizeof(uint64_t);
	uint64_t of_abi[INDEX_WORDS];

	if (!rows || !rules) {
		pool->error = -ENOMEM;
		return 0;
	}
	for (size_t group = 0; group < INDEX_NRS / 64; group++) {
		select_rules(board, group, rules);
		for (size_t i = 0; i < (size_t)64 * INDEX_ABIS; i++) {
			size_t nr = i % 64, abi = i / 64;
			uint32_t *row = &rows[abi * INDEX_NRS + group * 64 + nr];

			/* neighbours mostly have the same rules */
			if (nr && memcmp(rules[nr], rules[nr - 1], used) == 0) {
				*row = row[-1];
				continue;
			}
			for (size_t w = 0; w < INDEX_WORDS; w++)
				of_abi[w] = rules[nr][w] & board->abis[abi][w];
			*row = write_row(board, pool, of_abi);
		}
	}
	return index_pool_halves(pool, rows, (size_t)INDEX_ABIS * INDEX_NRS);
}

/* What tells rules apart best comes first: few events hit a mark. */
static int by_source(const void *a, const void *b)
{
	static const bool is_mark[_INDEX_SOURCES] = {
		[INDEX_WATCH] = true,
		[INDEX_INODE] = true,
		[INDEX_DIR] = true,
		[INDEX_EXE] = true,
	};
	const struct index_dim_draft *l = a, *r = b;

	if (is_mark[l->source] != is_mark[r->source])
		return is_mark[l->source] ? -1 : 1;
	if (l->source != r->source)
		return l->source < r->source ? -1 : 1;
	return l->kind - r->kind;
}

static void write_dims(
	struct index_board_draft *board, struct index_pool *pool, struct index_board *ret)
{
	struct index_dim dims[INDEX_DIMS_MAX];

	qsort(board->dims, board->n_dims, sizeof(board->dims[0]), by_source);
	for (size_t i = 0; i < board->n_dims && !board->error; i++)
		write_dim(&dims[i], board, &board->dims[i], pool);
	ret->n_dims = (uint32_t)board->n_dims;
	ret->dims = index_pool_take(pool, board->n_dims * INDEX_DIM_WORDS);
	if (ret->dims && !board->error)
		memcpy(pool->words + ret->dims, dims, board->n_dims * sizeof(dims[0]));
}

void index_board_write(
	struct index_board_draft *board, struct index_pool *pool, struct index_board *ret)
{
	*ret = (struct index_board){ 0 };
	if (board->too_large) {
		ret->flags = INDEX_BOARD_TOO_LARGE;
		return;
	}
	if (board->error)
		pool->error = board->error;
	if (!board->n_rules || pool->error)
		return;
	write_dims(board, pool, ret);
	if (board->masks)
		ret->rows = write_rows(board, pool);
	else
		ret->all = write_row(board, pool, board->alive);
	ret->n_rules = (uint32_t)board->n_rules;
	ret->positions = index_pool_halves(pool, board->positions, board->n_rules);
	ret->never = index_pool_vector(pool, board->never);
	ret->opaque = index_pool_vector(pool, board->opaque);
	if (board->error && !pool->error)
		pool->error = board->error;
}
