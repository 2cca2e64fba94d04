// SPDX-License-Identifier: MIT
#include "base/parse.h"

#include <errno.h>
#include <limits.h>

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return UINT_MAX;
}

int parse_u64_prefix(const char *text, size_t len, unsigned base, uint64_t *ret, size_t *ret_used)
{
	uint64_t value = 0;
	size_t at = 0, first;
	int r = 0;

	if (base == 0 && len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') &&
		len > 2 && digit_value(text[2]) < 16) {
		base = 16;
		at = 2;
	} else if (base == 0) {
		base = len > 1 && text[0] == '0' ? 8 : 10;
	}
	for (first = at; at < len && digit_value(text[at]) < base; at++)
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
			__builtin_add_overflow(value, (uint64_t)digit_value(text[at]), &value))
			r = -ERANGE;
	if (at == first)
		return -EINVAL;
	if (r < 0)
		return r;
	*ret = value;
	*ret_used = at;
	return 0;
}

int parse_u64(const char *text, size_t len, unsigned base, uint64_t *ret)
{
	uint64_t value;
	size_t used;
	int r;

	r = parse_u64_prefix(text, len, base, &value, &used);
	if (r < 0)
		return r;
	if (used != len)
		return -EINVAL;
	*ret = value;
	return 0;
}

int parse_u32(const char *text, size_t len, unsigned base, uint32_t *ret)
{
	uint64_t value;
	int r;

	r = parse_u64(text, len, base, &value);
	if (r < 0)
		return r;
	if (value > UINT32_MAX)
		return -ERANGE;
	*ret = (uint32_t)value;
	return 0;
}

int parse_i64(const char *text, size_t len, unsigned base, int64_t *ret)
{
	uint64_t value;
	int negative = len > 0 && text[0] == '-';
	int r;

	r = parse_u64(text + negative, len - (size_t)negative, base, &value);
	if (r < 0)
		return r;
	if (value > (uint64_t)INT64_MAX + (uint64_t)negative)
		return -ERANGE;
	*ret = negative ? (int64_t)-value : (int64_t)value;
	return 0;
}
