/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_VALUES_H
#define UAUDIT_LOG_VALUES_H

/* The numbers that records hold, by table (values.def). */

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum value_table {
	VALUES_OPEN,
	VALUES_ACCESS,
	VALUES_FACCESSAT,
	VALUES_MMAP,
	VALUES_PROT,
	VALUES_CLONE,
	VALUES_MOUNT,
	VALUES_UMOUNT,
	VALUES_MSG,
	VALUES_RESOLVE,
	VALUES_XATTR_AT,
	VALUES_AT,
	VALUES_SHM_MODE,
	VALUES_IPC_FLAG,
	VALUES_SEEK,
	VALUES_PTRACE,
	VALUES_RLIMIT,
	VALUES_SCHED,
	VALUES_CLOCK,
	VALUES_EPOLL,
	VALUES_FCNTL,
	VALUES_PRCTL,
	VALUES_PERSONALITY,
	VALUES_SECCOMP,
	VALUES_BPF,
	VALUES_FSCONFIG,
	VALUES_IPC_CALL,
	VALUES_SOCKETCALL,
	VALUES_SOCKTYPE,
	VALUES_SOCKLEVEL,
	VALUES_SOCKOPT,
	VALUES_IPOPT,
	VALUES_IP6OPT,
	VALUES_TCPOPT,
	VALUES_PACKETOPT,
	VALUES_NFPROTO,
	VALUES_HOOK,
	VALUES_NETACTION,
	VALUES_ICMP,
	VALUES_IOCTL,
	VALUES_PROMISC,
	VALUES_TRUST,
	VALUES_FAN_TYPE,
	VALUES_FANOTIFY,
	VALUES_MACPROTO,
	VALUES_NLMCGRP,
	VALUES_SUCCESS,
	VALUES_EXIT_STATUS,
	_VALUES_MAX,
};

/* The name of a value of an enumeration; NULL: unknown. */
const char *value_name(enum value_table table, uint64_t value);
/* Appends the names of the bits that are set, '|' between them (also before the first if joined is set). False: no
 * bit is known, nothing was appended. */
bool value_flags(struct buf *to, enum value_table table, uint64_t value, bool joined);
/* Whether the rows stand in the order of their tables: lookups rely on it. */
bool values_are_sorted(void);

#endif
