/* SPDX-License-Identifier: MIT */
/*
 * Loads every BPF program as the engine does, captures nothing, and prints one row of a table for each:
 *
 *   load_programs [TIER]
 *
 * program, instructions after the kernel's rewriting, bytes of machine code, instructions that the verifier went through (it
 * gives up at a million). TIER: what this kernel must allow, "full" or "tracepoints". Exit status 0; 1: a program did not load,
 * or the tier is another; 77: nobody may load programs here.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "source/bpf/programs.h"
#include "uaudit.skel.h"

#define BPF_INSN_BYTES 8
#define VERIFIER_MAX   1000000

static int ignore_event(void *userdata, const void *event, size_t len)
{
	(void)userdata;
	(void)event;
	(void)len;
	return 0;
}

static void print_notice(void *userdata, const char *text)
{
	(void)userdata;
	fprintf(stderr, "%s\n", text);
}

/* Programs that this tier does without have no descriptor. */
static int print_program(const struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int fd = bpf_program__fd(program);

	if (fd < 0) {
		printf("| `%s` (`%s`) | not loaded | | |\n", bpf_program__name(program),
			bpf_program__section_name(program));
		return 0;
	}
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0) {
		perror(bpf_program__name(program));
		return -1;
	}
	printf("| `%s` (`%s`) | %u | %u | %u |\n", bpf_program__name(program),
		bpf_program__section_name(program), info.xlated_prog_len / BPF_INSN_BYTES,
		info.jited_prog_len, info.verified_insns);
	return info.xlated_prog_len && info.verified_insns && info.verified_insns < VERIFIER_MAX
		       ? 0
		       : -1;
}

static int print_table(const struct programs *programs)
{
	struct bpf_program *program;
	struct utsname system;
	size_t n = 0;
	int r = 0;

	(void)uname(&system);
	printf("Linux %s, tier %s:\n\n", system.release, bpf_tier_name(programs->tier));
	puts("| program | instructions | bytes of machine code | instructions verified |");
	puts("| --- | --: | --: | --: |");
	bpf_object__for_each_program(program, programs->skeleton->obj)
	{
		n += bpf_program__fd(program) >= 0;
		if (print_program(program))
			r = -1;
	}
	printf("\n%zu programs loaded\n", n);
	return n ? r : -1;
}

int main(int argc, char **argv)
{
	const struct source_callbacks callbacks = { NULL, ignore_event, print_notice };
	const struct bpf_options options = { .tier = 0 };
	struct programs programs;
	int r = programs_open(&programs, &options, &callbacks);

	if (r == -EPERM) {
		puts("skipped: BPF programs cannot be loaded here (Operation not permitted)");
		return 77;
	}
	if (r < 0) {
		fprintf(stderr, "FAIL: the programs do not load: %s\n", strerror(-r));
		return 1;
	}
	r = print_table(&programs);
	if (argc > 1 && strcmp(argv[1], bpf_tier_name(programs.tier)) != 0) {
		fprintf(stderr, "FAIL: tier %s is expected\n", argv[1]);
		r = -1;
	}
	programs_close(&programs);
	return r ? 1 : 0;
}
