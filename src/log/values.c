// SPDX-License-Identifier: MIT
#include "log/values.h"

#include <stddef.h>

#include "base/macros.h"

struct value_row {
	uint64_t value;
	const char *name;
	enum value_table table;
};

static const struct value_row rows[] = {
#define VALUE(table_, value_, name_)                                                               \
	{ .table = VALUES_##table_, .value = (value_), .name = (name_) },
#include "log/values.def"
#undef VALUE
};

static size_t first_row(enum value_table table)
{
	size_t low = 0, high = ARRAY_SIZE(rows), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (rows[middle].table < table)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *value_name(enum value_table table, uint64_t value)
{
	for (size_t i = first_row(table); i < ARRAY_SIZE(rows) && rows[i].table == table; i++)
		if (rows[i].value == value)
			return rows[i].name;
	return NULL;
}

bool value_flags(struct buf *to, enum value_table table, uint64_t value, bool joined)
{
	bool any = false;

	for (size_t i = first_row(table); i < ARRAY_SIZE(rows) && rows[i].table == table; i++) {
		if (!rows[i].value || (value & rows[i].value) != rows[i].value)
			continue;
		if (joined)
			buf_putc(to, '|');
		buf_puts(to, rows[i].name);
		any = joined = true;
	}
	return any;
}

bool values_are_sorted(void)
{
	for (size_t i = 1; i < ARRAY_SIZE(rows); i++)
		if (rows[i].table < rows[i - 1].table)
			return false;
	return true;
}
