/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BASE_PARSE_H
#define UAUDIT_BASE_PARSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers out of (pointer, length) views. base 0 takes the base from the prefix as strtoul does (0x, 0). The whole
 * view must be the number. 0, -EINVAL (not a number, or bytes left over) or -ERANGE; *ret is written on success only.
 */
int parse_u64(const char *text, size_t len, unsigned base, uint64_t *ret);
int parse_u32(const char *text, size_t len, unsigned base, uint32_t *ret);
int parse_i64(const char *text, size_t len, unsigned base, int64_t *ret);
/* The number at the start of the view; *ret_used says how many bytes it took. */
int parse_u64_prefix(const char *text, size_t len, unsigned base, uint64_t *ret, size_t *ret_used);

#endif
