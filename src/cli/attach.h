/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_ATTACH_H
#define UAUDIT_CLI_ATTACH_H

/*
 * A run whose events go to an engine: it has the rules, makes the records and keeps the log. The tasks of the run wait
 * while the engine takes nothing, which the engine bounds (backlog_wait_time).
 */

#include <stddef.h>
#include <stdint.h>

#include "rule/rule_set.h"

struct attach;

/* path: of the engine's control.sock; NULL: where clients look for it. 0, or a negative errno after a complaint. */
int attach_open(struct attach **ret, const char *path);
struct attach *attach_close(struct attach *attach);
/* The engine's rules as they are now, the caller's. 0, or a negative errno after a complaint. */
int attach_rules(struct attach *attach, struct rule_set **ret);
/* What the engine wants to be captured beyond the original, enum extra, as it is now; nothing, if it knows no such thing. 0,
 * or a negative errno after a complaint. */
int attach_extra(struct attach *attach, uint32_t *ret);
/* One encoded event, however long: a source's event callback, userdata is the attach. */
int attach_event(void *attach, const void *event, size_t len);
/* Waits until the engine has dealt with every event. 0, or the negative errno of the first one that it refused. */
int attach_finish(struct attach *attach);
const char *attach_path(const struct attach *attach);
uint64_t attach_n_events(const struct attach *attach);

#endif
