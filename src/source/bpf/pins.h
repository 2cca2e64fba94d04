/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_PINS_H
#define UAUDIT_SOURCE_BPF_PINS_H

/*
 * What keeps capture alive without the engine: a directory of a bpffs with map_NAME, ring_N, prog_NAME and link_NAME. It is
 * filled under another name and gets its own when it is whole, so that what is there is complete.
 */

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>

/* What is pinned; links: those of the skeleton's programs that are attached. */
struct pins {
	struct bpf_object_skeleton *skeleton;
	const int *ring_fds;
	size_t n_rings;
};

/* Pins all of it, in place of what is there. -ENOTSUP: not on a bpffs; -ENOTDIR, -EPERM, another negative errno. */
int pins_make(const char *dir, const struct pins *pins);
bool pins_exist(const char *dir);
/* The descriptor of what is pinned as KIND_NAME; a negative errno. */
int pins_get(const char *dir, const char *kind, const char *name);
/* Nothing is captured any more, all else is there still. -ENOENT: there is nothing. */
int pins_detach(const char *dir);
/* All of it, the links first. -ENOENT: there is nothing. */
int pins_remove(const char *dir);

#endif
