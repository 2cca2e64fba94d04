/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_LABELS_H
#define UAUDIT_SOURCE_BPF_LABELS_H

/*
 * What the labels of AppArmor are called (subj=). Events say which label a task had, as the address that the kernel keeps it
 * at. The name is what /proc says of the task; that it was asked about this very label is told by a program that sees it
 * read. Names are remembered, and asked for again after a second: the address may be another label's then.
 */

#include "event/event.h"

struct labels;

/* read: the label that /proc was asked for last, which a program writes. procfd is borrowed. */
int labels_new(struct labels **ret, int procfd, const __u64 *read);
struct labels *labels_free(struct labels *labels);

/* So that the programs find out where the kernel keeps it: asks for our own. */
void labels_learn(int procfd);

/* now: CLOCK_MONOTONIC, ns. p NULL: not known. Valid until the next call. */
struct view labels_get(struct labels *labels, uint64_t label, uint32_t tid, uint64_t now);

#endif
