// SPDX-License-Identifier: MIT
#include "source/bpf/chain.h"

#include <string.h>

static struct view view_of(const struct buf *path)
{
	return buf_error(path) ? (struct view){ 0 } : (struct view){ path->data, path->len };
}

/* A name and the NUL behind it take as much room as a slash and the name: the path is as long as the chain. */
struct view path_of_chain(struct buf *to, const char *chain, size_t len)
{
	char *at;
	size_t n;

	buf_clear(to);
	if (!len)
		buf_putc(to, '/');
	at = buf_reserve(to, len);
	if (!at)
		return view_of(to);
	to->len += len;
	for (at += len; len; chain += n + 1, len -= n + 1) {
		n = strnlen(chain, len - 1); /* the last byte stands for a NUL, whatever it is */
		at -= n + 1;
		*at = '/';
		memcpy(at + 1, chain, n);
	}
	return view_of(to);
}

void chain_paths_init(struct chain_paths *paths)
{
	for (size_t i = 0; i < CHAIN_PATHS; i++) {
		paths->paths[i] = (struct chain_path){ .is_known = false };
		buf_init(&paths->paths[i].chain, CHAIN_PATH_MAX);
		buf_init(&paths->paths[i].path, CHAIN_PATH_MAX);
	}
}

void chain_paths_deinit(struct chain_paths *paths)
{
	for (size_t i = 0; i < CHAIN_PATHS; i++) {
		buf_deinit(&paths->paths[i].chain);
		buf_deinit(&paths->paths[i].path);
	}
}

static bool is_of(const struct chain_path *p, const char *chain, size_t len, bool is_deleted)
{
	return p->is_known && p->is_deleted == is_deleted && p->chain.len == len &&
	       memcmp(p->chain.data, chain, len) == 0;
}

static void make(struct chain_path *p, const char *chain, size_t len, bool is_deleted)
{
	buf_clear(&p->chain);
	buf_put(&p->chain, chain, len);
	(void)path_of_chain(&p->path, chain, len);
	if (is_deleted)
		buf_puts(&p->path, " (deleted)");
	(void)buf_cstr(&p->path);
	p->is_deleted = is_deleted;
	p->is_known = !buf_error(&p->chain) && p->chain.len;
}

struct view chain_paths_get(
	struct chain_paths *paths, uint32_t tid, const char *chain, size_t len, bool is_deleted)
{
	struct chain_path *p = &paths->paths[tid % CHAIN_PATHS];

	if (!is_of(p, chain, len, is_deleted))
		make(p, chain, len, is_deleted);
	return view_of(&p->path);
}
