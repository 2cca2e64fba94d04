// SPDX-License-Identifier: MIT
#include "source/kernel/kernel_source.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/kernel/kernel_link.h"

/* The kernel holds up whoever is audited while this is full: it must not be, whatever the engine is at. */
#define RECEIVE_BUFFER (32 * 1024 * 1024) /* bytes; as much of it as the system allows */

/* A rule in the kernel, in the form in which it lists it. */
struct loaded {
	struct audit_rule_data *data;
	size_t len;
	bool was_there; /* before us */
};

struct loaded_list {
	struct loaded *rules;
	size_t n, n_max;
};

struct kernel_source {
	struct kernel_source_callbacks callbacks;
	struct kernel_link requests; /* answers never stand behind records here */
	struct kernel_link records;
	struct loaded_list loaded;
	bool is_registered, has_own_rule;
	uint32_t enabled_before, enabled;
	char message[NLMSG_HDRLEN + KERNEL_MESSAGE_MAX];
};

static void notice(const struct kernel_source *s, const char *what, int error)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "the kernel's audit: %s: %s", what, strerror(-error));
	s->callbacks.notice(s->callbacks.userdata, text);
}

/* ---- rules ---- */

static void list_deinit(struct loaded_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->rules[i].data);
	free(list->rules);
	*list = (struct loaded_list){ 0 };
}

/* The list owns data from here on, also when this fails. */
static int list_add(
	struct loaded_list *list, struct audit_rule_data *data, size_t len, bool was_there)
{
	if (list->n == list->n_max) {
		size_t n = list->n_max ? 2 * list->n_max : 64;
		struct loaded *grown = reallocarray(list->rules, n, sizeof(*grown));

		if (!grown) {
			free(data);
			return -ENOMEM;
		}
		list->rules = grown;
		list->n_max = n;
	}
	list->rules[list->n++] = (struct loaded){ data, len, was_there };
	return 0;
}

static bool same(const struct loaded *a, const struct loaded *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static int list_of_set(struct loaded_list *ret, const struct rule_set *set)
{
	int r = 0;

	for (size_t list = 0; list < RULE_LISTS; list++)
		for (size_t i = 0; r == 0 && i < set->n_rules[list]; i++) {
			size_t len;
			struct audit_rule_data *data = krule_to_data(set->lists[list][i], &len);

			r = data ? list_add(ret, data, len, false) : -ENOMEM;
		}
	return r;
}

static int request_rule(struct kernel_source *s, uint16_t type, const struct loaded *rule)
{
	return kernel_link_request(&s->requests, type, rule->data, rule->len);
}

/* The rules of before that begin the wished ones in their order: what is behind them is taken out and loaded again. */
static size_t n_kept(const struct loaded_list *before, const struct loaded_list *wished)
{
	size_t n = 0;

	while (n < before->n && n < wished->n && same(&before->rules[n], &wished->rules[n]))
		n++;
	return n;
}

static bool contains_in_order(const struct loaded_list *all, const struct loaded_list *some)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n && n < some->n; i++)
		n += same(&all->rules[i], &some->rules[n]);
	return n == some->n;
}

static bool was_there(const struct loaded_list *list, const struct loaded *rule)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->rules[i].was_there && same(&list->rules[i], rule))
			return true;
	return false;
}

static void remove_rule(struct kernel_source *s, const struct loaded *rule)
{
	int r = request_rule(s, AUDIT_DEL_RULE, rule);

	if (r < 0 && r != -ENOENT)
		notice(s, "a rule cannot be removed", r);
}

/* Rules that are wished no more, when the others keep their order; else all from the first difference on. */
static void remove_unwished(struct kernel_source *s, const struct loaded_list *wished)
{
	size_t kept = n_kept(&s->loaded, wished), at = 0;
	bool is_less = contains_in_order(&s->loaded, wished);

	for (size_t i = 0; i < s->loaded.n; i++) {
		if (is_less && at < wished->n && same(&s->loaded.rules[i], &wished->rules[at]))
			at++;
		else if (is_less || i >= kept)
			remove_rule(s, &s->loaded.rules[i]);
	}
}

static void add_loaded(struct loaded_list *now, const struct kernel_source *s, struct loaded *rule)
{
	bool before = was_there(&s->loaded, rule);

	/* one that is not noted stays in the kernel when we end: the price of no memory */
	(void)list_add(now, TAKE_PTR(rule->data), rule->len, before);
}

void kernel_source_set_rules(struct kernel_source *s, const struct rule_set *set)
{
	struct loaded_list wished = { 0 }, now = { 0 };
	bool is_less;
	size_t kept;
	int r;

	r = list_of_set(&wished, set);
	if (r < 0) {
		list_deinit(&wished);
		notice(s, "the rules stay as they were", r);
		return;
	}
	is_less = contains_in_order(&s->loaded, &wished);
	kept = is_less ? wished.n : n_kept(&s->loaded, &wished);
	remove_unwished(s, &wished);
	for (size_t i = 0; i < wished.n; i++) {
		struct loaded *rule = &wished.rules[i];

		r = i < kept ? 0 : request_rule(s, AUDIT_ADD_RULE, rule);
		if (r < 0 && r != -EEXIST)
			notice(s, "a rule is not taken", r);
		else
			add_loaded(&now, s, rule);
	}
	list_deinit(&wished);
	list_deinit(&s->loaded);
	s->loaded = now;
}

static int note_rule(void *userdata, const struct audit_rule_data *rule, size_t len)
{
	struct kernel_source *s = userdata;
	struct audit_rule_data *copy;

	len = sizeof(*rule) + rule->buflen <= len ? sizeof(*rule) + rule->buflen : len;
	copy = malloc(len);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, rule, len);
	return list_add(&s->loaded, copy, len, true);
}

int kernel_source_import(struct kernel_source *s, struct rule_set *set)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->loaded.n; i++) {
		struct audit_krule *rule;

		r = krule_from_data(&rule, s->loaded.rules[i].data, s->loaded.rules[i].len, NULL);
		if (r == 0)
			r = rule_set_add(set, rule);
		if (r == -EEXIST) /* prepended duplicates, which the kernel takes */
			r = 0;
	}
	return r;
}

/* The engine and what it forks, its log writer above all, are not to be audited: a rule of the task list about forks. */
static int own_rule(struct kernel_source *s, uint16_t type)
{
	struct audit_rule_data rule = {
		.flags = AUDIT_FILTER_TASK,
		.action = AUDIT_NEVER,
		.field_count = 1,
		.fields = { AUDIT_PID },
		.values = { (uint32_t)getpid() },
		.fieldflags = { AUDIT_EQUAL },
	};

	return kernel_link_request(&s->requests, type, &rule, sizeof(rule));
}

/* ---- settings ---- */

int kernel_source_set_enabled(struct kernel_source *s, uint32_t enabled)
{
	const struct audit_status status = { .mask = AUDIT_STATUS_ENABLED, .enabled = enabled };
	int r;

	if (s->enabled == enabled)
		return 0;
	r = kernel_link_set(&s->requests, &status);
	if (r == 0)
		s->enabled = enabled;
	return r;
}

/* By way of the socket on which the records are to come. */
static int register_daemon(struct kernel_source *s, uint32_t pid)
{
	const struct audit_status status = { .mask = AUDIT_STATUS_PID, .pid = pid };

	return kernel_link_set(&s->records, &status);
}

/* ---- life ---- */

static int look_at_kernel(struct kernel_source *s, uint32_t *ret_daemon)
{
	struct audit_status status;
	int r;

	*ret_daemon = 0;
	r = kernel_link_status(&s->requests, &status);
	if (r < 0)
		return r;
	if (status.pid) {
		*ret_daemon = status.pid;
		return -EBUSY;
	}
	if (status.enabled == 2)
		return -EROFS;
	s->enabled = s->enabled_before = status.enabled;
	return kernel_link_each_rule(&s->requests, note_rule, s);
}

int kernel_source_open(struct kernel_source **ret, const struct kernel_source_callbacks *callbacks,
	uint32_t *ret_daemon)
{
	const int size = RECEIVE_BUFFER;
	struct kernel_source *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->callbacks = *callbacks;
	s->records.fd = -1;
	r = kernel_link_open(&s->requests);
	if (r == 0)
		r = kernel_link_open(&s->records);
	if (r == 0)
		r = look_at_kernel(s, ret_daemon);
	if (r == 0) {
		r = own_rule(s, AUDIT_ADD_RULE);
		s->has_own_rule = r == 0;
	}
	if (r < 0) {
		(void)kernel_source_close(s);
		return r;
	}
	if (setsockopt(s->records.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(s->records.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	*ret = s;
	return 0;
}

int kernel_source_start(struct kernel_source *s)
{
	int r = register_daemon(s, (uint32_t)getpid());

	s->is_registered = r == 0;
	return r;
}

struct kernel_source *kernel_source_close(struct kernel_source *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->loaded.n; i++)
		if (!s->loaded.rules[i].was_there)
			remove_rule(s, &s->loaded.rules[i]);
	if (s->has_own_rule)
		(void)own_rule(s, AUDIT_DEL_RULE);
	if (s->is_registered) {
		(void)register_daemon(s, 0);
		(void)kernel_source_set_enabled(s, s->enabled_before);
	}
	kernel_link_close(&s->records);
	kernel_link_close(&s->requests);
	list_deinit(&s->loaded);
	free(s);
	return NULL;
}

/* ---- records ---- */

int kernel_source_fd(const struct kernel_source *s)
{
	return s->records.fd;
}

/* nlmsg_len leaves the header out in records (spec kernel 1.2): the number of bytes received counts. */
static void take_message(struct kernel_source *s, size_t n)
{
	struct nlmsghdr nlh;

	if (n < NLMSG_HDRLEN)
		return;
	memcpy(&nlh, s->message, sizeof(nlh));
	if (nlh.nlmsg_type < AUDIT_FIRST_USER_MSG && nlh.nlmsg_type != AUDIT_USER &&
		nlh.nlmsg_type != AUDIT_LOGIN)
		return; /* answers to the registration */
	if (nlh.nlmsg_type == AUDIT_REPLACE)
		return; /* somebody asks whether we live */
	s->callbacks.record(
		s->callbacks.userdata, nlh.nlmsg_type, s->message + NLMSG_HDRLEN, n - NLMSG_HDRLEN);
}

int kernel_source_read(struct kernel_source *s, unsigned n_max)
{
	for (unsigned i = 0; i < n_max; i++) {
		ssize_t n = recv(
			s->records.fd, s->message, sizeof(s->message), MSG_DONTWAIT | MSG_TRUNC);

		if (n < 0 && errno == EAGAIN)
			return 0;
		/* ENOBUFS: the buffer was full for a moment; the kernel keeps the records and sends them again */
		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			return -errno;
		if (n >= 0 && (size_t)n <= sizeof(s->message))
			take_message(s, (size_t)n);
	}
	return 0;
}
