// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include <stdint.h>

size_t utf8_character(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t c, least;
	size_t n;

	if (!len)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xc2 && u[0] < 0xe0) {
		n = 2;
		c = u[0] & 0x1f;
		least = 0x80;
	} else if (u[0] >= 0xe0 && u[0] < 0xf0) {
		n = 3;
		c = u[0] & 0x0f;
		least = 0x800;
	} else if (u[0] >= 0xf0 && u[0] < 0xf5) {
		n = 4;
		c = u[0] & 0x07;
		least = 0x10000;
	} else {
		return 0;
	}
	if (len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	return c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

bool utf8_is_valid(const char *p, size_t len)
{
	size_t n;

	for (; len; p += n, len -= n) {
		n = utf8_character(p, len);
		if (!n)
			return false;
	}
	return true;
}
