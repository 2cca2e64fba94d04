/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_RULE_RULE_EVAL_H
#define UAUDIT_RULE_RULE_EVAL_H

/* Does a rule match? The plain evaluation, one field after the other: the oracle for every faster one (design 5). */

#include "event/event.h"
#include "rule/rule.h"

#define RULE_ANY_ITEM ((size_t)-1)

/*
 * Whether all fields of the rule match the event (spec kernel 6.7). item: the path item that an inode rule is tested
 * with, RULE_ANY_ITEM on the lists. The syscall mask is not looked at here.
 * On the task list the event is of kind EVT_TASK_NEW.
 */
bool rule_match(const struct audit_krule *rule, const struct event *ev, size_t item);
/* Whether the mask selects the event's syscall; arch is a field of its own. */
bool rule_selects_nr(const struct audit_krule *rule, const struct event *ev);

/*
 * User and exclude lists (spec kernel 6.6): only some fields are understood there. record_type: the type about to be
 * written. 1 matches, 0 does not, -1: a field that this list does not understand was reached, which ends the whole
 * evaluation with "record it" (defect 9 of spec kernel 12.2; docs/compatibility.md says what uaudit does about keys).
 */
int rule_match_simple(const struct audit_krule *rule, const struct event *ev, uint32_t record_type);

/* left op right on 32-bit unsigned values, the operators of spec kernel 6.9; an unknown one never holds. */
bool rule_compare_u32(uint32_t left, uint32_t op, uint32_t right);

/* Permission classes (spec kernel 6.8): the PERM bits that the event's syscall falls under, and whether it does so. */
uint32_t rule_perms(const struct event *ev);
bool rule_perm_matches(const struct event *ev, uint32_t perm);

/* Whether the inode is the mark's, now or before the event. */
bool rule_mark_is(
	const struct rule_mark *mark, uint64_t ino, uint32_t dev_major, uint32_t dev_minor);
/* The path by which an item belongs to trees; p NULL: it is not known. */
struct view rule_tree_path(const struct event_path *path);
/* Whether it belongs to the tree. */
bool rule_mark_holds(const struct rule_mark *mark, const struct event_path *path);

#endif
