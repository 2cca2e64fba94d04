/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_CHAIN_H
#define UAUDIT_SOURCE_BPF_CHAIN_H

/* Chains (abi/capture.h), the names of a path from its last component to its first, as paths. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "event/event.h"

#define CHAIN_PATH_MAX ((size_t)16 * 1024) /* bytes */

/* An absolute path, in to, which is cleared. p NULL: there is no room for it. */
struct view path_of_chain(struct buf *to, const char *chain, size_t len);

/*
 * The paths of the last chains: who makes many calls stands in the same directory and runs the same program. Where to look is
 * told by the task, what is found by the bytes.
 */
#define CHAIN_PATHS 32

struct chain_path {
	struct buf chain, path; /* path NUL-terminated */
	bool is_known, is_deleted;
};

struct chain_paths {
	struct chain_path paths[CHAIN_PATHS];
};

void chain_paths_init(struct chain_paths *paths);
void chain_paths_deinit(struct chain_paths *paths);
/*
 * The path with a NUL behind it, of what is_deleted as the kernel shows what has lost its name. Borrowed until a task's next
 * one. p NULL: there is no room for it.
 */
struct view chain_paths_get(
	struct chain_paths *paths, uint32_t tid, const char *chain, size_t len, bool is_deleted);

#endif
