/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_RULE_RULE_INDEX_EVAL_H
#define UAUDIT_RULE_RULE_INDEX_EVAL_H

/*
 * Which rules of an index select an event. Compiled by cc and by clang -target bpf alike; the caller collects the facts.
 *
 * index_run() starts with the row of the system call and takes from it, dimension by dimension, the rules that are not
 * content: first whole words at once, then in what is left. What a fact is unknown for stays, and is marked as unsure: a program in the kernel then lets the event
 * through, and rule_index_match.c asks the rule itself.
 *
 * For BPF: the functions marked INDEX_FN are global ones, which the verifier looks at one by one and once, not again
 * for each call. It knows nothing of offsets that were read from the blob, so each access is bounded by a mask that
 * costs nothing else: it changes no offset of a blob that rule_index.c wrote.
 */

#include "rule/rule_index_blob.h"

#ifdef __bpf__
#define INDEX_FN __attribute__((noinline, weak))
#define INDEX_REQUIRE(pointer)                                                                     \
	do {                                                                                       \
		if (!(pointer))                                                                    \
			return 0;                                                                  \
	} while (0)
/* The mask must stay, whatever the compiler knows of the value. */
#define INDEX_BOUND(value, size)                                                                   \
	({                                                                                         \
		__u64 index_bounded = (value);                                                     \
		asm volatile("" : "+r"(index_bounded));                                            \
		index_bounded &((size)-1);                                                         \
	})
#else
#define INDEX_FN static inline
#define INDEX_REQUIRE(pointer)                                                                     \
	do {                                                                                       \
	} while (0)
#define INDEX_BOUND(value, size) (value)
#endif

#define INDEX_NO_VALUE  (~0ull)
#define INDEX_ALL_ITEMS (-1)

#define INDEX_ACTION_NEVER  0 /* AUDIT_NEVER and AUDIT_ALWAYS of linux/audit.h */
#define INDEX_ACTION_ALWAYS 2

static inline __u64 index_word(const struct index_blob *blob, __u64 at)
{
	return blob->words[INDEX_BOUND(at, INDEX_BLOB_WORDS)];
}

/* at: in words; i counts numbers of 32 bits from there. */
static inline __u32 index_half(const struct index_blob *blob, __u64 at, __u64 i)
{
	return ((const __u32 *)blob->words)[INDEX_BOUND(at * 2 + i, INDEX_BLOB_WORDS * 2)];
}

/* Number of the lowest bit of a word that is not 0. */
static inline __u32 index_lowest(__u64 word)
{
#ifdef __bpf__
	/* clang 14 has no code for __builtin_ctzll() here, nor for a sum of bits, which it must not recognise below. */
	word = ~word & (word - 1);
	word -= word >> 1 & 0x5555555555555555ull;
	asm volatile("" : "+r"(word));
	word = (word & 0x3333333333333333ull) + (word >> 2 & 0x3333333333333333ull);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (__u32)(word * 0x0101010101010101ull >> 56);
#else
	return (__u32)__builtin_ctzll(word);
#endif
}

/* 1 if a < b, without a branch that the verifier would follow both ways. */
static inline __u64 index_less(__u64 a, __u64 b)
{
	return ((~a & b) | ((~a | b) & (a - b))) >> 63;
}

/* The interval that value is in: the last of 1 << steps ascending keys that is not above it; the first is 0. */
INDEX_FN __u32 index_interval(const struct index_blob *blob, __u32 keys, __u32 steps, __u64 value)
{
	__u64 at = 0;

	INDEX_REQUIRE(blob);
	for (__u32 i = 0; i < INDEX_STEPS_MAX && i < steps; i++) {
		__u64 half = 1ull << ((steps - 1 - i) & 31);
		__u64 key = index_word(blob, keys + at + half);

		at += half & (index_less(value, key) - 1);
	}
	return (__u32)at;
}

/* ---- values ---- */

static inline __u32 index_value(const struct index_facts *facts, __u32 which)
{
	return facts->value[which < _INDEX_VALUES ? which : 0];
}

/* What exit= means: the kernel's restart codes are EINTR (spec kernel 4.5). */
static inline __s64 index_return_code(__s64 ret)
{
	return ret == -512 || ret == -513 || ret == -514 || ret == -516 ? -4 : ret;
}

/* Signed numbers in the order of unsigned ones. */
static inline __u64 index_signed_key(__s64 value)
{
	return (__u64)value ^ (1ull << 63);
}

static inline __u64 index_scalar(const struct index_facts *facts, const struct index_dim *dim)
{
	switch (dim->source) {
	case INDEX_AUID_SET:
		return facts->value[INDEX_AUID] != (__u32)-1;
	case INDEX_EXIT_LOW:
		return (__u32)index_return_code(facts->ret);
	case INDEX_EXIT:
		return index_signed_key(index_return_code(facts->ret));
	case INDEX_SUCCESS: /* AUDITSC_SUCCESS and AUDITSC_FAILURE in include/linux/audit.h */
		return facts->ret < -4095 || facts->ret >= 0 ? 1 : 2;
	case INDEX_COMPARE:
		return index_value(facts, dim->a) == index_value(facts, dim->b);
	default:
		return index_value(facts, dim->source);
	}
}

/* Values of one item: a device node has two device numbers. */
static inline __u32 index_values_of_item(__u32 source)
{
	return source == INDEX_DEVMAJOR || source == INDEX_DEVMINOR ? 2 : 1;
}

/* How many watches the item hits, or all of them. */
static inline __u32 index_n_watches(const struct index_facts *facts, __s32 item)
{
	__u32 n = 0;

	if (item >= 0)
		return facts->items[INDEX_BOUND(item, INDEX_ITEMS_MAX)].n_watches;
	for (__u32 i = 0; i < INDEX_ITEMS_MAX && i < facts->n_items; i++)
		n += facts->items[i].n_watches;
	return n;
}

/* Watch i of them, in their order. */
static inline __u32 index_nth_watch(const struct index_facts *facts, __s32 item, __u32 i)
{
	const struct index_item *at = &facts->items[INDEX_BOUND(item, INDEX_ITEMS_MAX)];

	if (item < 0) {
		at = facts->items;
		for (__u32 n = 0; n < INDEX_ITEMS_MAX - 1 && i >= at->n_watches; n++, at++)
			i -= at->n_watches;
	}
	return at->watches[INDEX_BOUND(i, INDEX_WATCHES_MAX)];
}

static inline __u32 index_n_values(
	const struct index_facts *facts, const struct index_dim *dim, __s32 item)
{
	if (dim->source < _INDEX_SCALARS)
		return 1;
	switch (dim->source) {
	case INDEX_GIDS:
		return 1 + facts->n_groups;
	case INDEX_EXE:
		return facts->n_exes;
	case INDEX_DIR:
		return facts->n_dirs;
	case INDEX_WATCH:
		return index_n_watches(facts, item);
	default:
		return index_values_of_item(dim->source) * (item < 0 ? facts->n_items : 1);
	}
}

/* Numbers of an item whose object is not known are 0, its inode is all ones (rule_eval.c). */
static inline __u64 index_item_value(const struct index_facts *facts, const struct index_dim *dim,
	const struct index_item *item, __u32 i)
{
	switch (dim->source) {
	case INDEX_FILETYPE:
		return item->has_inode ? item->mode & 0170000 : INDEX_NO_VALUE;
	case INDEX_INODE:
		return item->has_inode ? (__u32)item->ino : (__u32)-1;
	case INDEX_DEVMAJOR:
		return !item->has_inode ? 0 : i & 1 ? item->rdev_major : item->dev_major;
	case INDEX_DEVMINOR:
		return !item->has_inode ? 0 : i & 1 ? item->rdev_minor : item->dev_minor;
	case INDEX_OBJ_UID:
		return item->has_inode ? item->uid : 0;
	case INDEX_OBJ_GID:
		return item->has_inode ? item->gid : 0;
	case INDEX_COMPARE_OBJ_UID:
		return (item->has_inode ? item->uid : 0) == index_value(facts, dim->a);
	case INDEX_COMPARE_OBJ_GID:
		return (item->has_inode ? item->gid : 0) == index_value(facts, dim->a);
	default:
		return INDEX_NO_VALUE;
	}
}

/* Value i of n, or INDEX_NO_VALUE. */
INDEX_FN __u64 index_nth_value(
	const struct index_facts *facts, const struct index_dim *dim, __s32 item, __u32 i)
{
	__u32 per_item, at;

	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(dim);
	if (dim->source < _INDEX_SCALARS)
		return index_scalar(facts, dim);
	switch (dim->source) {
	case INDEX_GIDS:
		return i ? facts->groups[INDEX_BOUND(i - 1, INDEX_GROUPS_MAX)]
			 : index_value(facts, dim->a);
	case INDEX_EXE:
		return facts->exes[INDEX_BOUND(i, INDEX_EXES_MAX)];
	case INDEX_DIR:
		return facts->dirs[INDEX_BOUND(i, INDEX_DIRS_MAX)];
	case INDEX_WATCH:
		return index_nth_watch(facts, item, i);
	default:
		per_item = index_values_of_item(dim->source);
		at = item < 0 ? i / per_item : (__u32)item;
		return index_item_value(
			facts, dim, &facts->items[INDEX_BOUND(at, INDEX_ITEMS_MAX)], i % per_item);
	}
}

/* ---- vectors ---- */

/* Adds the words of a vector that are set in which to work->passed. */
INDEX_FN __u32 index_add(
	const struct index_blob *blob, struct index_work *work, __u32 vector, __u64 which)
{
	__u32 first;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	which &= index_word(blob, vector);
	first = (__u32)index_word(blob, vector + 1);
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1) {
		__u32 w = index_lowest(which);

		work->passed[INDEX_BOUND(w, INDEX_WORDS)] |=
			index_word(blob, vector + INDEX_VECTOR_WORDS + w - first);
	}
	return 0;
}

/* Word w of a vector which has that word. */
static inline __u64 index_vector_word(const struct index_blob *blob, __u32 vector, __u32 w)
{
	return index_word(
		blob, vector + INDEX_VECTOR_WORDS + w - (__u32)index_word(blob, vector + 1));
}

INDEX_FN __u64 index_vector_word_or_0(const struct index_blob *blob, __u32 vector, __u32 w)
{
	INDEX_REQUIRE(blob);
	if (!vector || !(index_word(blob, vector) >> (w & 63) & 1))
		return 0;
	return index_vector_word(blob, vector, w);
}

enum index_take {
	INDEX_KEEP,  /* of the rules of the dimension, those that were found stay */
	INDEX_DROP,  /* ... go */
	INDEX_DOUBT, /* all of them stay, unsure */
};

/* The rules that were found are those of work->passed. */
#define INDEX_PASSED (~0u)

/*
 * Ends a dimension: in the words of which, all of them live and of the dimension's tests. found: a vector, 0 if it is empty,
 * or INDEX_PASSED.
 */
INDEX_FN __u32 index_take(const struct index_blob *blob, struct index_work *work,
	const struct index_dim *dim, __u64 which, __u64 how_found)
{
	__u64 use_passed, flip, doubt;
	__u32 found;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	INDEX_REQUIRE(dim);
	/* masks, for each branch in the loop would be two ways for the verifier */
	found = (__u32)how_found;
	use_passed = found == INDEX_PASSED ? ~0ull : 0;
	found &= (__u32)~use_passed;
	flip = how_found >> 32 == INDEX_DROP ? ~0ull : 0;
	doubt = how_found >> 32 == INDEX_DOUBT ? ~0ull : 0;
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1) {
		__u32 w = (__u32)INDEX_BOUND(index_lowest(which), INDEX_WORDS);
		__u64 tested = index_vector_word(blob, dim->tests, w), left = work->selected[w];
		__u64 set = (work->passed[w] & use_passed) | index_vector_word_or_0(blob, found, w);

		work->unsure[w] |= left & tested & doubt;
		left &= ~tested | (set ^ flip) | doubt;
		work->selected[w] = left;
		work->live &= ~(index_less(left, 1) << w);
	}
	return 0;
}

/* Empties words of work->passed. */
INDEX_FN __u32 index_forget(struct index_work *work, __u64 which)
{
	INDEX_REQUIRE(work);
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1)
		work->passed[INDEX_BOUND(index_lowest(which), INDEX_WORDS)] = 0;
	return 0;
}

/* ---- dimensions ---- */

/* Most values of one dimension. */
#define INDEX_VALUES_MAX (INDEX_ITEMS_MAX * INDEX_WATCHES_MAX)

/* Whether some value passes a test with & or &=: values of which there always are some, device numbers at most. */
INDEX_FN __u32 index_bits_pass(
	const struct index_facts *facts, const struct index_dim *dim, __s32 item, __u64 test)
{
	__u64 mask = (__u32)test, least = test >> 32 ? mask : 1, passed = 0;
	__u32 n;

	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(dim);
	n = index_n_values(facts, dim, item);
	for (__u32 i = 0; i < 2 * INDEX_ITEMS_MAX && i < n; i++)
		passed |= 1 - index_less(index_nth_value(facts, dim, item, i) & mask, least);
	return (__u32)passed;
}

/* The rules whose test fails. */
INDEX_FN __u32 index_add_failed_bits(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, const struct index_dim *dim, __s32 item)
{
	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	INDEX_REQUIRE(dim);
	for (__u32 i = 0; i < INDEX_BITS_MAX && i < dim->steps; i++)
		if (!index_bits_pass(facts, dim, item, index_word(blob, dim->keys + i)))
			index_add(blob, work, index_half(blob, dim->vectors, i), work->live);
	return 0;
}

/* The vector of the rules that are content with value i, or that name it; 0: there are none. */
INDEX_FN __u32 index_vector_of(const struct index_blob *blob, const struct index_facts *facts,
	const struct index_dim *dim, __s32 item, __u32 i)
{
	__u64 value;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(dim);
	value = index_nth_value(facts, dim, item, i);
	if (value == INDEX_NO_VALUE)
		return 0;
	return index_half(blob, dim->vectors, index_interval(blob, dim->keys, dim->steps, value));
}

/* The rules of all values. Where there is one vector at most that is the result, INDEX_PASSED otherwise. */
INDEX_FN __u32 index_add_values(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, const struct index_dim *dim, __s32 item)
{
	__u32 n, vector;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	INDEX_REQUIRE(dim);
	n = index_n_values(facts, dim, item);
	if (!n)
		return 0;
	if (n == 1)
		return index_vector_of(blob, facts, dim, item, 0);
	index_forget(work, work->live);
	for (__u32 i = 0; i < INDEX_VALUES_MAX && i < n; i++) {
		vector = index_vector_of(blob, facts, dim, item, i);
		if (vector)
			index_add(blob, work, vector, work->live);
	}
	return INDEX_PASSED;
}

static inline void index_read_dim(const struct index_blob *blob, __u32 at, struct index_dim *ret)
{
	__u64 word = index_word(blob, at);

	ret->source = (__u8)word;
	ret->kind = (__u8)(word >> 8);
	ret->a = (__u8)(word >> 16);
	ret->b = (__u8)(word >> 24);
	ret->steps = (__u32)(word >> 32);
	word = index_word(blob, at + 1);
	ret->keys = (__u32)word;
	ret->vectors = (__u32)(word >> 32);
	ret->tests = (__u32)index_word(blob, at + 2);
	ret->reserved = 0;
	ret->full = index_word(blob, at + 3);
}

/*
 * Before any word is looked at: in a dimension whose tests all rules of a word have, a word is dead that the vector of the
 * event's value does not have. Of dimension number i; what is found is kept.
 */
INDEX_FN __u32 index_narrow(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 i)
{
	struct index_dim dim;
	__u32 found = 0, n;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	i = (__u32)INDEX_BOUND(i, INDEX_DIMS_MAX);
	index_read_dim(blob, work->dims_at + i * INDEX_DIM_WORDS, &dim);
	work->found[i] = INDEX_PASSED;
	if (dim.kind != INDEX_ANY || (facts->unknown >> (dim.source & 63) & 1))
		return 0;
	if (!(facts->absent >> (dim.source & 63) & 1)) {
		n = index_n_values(facts, &dim, INDEX_ALL_ITEMS);
		if (n > 1)
			return 0;
		if (n)
			found = index_vector_of(blob, facts, &dim, INDEX_ALL_ITEMS, 0);
	}
	work->found[i] = found;
	work->live &= ~dim.full | (found ? index_word(blob, found) : 0);
	return 0;
}

/* Takes away the rules that are not content in dimension number i. */
INDEX_FN __u32 index_apply(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 i, __s32 item)
{
	__u64 which, how = INDEX_KEEP;
	struct index_dim dim;
	__u32 found = 0;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	i = (__u32)INDEX_BOUND(i, INDEX_DIMS_MAX);
	index_read_dim(blob, work->dims_at + i * INDEX_DIM_WORDS, &dim);
	which = work->live & index_word(blob, dim.tests);
	if (!which)
		return 0;
	if (facts->unknown >> (dim.source & 63) & 1) {
		how = INDEX_DOUBT;
	} else if (facts->absent >> (dim.source & 63) & 1) {
		/* nothing is found */
	} else if (item < 0 && work->found[i] != INDEX_PASSED) {
		found = work->found[i];
	} else if (dim.kind == INDEX_BITS) {
		how = INDEX_DROP;
		found = INDEX_PASSED;
		index_forget(work, which);
		index_add_failed_bits(blob, facts, work, &dim, item);
	} else {
		how = dim.kind == INDEX_ANY ? INDEX_KEEP : INDEX_DROP;
		found = index_add_values(blob, facts, work, &dim, item);
	}
	return index_take(blob, work, &dim, which, how << 32 | found);
}

/* ---- boards ---- */

/* The row of the event's system call, or of all rules; 0: no rule is a candidate. */
static inline __u32 index_row(
	const struct index_blob *blob, const struct index_facts *facts, __u32 board)
{
	const struct index_board *b = &blob->head.boards[board & (_INDEX_BOARDS - 1)];

	if (!b->rows)
		return b->all;
	if (facts->nr >= INDEX_NRS || facts->abi >= INDEX_ABIS)
		return 0;
	return index_half(blob, b->rows, facts->abi * INDEX_NRS + facts->nr);
}

/* The rules of a row are selected, as far as its words are live. */
INDEX_FN __u32 index_begin(const struct index_blob *blob, struct index_work *work, __u32 row)
{
	__u32 vector = row + INDEX_ROW_VECTOR;
	__u64 which;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	which = work->live;
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1) {
		__u32 w = (__u32)INDEX_BOUND(index_lowest(which), INDEX_WORDS);

		work->selected[w] = index_vector_word(blob, vector, w);
		work->unsure[w] = 0;
	}
	return 0;
}

/* The words of a row that may be left. Whether there are any. */
INDEX_FN __u32 index_narrow_all(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 board, __u32 row)
{
	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	work->dims_at = blob->head.boards[board & (_INDEX_BOARDS - 1)].dims;
	work->live = index_word(blob, row + INDEX_ROW_VECTOR);
	for (__u32 half = 0; half < INDEX_DIMS_MAX / 64; half++) {
		__u64 left = index_word(blob, row + INDEX_ROW_DIMS + half);

		work->dims[half] = left;
		for (__u32 n = 0; n < 64 && left; n++, left &= left - 1) {
			index_narrow(blob, facts, work, half * 64 + index_lowest(left));
			if (!work->live)
				return 0;
		}
	}
	return 1;
}

/* Begins again with what was left before the first item. */
static inline void index_restore(struct index_work *work)
{
	__u64 which = work->live = work->base_live;

	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1) {
		__u32 w = (__u32)INDEX_BOUND(index_lowest(which), INDEX_WORDS);

		work->selected[w] = work->base[w];
	}
}

/*
 * Leaves in work->selected the rules of a board that select the event, with whichever item, or, after that and
 * index_save(), with one. Whether there are any.
 */
INDEX_FN __u32 index_run(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 board, __s32 item)
{
	__u32 row, i;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	if (item < 0) {
		row = index_row(blob, facts, board);
		if (!row || !index_narrow_all(blob, facts, work, board, row))
			return 0;
		index_begin(blob, work, row);
	} else {
		index_restore(work);
	}
	for (__u32 half = 0; half < INDEX_DIMS_MAX / 64; half++) {
		__u64 left = work->dims[half];

		for (__u32 n = 0; n < 64 && left; n++, left &= left - 1) {
			i = half * 64 + index_lowest(left);
			/* the others have been applied before the first item */
			if (item < 0 ||
				(__u8)index_word(blob, work->dims_at + i * INDEX_DIM_WORDS) >=
					_INDEX_OF_ITEM)
				index_apply(blob, facts, work, i, item);
			if (!work->live)
				return 0;
		}
	}
	return 1;
}

/* Keeps what index_run() left, to be narrowed once for each item. */
INDEX_FN __u32 index_save(struct index_work *work)
{
	__u64 which;

	INDEX_REQUIRE(work);
	work->base_live = which = work->live;
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1) {
		__u32 w = (__u32)INDEX_BOUND(index_lowest(which), INDEX_WORDS);

		work->base[w] = work->selected[w];
	}
	return 0;
}

/* ---- the answer of a program in the kernel ---- */

/* Word w of what is selected. Whether what follows it does not count. */
INDEX_FN __u32 index_pick_word(
	const struct index_blob *blob, struct index_work *work, __u32 board, __u32 w, __u32 is_list)
{
	const struct index_board *b;
	__u64 selected, unsure, always, sure;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	b = &blob->head.boards[board & (_INDEX_BOARDS - 1)];
	w = (__u32)INDEX_BOUND(w, INDEX_WORDS);
	unsure = work->unsure[w] | index_vector_word_or_0(blob, b->opaque, w);
	selected = work->selected[w];
	sure = is_list ? selected & ~unsure : 0;
	selected &= sure ^ (sure - 1);
	always = selected & ~index_vector_word_or_0(blob, b->never, w);
	if (selected & unsure)
		work->has_doubt = 1;
	if (work->first == INDEX_RULES_MAX)
		work->first = w * 64 + index_lowest(selected);
	if (work->first_always == INDEX_RULES_MAX && always)
		work->first_always = w * 64 + index_lowest(always);
	return sure != 0;
}

/*
 * What is selected: the first rule, and the first that says always, INDEX_RULES_MAX for none; and whether some of them is
 * unsure. is_list: behind a rule that is sure nothing counts.
 */
INDEX_FN __u32 index_pick(
	const struct index_blob *blob, struct index_work *work, __u32 board, __u32 is_list)
{
	__u64 which;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	work->first = work->first_always = INDEX_RULES_MAX;
	work->has_doubt = 0;
	which = work->live;
	for (__u32 n = 0; n < INDEX_WORDS && which; n++, which &= which - 1)
		if (index_pick_word(blob, work, board, index_lowest(which), is_list))
			break;
	return 0;
}

/* The place on its list of a rule of a board. */
static inline __u32 index_position(const struct index_blob *blob, __u32 board, __u32 rule)
{
	return index_half(blob, blob->head.boards[board & (_INDEX_BOARDS - 1)].positions, rule);
}

INDEX_FN __u32 index_answer(const struct index_blob *blob, struct index_work *work, __u32 board,
	__u32 rule, __u32 is_sure)
{
	__u32 never;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(work);
	never = blob->head.boards[board & (_INDEX_BOARDS - 1)].never;

	work->position = (__s32)index_position(blob, board, rule);
	work->action = index_vector_word_or_0(blob, never, rule / 64) >> (rule & 63) & 1
			       ? INDEX_ACTION_NEVER
			       : INDEX_ACTION_ALWAYS;
	work->is_sure = is_sure;
	return 0;
}

/*
 * Rules on inodes, item by item: the first item that selects one ends it, and the rule counts if it stands before the
 * one that the list has selected already.
 */
static inline void index_eval_items(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 board)
{
	index_save(work);
	for (__u32 item = 0; item < INDEX_ITEMS_MAX && item < facts->n_items; item++) {
		if (!index_run(blob, facts, work, board, (__s32)item))
			continue;
		index_pick(blob, work, board, 1);
		if (work->position >= 0 &&
			index_position(blob, board, work->first) > (__u32)work->position)
			continue;
		index_answer(blob, work, board, work->first, 1);
		break;
	}
}

/*
 * The exit or the io_uring list as the kernel walks it (spec kernel 6.5); board is that of the rules on the list, the
 * next one that of its rules on inodes. The answer is in work. Where a fact is not known that decides, it is "always" as
 * soon as some rule may say so: never less than what the whole truth would give.
 */
INDEX_FN __s32 index_eval_list(const struct index_blob *blob, const struct index_facts *facts,
	struct index_work *work, __u32 board)
{
	__u32 has_doubt = 0, always = INDEX_RULES_MAX, always_board;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(facts);
	INDEX_REQUIRE(work);
	always_board = board;
	work->position = -1;
	work->action = INDEX_ACTION_NEVER;
	work->is_sure = 1;
	if ((blob->head.boards[board & (_INDEX_BOARDS - 1)].flags |
		    blob->head.boards[(board + 1) & (_INDEX_BOARDS - 1)].flags) &
		INDEX_BOARD_TOO_LARGE) {
		work->action = INDEX_ACTION_ALWAYS;
		work->is_sure = 0;
		return -1;
	}
	if (index_run(blob, facts, work, board, INDEX_ALL_ITEMS)) {
		index_pick(blob, work, board, 1);
		has_doubt = work->has_doubt;
		always = work->first_always;
		if (!has_doubt)
			index_answer(blob, work, board, work->first, 1);
	}
	if ((facts->n_items || (facts->unknown & INDEX_ITEM_SOURCES)) &&
		index_run(blob, facts, work, board + 1, INDEX_ALL_ITEMS)) {
		index_pick(blob, work, board + 1, 0);
		has_doubt |= work->has_doubt;
		if (!has_doubt) {
			index_eval_items(blob, facts, work, board + 1);
		} else if (always == INDEX_RULES_MAX) {
			always = work->first_always;
			always_board = board + 1;
		}
	}
	if (!has_doubt)
		return work->position;
	work->position = -1;
	work->action = INDEX_ACTION_NEVER;
	work->is_sure = 0;
	if (always != INDEX_RULES_MAX)
		index_answer(blob, work, always_board, always, 0);
	return work->position;
}

static inline __s32 index_eval_exit(
	const struct index_blob *blob, const struct index_facts *facts, struct index_work *work)
{
	return index_eval_list(blob, facts, work, INDEX_BOARD_EXIT);
}

static inline __s32 index_eval_uring(
	const struct index_blob *blob, const struct index_facts *facts, struct index_work *work)
{
	return index_eval_list(blob, facts, work, INDEX_BOARD_URING);
}

/* The facts that some rule on the list or on inodes tests which could select that call: INDEX_BIT(source)s. */
INDEX_FN __u64 index_sources_exit(const struct index_blob *blob, __u32 abi, __u32 nr)
{
	__u64 sources = 0;

	INDEX_REQUIRE(blob);
	if (abi >= INDEX_ABIS || nr >= INDEX_NRS)
		return 0;
	for (__u32 board = INDEX_BOARD_EXIT; board <= INDEX_BOARD_EXIT_INODE; board++) {
		__u32 rows = blob->head.boards[board].rows, row = 0;

		if (rows)
			row = index_half(blob, rows, abi * INDEX_NRS + nr);
		if (row)
			sources |= index_word(blob, row + INDEX_ROW_SOURCES);
	}
	return sources;
}

/*
 * The AUDIT_PERM_* bits of a call, for index_facts.value[INDEX_PERM]. how_flags: of struct
 * open_how, 0 for other calls.
 */
INDEX_FN __u32 index_perm(const struct index_blob *blob, __u32 abi, __u32 nr,
	const struct index_args *args, __u64 how_flags)
{
	/* O_RDONLY, O_WRONLY, O_RDWR and the mode of device drivers, as bits of AUDIT_PERM_READ 4 and AUDIT_PERM_WRITE 2 */
	const __u32 perms = 0x6624;
	__u64 arg = 0;
	__u8 code;

	INDEX_REQUIRE(blob);
	INDEX_REQUIRE(args);
	if (abi >= INDEX_ABIS || nr >= INDEX_NRS)
		return 0;
	code = blob->head.perms[abi][nr];
	for (__u32 i = 0; i < 6; i++)
		if (i == (code & 0x0f))
			arg = args->arg[i];
	switch (code & 0xf0) {
	case INDEX_PERM_OF_MODE:
		return perms >> (arg & 3) * 4 & 0xf;
	case INDEX_PERM_OF_HOW:
		return perms >> (how_flags & 3) * 4 & 0xf;
	case INDEX_PERM_OF_SOCKETCALL:
		return (__u32)arg == 2 ? 2 : 0;
	default:
		return code & 0xf;
	}
}

#endif
