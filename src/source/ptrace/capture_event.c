// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "event/event.h"
#include "source/ptrace/capture.h"
#include "source/ptrace/capture_state.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_cgroup.h"

static void put_new_privileges(struct capture *c, struct event_writer *w)
{
	struct call *call = c->call;
	char name[PROC_NAME_MAX];
	struct inode_caps caps = { 0 };
	struct statx stx;

	if (!call->has_ids_before)
		return;
	proc_name(name, c->tid, "exe");
	if (statx(c->env->procfd, name, 0, STATX_BASIC_STATS, &stx) == 0)
		inode_caps_get(c->env->inode_caps, &caps, c->env->procfd, name, 1, &stx);
	extras_put_bprm_fcaps(&call->ids_before, capture_ids(c), &caps, w);
}

static void put_exec(struct capture *c, int64_t ret, struct event_writer *w)
{
	if (ret == 0 || c->call->is_half_done)
		put_new_privileges(c, w);
	if (ret == 0)
		extras_put_execve(c->call, capture_stat(c)->arg_start, capture_stat(c)->arg_end, w);
}

void capture_describe(struct capture *c, struct evt_hdr *hdr)
{
	const struct task_ids *ids = capture_ids(c);

	hdr->uid = ids->uid;
	hdr->gid = ids->gid;
	hdr->euid = ids->euid;
	hdr->suid = ids->suid;
	hdr->fsuid = ids->fsuid;
	hdr->egid = ids->egid;
	hdr->sgid = ids->sgid;
	hdr->fsgid = ids->fsgid;
	hdr->auid = capture_login(c)->auid;
	hdr->ses = capture_login(c)->ses;
	hdr->pers = capture_personality(c);
	hdr->ppid = capture_stat(c)->ppid;
}

/* Who did it, beside what the header says. */
static void put_task(struct capture *c, struct event_writer *w)
{
	const struct task_stat *stat = capture_stat(c);

	if (c->texts.has_exe)
		event_put_exe(w, &c->texts.exe_inode, c->texts.exe.data, c->texts.exe.len);
	if (stat->tty[0])
		event_put(w, EVT_ITEM_TTY, stat->tty, strlen(stat->tty));
	if (c->env->interest->groups)
		event_put(w, EVT_ITEM_GROUPS, c->ids.groups,
			c->ids.n_groups * sizeof(c->ids.groups[0]));
}

int capture_aside(
	struct capture *c, enum evt_item_type type, const void *data, size_t len, struct buf *out)
{
	struct evt_hdr hdr = {
		.version = EVT_VERSION,
		.kind = EVT_ASIDE,
		.tid = (uint32_t)c->tid,
		.tgid = (uint32_t)c->tgid,
		.source = EVT_SRC_PTRACE,
	};
	struct event_writer w;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	hdr.time_sec = now.tv_sec;
	hdr.time_nsec = (uint32_t)now.tv_nsec;
	capture_describe(c, &hdr);
	capture_read_texts(c, &now);
	memcpy(hdr.comm, c->texts.comm, sizeof(hdr.comm));
	event_begin(&w, out, &hdr);
	put_task(c, &w);
	event_put(&w, type, data, len);
	return event_finish(&w);
}

/* What records say beyond the original. */
static void put_beyond(const struct capture *c, struct event_writer *w)
{
	const struct task_cgroup *cgroup = c->texts.cgroup;

	full_path_put_fds(c->call, w);
	if (capture_wants(c->env, EXTRA_TIME))
		event_put(w, EVT_ITEM_TIMES, &c->call->times, sizeof(c->call->times));
	if (cgroup && cgroup->len)
		event_put(w, EVT_ITEM_CGROUP, cgroup->path, cgroup->len);
}

int capture_append_event(struct capture *c, bool returned, int64_t ret, struct buf *out)
{
	struct call *call = c->call;
	struct evt_hdr hdr = {
		.version = EVT_VERSION,
		.kind = EVT_SYSCALL,
		.arch = call->regs.arch,
		.time_sec = call->time.tv_sec,
		.time_nsec = (uint32_t)call->time.tv_nsec,
		.nr = (int32_t)call->regs.nr,
		.ret = ret,
		.tid = (uint32_t)c->tid,
		.tgid = (uint32_t)c->tgid,
		.source = EVT_SRC_PTRACE,
	};
	struct event_writer w;
	size_t header, before;
	bool has_aside = false;
	int r;

	memcpy(hdr.args, call->regs.args, sizeof(hdr.args));
	capture_describe(c, &hdr);
	capture_read_texts(c, &call->time);
	memcpy(hdr.comm, c->texts.comm, sizeof(hdr.comm));
	if (c->texts.cgroup)
		hdr.cgroup = c->texts.cgroup->id;

	header = out->len;
	event_begin(&w, out, &hdr);
	put_task(c, &w);
	if (call->anomaly)
		event_put(&w, call->anomaly, &call->anomaly_op, sizeof(call->anomaly_op));
	if (call->info->effect == EFFECT_EXEC && returned)
		put_exec(c, ret, &w);
	if (returned) {
		extras_exit(call, ret, &w);
		before = out->len;
		privileged_exit(call, ret, &c->env->privileged, c->env->procfd, capture_ids(c),
			capture_login(c), &w);
		has_aside = out->len > before;
	}
	if (call->names.n && call->cwd_len > 0)
		event_put(&w, EVT_ITEM_CWD, call->cwd, (size_t)call->cwd_len);
	else if (call->names.n && c->texts.cwd.len)
		event_put(&w, EVT_ITEM_CWD, c->texts.cwd.data, c->texts.cwd.len);
	names_put(&call->names, &w);
	put_beyond(c, &w);
	if (c->texts.title_len > 0)
		event_put(&w, EVT_ITEM_PROCTITLE, c->texts.title, (size_t)c->texts.title_len);

	/* what went wrong while the items were gathered is known only now */
	if (!buf_error(out)) {
		struct evt_hdr *written = (struct evt_hdr *)(void *)(out->data + header);

		written->flags = call->event_flags | (returned ? (uint32_t)EVT_F_RETURNED : 0);
		if (call->names.cut || c->ids.groups_cut)
			written->flags |= EVT_F_TRUNCATED;
	}
	r = event_finish(&w);
	if (!call->is_wanted && !has_aside)
		out->len = header; /* no rule asks for it, and nothing came of it */
	c->call = NULL;
	capture_call_done(c->env, call);
	return r;
}
