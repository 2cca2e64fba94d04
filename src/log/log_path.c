// SPDX-License-Identifier: MIT
#include "log/log_path.h"

#include <string.h>

/* Appends the components of path to what stands in to from base on; never takes away what is in front of base. */
static void add_components(struct buf *to, size_t base, struct view path)
{
	const char *p = path.p, *end = p + path.len, *slash;
	size_t len;

	while (p < end && !buf_error(to)) {
		slash = memchr(p, '/', (size_t)(end - p));
		len = slash ? (size_t)(slash - p) : (size_t)(end - p);
		if (len == 2 && memcmp(p, "..", 2) == 0) {
			while (to->len > base && to->data[to->len - 1] != '/')
				to->len--;
			if (to->len > base)
				to->len--;
		} else if (len && !(len == 1 && *p == '.')) {
			buf_putc(to, '/');
			buf_put(to, p, len);
		}
		p += len + 1;
	}
}

void path_join(struct buf *to, struct view dir, struct view name)
{
	size_t base = to->len;

	if (!name.len || name.p[0] != '/') {
		if (dir.len && dir.p[0] != '/') {
			buf_put(to, dir.p, dir.len);
			base = to->len;
		} else {
			add_components(to, base, dir);
		}
	}
	add_components(to, base, name);
	if (to->len == base)
		buf_puts(to, name.len && name.p[0] == '/' ? "/"
			     : dir.len && dir.p[0] != '/' ? ""
							  : "/");
}
