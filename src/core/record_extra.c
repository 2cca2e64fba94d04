// SPDX-License-Identifier: MIT
/*
 * What is said beyond the original (abi/extra.h), in records behind the last PATH: one about the call, then one for each
 * path item and each descriptor. In front of PROCTITLE, as readers take that for the end of an event, and not directly
 * behind SYSCALL, as some expect the call's own record there.
 */

#include "abi/extra.h"
#include "base/macros.h"
#include "core/record.h"

static bool says_args(const struct audit_context *ctx)
{
	return (ctx->extra & EXTRA_ARGS) && ctx->ev->h.kind == EVT_SYSCALL;
}

static bool says_time(const struct audit_context *ctx)
{
	return (ctx->extra & EXTRA_TIME) && ctx->ev->has_times;
}

static bool says_cgroup(const struct audit_context *ctx)
{
	return (ctx->extra & EXTRA_CGROUP) && ctx->ev->cgroup.p;
}

/* The records by number: 0 is the call's, then come the path items, then the descriptors. */
static bool is_there(const struct audit_context *ctx, size_t index)
{
	const struct event *ev = ctx->ev;

	if (index == 0)
		return says_args(ctx) || says_time(ctx) || says_cgroup(ctx);
	index--;
	if (index < ev->n_paths)
		return ev->paths[index].full.p && !(ev->paths[index].f.flags & EVT_PATH_HIDDEN);
	return true;
}

bool next_extra(const struct audit_context *ctx, size_t *index)
{
	size_t n = 1;

	if (!ctx->extra)
		return false;
	if (ctx->extra & EXTRA_PATHS)
		n += ctx->ev->n_paths + ctx->ev->n_fd_paths;
	while (*index < n && !is_there(ctx, *index))
		++*index;
	return *index < n;
}

static void put_namespaces(struct audit_buffer *ab, const struct evt_namespaces *ns)
{
	ab_u64(ab, " mnt_ns=", ns->mnt);
	ab_u64(ab, " pid_ns=", ns->pid);
	ab_u64(ab, " net_ns=", ns->net);
	ab_u64(ab, " user_ns=", ns->user);
	ab_u64(ab, " ipc_ns=", ns->ipc);
	ab_u64(ab, " uts_ns=", ns->uts);
	ab_u64(ab, " cgroup_ns=", ns->cgroup);
}

static void put_call(struct audit_buffer *ab, const struct audit_context *ctx)
{
	const struct event *ev = ctx->ev;
	const char *blank = "";

	if (says_args(ctx)) {
		ab_hex(ab, "a4=", ev->h.args[4]);
		ab_hex(ab, " a5=", ev->h.args[5]);
		blank = " ";
	}
	if (says_time(ctx)) {
		ab_text(ab, blank);
		ab_i64(ab, "time=", ev->times.sec);
		ab_text(ab, ".");
		buf_u64_width(&ab->text, ev->times.nsec, 9);
		if (ev->times.has_duration)
			ab_u64(ab, " duration_ns=", ev->times.duration_nsec);
		blank = " ";
	}
	if (says_cgroup(ctx)) {
		ab_text(ab, blank);
		ab_text(ab, "cgroup=");
		ab_untrusted(ab, ev->cgroup.p, ev->cgroup.len);
		if (ev->h.cgroup)
			ab_u64(ab, " cgroup_id=", ev->h.cgroup);
		if (ev->has_namespaces)
			put_namespaces(ab, &ev->namespaces);
	}
}

/* The number that item= has in the PATH record. */
static uint64_t item_number(const struct event *ev, size_t index)
{
	uint64_t n = 0;

	for (size_t i = 0; i < index; i++)
		n += !(ev->paths[i].f.flags & EVT_PATH_HIDDEN);
	return n;
}

void record_extra(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct event *ev = ctx->ev;
	struct view path;

	if (index == 0) {
		put_call(ab, ctx);
		return;
	}
	index--;
	if (index < ev->n_paths) {
		ab_u64(ab, "item=", item_number(ev, index));
		path = ev->paths[index].full;
	} else {
		ab_i64(ab, "fd=", ev->fd_paths[index - ev->n_paths].fd);
		path = ev->fd_paths[index - ev->n_paths].path;
	}
	ab_text(ab, " path=");
	ab_untrusted(ab, path.p, path.len);
}
