// SPDX-License-Identifier: MIT
#include "rule/rule_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_eval.h"
#include "rule/rule_index_board.h"
#include "rule/rule_index_rule.h"
#include "rule/rule_index_state.h"
#include "rule/rule_interest.h"

_Static_assert(sizeof(struct index_dim) == INDEX_DIM_WORDS * 8, "rule_index_eval.h reads words");
_Static_assert(sizeof(struct index_head) % 8 == 0, "the pool begins behind it");
_Static_assert(_INDEX_BOARDS == 8 && _INDEX_SOURCES <= 64, "rule_index_eval.h masks them");

/* ---- numbers of marks ---- */

static int by_address(const void *a, const void *b)
{
	uintptr_t l = (uintptr_t) * (const struct rule_mark *const *)a;
	uintptr_t r = (uintptr_t) * (const struct rule_mark *const *)b;

	return l < r ? -1 : l > r;
}

static void index_marks_deinit(struct index_marks *marks)
{
	free(marks->by_address);
	free(marks->ids);
}

/* Sorting (mark, number) by mark: the marks are sorted, and the numbers looked up by a second table. */
static int index_marks_init(struct index_marks *marks, const struct rule_set *set)
{
	struct numbered {
		const struct rule_mark *mark;
		uint16_t id;
	};
	_cleanup_free_ struct numbered *all = calloc(set->n_marks + 1, sizeof(*all));

	*marks = (struct index_marks){ .n = set->n_marks };
	if (set->n_marks > UINT16_MAX)
		return -E2BIG;
	marks->by_address = calloc(set->n_marks + 1, sizeof(*marks->by_address));
	marks->ids = calloc(set->n_marks + 1, sizeof(*marks->ids));
	if (!all || !marks->by_address || !marks->ids)
		return -ENOMEM;
	for (size_t i = 0; i < set->n_marks; i++)
		all[i] = (struct numbered){ set->marks[i], (uint16_t)i };
	qsort(all, set->n_marks, sizeof(*all), by_address);
	for (size_t i = 0; i < set->n_marks; i++) {
		marks->by_address[i] = all[i].mark;
		marks->ids[i] = all[i].id;
	}
	return 0;
}

/* ---- boards ---- */

/* The lists that have masks are two boards: which of their rules. */
enum which { ALL, ON_LIST, ON_INODES };

static const struct {
	uint8_t list;
	uint8_t which;
	bool has_masks;
} boards[_INDEX_BOARDS] = {
	[INDEX_BOARD_EXIT] = { AUDIT_FILTER_EXIT, ON_LIST, true },
	[INDEX_BOARD_EXIT_INODE] = { AUDIT_FILTER_EXIT, ON_INODES, true },
	[INDEX_BOARD_URING] = { AUDIT_FILTER_URING_EXIT, ON_LIST, true },
	[INDEX_BOARD_URING_INODE] = { AUDIT_FILTER_URING_EXIT, ON_INODES, true },
	[INDEX_BOARD_TASK] = { AUDIT_FILTER_TASK, ALL, false },
	[INDEX_BOARD_USER] = { AUDIT_FILTER_USER, ALL, false },
	[INDEX_BOARD_EXCLUDE] = { AUDIT_FILTER_EXCLUDE, ALL, false },
	[INDEX_BOARD_FS] = { AUDIT_FILTER_FS, ALL, false },
};

/* Each fstype field of a rule that says never is a rule of its own. */
static void add_fs_rule(
	struct index_board_draft *board, const struct audit_krule *rule, uint32_t position)
{
	for (uint32_t i = 0; i < rule->n_fields && rule->action == AUDIT_NEVER; i++)
		if (rule->fields[i].type == AUDIT_FSTYPE &&
			index_board_begin(board, position, true, NULL))
			index_board_test(board, (struct index_subject){ .source = INDEX_FSTYPE },
				rule->fields[i].op, rule->fields[i].val);
}

static void add_rule(struct index_board_draft *board, enum index_board_id id,
	const struct audit_krule *rule, uint32_t position, const struct index_marks *marks)
{
	if (id == INDEX_BOARD_FS) {
		add_fs_rule(board, rule, position);
		return;
	}
	if (boards[id].which != ALL && rule->by_inode != (boards[id].which == ON_INODES))
		return;
	if (!index_board_begin(board, position, rule->action == AUDIT_NEVER, rule->mask))
		return;
	if (id == INDEX_BOARD_USER || id == INDEX_BOARD_EXCLUDE)
		index_rule_fields_simple(board, rule, marks);
	else
		index_rule_fields(board, rule, marks);
}

/* The walk over exit and io_uring rules goes by their priority, the index by their place: the two are one order. */
static bool is_in_order(const struct rule_set *set, unsigned list)
{
	for (size_t i = 1; i < set->n_rules[list]; i++)
		if (set->lists[list][i]->prio >= set->lists[list][i - 1]->prio)
			return false;
	return true;
}

static int add_board(struct index_pool *pool, enum index_board_id id, const struct rule_set *set,
	const struct index_marks *marks)
{
	unsigned list = boards[id].list;
	struct index_board_draft *board;
	struct index_board written;
	int r;

	if (!set->n_rules[list])
		return 0;
	if (boards[id].has_masks && !is_in_order(set, list))
		return -EINVAL;
	r = index_board_draft_new(&board, boards[id].has_masks);
	if (r < 0)
		return r;
	for (size_t i = 0; i < set->n_rules[list] && !board->too_large; i++)
		add_rule(board, id, set->lists[list][i], (uint32_t)i, marks);
	index_board_write(board, pool, &written);
	if (!pool->error)
		((struct index_head *)pool->words)->boards[id] = written;
	index_board_draft_free(board);
	return pool->error;
}

/* ---- system calls ---- */

static uint8_t perm_class(uint32_t arch, uint32_t nr)
{
	const struct syscall_info *info = syscall_info(arch, nr);
	struct event ev = { .h = { .kind = EVT_SYSCALL, .arch = arch, .nr = (int32_t)nr } };
	int arg = syscall_arg(info, ARG_SOCKETCALL);

	if (info->effect == EFFECT_OPEN) {
		if (syscall_arg(info, ARG_HOW) >= 0)
			return INDEX_PERM_OF_HOW;
		arg = syscall_arg(info, ARG_OFLAGS);
		return arg < 0 ? INDEX_PERM_OF_CALL : (uint8_t)(INDEX_PERM_OF_MODE | arg);
	}
	if (arg >= 0 && info->effect != EFFECT_EXEC)
		return (uint8_t)(INDEX_PERM_OF_SOCKETCALL | arg);
	return INDEX_PERM_OF_CALL | rule_perms(&ev);
}

/* Its signals are those of every list's rules, as in the kernel. */
static void add_signal_flags(struct index_head *head, const struct rule_set *set,
	const uint32_t arches[INDEX_ABIS], size_t n_arches)
{
	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; i < set->n_rules[list]; i++)
			if (rule_has_signal_call(set->lists[list][i], arches, n_arches)) {
				for (size_t a = 0; a < n_arches; a++)
					for (uint32_t nr = 0; nr < INDEX_NRS; nr++)
						if (syscall_info(arches[a], nr)->flags &
							SC_SENDS_SIGNAL)
							head->nrs[a][nr] |= RULE_NR_SIGNAL;
				return;
			}
}

static void add_calls(struct index_head *head, const struct rule_set *set,
	const uint32_t arches[static INDEX_ABIS])
{
	size_t n_arches = arches[INDEX_ABI_COMPAT] ? INDEX_ABIS : 1;

	for (size_t abi = 0; abi < n_arches; abi++) {
		for (size_t i = 0; i < set->n_rules[AUDIT_FILTER_EXIT]; i++) {
			const struct audit_krule *rule = set->lists[AUDIT_FILTER_EXIT][i];
			uint8_t flag = RULE_NR_CANDIDATE;

			if (rule->action == AUDIT_ALWAYS)
				flag |= RULE_NR_ALWAYS;
			if (rule_looks_at_paths(rule))
				flag |= RULE_NR_PATHS;
			rule_flag_calls(rule, arches[abi], flag, head->nrs[abi]);
		}
		for (uint32_t nr = 0; nr < INDEX_NRS; nr++)
			head->perms[abi][nr] = perm_class(arches[abi], nr);
	}
	add_signal_flags(head, set, arches, n_arches);
}

/* ---- the whole ---- */

static int build(struct rule_index *index, const struct rule_set *set, bool for_kernel)
{
	struct index_pool *pool = &index->pool;
	struct index_marks marks;
	struct index_head *head;
	int r = index_marks_init(&marks, set);

	index_pool_take(pool, sizeof(struct index_head) / 8);
	if (r == 0)
		r = pool->error;
	for (size_t id = 0; id < _INDEX_BOARDS && r == 0; id++)
		r = add_board(pool, id, set, &marks);
	index_marks_deinit(&marks);
	if (r < 0)
		return r;
	head = (struct index_head *)pool->words;
	head->version = INDEX_VERSION;
	head->n_words = (uint32_t)pool->n;
	head->n_marks = (uint32_t)set->n_marks;
	index->arches[INDEX_ABI_NATIVE] = machine_native_elf();
	index->arches[INDEX_ABI_COMPAT] = machine_native_compat_elf();
	if (for_kernel)
		add_calls(head, set, index->arches);
	return index_places_init(&index->places, set);
}

static int build_new(struct rule_index **ret, const struct rule_set *set, bool for_kernel)
{
	struct rule_index *index = calloc(1, sizeof(*index));
	int r;

	if (!index)
		return -ENOMEM;
	r = build(index, set, for_kernel);
	if (r < 0) {
		rule_index_free(index);
		return r;
	}
	*ret = index;
	return 0;
}

int rule_index_build(struct rule_index **ret, const struct rule_set *set)
{
	return build_new(ret, set, true);
}

int rule_index_build_here(struct rule_index **ret, const struct rule_set *set)
{
	return build_new(ret, set, false);
}

void rule_index_free(struct rule_index *index)
{
	if (!index)
		return;
	index_pool_deinit(&index->pool);
	index_places_deinit(&index->places);
	free(index);
}

const void *rule_index_blob(const struct rule_index *index, size_t *ret_len)
{
	*ret_len = index->pool.n * sizeof(*index->pool.words);
	return index->pool.words;
}

void rule_index_nr_flags(
	const struct rule_index *index, uint8_t ret_flags[static INDEX_ABIS * INDEX_NRS])
{
	memcpy(ret_flags, ((const struct index_head *)index->pool.words)->nrs,
		(size_t)INDEX_ABIS * INDEX_NRS);
}

int rule_index_mark_id(const struct rule_set *set, const struct rule_mark *mark)
{
	for (size_t i = 0; i < set->n_marks; i++)
		if (set->marks[i] == mark)
			return (int)i;
	return -ENOENT;
}
