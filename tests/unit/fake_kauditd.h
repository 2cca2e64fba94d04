/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_FAKE_KAUDITD_H
#define UAUDIT_TESTS_FAKE_KAUDITD_H

/* Stands for core/kauditd.c in tests of the control protocol, which only reads and sets what is here. */

#include "core/kauditd.h"

struct kauditd {
	struct kauditd_limits limits;
	uint32_t lost, wait_actual, backlog;
	uint64_t records;
};

#endif
