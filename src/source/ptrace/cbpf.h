/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_CBPF_H
#define UAUDIT_SOURCE_PTRACE_CBPF_H

/*
 * Classic BPF as seccomp(2) takes it: what the kernel refuses is refused, what it takes gives the same answer here. The
 * programs come from the memory of traced tasks.
 */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the kernel would install it: bpf_check_classic() in net/core/filter.c, seccomp_check_filter() in
 * kernel/seccomp.c. Such a program ends. */
bool cbpf_is_valid(const struct sock_filter *insns, size_t n);
/* Of a valid program: what it returns. */
uint32_t cbpf_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data);

#endif
