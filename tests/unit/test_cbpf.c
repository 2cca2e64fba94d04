// SPDX-License-Identifier: MIT
/* Filters of programs: which are programs at all (the kernel is asked as well), and what they answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/cbpf.h"
#include "source/ptrace/own_filters.h"

#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

#define PROGRAM_MAX 8

static const struct {
	bool is_valid;
	size_t n;
	struct sock_filter insns[PROGRAM_MAX];
} programs[] = {
	{ true, 1, { ALLOW } },
	{ false, 1, { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0) } },
	{ true, 2, { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), ALLOW } },
	{ true, 3,
		{ BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
			ALLOW } },
	{ false, 2, { BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW } },
	{ true, 3, { BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW } },
	{ false, 3, { BPF_STMT(BPF_ST, 16), BPF_STMT(BPF_LD | BPF_IMM, 3), ALLOW } },
	/* one of two ways to the load stores nothing */
	{ false, 4,
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), BPF_STMT(BPF_ST, 1),
			BPF_STMT(BPF_LDX | BPF_MEM, 1), ALLOW } },
	{ true, 5,
		{ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), BPF_STMT(BPF_ST, 1),
			BPF_STMT(BPF_STX, 1), BPF_STMT(BPF_LDX | BPF_MEM, 1), ALLOW } },
	{ true, 2, { BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW } },
	{ true, 2, { BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_JMP | BPF_JA, 1), ALLOW } },
	{ true, 2, { BPF_STMT(BPF_JMP | BPF_JA, 0), ALLOW } },
	{ false, 2, { BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), ALLOW } },
	{ false, 2, { BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 0), ALLOW } },
	{ false, 2, { BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 1), ALLOW } },
	{ false, 2, { ALLOW, BPF_STMT(BPF_MISC | BPF_TAX, 0) } },
	{ false, 2, { BPF_STMT(0xffff, 0), ALLOW } },
};

static void set_of_the_kernel(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (cbpf_is_valid(programs[i].insns, programs[i].n) != programs[i].is_valid)
			fail_msg("program %zu", i);
	assert_false(cbpf_is_valid(programs[0].insns, 0));
}

/* In a child, as it cannot be taken back. 0, or the status that says why it cannot be asked. */
static int kernel_takes(const struct sock_filter *insns, size_t n)
{
	struct sock_fprog program = { (unsigned short)n, (struct sock_filter *)insns };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			_exit(2);
		_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 1
			: errno == EINVAL                                             ? 0
										      : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* what answers "kill" to exit() */
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void kernel_agrees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		int takes = kernel_takes(programs[i].insns, programs[i].n);

		if (takes == 2)
			skip();
		if (takes != programs[i].is_valid)
			fail_msg("program %zu: the kernel %s it", i, takes ? "takes" : "refuses");
	}
}

static const struct seccomp_data call = {
	.nr = 39,
	.arch = 0xc000003e,
	.instruction_pointer = 0x401000,
	.args = { 1, UINT64_C(0x1122334455667788), 3, 4, 5, 0xffffffffffffffff },
};

static uint32_t run(const struct sock_filter *insns, size_t n)
{
	assert_true(cbpf_is_valid(insns, n));
	return cbpf_run(insns, n, &call);
}

#define RUN(...)                                                                                   \
	run((const struct sock_filter[]){ __VA_ARGS__ },                                           \
		sizeof((const struct sock_filter[]){ __VA_ARGS__ }) / sizeof(struct sock_filter))
#define LD(k)    BPF_STMT(BPF_LD | BPF_IMM, k)
#define LDX(k)   BPF_STMT(BPF_LDX | BPF_IMM, k)
#define ALU(op)  BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define RET_A    BPF_STMT(BPF_RET | BPF_A, 0)
#define WORD(at) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at)

static void instructions(void **state)
{
	(void)state;
	assert_int_equal(RUN(WORD(0), RET_A), 39);
	assert_int_equal(RUN(WORD(4), RET_A), 0xc000003e);
	assert_int_equal(RUN(WORD(24), RET_A), 0x55667788);
	assert_int_equal(RUN(WORD(28), RET_A), 0x11223344);
	assert_int_equal(RUN(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RET_A), 64);
	assert_int_equal(RUN(LD(7), LDX(3), ALU(BPF_ADD), RET_A), 10);
	assert_int_equal(RUN(LD(7), LDX(9), ALU(BPF_SUB), RET_A), 0xfffffffe);
	assert_int_equal(RUN(LD(0x80000001), LDX(2), ALU(BPF_MUL), RET_A), 2);
	assert_int_equal(RUN(LD(7), LDX(2), ALU(BPF_DIV), RET_A), 3);
	assert_int_equal(RUN(LD(7), LDX(0), ALU(BPF_DIV), BPF_STMT(BPF_RET | BPF_K, 9)), 0);
	assert_int_equal(RUN(LD(6), LDX(3), ALU(BPF_AND), RET_A), 2);
	assert_int_equal(RUN(LD(6), LDX(3), ALU(BPF_OR), RET_A), 7);
	assert_int_equal(RUN(LD(6), LDX(3), ALU(BPF_XOR), RET_A), 5);
	assert_int_equal(RUN(LD(1), LDX(4), ALU(BPF_LSH), RET_A), 16);
	assert_int_equal(RUN(LD(1), LDX(36), ALU(BPF_LSH), RET_A), 16);
	assert_int_equal(RUN(LD(0x80000000), LDX(31), ALU(BPF_RSH), RET_A), 1);
	assert_int_equal(RUN(LD(1), BPF_STMT(BPF_ALU | BPF_NEG, 0), RET_A), 0xffffffff);
	assert_int_equal(RUN(LD(5), BPF_STMT(BPF_MISC | BPF_TAX, 0), LD(0),
				 BPF_STMT(BPF_MISC | BPF_TXA, 0), RET_A),
		5);
	assert_int_equal(RUN(LD(8), BPF_STMT(BPF_ST, 15), LD(0), BPF_STMT(BPF_LDX | BPF_MEM, 15),
				 BPF_STMT(BPF_STX, 0), BPF_STMT(BPF_LD | BPF_MEM, 0), RET_A),
		8);
	assert_int_equal(RUN(BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_RET | BPF_K, 1),
				 BPF_STMT(BPF_RET | BPF_K, 2)),
		2);
}

static void branches(void **state)
{
	static const struct {
		uint16_t op;
		uint32_t k;
		bool taken;
	} rows[] = {
		{ BPF_JEQ, 39, true },
		{ BPF_JEQ, 40, false },
		{ BPF_JGT, 38, true },
		{ BPF_JGT, 39, false },
		{ BPF_JGE, 39, true },
		{ BPF_JGE, 40, false },
		{ BPF_JSET, 2, true },
		{ BPF_JSET, 8, false },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t k = rows[i].k, taken = rows[i].taken;

		assert_int_equal(
			RUN(WORD(0), BPF_JUMP(BPF_JMP | rows[i].op | BPF_K, k, 1, 0),
				BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 1)),
			taken);
		assert_int_equal(
			RUN(LDX(k), WORD(0), BPF_JUMP(BPF_JMP | rows[i].op | BPF_X, 0, 1, 0),
				BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 1)),
			taken);
	}
}

/* ---- several filters ---- */

static void add(struct own_filters **filters, uint32_t value, bool wants_log)
{
	const struct sock_filter filter = BPF_STMT(BPF_RET | BPF_K, value);

	assert_int_equal(own_filters_add(filters, &filter, 1, wants_log), 0);
}

static void strictest_answer_counts(void **state)
{
	struct own_filters *filters = NULL, *of_child;
	struct seccomp_verdict verdict;
	(void)state;

	assert_int_equal(own_filters_run(NULL, &call).action, SECCOMP_RET_ALLOW);
	add(&filters, SECCOMP_RET_LOG, false);
	of_child = own_filters_ref(filters);
	add(&filters, SECCOMP_RET_ERRNO | 13, true);
	add(&filters, SECCOMP_RET_ALLOW, false);
	verdict = own_filters_run(filters, &call);
	assert_int_equal(verdict.action, SECCOMP_RET_ERRNO);
	assert_true(verdict.wants_log);
	add(&filters, SECCOMP_RET_ERRNO, false); /* as strict, and newer */
	assert_false(own_filters_run(filters, &call).wants_log);
	add(&filters, SECCOMP_RET_KILL_THREAD, false);
	add(&filters, SECCOMP_RET_KILL_PROCESS, true);
	verdict = own_filters_run(filters, &call);
	assert_int_equal(verdict.action, SECCOMP_RET_KILL_PROCESS);
	own_filters_unref(filters);
	assert_int_equal(own_filters_run(of_child, &call).action, SECCOMP_RET_LOG);
	own_filters_unref(of_child);
}

static void refused_filter_leaves_no_trace(void **state)
{
	const struct sock_filter bad = BPF_STMT(BPF_LD | BPF_IMM, 1);
	struct own_filters *filters = NULL;
	(void)state;

	assert_int_equal(own_filters_add(&filters, &bad, 1, true), -EINVAL);
	assert_null(filters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_of_the_kernel),
		cmocka_unit_test(kernel_agrees),
		cmocka_unit_test(instructions),
		cmocka_unit_test(branches),
		cmocka_unit_test(strictest_answer_counts),
		cmocka_unit_test(refused_filter_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
