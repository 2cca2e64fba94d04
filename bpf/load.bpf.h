/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_LOAD_H
#define UAUDIT_BPF_LOAD_H

/*
 * Reading the kernel's structures. Since 6.2 a program may say of what type an address is, and loads from it like anybody
 * else: a load is an instruction, which gives 0 where nothing is mapped. Before, it is a call of a helper, which costs some
 * twenty times as much: events are made of a hundred of them.
 */

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/*
 * Known when the programs are compiled, once with 1 and once with 0: a loader that finds a function missing in the kernel
 * looks for it in the modules, for which the engine has no privileges.
 */
#ifndef HAS_CASTS
#define HAS_CASTS 0
#endif

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym;

#define UNQUALIFIED(value) typeof(({ (value); }))

#define LOAD_1(from, member)                                                                                               \
	({                                                                                                                 \
		UNQUALIFIED(*(from)) *from_ = (void *)(from);                                                              \
		UNQUALIFIED(from_->member) load_;                                                                          \
		if (HAS_CASTS) {                                                                                           \
			from_ = bpf_rdonly_cast(from_, bpf_core_type_id_kernel(UNQUALIFIED(*from_)));                      \
			load_ = from_->member;                                                                             \
		} else {                                                                                                   \
			bpf_core_read(&load_, sizeof(load_), &from_->member);                                              \
		}                                                                                                          \
		load_;                                                                                                     \
	})
#define LOAD_2(from, a, b)	 LOAD_1(LOAD_1(from, a), b)
#define LOAD_3(from, a, b, c)	 LOAD_1(LOAD_2(from, a, b), c)
#define LOAD_4(from, a, b, c, d) LOAD_1(LOAD_3(from, a, b, c), d)
#define LOAD_CHOOSE(_1, _2, _3, _4, load, ...) load

/* LOAD(from, a, b.c) is from->a->b.c; 0 where that cannot be read. */
#define LOAD(from, ...) LOAD_CHOOSE(__VA_ARGS__, LOAD_4, LOAD_3, LOAD_2, LOAD_1)(from, __VA_ARGS__)

/* A word at an address that is a number. Any structure that begins with one will do as the type. */
#define LOAD_NUMBER_AT(address)                                                                                            \
	({                                                                                                                 \
		const void *at_ = (const void *)(address);                                                                 \
		__u64 number_ = 0;                                                                                         \
		if (HAS_CASTS)                                                                                             \
			number_ = ((struct timespec64 *)bpf_rdonly_cast(at_, bpf_core_type_id_kernel(struct timespec64)))  \
					  ->tv_sec;                                                                        \
		else                                                                                                       \
			bpf_probe_read_kernel(&number_, sizeof(number_), at_);                                             \
		number_;                                                                                                   \
	})

/* A member that is a pointer, as a number: the verifier lets nobody calculate with what it knows to be one. */
#define LOAD_NUMBER(from, member) LOAD_NUMBER_AT(&(from)->member)

#endif
