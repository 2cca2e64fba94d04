// SPDX-License-Identifier: MIT
#include "source/bpf/uring_ops.h"

#include <linux/audit.h>

#include "abi/abi.h"
#include "base/macros.h"

/* Spec kernel 4.7; of a file: those whose needs_file is set in the kernel's table (io_uring/opdef.c). */
static const struct {
	const char *name;
	bool of_file;
} audited[] = {
	{ "accept", true },
	{ "bind", true },
	{ "close", false },
	{ "connect", true },
	{ "fallocate", true },
	{ "fgetxattr", true },
	{ "fixed_fd_install", true },
	{ "fsetxattr", true },
	{ "ftruncate", true },
	{ "futex_wait", false },
	{ "futex_waitv", false },
	{ "futex_wake", false },
	{ "getxattr", false },
	{ "linkat", false },
	{ "listen", true },
	{ "mkdirat", false },
	{ "msg_ring", true },
	{ "openat", false },
	{ "openat2", false },
	{ "pipe", false },
	{ "recvmsg", true },
	{ "renameat", false },
	{ "sendmsg", true },
	{ "sendmsg_zc", true },
	{ "setxattr", false },
	{ "shutdown", true },
	{ "symlinkat", false },
	{ "unlinkat", false },
	{ "uring_cmd", true },
	{ "waitid", false },
};

/* The bit of an operation; 0: nobody calls it so. */
static uint64_t bit_of(const char *name)
{
	int nr = uringop_nr(name);

	return nr >= 0 && nr < 64 ? UINT64_C(1) << nr : 0;
}

static uint64_t all_audited(void)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(audited); i++)
		bits |= bit_of(audited[i].name);
	return bits;
}

uint64_t uring_ops_of_files(void)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(audited); i++)
		bits |= audited[i].of_file ? bit_of(audited[i].name) : 0;
	return bits;
}

void uring_ops_wanted(struct cap_uring *ret, const struct rule_set *rules, bool has_calls)
{
	uint64_t listed = 0, all = all_audited();

	for (size_t i = 0; i < rules->n_rules[AUDIT_FILTER_URING_EXIT]; i++) {
		const uint32_t *mask = rules->lists[AUDIT_FILTER_URING_EXIT][i]->mask;

		listed |= mask[0] | (uint64_t)mask[1] << 32;
	}
	ret->alone = listed & all;
	ret->in_calls = has_calls ? all : ret->alone;
}
