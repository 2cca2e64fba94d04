// SPDX-License-Identifier: MIT
/*
 * Attaches a BPF program that does nothing to the entry and one to the exit of all system calls, prints a line, and keeps them
 * until its input ends: the least that any program of that kind costs on this machine, whatever it is for.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int attach_nothing(const struct btf *btf, const char *tracepoint)
{
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_RAW_TP);
	int id = btf__find_by_name_kind(btf, tracepoint, BTF_KIND_TYPEDEF), program;

	if (id < 0)
		return id;
	options.attach_btf_id = (__u32)id;
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "nothing", "Dual MIT/GPL", nothing,
		sizeof(nothing) / sizeof(nothing[0]), &options);
	return program < 0 ? -errno : bpf_raw_tracepoint_open(NULL, program);
}

int main(void)
{
	static const char *const tracepoints[] = { "btf_trace_sys_enter", "btf_trace_sys_exit" };
	struct btf *btf = btf__load_vmlinux_btf();
	char byte;

	for (size_t i = 0; i < sizeof(tracepoints) / sizeof(tracepoints[0]); i++) {
		if (!btf || attach_nothing(btf, tracepoints[i]) < 0) {
			fprintf(stderr, "%s: %s\n", tracepoints[i], strerror(errno));
			return 1;
		}
	}
	puts("attached");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	btf__free(btf);
	return 0;
}
