// SPDX-License-Identifier: MIT
#include "cli/session.h"

int session_init(struct session *s, struct rule_set *rules, struct output *output,
	struct replay_writer *record)
{
	*s = (struct session){ .output = output, .record = record };
	return kaudit_new(&s->audit, rules, output_record, output);
}

void session_deinit(struct session *s)
{
	kaudit_free(s->audit);
	event_deinit(&s->event);
}

int session_event(void *userdata, const void *event, size_t len)
{
	struct session *s = userdata;
	size_t used;
	int r;

	if (s->record)
		replay_writer_put(s->record, event, len);
	r = event_decode(&s->event, event, len, &used);
	if (r < 0)
		return r;
	return kaudit_feed(s->audit, &s->event);
}
