/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BASE_BUF_H
#define UAUDIT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A growing byte buffer with a hard maximum and a sticky error: append without looking at results, ask buf_error()
 * once at the end. Nothing here calls the printf family, so that it can stand on the path of every record.
 *
 * The bytes are not NUL-terminated unless buf_cstr() is called.
 */
struct buf {
	char *data;
	size_t len;      /* bytes used */
	size_t capacity; /* bytes allocated, never more than max */
	size_t max;      /* bytes; an append that would pass it sets the error */
	int error;       /* 0, -ENOMEM or -EMSGSIZE; sticky until buf_clear() */
};

#define BUF_MAX_DEFAULT ((size_t)16 * 1024 * 1024)
#define BUF_NULL                                                                                   \
	{                                                                                          \
		.max = BUF_MAX_DEFAULT                                                             \
	}

void buf_init(struct buf *b, size_t max);
void buf_deinit(struct buf *b);
/* Empty but usable; keeps the memory. Clears the error. */
void buf_clear(struct buf *b);
static inline int buf_error(const struct buf *b)
{
	return b->error;
}

/* Room for n more bytes; the caller fills them and adds to len. NULL when the error is set. */
void *buf_reserve(struct buf *b, size_t n);

/* The same, inline because a record is made of some hundred small appends, most of them of constants. */
static inline char *buf_room(struct buf *b, size_t n)
{
	if (!b->error && b->capacity - b->len >= n)
		return b->data + b->len;
	return (char *)buf_reserve(b, n);
}

static inline void buf_put(struct buf *b, const void *data, size_t n)
{
	char *to;

	if (!n)
		return;
	to = buf_room(b, n);
	if (!to)
		return;
	memcpy(to, data, n);
	b->len += n;
}

static inline void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

static inline void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_zero(struct buf *b, size_t n);
/* Zeros up to a multiple of to, a power of two. */
static inline void buf_align(struct buf *b, size_t to)
{
	size_t n = -b->len & (to - 1);

	if (n)
		buf_zero(b, n);
}

void buf_u64(struct buf *b, uint64_t v);                    /* %llu */
void buf_i64(struct buf *b, int64_t v);                     /* %lld */
void buf_u64_width(struct buf *b, uint64_t v, unsigned w);  /* %0*llu */
void buf_hex(struct buf *b, uint64_t v);                    /* %llx */
void buf_hex_width(struct buf *b, uint64_t v, unsigned w);  /* %0*llx */
void buf_oct(struct buf *b, uint64_t v);                    /* %llo */
void buf_hex_bytes(struct buf *b, const void *p, size_t n); /* upper case, two digits a byte */

/* NUL-terminates (the NUL is not counted in len) and returns the text, borrowed; "" when the error is set. */
const char *buf_cstr(struct buf *b);
/* The bytes, now the caller's to free(); the buffer is empty again. NULL when the error is set. */
char *buf_take(struct buf *b, size_t *ret_len);

#endif
