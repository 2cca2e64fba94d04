// SPDX-License-Identifier: MIT
/* Record types: number <-> name. */

#include "abi/abi.h"

#include <assert.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "base/parse.h"

#define FIRST_NR 1000 /* AUDIT_GET */

/* By number, with gaps, whose name is NULL: each record that is written asks. */
static const struct record_type record_types[] = {
#define ABI_RECORD(nr, sym, name, class)                                                           \
	[(nr)-FIRST_NR] = { nr, RECORD_##class, sizeof(name) - 1, name, "type=" name " msg=" },
#define ABI_RECORD_EXTRA(nr, name, class)                                                          \
	[(nr)-FIRST_NR] = { nr, RECORD_##class, sizeof(name) - 1, name, "type=" name " msg=" },
#include "abi/records.def"
#undef ABI_RECORD
#undef ABI_RECORD_EXTRA
};

#define ABI_RECORD(nr, sym, ...) static_assert((nr) == AUDIT_##sym, #sym " moved");
#define ABI_RECORD_EXTRA(...)
#include "abi/records.def"
#undef ABI_RECORD
#undef ABI_RECORD_EXTRA

const struct record_type *record_type_by_nr(uint32_t nr)
{
	const struct record_type *type;

	if (nr < FIRST_NR || nr - FIRST_NR >= ARRAY_SIZE(record_types))
		return NULL;
	type = &record_types[nr - FIRST_NR];
	return type->name ? type : NULL;
}

static int parse_type_nr(const char *text, size_t len)
{
	uint32_t nr;

	if (parse_u32(text, len, 10, &nr) < 0 || nr > INT_MAX)
		return -1;
	return (int)nr;
}

int record_type_nr(const char *name)
{
	static const char unknown[] = "UNKNOWN[";
	const size_t prefix = sizeof(unknown) - 1;
	size_t len = strlen(name), i;

	for (i = 0; i < ARRAY_SIZE(record_types); i++)
		if (record_types[i].name && strcasecmp(record_types[i].name, name) == 0)
			return record_types[i].nr;
	if (len > prefix + 1 && strncasecmp(name, unknown, prefix) == 0 && name[len - 1] == ']')
		return parse_type_nr(name + prefix, len - prefix - 1);
	return parse_type_nr(name, len);
}

const char *record_type_name(uint32_t nr, char fallback[static 20])
{
	const struct record_type *type = record_type_by_nr(nr);
	char digits[10]; /* UINT32_MAX has ten */
	size_t n = 0, at = 8;

	if (type)
		return type->name;
	memcpy(fallback, "UNKNOWN[", at);
	do {
		digits[n++] = (char)('0' + nr % 10);
		nr /= 10;
	} while (nr);
	while (n)
		fallback[at++] = digits[--n];
	fallback[at++] = ']';
	fallback[at] = '\0';
	return fallback;
}

size_t record_type_name_len(uint32_t nr)
{
	const struct record_type *type = record_type_by_nr(nr);
	char fallback[20];

	return type ? type->name_len : strlen(record_type_name(nr, fallback));
}
