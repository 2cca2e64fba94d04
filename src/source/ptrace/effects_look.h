/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_EFFECTS_LOOK_H
#define UAUDIT_SOURCE_PTRACE_EFFECTS_LOOK_H

/* The half of effects.h that looks before the call, and what of it the other half needs as well. */

#include "source/ptrace/effects.h"

/* An object that is not there. */
extern const struct object effect_nothing;

/* The argument of that kind; missing if the call has none. */
uint64_t effect_arg(const struct call *call, enum arg_kind kind, uint64_t missing);
uint64_t effect_at_flags(const struct call *call);
/* Whether AT_EMPTY_PATH makes the call one about a descriptor. */
bool effect_takes_descriptor(const struct call *call);
/* The same environment, walking as the call was told to. */
struct effect_env effect_env_of_call(const struct call *call, const struct effect_env *env);

/* The argument of that kind (ARG_PATH, ARG_PATH2), whose string of n bytes is in arg->text with a NUL behind it; n
 * negative: the errno that copying it ended with. */
void effect_take_path(struct call *call, struct path_arg *arg, enum arg_kind path_kind, ssize_t n);
/* call->oflags, as the kernel understands them. */
void effect_set_oflags(struct call *call);

/* What the path means, a symlink at its end followed or not. */
void effect_look_object(struct path_arg *arg, const struct effect_env *env, bool follow);
void effect_look_opened(struct path_arg *arg, const struct effect_env *env, bool follow);
/* The directory of a path. */
void effect_look_parent(struct path_arg *arg, const struct effect_env *env);
/* The object as the last component of its directory, trailing slashes left out, a symlink not followed. */
void effect_look_child(struct path_arg *arg, struct object *object, const struct effect_env *env);
bool effect_may_write_parent(const struct path_arg *arg, const struct effect_env *env);
/* Whether an open goes on behind a symlink at the end. */
bool effect_open_follows(const struct call *call);

#endif
