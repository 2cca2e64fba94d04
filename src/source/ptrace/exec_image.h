/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_EXEC_IMAGE_H
#define UAUDIT_SOURCE_PTRACE_EXEC_IMAGE_H

/* Which other files an execve opens: the interpreters of scripts, one after the other, and an ELF program's loader. */

#include "source/ptrace/lookup.h"
#include "source/names.h"

/* Five scripts may name each other; a sixth is opened as well before the call fails with ELOOP (exec_binprm() in
 * fs/exec.c). Behind the five there may be a loader. */
#define EXEC_INTERPRETERS_MAX 6
#define EXEC_INTERPRETER_LEN  512 /* with the NUL; scripts have 254 at most, loaders far less */

struct exec_image_cache;
int exec_image_cache_new(struct exec_image_cache **ret);
void exec_image_cache_free(struct exec_image_cache *cache);

struct exec_interpreter {
	struct name_string string;
	char text[EXEC_INTERPRETER_LEN];
	struct object object;
};

struct exec_image {
	struct exec_interpreter interpreters[EXEC_INTERPRETERS_MAX];
	size_t n;
	/* The last file of the chain, found with its absolute path, if this process may not read it: then it may not look at
	 * the task that runs it either. */
	struct object closed;
};

void exec_image_deinit(struct exec_image *image);
/* Follows the program at path (relative to dirfd; program has just been looked up there) as the kernel would. The chain
 * ends at the first file that is missing or may not be executed, that one included. */
void exec_image_follow(struct exec_image *image, struct exec_image_cache *cache,
	const struct lookup *l, int dirfd, const char *path, const struct object *program);

#endif
