// SPDX-License-Identifier: MIT
/* AUDIT_TRIM and AUDIT_MAKE_EQUIV (spec kernel 1.12). Directory trees are looked after by the sources, which follow mounts
 * by themselves: there are no stale roots to trim, and two paths of one mount need not be declared equal. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"
#include "core/kaudit_log.h"

int control_trim(struct control_call *call)
{
	struct audit_buffer *ab;

	if (control_is_locked(call->control))
		return -EPERM;
	ab = control_log_sender(call, AUDIT_CONFIG_CHANGE);
	kaudit_log_format(ab, " op=trim res=1");
	control_log_end(call, ab);
	return 0;
}

/* The next len bytes of the payload; a NUL among them ends the copy. */
static int take_path(const unsigned char **at, size_t *left, uint32_t len, char **ret)
{
	if (len == 0 || len > *left)
		return -EINVAL;
	if (len > PATH_MAX)
		return -ENAMETOOLONG;
	*ret = strndup((const char *)*at, len);
	if (!*ret)
		return -ENOMEM;
	*at += len;
	*left -= len;
	return 0;
}

static int look_up(const struct rule_env *env, const char *path)
{
	return env && env->lookup ? env->lookup(env->userdata, path) : 0;
}

int control_make_equiv(struct control_call *call)
{
	_cleanup_free_ char *old = NULL, *new = NULL;
	const unsigned char *at = call->payload;
	size_t left = call->len;
	struct audit_buffer *ab;
	uint32_t sizes[2];
	int r;

	if (control_is_locked(call->control))
		return -EPERM;
	if (left < sizeof(sizes))
		return -EINVAL;
	memcpy(sizes, at, sizeof(sizes));
	at += sizeof(sizes);
	left -= sizeof(sizes);
	r = take_path(&at, &left, sizes[0], &old);
	if (r == 0)
		r = take_path(&at, &left, sizes[1], &new);
	if (r < 0)
		return r;
	r = look_up(call->control->env, new);
	if (r == 0)
		r = look_up(call->control->env, old);
	ab = control_log_sender(call, AUDIT_CONFIG_CHANGE);
	if (ab) {
		ab_text(ab, " op=make_equiv old=");
		ab_untrusted(ab, old, strlen(old));
		ab_text(ab, " new=");
		ab_untrusted(ab, new, strlen(new));
		kaudit_log_format(ab, " res=%d", r == 0);
		control_log_end(call, ab);
	}
	return r;
}
