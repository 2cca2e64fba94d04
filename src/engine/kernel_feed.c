// SPDX-License-Identifier: MIT
#include "engine/kernel_feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "engine/engine_state.h"
#include "source/kernel/kernel_source.h"

#define RECORDS_PER_ROUND 256
/* Serials of what the engine records itself, so that they meet none of the kernel's in the same log. */
#define OWN_SERIALS (UINT32_C(1) << 31)

struct kernel_feed {
	struct engine *engine;
	struct kernel_source *source;
	struct loop_io io;
	uint32_t refused; /* the enabled that the kernel did not take; said once */
};

static void take_record(void *userdata, uint16_t type, const char *text, size_t len)
{
	struct kernel_feed *f = userdata;
	struct kaudit_record record = { .type = type, .source = RECORD_SOURCE_KERNEL };

	if (audit_record_parse(&record, text, len) < 0) {
		engine_say(f->engine,
			"a record of type %u from the kernel has no stamp and is left out", type);
		return;
	}
	(void)kauditd_enqueue(f->engine->kauditd, &record);
}

static void say(void *userdata, const char *text)
{
	engine_say(((struct kernel_feed *)userdata)->engine, "%s", text);
}

/* The kernel stalls whoever it audits while its daemon does not read: records are read whatever the queues are like. */
static void ready(void *userdata, uint32_t events)
{
	struct kernel_feed *f = userdata;
	int r = kernel_source_read(f->source, RECORDS_PER_ROUND);

	(void)events;
	if (r == 0)
		return;
	engine_say(f->engine, "no more records come from the kernel: %s", strerror(-r));
	loop_remove(f->engine->loop, &f->io);
	engine_stop(f->engine, 1);
}

static int complain(const struct engine *e, int r, uint32_t daemon)
{
	if (r == -EBUSY)
		engine_say(e,
			"the kernel's audit has a daemon, process %u: end it, or run without --source kernel",
			daemon);
	else if (r == -EROFS)
		engine_say(e,
			"the kernel's audit is locked (enabled 2): its rules stay as they are until a reboot");
	else if (r == -EPERM)
		engine_say(e,
			"--source kernel needs CAP_AUDIT_CONTROL in the initial namespaces: run as root");
	else
		engine_say(e, "the kernel's audit cannot be had: %s", strerror(-r));
	return -EINVAL;
}

static int set_up(struct kernel_feed *f)
{
	struct engine *e = f->engine;
	int r = 0;

	if (rule_set_count(e->rules))
		kernel_source_set_rules(f->source, e->rules);
	else
		r = kernel_source_import(f->source, e->rules);
	if (r == 0)
		r = kernel_source_start(f->source);
	if (r == 0)
		r = kernel_source_set_enabled(f->source, control_enabled(e->control));
	if (r < 0)
		return r;
	kaudit_set_serial(e->audit, OWN_SERIALS);
	f->io = (struct loop_io){
		.fd = kernel_source_fd(f->source), .events = EPOLLIN, .ready = ready, .userdata = f
	};
	return loop_add(e->loop, &f->io);
}

int kernel_feed_open(struct kernel_feed **ret, struct engine *engine)
{
	struct kernel_feed *f = calloc(1, sizeof(*f));
	const struct kernel_source_callbacks callbacks = { f, take_record, say };
	uint32_t daemon = 0;
	int r;

	if (!f)
		return -ENOMEM;
	f->engine = engine;
	r = kernel_source_open(&f->source, &callbacks, &daemon);
	if (r == 0)
		r = set_up(f);
	if (r < 0) {
		(void)kernel_feed_close(f);
		return complain(engine, r, daemon);
	}
	*ret = f;
	return 0;
}

struct kernel_feed *kernel_feed_close(struct kernel_feed *f)
{
	if (!f)
		return NULL;
	loop_remove(f->engine->loop, &f->io);
	f->source = kernel_source_close(f->source);
	free(f);
	return NULL;
}

void kernel_feed_rules_changed(struct kernel_feed *f)
{
	kernel_source_set_rules(f->source, f->engine->rules);
}

void kernel_feed_sync(struct kernel_feed *f)
{
	uint32_t enabled = control_enabled(f->engine->control);
	int r = f->refused == enabled + 1 ? 0 : kernel_source_set_enabled(f->source, enabled);

	if (r < 0) {
		f->refused = enabled + 1;
		engine_say(f->engine, "the kernel's audit does not become enabled %u: %s", enabled,
			strerror(-r));
	}
}
