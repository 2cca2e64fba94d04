// SPDX-License-Identifier: MIT
/*
 * Bad requests to the real kernel and to our control protocol: the same errno, one by one. Only requests that fail are
 * sent, each with a payload that fails in the kernel before anything is changed; audit stays disabled. Exit status 77: skipped.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit_link.h"
#include "base/macros.h"
#include "core/control.h"
#include "core/kaudit.h"
#include "fake_kauditd.h"
#include "system/system_env.h"

static const char *const lock_paths[] = { "/run/lock/uaudit-kernel-audit.lock",
	"/tmp/uaudit-kernel-audit.lock" };

/* ---- ours ---- */

struct ours {
	struct rule_set *rules;
	struct kaudit *audit;
	struct kauditd kauditd;
	struct control *control;
	struct control_client *client;
	bool is_allowed; /* the sender has the capabilities */
	int error;
	unsigned n_records, n_changes;
};

static int sink(void *userdata, const struct kaudit_record *record)
{
	(void)record;
	((struct ours *)userdata)->n_records++;
	return 0;
}

static void reply(void *client, const struct nlmsghdr *nlh, const void *payload, size_t len)
{
	struct nlmsgerr err;

	if (nlh->nlmsg_type != NLMSG_ERROR || len < sizeof(err))
		return;
	memcpy(&err, payload, sizeof(err));
	((struct ours *)client)->error = err.error;
}

static void rules_changed(void *userdata)
{
	((struct ours *)userdata)->n_changes++;
}

static void now(void *userdata, int64_t *ret_sec, uint32_t *ret_nsec)
{
	(void)userdata;
	*ret_sec = 0;
	*ret_nsec = 0;
}

static int open_ours(struct ours *o)
{
	const struct control_ops ops = {
		.userdata = o, .reply = reply, .rules_changed = rules_changed, .now = now
	};
	struct control_options options = { .kauditd = &o->kauditd, .env = &system_env };
	int r;

	o->kauditd.limits = (struct kauditd_limits)KAUDITD_LIMITS_DEFAULT;
	r = rule_set_new(&o->rules);
	if (r == 0)
		r = kaudit_new(&o->audit, o->rules, sink, o);
	options.audit = o->audit;
	if (r == 0)
		r = control_new(&o->control, &options, &ops);
	return r < 0 ? r : control_client_new(&o->client, o->control, o);
}

static void close_ours(struct ours *o)
{
	(void)control_client_free(o->client);
	(void)control_free(o->control);
	kaudit_free(o->audit);
	rule_set_free(o->rules);
}

/* As audit_link_request() for the kernel. */
static int ask_ours(struct ours *o, uint16_t type, const void *payload, size_t len)
{
	struct audit_sender sender = {
		.tgid = getpid(), .can_control = o->is_allowed, .can_write = o->is_allowed
	};
	_cleanup_free_ char *message = malloc(NLMSG_HDRLEN + len);
	struct nlmsghdr nlh = {
		.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};

	if (!message)
		return -ENOMEM;
	memcpy(message, &nlh, sizeof(nlh));
	memcpy(message + NLMSG_HDRLEN, payload, len);
	o->error = 1;
	control_handle(o->client, &sender, message, nlh.nlmsg_len);
	return o->error;
}

/* ---- the requests ---- */

static _Alignas(8) unsigned char payload[16384];

static size_t words(const uint32_t *w, size_t n_bytes)
{
	memcpy(payload, w, n_bytes);
	return n_bytes;
}

/* Fields that no program's rule has: what is not refused would be seen by the count of rules below. */
static struct audit_rule_data *rule(uint32_t flags, uint32_t action)
{
	struct audit_rule_data *data = (void *)payload;

	memset(payload, 0, sizeof(payload));
	data->flags = flags;
	data->action = action;
	return data;
}

static size_t string_rule(uint32_t field, uint32_t says, size_t has)
{
	struct audit_rule_data *data = rule(AUDIT_FILTER_EXIT, AUDIT_NEVER);

	data->field_count = 1;
	data->fields[0] = field;
	data->fieldflags[0] = AUDIT_EQUAL;
	data->values[0] = says;
	memset(data->buf, '/', has);
	return sizeof(*data) + has;
}

static size_t counted_rule(uint32_t n_fields)
{
	rule(AUDIT_FILTER_EXIT, AUDIT_NEVER)->field_count = n_fields;
	return sizeof(struct audit_rule_data);
}

static size_t field_rule(uint32_t list, uint32_t field, uint32_t op, uint32_t value)
{
	struct audit_rule_data *data = rule(list, AUDIT_NEVER);

	data->field_count = 1;
	data->fields[0] = field;
	data->fieldflags[0] = op;
	data->values[0] = value;
	return sizeof(*data);
}

static size_t bad_rule(uint32_t flags, uint32_t action)
{
	(void)rule(flags, action);
	return sizeof(struct audit_rule_data);
}

static size_t equiv(uint32_t old, uint32_t new, size_t has)
{
	uint32_t sizes[2] = { old, new };

	memset(payload, '/', sizeof(payload));
	memcpy(payload, sizes, sizeof(sizes));
	return sizeof(sizes) + has;
}

struct totals {
	struct audit_link link;
	struct ours ours;
	unsigned n, n_different;
};

static void compare(struct totals *t, const char *class, uint16_t type, size_t len)
{
	int theirs = audit_link_request(&t->link, type, payload, len);
	int ours = ask_ours(&t->ours, type, payload, len);

	t->n++;
	if (theirs == ours && theirs < 0)
		return;
	(void)printf(
		"%s, type %u, %zu bytes: the kernel %d, we %d\n", class, type, len, theirs, ours);
	t->n_different++;
}

#define W(n_bytes, ...) words((const uint32_t[16]){ __VA_ARGS__ }, n_bytes)

static void compare_all(struct totals *t)
{
	static const uint16_t unknown[] = { 16, 999, 1006, 1007, 1009, 1020, 1099, 1200, 1299, 1300,
		1329, 1400, 1700, 2000, 2099, 3000, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		compare(t, "type", unknown[i], W(8, 0));
	for (uint16_t type = AUDIT_LIST; type <= AUDIT_DEL; type++)
		compare(t, "type", type, W(8, 0));

	compare(t, "short", AUDIT_ADD_RULE, 0);
	compare(t, "short", AUDIT_ADD_RULE, bad_rule(4, 0) - 1);
	compare(t, "short", AUDIT_DEL_RULE, bad_rule(4, 0) - 1);
	compare(t, "short", AUDIT_SET_FEATURE, W(15, 1));
	compare(t, "short", AUDIT_MAKE_EQUIV, W(7, 1, 1));
	compare(t, "short", AUDIT_SET, W(24, AUDIT_STATUS_BACKLOG_WAIT_TIME));
	compare(t, "short", 1107, W(1, 'x')); /* USER_AVC is looked at although audit is disabled */

	compare(t, "long", AUDIT_ADD_RULE, string_rule(AUDIT_WATCH, 4097, 4097));
	compare(t, "long", AUDIT_ADD_RULE, string_rule(AUDIT_DIR, 4097, 4097));
	compare(t, "long", AUDIT_ADD_RULE, string_rule(AUDIT_EXE, 4097, 4097));
	compare(t, "long", AUDIT_ADD_RULE, string_rule(AUDIT_FILTERKEY, 257, 257));
	compare(t, "long", AUDIT_MAKE_EQUIV, equiv(4097, 1, 4098));
	compare(t, "long", AUDIT_MAKE_EQUIV, equiv(1, 4097, 4098));

	compare(t, "mask", AUDIT_SET, W(44, AUDIT_STATUS_ENABLED, 3));
	compare(t, "mask", AUDIT_SET, W(44, AUDIT_STATUS_FAILURE, 0, 3));
	compare(t, "mask", AUDIT_SET, W(44, AUDIT_STATUS_PID, 0, 0, 1));
	compare(t, "mask", AUDIT_SET,
		W(44, AUDIT_STATUS_BACKLOG_WAIT_TIME, 0, 0, 0, 0, 0, 0, 0, 0, 150001));
	compare(t, "mask", AUDIT_TTY_SET, W(8, 2, 0));
	compare(t, "mask", AUDIT_TTY_SET, W(8, 0, 2));
	compare(t, "mask", AUDIT_ADD_RULE, bad_rule(8, AUDIT_NEVER));
	compare(t, "mask", AUDIT_ADD_RULE, bad_rule(0x24, AUDIT_NEVER));
	compare(t, "mask", AUDIT_ADD_RULE, bad_rule(AUDIT_FILTER_WATCH, AUDIT_NEVER));
	compare(t, "mask", AUDIT_ADD_RULE, bad_rule(AUDIT_FILTER_EXIT, 3));
	compare(t, "mask", AUDIT_DEL_RULE, bad_rule(AUDIT_FILTER_EXIT, 3));

	compare(t, "fields", AUDIT_ADD_RULE, counted_rule(65));
	compare(t, "fields", AUDIT_DEL_RULE, counted_rule(UINT32_MAX));
	compare(t, "fields", AUDIT_ADD_RULE, counted_rule(1));
	compare(t, "fields", AUDIT_ADD_RULE, field_rule(4, 250, AUDIT_EQUAL, 0));
	compare(t, "fields", AUDIT_ADD_RULE, field_rule(4, AUDIT_MSGTYPE, AUDIT_EQUAL, 0));
	compare(t, "fields", AUDIT_ADD_RULE, field_rule(4, AUDIT_UID, AUDIT_EQUAL, UINT32_MAX));
	compare(t, "fields", AUDIT_ADD_RULE, field_rule(4, AUDIT_UID, 0x80000000, 0));
	compare(t, "fields", AUDIT_DEL_RULE, field_rule(6, AUDIT_UID, AUDIT_EQUAL, 0));

	compare(t, "string", AUDIT_ADD_RULE, string_rule(AUDIT_WATCH, 5, 4));
	compare(t, "string", AUDIT_ADD_RULE, string_rule(AUDIT_DIR, UINT32_MAX, 4));
	compare(t, "string", AUDIT_DEL_RULE, string_rule(AUDIT_FILTERKEY, 2, 1));
	compare(t, "string", AUDIT_ADD_RULE, string_rule(AUDIT_FILTERKEY, 0, 4));
	compare(t, "string", AUDIT_MAKE_EQUIV, equiv(5, 1, 4));
	compare(t, "string", AUDIT_MAKE_EQUIV, equiv(3, 2, 4));
	compare(t, "string", AUDIT_MAKE_EQUIV, equiv(0, 4, 4));
	compare(t, "string", AUDIT_MAKE_EQUIV, equiv(4, UINT32_MAX, 8));

	/* a rule that is not there */
	compare(t, "absent", AUDIT_DEL_RULE, field_rule(4, AUDIT_PID, AUDIT_EQUAL, 0x7ffffffe));
}

/* The same without privileges: in a child, whose socket was opened without them too. Its number of differences. */
static int compare_unprivileged(void)
{
	static const uint16_t types[] = { AUDIT_GET, AUDIT_SET, AUDIT_LIST, AUDIT_USER, AUDIT_LOGIN,
		AUDIT_SIGNAL_INFO, AUDIT_ADD_RULE, AUDIT_DEL_RULE, AUDIT_LIST_RULES, AUDIT_TRIM,
		AUDIT_MAKE_EQUIV, AUDIT_TTY_GET, AUDIT_TTY_SET, AUDIT_SET_FEATURE,
		AUDIT_GET_FEATURE, 1020, 1100, 1107, 1124, 1199, 1200, 1300, 2099, 2100, 2999,
		3000 };
	struct totals t = { .link = AUDIT_LINK_NULL };

	if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0 ||
		audit_link_open(&t.link) < 0 || open_ours(&t.ours) < 0)
		return 255;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		compare(&t, "permission", types[i], W(0, 0));
		compare(&t, "permission", types[i],
			W(44, 0xff, 9, 9, 9, 9, 9, 9, 9, 9, UINT32_MAX));
	}
	(void)printf("%u requests refused to nobody, %u differently\n", t.n, t.n_different);
	(void)fflush(stdout);
	close_ours(&t.ours);
	audit_link_close(&t.link);
	return t.n_different > 254 ? 254 : (int)t.n_different;
}

static int run_unprivileged(void)
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(compare_unprivileged());
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

static int take_lock(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(lock_paths); i++) {
		int fd = open(lock_paths[i], O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd >= 0 && flock(fd, LOCK_EX) == 0)
			return fd;
		if (fd >= 0)
			(void)close(fd);
	}
	return -1;
}

/* Nothing may have changed on either side. */
static bool is_unchanged(struct totals *t, const struct audit_status *before)
{
	struct audit_status after = { 0 };

	if (audit_link_get(&t->link, &after) < 0 || audit_link_rules(&t->link, 0) != 0)
		return false;
	return after.enabled == before->enabled && after.failure == before->failure &&
	       after.pid == before->pid && after.rate_limit == before->rate_limit &&
	       after.backlog_limit == before->backlog_limit &&
	       after.backlog_wait_time == before->backlog_wait_time &&
	       !rule_set_count(t->ours.rules) && !t->ours.n_changes && !t->ours.n_records &&
	       !control_enabled(t->ours.control);
}

int main(void)
{
	struct totals t = { .link = AUDIT_LINK_NULL };
	struct audit_status before = { 0 };
	const char *why;
	int status = 1;

	why = take_lock() < 0 ? "the lock of the kernel's audit cannot be taken"
			      : audit_link_why_not(&before);
	if (why) {
		(void)printf("skipped: %s\n", why);
		return 77;
	}
	(void)alarm(60);
	if (audit_link_open(&t.link) < 0 || open_ours(&t.ours) < 0) {
		(void)printf("broken: no socket or no memory\n");
		return 1;
	}
	t.ours.is_allowed = true;
	compare_all(&t);
	if (run_unprivileged() != 0)
		t.n_different++;
	if (!is_unchanged(&t, &before))
		(void)printf("a request that fails has changed something; rules removed: %d\n",
			audit_link_rules(&t.link, 1));
	else if (!t.n_different)
		status = 0;
	(void)printf("%u requests refused, %u differently\n", t.n, t.n_different);
	close_ours(&t.ours);
	audit_link_close(&t.link);
	return status;
}
