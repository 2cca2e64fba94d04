/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_EFFECTS_MOUNT_H
#define UAUDIT_SOURCE_PTRACE_EFFECTS_MOUNT_H

/* The names of mount() and move_mount(): which of their strings are paths depends on flags and on the file system. */

#include <stdint.h>

#include "source/ptrace/effects.h"

/* Behind effect_read(): what the paths mean before the call. */
void mount_look(struct call *call, const struct effect_env *env);
void move_mount_look(struct call *call, const struct effect_env *env);
/* Fill call->names. */
void mount_exit(struct call *call, const struct effect_env *env, int64_t ret);
void move_mount_exit(struct call *call);

#endif
