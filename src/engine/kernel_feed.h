/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_KERNEL_FEED_H
#define UAUDIT_ENGINE_KERNEL_FEED_H

/*
 * --source kernel: records of the kernel's audit go into the engine's queues as they are, the engine's rules and whether it
 * is enabled go to the kernel (source/kernel/kernel_source.h).
 */

struct engine;
struct kernel_feed;

/* -EINVAL after a notice: the kernel's audit cannot be had. */
int kernel_feed_open(struct kernel_feed **ret, struct engine *engine);
struct kernel_feed *kernel_feed_close(struct kernel_feed *feed);
/* The rules of the engine have changed. */
void kernel_feed_rules_changed(struct kernel_feed *feed);
/* Once a round: whether audit is enabled may have changed. */
void kernel_feed_sync(struct kernel_feed *feed);

#endif
