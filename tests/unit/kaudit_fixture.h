/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_KAUDIT_FIXTURE_H
#define UAUDIT_TESTS_UNIT_KAUDIT_FIXTURE_H

/* A core with rules and a log in memory, one line a record: "[1300] audit(...): ...". Needs cmocka.h before it. */

#include <stdlib.h>

#include "core/kaudit.h"
#include "event_builder.h"
#include "rule_builder.h"

struct kaudit_fixture {
	struct rule_set *rules;
	struct kaudit *audit;
	struct event_builder b;
	struct buf log;
	size_t n_records;
	int sink_result; /* what the sink answers */
};

static inline int fixture_sink(void *userdata, const struct kaudit_record *record)
{
	struct kaudit_fixture *f = userdata;

	f->n_records++;
	buf_putc(&f->log, '[');
	buf_u64(&f->log, record->type);
	buf_puts(&f->log, "] ");
	buf_put(&f->log, record->text, record->len);
	buf_putc(&f->log, '\n');
	return f->sink_result;
}

static inline void fixture_init(struct kaudit_fixture *f)
{
	*f = (struct kaudit_fixture){ .log = BUF_NULL };
	assert_int_equal(rule_set_new(&f->rules), 0);
	assert_int_equal(kaudit_new(&f->audit, f->rules, fixture_sink, f), 0);
}

static inline void fixture_deinit(struct kaudit_fixture *f)
{
	kaudit_free(f->audit);
	rule_set_free(f->rules);
	builder_deinit(&f->b);
	buf_deinit(&f->log);
}

/* A rule on the heap, as a set owns it: every syscall, and key if it is not NULL. */
static inline struct audit_krule *fixture_rule(uint32_t list, uint32_t action, const char *key)
{
	struct audit_krule *rule = calloc(1, sizeof(*rule));
	char *copy;

	assert_non_null(rule);
	rule_init(rule, list, action);
	rule_select_all(rule);
	if (key) {
		copy = strdup(key);
		assert_non_null(copy);
		rule_field_text(rule, AUDIT_FILTERKEY, AUDIT_EQUAL, copy);
	}
	return rule;
}

static inline struct audit_krule *fixture_watch(const char *path, uint32_t action, const char *key)
{
	struct audit_krule *rule = fixture_rule(AUDIT_FILTER_EXIT, action, key);
	char *copy = strdup(path);

	assert_non_null(copy);
	rule_field_text(rule, AUDIT_WATCH, AUDIT_EQUAL, copy);
	rule->by_inode = true;
	return rule;
}

static inline void fixture_add(struct kaudit_fixture *f, struct audit_krule *rule)
{
	assert_int_equal(rule_set_add(f->rules, rule), 0);
}

static inline void fixture_feed(struct kaudit_fixture *f)
{
	assert_int_equal(kaudit_feed(f->audit, builder_done(&f->b)), 0);
}

/* ino 0: nothing is there. Device fe:00, that of the builder's paths. */
static inline void fixture_bind(struct kaudit_fixture *f, enum evt_mark_kind kind, const char *path,
	uint64_t ino, const char *present)
{
	struct evt_mark mark = { .kind = kind, .ino = ino, .dev_major = 0xfe, .bound = ino != 0 };
	struct evt_hdr hdr = builder_header(0, 0);

	hdr.kind = EVT_MARK;
	builder_begin(&f->b, &hdr);
	event_put_mark(&f->b.w, &mark, path, present);
	fixture_feed(f);
}

/* The log so far, which is empty afterwards; borrowed until the next record. */
static inline const char *fixture_log(struct kaudit_fixture *f)
{
	const char *text = buf_cstr(&f->log);

	buf_clear(&f->log);
	f->n_records = 0;
	return text;
}

#endif
