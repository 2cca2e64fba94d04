// SPDX-License-Identifier: MIT
#include "rule/rule_index_rule.h"

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_eval.h"

typedef void (*index_field_fn)(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks);

static int id_of(const struct index_marks *marks, const struct rule_mark *mark)
{
	size_t lo = 0, hi = marks->n;

	while (lo < hi) {
		size_t middle = (lo + hi) / 2;

		if ((uintptr_t)marks->by_address[middle] < (uintptr_t)mark)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < marks->n && marks->by_address[lo] == mark ? marks->ids[lo] : -1;
}

/* ---- fields that are numbers ---- */

static const uint8_t number_sources[] = {
	[AUDIT_PID] = INDEX_PID,
	[AUDIT_UID] = INDEX_UID,
	[AUDIT_EUID] = INDEX_EUID,
	[AUDIT_SUID] = INDEX_SUID,
	[AUDIT_FSUID] = INDEX_FSUID,
	[AUDIT_GID] = INDEX_GID,
	[AUDIT_EGID] = INDEX_EGID,
	[AUDIT_SGID] = INDEX_SGID,
	[AUDIT_FSGID] = INDEX_FSGID,
	[AUDIT_LOGINUID] = INDEX_AUID,
	[AUDIT_PERS] = INDEX_PERS,
	[AUDIT_MSGTYPE] = INDEX_MSGTYPE,
	[AUDIT_PPID] = INDEX_PPID,
	[AUDIT_LOGINUID_SET] = INDEX_AUID_SET,
	[AUDIT_SESSIONID] = INDEX_SES,
	[AUDIT_FSTYPE] = INDEX_FSTYPE,
	[AUDIT_DEVMAJOR] = INDEX_DEVMAJOR,
	[AUDIT_DEVMINOR] = INDEX_DEVMINOR,
	[AUDIT_INODE] = INDEX_INODE,
	[AUDIT_OBJ_UID] = INDEX_OBJ_UID,
	[AUDIT_OBJ_GID] = INDEX_OBJ_GID,
	[AUDIT_SADDR_FAM] = INDEX_SADDR_FAM,
	[AUDIT_ARG0] = INDEX_ARG0,
	[AUDIT_ARG1] = INDEX_ARG1,
	[AUDIT_ARG2] = INDEX_ARG2,
	[AUDIT_ARG3] = INDEX_ARG3,
};

static struct index_subject source_of(uint8_t source)
{
	return (struct index_subject){ .source = source };
}

static void add_number(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)marks;
	index_board_test(board, source_of(number_sources[f->type]), f->op, f->val);
}

/* With = and != a supplementary group counts, too. */
static void add_gid(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	struct index_subject gids = { .source = INDEX_GIDS, .a = number_sources[f->type] };

	if (f->op == AUDIT_EQUAL)
		index_board_test(board, gids, f->op, f->val);
	else if (f->op == AUDIT_NOT_EQUAL)
		index_board_none(board, gids, f->val);
	else
		add_number(board, f, marks);
}

static void add_exit(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)marks;
	switch (f->op) {
	case AUDIT_LESS_THAN:
	case AUDIT_GREATER_THAN:
	case AUDIT_LESS_THAN_OR_EQUAL:
	case AUDIT_GREATER_THAN_OR_EQUAL:
		index_board_test(board, source_of(INDEX_EXIT), f->op,
			(uint64_t)(int64_t)(int32_t)f->val ^ 1ull << 63);
		break;
	default:
		index_board_test(board, source_of(INDEX_EXIT_LOW), f->op, f->val);
		break;
	}
}

static void add_success(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)marks;
	index_board_test(board, source_of(INDEX_SUCCESS), f->op, f->val ? 1 : 2);
}

static void add_filetype(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)marks;
	if (f->op == AUDIT_NOT_EQUAL)
		index_board_none(board, source_of(INDEX_FILETYPE), f->val);
	else
		index_board_test(board, source_of(INDEX_FILETYPE), AUDIT_EQUAL, f->val);
}

static void add_arch(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	const uint32_t arches[INDEX_ABIS] = { machine_native_elf(), machine_native_compat_elf() };

	(void)marks;
	for (uint32_t abi = 0; abi < INDEX_ABIS; abi++)
		if (!rule_compare_u32(arches[abi], f->op, f->val))
			index_board_not_abi(board, abi);
}

/* ---- paths ---- */

static void add_mark(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	int id = f->mark ? id_of(marks, f->mark) : -1;

	if (id < 0)
		index_board_dead(board);
	else
		index_board_test(board, source_of(f->type == AUDIT_WATCH ? INDEX_WATCH : INDEX_DIR),
			AUDIT_EQUAL, (uint64_t)id);
}

static void add_exe(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	int id = f->mark ? id_of(marks, f->mark) : -1;

	if (f->op == AUDIT_NOT_EQUAL && id >= 0)
		index_board_none(board, source_of(INDEX_EXE), (uint64_t)id);
	else if (f->op != AUDIT_NOT_EQUAL && id >= 0)
		index_board_test(board, source_of(INDEX_EXE), AUDIT_EQUAL, (uint64_t)id);
	else if (f->op != AUDIT_NOT_EQUAL)
		index_board_dead(board);
}

/* ---- the rest ---- */

static void add_compare(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	const struct field_compare *compare = field_compare_by_code(f->val);
	struct index_subject of = { .source = INDEX_COMPARE };

	(void)marks;
	if (!compare) {
		index_board_dead(board);
		return;
	}
	if (f->op != AUDIT_EQUAL && f->op != AUDIT_NOT_EQUAL) {
		index_board_opaque(board);
		return;
	}
	of.a = number_sources[compare->left];
	if (compare->right == AUDIT_OBJ_UID)
		of.source = INDEX_COMPARE_OBJ_UID;
	else if (compare->right == AUDIT_OBJ_GID)
		of.source = INDEX_COMPARE_OBJ_GID;
	else
		of.b = number_sources[compare->right];
	index_board_test(board, of, AUDIT_EQUAL, f->op == AUDIT_EQUAL);
}

/* Parts of labels are told apart by the rule itself. */
static void add_label(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)f;
	(void)marks;
	index_board_opaque(board);
}

static void add_nothing(struct index_board_draft *board, const struct audit_field *f,
	const struct index_marks *marks)
{
	(void)board;
	(void)f;
	(void)marks;
}

/* perm is looked at for all fields of a rule at once. */
static const index_field_fn field_adds[] = {
	[AUDIT_PID] = add_number,
	[AUDIT_UID] = add_number,
	[AUDIT_EUID] = add_number,
	[AUDIT_SUID] = add_number,
	[AUDIT_FSUID] = add_number,
	[AUDIT_GID] = add_gid,
	[AUDIT_EGID] = add_gid,
	[AUDIT_SGID] = add_number,
	[AUDIT_FSGID] = add_number,
	[AUDIT_LOGINUID] = add_number,
	[AUDIT_PERS] = add_number,
	[AUDIT_ARCH] = add_arch,
	[AUDIT_SUBJ_USER] = add_label,
	[AUDIT_SUBJ_ROLE] = add_label,
	[AUDIT_SUBJ_TYPE] = add_label,
	[AUDIT_SUBJ_SEN] = add_label,
	[AUDIT_SUBJ_CLR] = add_label,
	[AUDIT_PPID] = add_number,
	[AUDIT_LOGINUID_SET] = add_number,
	[AUDIT_SESSIONID] = add_number,
	[AUDIT_DEVMAJOR] = add_number,
	[AUDIT_DEVMINOR] = add_number,
	[AUDIT_INODE] = add_number,
	[AUDIT_EXIT] = add_exit,
	[AUDIT_SUCCESS] = add_success,
	[AUDIT_WATCH] = add_mark,
	[AUDIT_PERM] = add_nothing,
	[AUDIT_DIR] = add_mark,
	[AUDIT_FILETYPE] = add_filetype,
	[AUDIT_OBJ_UID] = add_number,
	[AUDIT_OBJ_GID] = add_number,
	[AUDIT_FIELD_COMPARE] = add_compare,
	[AUDIT_EXE] = add_exe,
	[AUDIT_SADDR_FAM] = add_number,
	[AUDIT_ARG0] = add_number,
	[AUDIT_ARG1] = add_number,
	[AUDIT_ARG2] = add_number,
	[AUDIT_ARG3] = add_number,
	[AUDIT_FILTERKEY] = add_nothing,
};

/* The classes of calls that pass all perm fields of a rule: bit p stands for those that fall under the bits p. */
static void add_perms(struct index_board_draft *board, const struct audit_krule *rule)
{
	uint32_t set = 0xffff;
	bool has_perm = false;

	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];

		if (f->type != AUDIT_PERM)
			continue;
		has_perm = true;
		for (uint32_t perms = 0; perms < 16; perms++)
			if (((perms & f->val) != 0) == (f->op == AUDIT_NOT_EQUAL))
				set &= ~(1u << perms);
	}
	if (has_perm)
		index_board_set(board, source_of(INDEX_PERM), set);
}

void index_rule_fields(struct index_board_draft *board, const struct audit_krule *rule,
	const struct index_marks *marks)
{
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];
		index_field_fn add = f->type < ARRAY_SIZE(field_adds) ? field_adds[f->type] : NULL;

		if (!add || (f->type == AUDIT_ARCH && rule->list != AUDIT_FILTER_EXIT)) {
			index_board_dead(board); /* no data on this list */
			return;
		}
		add(board, f, marks);
	}
	add_perms(board, rule);
}

void index_rule_fields_simple(struct index_board_draft *board, const struct audit_krule *rule,
	const struct index_marks *marks)
{
	bool tested = false;

	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];

		switch (f->type) {
		case AUDIT_FILTERKEY:
			continue;
		case AUDIT_PID:
		case AUDIT_UID:
		case AUDIT_GID: /* without supplementary groups */
		case AUDIT_LOGINUID:
		case AUDIT_LOGINUID_SET:
		case AUDIT_MSGTYPE:
			add_number(board, f, marks);
			break;
		case AUDIT_SUBJ_USER:
		case AUDIT_SUBJ_ROLE:
		case AUDIT_SUBJ_TYPE:
		case AUDIT_SUBJ_SEN:
		case AUDIT_SUBJ_CLR:
			add_label(board, f, marks);
			break;
		case AUDIT_EXE:
			add_exe(board, f, marks);
			break;
		default: /* reached, it ends the evaluation: such a rule is one that decides */
			return;
		}
		tested = true;
	}
	if (!tested)
		index_board_dead(board);
}
