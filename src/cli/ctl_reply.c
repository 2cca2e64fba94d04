// SPDX-License-Identifier: MIT
/* Answers to requests, and the status as text (spec userspace 1.2, 1.3). */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "abi/control.h"
#include "cli/ctl.h"

/* Waits of auditctl's: every message restarts the count. */
#define REPLY_WAITS   40
#define REPLY_WAIT_MS 100

int ctl_replies(const struct ctl *ctl, int (*each)(void *userdata, const struct audit_reply *reply),
	void *userdata)
{
	struct pollfd poll_fd = { .fd = ctl->fd, .events = POLLIN };
	struct audit_reply reply;
	int waits = 0, r;

	while (waits < REPLY_WAITS) {
		r = poll(&poll_fd, 1, REPLY_WAIT_MS);
		if (r <= 0) {
			waits++;
			continue;
		}
		r = audit_get_reply(ctl->fd, &reply, GET_REPLY_NONBLOCKING, 0);
		if (r <= 0) {
			waits++;
			continue;
		}
		waits = 0;
		r = each(userdata, &reply);
		if (r)
			return r;
	}
	return -ETIMEDOUT;
}

/* auditctl takes an answer that says nothing (an acknowledgement that came late) for no answer. */
static int print_error(const struct audit_reply *reply)
{
	if (!reply->error->error)
		return 0;
	(void)printf("NLMSG_ERROR %d (%s)\n", -reply->error->error, strerror(-reply->error->error));
	return 1;
}

static const char *enabled_word(uint32_t enabled)
{
	static const char *const words[] = { "disable", "enabled", "enabled+immutable" };

	return enabled < ARRAY_SIZE(words) ? words[enabled] : "unknown";
}

static const char *failure_word(uint32_t failure)
{
	static const char *const words[] = { "silent", "printk", "panic" };

	return failure < ARRAY_SIZE(words) ? words[failure] : "unknown";
}

static void print_status(const struct audit_reply *reply, bool interpret)
{
	uint32_t value[CONTROL_STATUS_LEN / sizeof(uint32_t)] = { 0 };
	size_t len = (size_t)reply->len - NLMSG_HDRLEN;

	memcpy(value, NLMSG_DATA(reply->nlh), len < sizeof(value) ? len : sizeof(value));
	if (interpret)
		(void)printf(
			"enabled %s\nfailure %s\n", enabled_word(value[1]), failure_word(value[2]));
	else
		(void)printf("enabled %u\nfailure %u\n", value[1], value[2]);
	(void)printf("pid %u\nrate_limit %u\nbacklog_limit %u\nlost %u\nbacklog %u\n", value[3],
		value[4], value[5], value[6], value[7]);
	(void)printf("backlog_wait_time %u\n", value[9]);
	/* Older kernels have no such counter. */
	if (len == sizeof(value))
		(void)printf("backlog_wait_time_actual %u\n", value[10]);
}

static int take_status(void *userdata, const struct audit_reply *reply)
{
	const bool *interpret = userdata;

	if (reply->type == NLMSG_ERROR)
		return print_error(reply);
	if (reply->type != AUDIT_GET || reply->len < (int)NLMSG_HDRLEN)
		return 0;
	print_status(reply, *interpret);
	return 1;
}

int ctl_print_status(const struct ctl *ctl, bool interpret)
{
	return ctl_replies(ctl, take_status, &interpret);
}

static int take_features(void *userdata, const struct audit_reply *reply)
{
	uint32_t mask = AUDIT_FEATURE_TO_MASK(AUDIT_FEATURE_LOGINUID_IMMUTABLE);

	(void)userdata;
	if (reply->type == NLMSG_ERROR)
		return print_error(reply);
	if (reply->type != AUDIT_GET_FEATURE ||
		reply->len < (int)NLMSG_LENGTH(sizeof(struct audit_features)))
		return 0;
	(void)printf("loginuid_immutable %u %s\n", !!(reply->features->features & mask),
		reply->features->lock & mask ? "locked" : "unlocked");
	return 1;
}

int ctl_status(const struct ctl *ctl, bool interpret)
{
	int r = audit_request_status(ctl->fd);

	if (r <= 0) {
		ctl_complain_request(ctl, "status request", r);
		/* Where there is no audit system, its status is no error. */
		return r == -ECONNREFUSED && ctl->is_compat ? CTL_OK : CTL_ERROR;
	}
	r = ctl_print_status(ctl, interpret);
	if (r > 0 && audit_request_features(ctl->fd) > 0)
		(void)ctl_replies(ctl, take_features, NULL);
	if (r > 0 && !ctl->is_compat && ctl->is_engine)
		ctl_print_queues(ctl);
	if (r < 0 && !ctl->is_compat) {
		ctl_complain(ctl, "no answer to the status request within 4 s");
		return CTL_ERROR;
	}
	return CTL_OK;
}

static int take_pid(void *userdata, const struct audit_reply *reply)
{
	pid_t *pid = userdata;

	if (reply->type == NLMSG_ERROR && reply->error->error)
		return -EIO;
	if (reply->type != AUDIT_GET || reply->len < (int)NLMSG_LENGTH(4 * sizeof(uint32_t)))
		return 0;
	*pid = (pid_t)reply->status->pid;
	return 1;
}

int ctl_daemon_pid(const struct ctl *ctl, pid_t *ret)
{
	int r = audit_request_status(ctl->fd);

	if (r <= 0)
		return r ? r : -EIO;
	r = ctl_replies(ctl, take_pid, ret);
	return r < 0 ? r : 0;
}
