/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_SESSION_H
#define UAUDIT_CLI_SESSION_H

/* What run and replay have in common: encoded events in, records out to an output. */

#include "cli/output.h"
#include "event/replay_file.h"

struct session {
	struct kaudit *audit;
	struct event event;
	struct output *output;        /* borrowed */
	struct replay_writer *record; /* borrowed; NULL: events are not kept */
};

int session_init(struct session *s, struct rule_set *rules, struct output *output,
	struct replay_writer *record);
void session_deinit(struct session *s);
/* A source's event callback; userdata is the session. */
int session_event(void *userdata, const void *event, size_t len);

#endif
