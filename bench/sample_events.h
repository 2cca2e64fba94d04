/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BENCH_SAMPLE_EVENTS_H
#define UAUDIT_BENCH_SAMPLE_EVENTS_H

/* Events as programs of everyday make them, in replay files. The same ones at every run. */

/* Writes n_events of each kind into DIR/KIND, and DIR/mixture; prints the names, one a line. 0 or negative errno. */
int sample_events_write(const char *dir, unsigned n_events);

#endif
