// SPDX-License-Identifier: MIT
#include "source/ptrace/privileged.h"

#include <linux/bpf.h>

#include "event/event.h"

void privileged_entry(
	struct call *call, const struct privileged_env *env, int procfd, const struct task_ids *ids)
{
	uint32_t flags = call->info->flags;

	call->clock.is_set = false;
	call->login.is_login = false;
	call->listener.is_listener = false;
	call->promiscuous.is_promiscuous = false;
	if (flags & SC_CLOCK)
		clock_entry(call);
	if (flags & SC_MODULE)
		module_entry(call, procfd, ids);
	if (flags & SC_WRITES)
		login_entry(call, procfd);
	if (flags & SC_BPF)
		bpf_program_entry(call, env->n_programs, procfd);
	if (flags & SC_LISTENS)
		listener_entry(call, env->n_listeners);
	if (flags & SC_PROMISC)
		promiscuous_entry(call, procfd);
}

bool privileged_writes_aside(const struct call *call)
{
	if (call->info->flags & SC_BPF)
		return (uint32_t)call->args[0] == BPF_PROG_LOAD;
	return (call->info->flags & SC_LISTENS && call->listener.is_listener) ||
	       (call->info->flags & SC_PROMISC && call->promiscuous.is_promiscuous);
}

/* Only success is recorded; the sets are those that the task has then. */
static void capset_exit(
	const struct call *call, int64_t ret, const struct task_ids *ids, struct event_writer *w)
{
	struct evt_capset item = {
		.pid = call->tgid,
		.inheritable = ids->cap_inheritable,
		.permitted = ids->cap_permitted,
		.effective = ids->cap_effective,
		.ambient = ids->cap_ambient,
	};

	if (ret == 0)
		event_put(w, EVT_ITEM_CAPSET, &item, sizeof(item));
}

void privileged_exit(struct call *call, int64_t ret, struct privileged_env *env, int procfd,
	const struct task_ids *ids, const struct task_login *login, struct event_writer *w)
{
	uint32_t flags = call->info->flags;

	if (flags & SC_CAPSET)
		capset_exit(call, ret, ids, w);
	if (flags & SC_CLOCK)
		clock_exit(call, ret, &env->ntp, w);
	if (flags & SC_MODULE)
		module_exit(call, ret, w);
	if (flags & SC_WRITES)
		login_exit(call, ret, login, w);
	if (flags & SC_BPF)
		bpf_program_exit(call, ret, &env->n_programs, procfd, w);
	if (flags & SC_LISTENS)
		listener_exit(call, ret, &env->n_listeners, procfd, w);
	if (flags & SC_PROMISC)
		promiscuous_exit(call, procfd, w);
}
