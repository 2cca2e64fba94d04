// SPDX-License-Identifier: MIT
#include "source/bpf/prog_stats.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#define ROUNDS       8
#define RUNS_A_ROUND 2000

/* Where a program is attached says what it costs whom; at other places it is a hook. */
static const struct {
	const char *section;
	enum control_cost_kind kind;
} kinds[] = {
	{ "tp_btf/sys_enter", CONTROL_COST_ENTRY },
	{ "raw_tp/sys_enter", CONTROL_COST_ENTRY },
	{ "tp_btf/sys_exit", CONTROL_COST_EXIT },
	{ "raw_tp/sys_exit", CONTROL_COST_EXIT },
};

static enum control_cost_kind kind_of(const struct bpf_program *program)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(bpf_program__section_name(program), kinds[i].section) == 0)
			return kinds[i].kind;
	return CONTROL_COST_HOOK;
}

int prog_stats_enable(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return fd < 0 ? -errno : fd;
}

/* Of some rounds the shortest: what comes in between makes a round longer, nothing makes it shorter. */
static double shortest_round(int fd)
{
	char packet[64] = { 0 };
	double shortest = 0;
	uint64_t runs = 0, ns = 0;

	for (int i = 0; i < ROUNDS; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet,
			.data_size_in = sizeof(packet), .repeat = RUNS_A_ROUND);
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		double mean;

		if (bpf_prog_test_run_opts(fd, &options) < 0 ||
			bpf_obj_get_info_by_fd(fd, &info, &len) < 0 || info.run_cnt <= runs)
			return 0;
		mean = (double)(info.run_time_ns - ns) / (double)(info.run_cnt - runs);
		shortest = i == 0 || mean < shortest ? mean : shortest;
		runs = info.run_cnt;
		ns = info.run_time_ns;
	}
	return shortest;
}

double prog_stats_overhead(void)
{
	/* r0 = 0; exit */
	static const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	_cleanup_close_ int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "uaudit_nothing",
		"Dual MIT/GPL", nothing, ARRAY_SIZE(nothing), NULL);

	return fd < 0 ? 0 : shortest_round(fd);
}

int prog_stats_fill(const struct bpf_object *object, const int *fds, struct control_cost_row *rows,
	size_t rows_max)
{
	struct bpf_program *program;
	size_t n = 0;

	bpf_object__for_each_program(program, object)
	{
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = *fds++;

		if (fd < 0)
			continue; /* not for this kernel */
		if (n == rows_max)
			break;
		if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
			return -errno;
		rows[n] = (struct control_cost_row){
			.kind = kind_of(program), .runs = info.run_cnt, .time_ns = info.run_time_ns
		};
		(void)snprintf(
			rows[n].name, sizeof(rows[n].name), "%s", bpf_program__name(program));
		n++;
	}
	return (int)n;
}
