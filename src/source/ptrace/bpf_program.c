// SPDX-License-Identifier: MIT
#include "source/ptrace/bpf_program.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/task_fd.h"

#define PROG_ID "\nprog_id:\t"

static bool is_close(const struct call *call)
{
	return strcmp(call->info->name, "close") == 0;
}

void bpf_program_entry(struct call *call, size_t n_programs, int procfd)
{
	struct bpf_call *bpf = &call->bpf;

	if (is_close(call) && n_programs &&
		task_fd_info(procfd, call->tid, (int)call->args[0], PROG_ID, &bpf->closed_id) < 0)
		bpf->closed_id = 0;
}

static bool program_exists(uint32_t id)
{
	_cleanup_close_ int fd = -1;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	fd = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr));
	return fd >= 0 || errno != ENOENT;
}

static void put(struct event_writer *w, uint32_t id, enum evt_bpf_op op)
{
	struct evt_bpf item = { .prog_id = id, .op = op };

	event_put(w, EVT_ITEM_BPF, &item, sizeof(item));
}

void bpf_program_exit(const struct call *call, int64_t ret, size_t *n_programs, int procfd,
	struct event_writer *w)
{
	uint32_t id;

	if (is_close(call)) {
		if (call->bpf.closed_id && !program_exists(call->bpf.closed_id))
			put(w, call->bpf.closed_id, EVT_BPF_UNLOAD);
		return;
	}
	if (ret < 0 || (uint32_t)call->args[0] != BPF_PROG_LOAD ||
		task_fd_info(procfd, call->tid, (int)ret, PROG_ID, &id) < 0)
		return;
	put(w, id, EVT_BPF_LOAD);
	(*n_programs)++;
}
