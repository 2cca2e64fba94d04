/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_PRIVILEGES_H
#define UAUDIT_ENGINE_PRIVILEGES_H

#include <stdbool.h>

/* What the engine keeps of the rights it was started with (design 8). */

/*
 * Gives up every capability but those that the engine needs, also the way back to them: programs that it starts get no
 * more, unless they are to have all. What it never had is not missed. A negative errno: it has kept more than it should.
 */
int privileges_drop(bool programs_have_all);
/* Asks not to be chosen when memory runs out; who may not asks in vain. */
void privileges_outlive_memory_shortage(void);

#endif
