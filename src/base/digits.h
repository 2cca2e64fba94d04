/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BASE_DIGITS_H
#define UAUDIT_BASE_DIGITS_H

/*
 * Numbers as digits, at a place that has room for them. Two digits at a time come from a table: most of what a record says
 * are numbers. Each returns where the next byte goes.
 */

#include <stddef.h>
#include <stdint.h>

#define DIGITS_MAX 22 /* of a u64 in octal, the longest of these */

/* Of 10 and more. */
char *digits_decimal_long(char *to, uint64_t v);
/* With zeros in front up to width digits (at most DIGITS_MAX); 1 for none. */
char *digits_hex_width(char *to, uint64_t v, unsigned width);
char *digits_octal(char *to, uint64_t v);
/* Both of its digits. */
char *digits_hex_byte(char *to, uint8_t v);
/* Bytes in upper case, two digits each: 2 * n go to to. */
char *digits_hex_bytes(char *to, const void *p, size_t n);

/* Inline for one digit, which is what most fields hold. */
static inline char *digits_decimal(char *to, uint64_t v)
{
	if (v >= 10)
		return digits_decimal_long(to, v);
	*to = (char)('0' + v);
	return to + 1;
}

/* v as int64_t. */
static inline char *digits_signed(char *to, uint64_t v)
{
	if ((int64_t)v < 0) {
		*to++ = '-';
		v = -v;
	}
	return digits_decimal(to, v);
}

static inline char *digits_hex(char *to, uint64_t v)
{
	if (v >= 10)
		return digits_hex_width(to, v, 1);
	*to = (char)('0' + v);
	return to + 1;
}

#endif
