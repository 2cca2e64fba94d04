/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_LOG_PATH_H
#define UAUDIT_LOG_LOG_PATH_H

#include "event/event.h"

/*
 * Appends name made absolute: behind dir unless it begins with a slash, with "." ".." and "//" taken out as text (the
 * file system is not asked, so a ".." behind a symlink comes out as the words say). A dir that is no absolute path is
 * kept as it is, and ".." stops at it.
 */
void path_join(struct buf *to, struct view dir, struct view name);

#endif
