/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BENCH_PRINTF_RECORDS_H
#define UAUDIT_BENCH_PRINTF_RECORDS_H

/*
 * What the core's records are compared with: the same texts, made as the kernel makes them, a call of vsnprintf() for
 * each piece of a record. No filter lists, and only what the events of sample_events.c have.
 */

#include "core/kaudit.h"

/* The records of one syscall event with that serial. 0, or what the sink answered. */
int printf_records(const struct event *ev, uint32_t serial, kaudit_sink_fn sink, void *userdata);

#endif
