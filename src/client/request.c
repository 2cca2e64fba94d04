// SPDX-License-Identifier: MIT
/* Requests: status, settings, rules (spec userspace 7.3). The payloads are the kernel's (spec kernel 1.7 to 1.13). */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/client.h"
#include "client/connection.h"

#define ANSWER_ROUNDS   40
#define ANSWER_ROUND_MS 100

/* Sends, and says what failed. */
static int request(int fd, int type, const void *data, size_t size, const char *what)
{
	int r = audit_send(fd, type, data, (unsigned int)size);

	if (r < 0)
		client_failed(r, "Error sending %s (%s)", what, strerror(-r));
	return r;
}

/* ---- status ---- */

_public_ int audit_request_status(int fd)
{
	return request(fd, AUDIT_GET, NULL, 0, "status request");
}

_public_ int audit_set_enabled(int fd, uint32_t enabled)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_ENABLED, .enabled = enabled };

	return request(fd, AUDIT_SET, &s, sizeof(s), "enable request");
}

_public_ int audit_set_failure(int fd, uint32_t failure)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_FAILURE, .failure = failure };

	return request(fd, AUDIT_SET, &s, sizeof(s), "failure mode request");
}

_public_ int audit_set_rate_limit(int fd, uint32_t limit)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_RATE_LIMIT, .rate_limit = limit };

	return request(fd, AUDIT_SET, &s, sizeof(s), "rate limit request");
}

_public_ int audit_set_backlog_limit(int fd, uint32_t limit)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_BACKLOG_LIMIT,
		.backlog_limit = limit };

	return request(fd, AUDIT_SET, &s, sizeof(s), "backlog limit request");
}

_public_ int audit_set_backlog_wait_time(int fd, uint32_t bwt)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_BACKLOG_WAIT_TIME,
		.backlog_wait_time = bwt };

	return request(fd, AUDIT_SET, &s, sizeof(s), "backlog limit request");
}

/* The answer carries the old value as a positive number. */
static int reset(int fd, const struct audit_status *status, const char *what)
{
	int seq, r = __audit_send(fd, AUDIT_SET, status, sizeof(*status), &seq);

	if (r < 0)
		client_failed(r, "Error sending %s (%s)", what, strerror(-r));
	return r;
}

_public_ int audit_reset_lost(int fd)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_LOST };

	if (!(audit_get_features() & AUDIT_FEATURE_BITMAP_LOST_RESET))
		return -30; /* of audit_number_to_errmsg() */
	return reset(fd, &s, "lost reset request");
}

_public_ int audit_reset_backlog_wait_time_actual(int fd)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_BACKLOG_WAIT_TIME_ACTUAL };

	return reset(fd, &s, "backlog wait time actual reset request");
}

/* Takes an error that is waiting to be read; a record stays for whoever asked for records. */
static void drop_error(int fd)
{
	struct audit_reply rep;

	if (client_wait(fd, ANSWER_ROUND_MS) > 0 &&
		audit_get_reply(fd, &rep, GET_REPLY_NONBLOCKING, MSG_PEEK) > 0 &&
		rep.type == NLMSG_ERROR)
		(void)audit_get_reply(fd, &rep, GET_REPLY_NONBLOCKING, 0);
}

_public_ int audit_set_pid(int fd, uint32_t pid, rep_wait_t wmode)
{
	const struct audit_status s = { .mask = AUDIT_STATUS_PID, .pid = pid };
	int seq, r;

	if (fd >= 0 && pid && connection_is_engine(fd))
		acks_register(fd);
	else if (fd >= 0)
		(void)acks_flush(fd, false); /* a daemon that goes has dealt with what it has */
	r = __audit_send(fd, AUDIT_SET, &s, sizeof(s), &seq);
	if (r < 0 || !pid)
		acks_forget(fd);
	if (r < 0) {
		client_failed(r, "Error setting audit daemon pid (%s)", strerror(-r));
		errno = -r;
		return r;
	}
	if (wmode == WAIT_YES)
		drop_error(fd);
	return 1;
}

/* The status, or a negative errno. What else comes in meanwhile is dropped: fd is a private one, or was only asked
 * this. */
static int read_status(int fd, struct audit_status *ret)
{
	struct audit_reply rep;
	int round, r;

	for (round = 0; round < ANSWER_ROUNDS; round++) {
		r = audit_get_reply(fd, &rep, GET_REPLY_NONBLOCKING, 0);
		if (r == -EAGAIN) {
			(void)client_wait(fd, ANSWER_ROUND_MS);
			continue;
		}
		if (r < 0)
			return r;
		if (rep.type == AUDIT_GET) {
			*ret = *rep.status;
			return 0;
		}
		if (rep.type == NLMSG_ERROR && rep.error->error < 0)
			return rep.error->error;
	}
	return -ETIMEDOUT;
}

_public_ int audit_is_enabled(int fd)
{
	struct audit_status status;
	int r;

	if (fd < 0)
		return 0;
	r = audit_request_status(fd);
	if (r > 0)
		r = read_status(fd, &status);
	if (r == 0)
		return status.enabled <= 2 ? (int)status.enabled : -1;
	if (r == -ECONNREFUSED || (r == -EPERM && !audit_can_control()))
		return 0;
	errno = -r;
	return -1;
}

/* ---- features ---- */

/* Asked once a process: UINT32_MAX until then. */
static uint32_t features = UINT32_MAX;

_public_ uint32_t audit_get_features(void)
{
	struct audit_status status;
	int fd;

	if (features != UINT32_MAX)
		return features;
	features = 0;
	fd = audit_open();
	if (fd >= 0 && audit_request_status(fd) > 0 && read_status(fd, &status) == 0)
		features = status.feature_bitmap;
	audit_close(fd);
	return features;
}

_public_ int audit_request_features(int fd)
{
	/* Nobody reads the payload; the bytes are those that were always sent. */
	const struct audit_features none = { 0 };
	int r = audit_send(fd, AUDIT_GET_FEATURE, &none, sizeof(none));

	if (r < 0)
		client_failed(r, "Error getting feature (%s)", strerror(-r));
	return r;
}

_public_ int audit_set_feature(int fd, unsigned feature, unsigned value, unsigned lock)
{
	const struct audit_features f = { .mask = AUDIT_FEATURE_TO_MASK(feature),
		.features = value ? AUDIT_FEATURE_TO_MASK(feature) : 0,
		.lock = lock ? AUDIT_FEATURE_TO_MASK(feature) : 0 };
	int r = audit_send(fd, AUDIT_SET_FEATURE, &f, sizeof(f));

	if (r < 0)
		client_failed(r, "Error setting feature (%s)", strerror(-r));
	return r;
}

_public_ int audit_set_loginuid_immutable(int fd)
{
	return audit_set_feature(fd, AUDIT_FEATURE_LOGINUID_IMMUTABLE, 1, 1);
}

/* ---- rules ---- */

_public_ int audit_request_rules_list_data(int fd)
{
	return request(fd, AUDIT_LIST_RULES, NULL, 0, "rule list data request");
}

static int send_rule(int fd, int type, struct audit_rule_data *rule, int flags, int action)
{
	rule->flags = (uint32_t)flags;
	rule->action = (uint32_t)action;
	if (rule->buflen > MAX_AUDIT_MESSAGE_LENGTH)
		return -EINVAL;
	return audit_send(fd, type, rule, (unsigned int)sizeof(*rule) + rule->buflen);
}

_public_ int audit_add_rule_data(int fd, struct audit_rule_data *rule, int flags, int action)
{
	int r;

	r = send_rule(fd, AUDIT_ADD_RULE, rule, flags, action);
	if (r < 0)
		client_failed(r,
			r == -EEXIST ? "Error sending add rule data request (Rule exists)"
				     : "Error sending add rule data request (%s)",
			strerror(-r));
	return r;
}

_public_ int audit_delete_rule_data(int fd, struct audit_rule_data *rule, int flags, int action)
{
	int r;

	r = send_rule(fd, AUDIT_DEL_RULE, rule, flags, action);
	if (r == -ENOENT)
		client_failed(r, "Error sending delete rule request (No rule matches)");
	else if (r < 0)
		client_failed(r, "Error sending delete rule data request (%s)", strerror(-r));
	return r;
}

_public_ int audit_trim_subtrees(int fd)
{
	return request(fd, AUDIT_TRIM, NULL, 0, "trim subtrees command");
}

_public_ int audit_make_equivalent(int fd, const char *mount_point, const char *subtree)
{
	const struct {
		uint32_t mount_len, subtree_len;
	} head = { (uint32_t)strlen(mount_point), (uint32_t)strlen(subtree) };
	_cleanup_free_ char *data = NULL;
	size_t size = sizeof(head) + head.mount_len + head.subtree_len;

	data = malloc(size);
	if (!data) {
		errno = ENOMEM;
		return -ENOMEM;
	}
	memcpy(data, &head, sizeof(head));
	memcpy(data + sizeof(head), mount_point, head.mount_len);
	memcpy(data + sizeof(head) + head.mount_len, subtree, head.subtree_len);
	return request(fd, AUDIT_MAKE_EQUIV, data, size, "make_equivalent command");
}

/* ---- who sent the daemon a signal ---- */

_public_ int audit_request_signal_info(int fd)
{
	return request(fd, AUDIT_SIGNAL_INFO, NULL, 0, "signal_info request");
}

/* Session and auid of a process that may be gone: "-1". */
static void session_of(pid_t pid, char ret[static 16])
{
	char path[48];
	FILE *file;
	unsigned session;

	(void)strcpy(ret, "-1");
	(void)snprintf(path, sizeof(path), "/proc/%d/sessionid", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file, "%u", &session) == 1 && session != UINT32_MAX)
		(void)snprintf(ret, 16, "%u", session);
	(void)fclose(file);
}

static uid_t user_of(pid_t pid)
{
	struct stat st;
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	return stat(path, &st) == 0 ? st.st_uid : (uid_t)-1;
}

_public_ char *audit_format_signal_info(
	char *buf, int len, char *op, struct audit_reply *rep, char *res)
{
	const struct audit_sig_info *info = rep->signal_info;
	int ctx_len = rep->len - (int)sizeof(struct nlmsghdr) - (int)sizeof(*info);
	char session[16];
	uid_t user;

	if (info->pid == 0) {
		(void)snprintf(buf, (size_t)len, "op=%s auid=%u pid=%d res=%s", op, info->uid,
			info->pid, res);
		return buf;
	}
	session_of(info->pid, session);
	user = user_of(info->pid);
	if (ctx_len > 0)
		(void)snprintf(buf, (size_t)len,
			"op=%s auid=%u uid=%u ses=%s pid=%d subj=%.*s res=%s", op, info->uid, user,
			session, info->pid, ctx_len, info->ctx, res);
	else
		(void)snprintf(buf, (size_t)len, "op=%s auid=%u uid=%u ses=%s pid=%d res=%s", op,
			info->uid, user, session, info->pid, res);
	return buf;
}
