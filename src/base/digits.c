// SPDX-License-Identifier: MIT
#include "base/digits.h"

#include <string.h>

/* "00" to "99", and "00" to "ff" in both cases. */
#define PAIRS_OF(d) d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9"
#define LOWER_OF(d) PAIRS_OF(d) d "a" d "b" d "c" d "d" d "e" d "f"
#define UPPER_OF(d) PAIRS_OF(d) d "A" d "B" d "C" d "D" d "E" d "F"
#define TEN(of)     of("0") of("1") of("2") of("3") of("4") of("5") of("6") of("7") of("8") of("9")

static const char decimal_pairs[] = TEN(PAIRS_OF);
static const char hex_pairs[] = TEN(LOWER_OF) LOWER_OF("a") LOWER_OF("b") LOWER_OF("c")
	LOWER_OF("d") LOWER_OF("e") LOWER_OF("f");
static const char upper_pairs[] = TEN(UPPER_OF) UPPER_OF("A") UPPER_OF("B") UPPER_OF("C")
	UPPER_OF("D") UPPER_OF("E") UPPER_OF("F");

_Static_assert(sizeof(decimal_pairs) == 2 * 100 + 1, "a pair for each number");
_Static_assert(sizeof(hex_pairs) == 2 * 256 + 1 && sizeof(upper_pairs) == sizeof(hex_pairs),
	"a pair for each byte");

static char *put_two(char *to, uint64_t v)
{
	memcpy(to, decimal_pairs + 2 * v, 2);
	return to + 2;
}

static char *put_four(char *to, uint64_t v)
{
	return put_two(put_two(to, v / 100), v % 100);
}

/* From the front, so that nobody has to count digits before: what is above the last four comes first. */
char *digits_decimal_long(char *to, uint64_t v)
{
	if (v >= 10000)
		return put_four(digits_decimal(to, v / 10000), v % 10000);
	if (v >= 1000)
		return put_four(to, v);
	if (v >= 100)
		*to++ = (char)('0' + v / 100);
	return put_two(to, v % 100);
}

static unsigned bits_of(uint64_t v)
{
	return 64 - (unsigned)__builtin_clzll(v | 1);
}

char *digits_hex_width(char *to, uint64_t v, unsigned width)
{
	unsigned n = (bits_of(v) + 3) / 4;
	char *end, *at;

	if (n < width)
		n = width;
	end = at = to + n;
	for (; at > to + 1; v >>= 8) {
		at -= 2;
		memcpy(at, hex_pairs + (v & 0xff) * 2, 2);
	}
	if (at > to)
		*to = hex_pairs[v * 2 + 1];
	return end;
}

char *digits_hex_byte(char *to, uint8_t v)
{
	memcpy(to, hex_pairs + 2 * (size_t)v, 2);
	return to + 2;
}

char *digits_octal(char *to, uint64_t v)
{
	char *end = to + (bits_of(v) + 2) / 3;

	for (char *at = end; at > to; v >>= 3)
		*--at = (char)('0' + (v & 7));
	return end;
}

char *digits_hex_bytes(char *to, const void *p, size_t n)
{
	const unsigned char *from = p;

	for (size_t i = 0; i < n; i++)
		memcpy(to + 2 * i, upper_pairs + 2 * from[i], 2);
	return to + 2 * n;
}
