/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_BPF_PROGRAM_H
#define UAUDIT_SOURCE_PTRACE_BPF_PROGRAM_H

/* Programs that are loaded into the kernel, and freed again (record BPF). */

#include <stddef.h>
#include <stdint.h>

struct call;
struct event_writer;

/* Of a call in flight. */
struct bpf_call {
	uint32_t closed_id; /* close(): of the program behind the descriptor; 0: none */
};

/* *n_programs: how many the tree has loaded: while it is none, no close() is looked at. A program is freed by the close() of
 * its last descriptor; whether it was the last may be asked by root only, and what ends otherwise is not seen. */
void bpf_program_entry(struct call *call, size_t n_programs, int procfd);
void bpf_program_exit(const struct call *call, int64_t ret, size_t *n_programs, int procfd,
	struct event_writer *w);

#endif
