// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"

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

/* Numbers are made aside, so that one which just fits is not refused. */
void buf_u64(struct buf *b, uint64_t v)
{
	buf_u64_width(b, v, 1);
}

void buf_u64_width(struct buf *b, uint64_t v, unsigned w)
{
	char digits[DIGITS_MAX];
	size_t n = (size_t)(digits_decimal(digits, v) - digits);

	for (size_t zeros = n; zeros < w; zeros++)
		buf_putc(b, '0');
	buf_put(b, digits, n);
}

void buf_i64(struct buf *b, int64_t v)
{
	if (v < 0)
		buf_putc(b, '-');
	buf_u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void buf_hex(struct buf *b, uint64_t v)
{
	buf_hex_width(b, v, 1);
}

void buf_hex_width(struct buf *b, uint64_t v, unsigned w)
{
	char digits[DIGITS_MAX];

	buf_put(b, digits, (size_t)(digits_hex_width(digits, v, w) - digits));
}

void buf_oct(struct buf *b, uint64_t v)
{
	char digits[DIGITS_MAX];

	buf_put(b, digits, (size_t)(digits_octal(digits, v) - digits));
}

void buf_hex_bytes(struct buf *b, const void *p, size_t n)
{
	char *to;
	size_t size;

	if (__builtin_mul_overflow(n, (size_t)2, &size)) {
		b->error = -EMSGSIZE;
		return;
	}
	to = buf_reserve(b, size);
	if (!to)
		return;
	(void)digits_hex_bytes(to, p, n);
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
