/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_SUMMARY_H
#define UAUDIT_LOG_SUMMARY_H

/*
 * What a whole run did, in a few aligned lines. Files are told by what is left: one that was created and deleted again
 * is temporary; one that was written elsewhere and renamed over another has changed.
 */

#include "log/describe.h"

struct summary;

int summary_new(struct summary **ret);
void summary_free(struct summary *s);
/* Short of memory it counts less exactly, and says so in the text. */
void summary_add(struct summary *s, const struct description *d);
/* Appends one indented line for each kind of thing that happened; nothing if nothing did. width: columns, 0 for any. */
void summary_format(struct buf *to, const struct summary *s, size_t width);

#endif
