/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BASE_UTF8_H
#define UAUDIT_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes (1..4) of the well-formed UTF-8 character at p, 0 if there is none (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). */
size_t utf8_character(const char *p, size_t len);
bool utf8_is_valid(const char *p, size_t len);

#endif
