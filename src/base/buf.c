// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST_CAPACITY ((size_t)256)

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_deinit(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->capacity = 0;
	b->error = 0;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->error = 0;
}

void *buf_reserve(struct buf *b, size_t n)
{
	size_t want, capacity;
	char *data;

	if (b->error)
		return NULL;
	if (__builtin_add_overflow(b->len, n, &want) || want > b->max) {
		b->error = -EMSGSIZE;
		return NULL;
	}
	if (want > b->capacity) {
		capacity = b->capacity ? b->capacity : BUF_FIRST_CAPACITY;
		while (capacity < want)
			capacity *= 2;
		/* the inline append looks at the capacity alone */
		if (capacity > b->max)
			capacity = b->max;
		data = realloc(b->data, capacity);
		if (!data) {
			b->error = -ENOMEM;
			return NULL;
		}
		b->data = data;
		b->capacity = capacity;
	}
	return b->data + b->len;
}

void buf_put_slow(struct buf *b, const void *data, size_t n)
{
	void *to;

	if (!n)
		return;
	to = buf_reserve(b, n);
	if (!to)
		return;
	memcpy(to, data, n);
	b->len += n;
}

void buf_zero(struct buf *b, size_t n)
{
	void *to;

	if (!n)
		return;
	to = buf_reserve(b, n);
	if (!to)
		return;
	memset(to, 0, n);
	b->len += n;
}

void buf_align(struct buf *b, size_t to)
{
	buf_zero(b, (to - b->len % to) % to);
}

#define DIGITS_MAX 64 /* more than any u64 has in any base used here, with room for padding */

/* at: where the first digit stands in digits[]; zeros fill up to width. */
static void put_padded(struct buf *b, char digits[static DIGITS_MAX], unsigned at, unsigned width)
{
	while (DIGITS_MAX - at < width && at > 0)
		digits[--at] = '0';
	buf_put(b, digits + at, DIGITS_MAX - at);
}

static void put_decimal(struct buf *b, uint64_t v, unsigned width)
{
	char digits[DIGITS_MAX];
	unsigned at = DIGITS_MAX;

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	put_padded(b, digits, at, width);
}

/* bits: of one digit */
static void put_binary(struct buf *b, uint64_t v, unsigned bits, unsigned width)
{
	char digits[DIGITS_MAX];
	unsigned at = DIGITS_MAX;

	do {
		digits[--at] = "0123456789abcdef"[v & ((1u << bits) - 1)];
		v >>= bits;
	} while (v);
	put_padded(b, digits, at, width);
}

void buf_u64(struct buf *b, uint64_t v)
{
	put_decimal(b, v, 1);
}

void buf_u64_width(struct buf *b, uint64_t v, unsigned w)
{
	put_decimal(b, v, w);
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	put_decimal(b, v < 0 ? -(uint64_t)v : (uint64_t)v, 1);
}

void buf_hex(struct buf *b, uint64_t v)
{
	put_binary(b, v, 4, 1);
}

void buf_hex_width(struct buf *b, uint64_t v, unsigned w)
{
	put_binary(b, v, 4, w);
}

void buf_oct(struct buf *b, uint64_t v)
{
	put_binary(b, v, 3, 1);
}

void buf_hex_bytes(struct buf *b, const void *p, size_t n)
{
	const unsigned char *from = p;
	char *to;
	size_t size;

	if (__builtin_mul_overflow(n, (size_t)2, &size)) {
		b->error = -EMSGSIZE;
		return;
	}
	to = buf_reserve(b, size);
	if (!to)
		return;
	for (size_t i = 0; i < n; i++) {
		*to++ = "0123456789ABCDEF"[from[i] >> 4];
		*to++ = "0123456789ABCDEF"[from[i] & 15];
	}
	b->len += size;
}

const char *buf_cstr(struct buf *b)
{
	char *end = buf_reserve(b, 1);

	if (!end)
		return "";
	*end = '\0';
	return b->data;
}

char *buf_take(struct buf *b, size_t *ret_len)
{
	char *data;

	(void)buf_cstr(b);
	if (b->error)
		return NULL;
	data = b->data;
	if (ret_len)
		*ret_len = b->len;
	b->data = NULL;
	b->len = b->capacity = 0;
	return data;
}
