/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_BPF_FEED_H
#define UAUDIT_ENGINE_BPF_FEED_H

/* --source bpf: events of the BPF source go through the engine's core (source/bpf/bpf_source.h). */

#include <stdbool.h>
#include <stddef.h>

struct engine;
struct bpf_feed;
struct control_cost_row; /* abi/control.h */

/* Before the log is opened: what an earlier engine has handed over is looked for there. -EINVAL after a notice. */
int bpf_feed_open(struct bpf_feed **ret, struct engine *engine);
/* Everything else is there. */
int bpf_feed_start(struct bpf_feed *feed);
/* No more is read. Unless capture is to outlast the engine it ends here, and what it has captured is handed over. */
void bpf_feed_stop(struct bpf_feed *feed);
/* What was handed over is delivered or on disk, as far as it will be. */
struct bpf_feed *bpf_feed_close(struct bpf_feed *feed);
/* What the rings hold is judged by the rules of now, unless the queues are full. */
void bpf_feed_rules_changing(struct bpf_feed *feed);
/* The rules of the engine have changed. */
void bpf_feed_rules_changed(struct bpf_feed *feed);
/* For the status. */
struct control_capture;
void bpf_feed_tell(const struct bpf_feed *feed, struct control_capture *ret);
/* Once a round: whether audit is enabled may have changed, records may have arrived. */
void bpf_feed_sync(struct bpf_feed *feed);
/* What the programs cost: a number of rows, or a negative errno. */
int bpf_feed_cost(const struct bpf_feed *feed, struct control_cost_row *rows, size_t rows_max);
void bpf_feed_measure(struct bpf_feed *feed, bool is_measured);
/* The core hears of what the programs have decided by themselves. */
void bpf_feed_catch_up(struct bpf_feed *feed);

#endif
