/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_KERNEL_KERNEL_SOURCE_H
#define UAUDIT_SOURCE_KERNEL_KERNEL_SOURCE_H

/*
 * The kernel's own audit as a source: the engine is its registered daemon, hands its records on as they are, and loads the
 * engine's rules into it. The kernel filters; what the engine adds are its queues, its log and its readers.
 *
 * What the kernel had when the source was opened (rules, enabled) is there again when it is closed, but for the rules that
 * were deleted on purpose meanwhile.
 */

#include <stddef.h>
#include <stdint.h>

#include "rule/rule_set.h"

struct kernel_source;

struct kernel_source_callbacks {
	void *userdata;
	/* One record as the kernel sends it, type and text; borrowed. */
	void (*record)(void *userdata, uint16_t type, const char *text, size_t len);
	/* Something that people should know: one line. */
	void (*notice)(void *userdata, const char *text);
};

/*
 * -EPERM: no CAP_AUDIT_CONTROL; -EBUSY: another daemon is registered, *ret_daemon is its pid; -EROFS: the kernel's audit is
 * locked (enabled 2); other negative errnos. The records begin with kernel_source_start().
 */
int kernel_source_open(struct kernel_source **ret, const struct kernel_source_callbacks *callbacks,
	uint32_t *ret_daemon);
/* Unregisters, takes the engine's rules out. NULL. */
struct kernel_source *kernel_source_close(struct kernel_source *source);

/* The rules that the kernel has already, into an engine's set that has none. */
int kernel_source_import(struct kernel_source *source, struct rule_set *set);
/* Registers: from here on records come. */
int kernel_source_start(struct kernel_source *source);
/* Readable when there are records. */
int kernel_source_fd(const struct kernel_source *source);
/* Those that are there, so many at most. 0, or a negative errno: nothing will come any more. */
int kernel_source_read(struct kernel_source *source, unsigned n_max);

/* Makes the kernel's rules those of the set. What it refuses is told in a notice, and left out. */
void kernel_source_set_rules(struct kernel_source *source, const struct rule_set *set);
/* 0, 1 or 2. */
int kernel_source_set_enabled(struct kernel_source *source, uint32_t enabled);

#endif
