// SPDX-License-Identifier: MIT
#include "source/ptrace/seccomp_filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "abi/abi.h"
#include "base/macros.h"

/*
 * The program is a dispatch on the architecture, then one binary search over the sorted numbers, whose leaves are ALLOW,
 * TRACE or a few tests of arguments. Jumps of classic BPF only go forward and reach 255 instructions, so it is written
 * from its end to its beginning: every target is known when the jump to it is written, and a target that is too far
 * gets a stepping stone. Up to an ALLOW nothing but the architecture and the number is looked at, which is what lets
 * the kernel cache the answer (seccomp_is_const_allow() in kernel/seccomp.c) and skip the program altogether.
 */

#define JUMP_MAX 255u        /* jt and jf are bytes */
#define NR_X32   0x40000000u /* __X32_SYSCALL_BIT: from here on another ABI, which no rule can name */

/* Positions count from the end of the program: the last instruction is 0. */
struct program {
	struct sock_filter insns[BPF_MAXINSNS]; /* in reverse */
	size_t n;
	size_t allow, trace; /* the nearest return of each kind */
	bool is_full;
};

/* A syscall's verdict: always traced, or if any of the cases holds. */
struct want {
	bool is_wanted;
	bool is_always;
	const struct rule_arg_case *rule_cases, *own_cases;
	size_t n_rule_cases, n_own_cases;
};

struct range {
	uint32_t from; /* up to the next range */
	const struct want *want;
};

#define WHEN(...)                                                                                  \
	{                                                                                          \
		.n_tests = ARRAY_SIZE(((struct rule_arg_test[]){ __VA_ARGS__ })), .tests = {       \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}
#define IS(arg, val)                                                                               \
	{                                                                                          \
		(arg), AUDIT_EQUAL, (val)                                                          \
	}
#define HAS(arg, val)                                                                              \
	{                                                                                          \
		(arg), AUDIT_BIT_MASK, (val)                                                       \
	}

/* prctl(2): what a source remembers of a task, its own filters included; and a mode that the kernel refuses to a task that
 * has a filter. */
static const struct rule_arg_case prctl_cases[] = {
	WHEN(IS(0, PR_SET_NAME)),
	WHEN(IS(0, PR_SET_MM)),
	WHEN(IS(0, PR_SET_SECUREBITS)),
	WHEN(IS(0, PR_CAPBSET_DROP)),
	WHEN(IS(0, PR_CAP_AMBIENT)),
	WHEN(IS(0, PR_SET_SECCOMP)),
};
static const struct rule_arg_case seccomp_cases[] = {
	WHEN(IS(0, SECCOMP_SET_MODE_STRICT)),
	WHEN(IS(0, SECCOMP_SET_MODE_FILTER)),
};
static const struct rule_arg_case ioctl_cases[] = {
	WHEN(IS(1, 0x540E)), /* TIOCSCTTY */
	WHEN(IS(1, 0x5422)), /* TIOCNOTTY */
	WHEN(IS(1,
		0x8914)), /* SIOCSIFFLAGS: a record that is written whether a rule selects the call or not */
};
/* These fail because the task is traced already; somebody should know. */
static const struct rule_arg_case ptrace_cases[] = {
	WHEN(IS(0, 0)),      /* PTRACE_TRACEME */
	WHEN(IS(0, 16)),     /* PTRACE_ATTACH */
	WHEN(IS(0, 0x4206)), /* PTRACE_SEIZE */
};
/* A child that escapes its parent's tracer would have no tracer to answer its RET_TRACE. */
static const struct rule_arg_case clone_cases[] = {
	WHEN(HAS(0, CLONE_UNTRACED)),
};
static const struct rule_arg_case clone3_cases[] = {
	{ .n_tests = 0 }, /* its flags are in memory */
};
/* Records that are written whether a rule selects the call or not (spec kernel 3.4). Whether the address or the socket
 * is of the kind cannot be seen from here. */
static const struct rule_arg_case bpf_cases[] = {
	WHEN(IS(0, BPF_PROG_LOAD)),
};
static const struct rule_arg_case bind_cases[] = {
	{ .n_tests = 0 },
};
static const struct rule_arg_case setsockopt_cases[] = {
	WHEN(IS(1, 270)), /* SOL_NETLINK */
	WHEN(IS(1, 263)), /* SOL_PACKET */
};
static const struct rule_arg_case socketcall_cases[] = {
	WHEN(IS(0, SYS_BIND)),
	WHEN(IS(0, SYS_SETSOCKOPT)),
};

static const struct own_call {
	const char *name;
	const struct rule_arg_case *cases;
	size_t n_cases;
} own_calls[] = {
	{ "prctl", prctl_cases, ARRAY_SIZE(prctl_cases) },
	{ "seccomp", seccomp_cases, ARRAY_SIZE(seccomp_cases) },
	{ "ioctl", ioctl_cases, ARRAY_SIZE(ioctl_cases) },
	{ "ptrace", ptrace_cases, ARRAY_SIZE(ptrace_cases) },
	{ "clone", clone_cases, ARRAY_SIZE(clone_cases) },
	{ "clone3", clone3_cases, ARRAY_SIZE(clone3_cases) },
	{ "bpf", bpf_cases, ARRAY_SIZE(bpf_cases) },
	{ "bind", bind_cases, ARRAY_SIZE(bind_cases) },
	{ "setsockopt", setsockopt_cases, ARRAY_SIZE(setsockopt_cases) },
	{ "socketcall", socketcall_cases, ARRAY_SIZE(socketcall_cases) },
};

int seccomp_filter_own_cases(uint32_t arch, uint32_t nr, const struct rule_arg_case **ret_cases)
{
	const struct syscall_info *info = syscall_info(arch, nr);

	for (size_t i = 0; info->name && i < ARRAY_SIZE(own_calls); i++) {
		if (strcmp(info->name, own_calls[i].name))
			continue;
		*ret_cases = own_calls[i].cases;
		return (int)own_calls[i].n_cases;
	}
	/* a program is looked at before it runs: it may be one that closes its task to us */
	return info->flags & (SC_IDS | SC_CWD) || info->effect == EFFECT_EXEC ? -1 : 0;
}

static size_t put(struct program *p, uint16_t code, uint32_t k, size_t jt, size_t jf)
{
	if (p->n == BPF_MAXINSNS) {
		p->is_full = true;
		return 0;
	}
	p->insns[p->n] = (struct sock_filter)BPF_JUMP(code, k, (uint8_t)jt, (uint8_t)jf);
	return p->n++;
}

static size_t put_jump(struct program *p, uint16_t op, uint32_t k, size_t yes, size_t no)
{
	if (p->n - yes > JUMP_MAX)
		yes = put(p, BPF_JMP | BPF_JA, (uint32_t)(p->n - yes - 1), 0, 0);
	if (p->n - no > JUMP_MAX)
		no = put(p, BPF_JMP | BPF_JA, (uint32_t)(p->n - no - 1), 0, 0);
	return put(p, BPF_JMP | op | BPF_K, k, p->n - yes - 1, p->n - no - 1);
}

static size_t put_return(struct program *p, size_t *nearest, uint32_t value)
{
	if (p->n - *nearest > JUMP_MAX / 2)
		*nearest = put(p, BPF_RET | BPF_K, value, 0, 0);
	return *nearest;
}

static size_t put_allow(struct program *p)
{
	return put_return(p, &p->allow, SECCOMP_RET_ALLOW);
}

static size_t put_trace(struct program *p)
{
	return put_return(p, &p->trace, SECCOMP_RET_TRACE | SECCOMP_FILTER_TAG);
}

/* (arg op val) on the low 32 bits, unsigned (spec kernel 6.9). An operator that is none of them holds: the rules
 * decide then. */
static size_t put_test(struct program *p, const struct rule_arg_test *test, size_t yes, size_t no)
{
	size_t arg = offsetof(struct seccomp_data, args) + 8 * (size_t)test->arg;

	if (test->arg > 5)
		return yes;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	arg += 4;
#endif
	switch (test->op) {
	case AUDIT_EQUAL:
		put_jump(p, BPF_JEQ, test->val, yes, no);
		break;
	case AUDIT_NOT_EQUAL:
		put_jump(p, BPF_JEQ, test->val, no, yes);
		break;
	case AUDIT_LESS_THAN:
		put_jump(p, BPF_JGE, test->val, no, yes);
		break;
	case AUDIT_LESS_THAN_OR_EQUAL:
		put_jump(p, BPF_JGT, test->val, no, yes);
		break;
	case AUDIT_GREATER_THAN:
		put_jump(p, BPF_JGT, test->val, yes, no);
		break;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		put_jump(p, BPF_JGE, test->val, yes, no);
		break;
	case AUDIT_BIT_MASK:
		put_jump(p, BPF_JSET, test->val, yes, no);
		break;
	case AUDIT_BIT_TEST:
		put_jump(p, BPF_JEQ, test->val, yes, no);
		put(p, BPF_ALU | BPF_AND | BPF_K, test->val, 0, 0);
		break;
	default:
		return yes;
	}
	return put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)arg, 0, 0);
}

/* Falls through to the case behind when a test fails. */
static size_t put_cases(
	struct program *p, const struct rule_arg_case *cases, size_t n_cases, size_t otherwise)
{
	for (size_t i = n_cases; i-- > 0;) {
		size_t n_tests = cases[i].n_tests < RULE_ARG_TESTS_MAX ? cases[i].n_tests
								       : RULE_ARG_TESTS_MAX;
		size_t next = put_trace(p);

		for (size_t j = n_tests; j-- > 0;)
			next = put_test(p, &cases[i].tests[j], next, otherwise);
		otherwise = next;
	}
	return otherwise;
}

static size_t put_leaf(struct program *p, const struct want *want)
{
	size_t next;

	if (!want->is_wanted)
		return put_allow(p);
	if (want->is_always)
		return put_trace(p);
	next = put_cases(p, want->own_cases, want->n_own_cases, put_allow(p));
	return put_cases(p, want->rule_cases, want->n_rule_cases, next);
}

static size_t put_search(struct program *p, const struct range *ranges, size_t n)
{
	size_t mid = n / 2, right, left;

	if (p->is_full)
		return 0;
	if (n == 1)
		return put_leaf(p, ranges->want);
	right = put_search(p, ranges + mid, n - mid);
	left = put_search(p, ranges, mid);
	return put_jump(p, BPF_JGE, ranges[mid].from, right, left);
}

static bool same_verdict(const struct want *a, const struct want *b)
{
	if (!a->is_wanted || !b->is_wanted)
		return a->is_wanted == b->is_wanted;
	return a->is_always && b->is_always;
}

/* What is wanted of each number of one architecture; cases_max: a call with more cases is always traced. */
static void compute_wants(
	struct want *wants, const struct rule_interest *interest, uint32_t arch, size_t cases_max)
{
	memset(wants, 0, RULE_SYSCALLS * sizeof(*wants));
	for (uint32_t nr = 0; nr < RULE_SYSCALLS; nr++) {
		int n = seccomp_filter_own_cases(arch, nr, &wants[nr].own_cases);

		wants[nr].is_wanted = n != 0;
		wants[nr].is_always = n < 0;
		wants[nr].n_own_cases = n > 0 ? (size_t)n : 0;
	}
	for (size_t i = 0; i < interest->n_syscalls; i++) {
		const struct rule_syscall_interest *s = &interest->syscalls[i];
		struct want *want;

		if (s->arch != arch || s->nr >= RULE_SYSCALLS)
			continue;
		want = &wants[s->nr];
		want->is_wanted = true;
		want->rule_cases = s->cases;
		want->n_rule_cases = s->n_cases;
		want->is_always = want->is_always || !s->n_cases;
	}
	for (uint32_t nr = 0; nr < RULE_SYSCALLS; nr++)
		if (wants[nr].n_rule_cases + wants[nr].n_own_cases > cases_max)
			wants[nr].is_always = true;
}

static size_t put_arch(struct program *p, const struct want *wants, bool is_all)
{
	static const struct want all = { .is_wanted = true, .is_always = true };
	static const struct want none = { .is_wanted = false };
	struct range ranges[RULE_SYSCALLS + 1];
	size_t n = 0;

	if (is_all) {
		ranges[n++] = (struct range){ 0, &all };
		ranges[n++] = (struct range){ NR_X32, &none };
	} else {
		for (uint32_t nr = 0; nr < RULE_SYSCALLS; nr++)
			if (!n || !same_verdict(ranges[n - 1].want, &wants[nr]))
				ranges[n++] = (struct range){ nr, &wants[nr] };
		if (!same_verdict(ranges[n - 1].want, &none))
			ranges[n++] = (struct range){ RULE_SYSCALLS, &none };
	}
	put_search(p, ranges, n);
	return put(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
}

/* Whether it fitted. */
static bool put_program(struct program *p, struct want *wants, const struct rule_interest *interest,
	const uint32_t *arches, size_t n_arches, size_t cases_max, bool is_all)
{
	size_t otherwise;

	p->n = 0;
	p->is_full = false;
	p->allow = put(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	p->trace = put(p, BPF_RET | BPF_K, SECCOMP_RET_TRACE | SECCOMP_FILTER_TAG, 0, 0);
	otherwise = p->allow;
	for (size_t i = n_arches; i-- > 0;) {
		size_t section;

		compute_wants(wants, interest, arches[i], cases_max);
		section = put_arch(p, wants, is_all);
		otherwise = put_jump(p, BPF_JEQ, arches[i], section, otherwise);
	}
	put(p, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	return !p->is_full;
}

int seccomp_filter_build(struct seccomp_filter *ret, const struct rule_interest *interest,
	const uint32_t *arches, size_t n_arches)
{
	static const size_t cases_max[] = { SIZE_MAX, 64, 16, 4, 0 };
	_cleanup_free_ struct program *p = malloc(sizeof(*p));
	_cleanup_free_ struct want *wants = calloc(RULE_SYSCALLS, sizeof(*wants));
	struct sock_filter *insns;
	size_t i;

	if (!p || !wants)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(cases_max); i++)
		if (put_program(p, wants, interest, arches, n_arches, cases_max[i],
			    interest->all_syscalls))
			break;
	if (i == ARRAY_SIZE(cases_max))
		(void)put_program(p, wants, interest, arches, n_arches, 0, true);

	insns = calloc(p->n, sizeof(*insns));
	if (!insns)
		return -ENOMEM;
	for (size_t at = 0; at < p->n; at++)
		insns[at] = p->insns[p->n - 1 - at];
	*ret = (struct seccomp_filter){
		.insns = insns, .n_insns = (unsigned short)p->n, .is_coarse = i > 0
	};
	return 0;
}

void seccomp_filter_deinit(struct seccomp_filter *filter)
{
	free(filter->insns);
	*filter = (struct seccomp_filter){ 0 };
}
