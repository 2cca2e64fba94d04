/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_EFFECTS_H
#define UAUDIT_SOURCE_PTRACE_EFFECTS_H

/*
 * What a call does to paths, and so which of the kernel's name hooks it runs, in which order (spec kernel 5.3, 5.5).
 * The entry looks at what is about to change, the exit at what has come of it.
 */

#include "source/ptrace/call.h"

struct effect_env {
	struct lookup lookup;
	struct exec_image_cache *images;
};

/* The strings of the paths. */
void effect_read(struct call *call);
/* Whether looking can wait until the task runs again: the call does not change what it will look at, and nothing of the
 * task itself is needed for it. */
bool effect_can_wait(const struct call *call);
/* What the paths mean now. */
void effect_look(struct call *call, const struct effect_env *env);
/* Fills call->names. */
void effect_exit(struct call *call, const struct effect_env *env, int64_t ret);
void effect_deinit(struct call *call);

#endif
