/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_INTERPRET_TYPES_H
#define UAUDIT_LOG_INTERPRET_TYPES_H

/*
 * Inside the interpreter: a value's type (types.def) and the functions that render the types. interpret.c decides which
 * type a field has; interpret_strings.c, _values.c, _args.c and _sockaddr.c render.
 */

#include "log/id_names.h"
#include "log/inode_names.h"
#include "log/interpret.h"
#include "log/values.h"

enum value_type_id {
#define TYPE(name, ...) TYPE_##name,
#include "log/types.def"
#undef TYPE
	_TYPE_MAX,
};

struct interpreter {
	struct id_names users, groups;
	struct inode_names inodes;
	struct buf scratch; /* the value before escaping */
	struct buf bytes;   /* a decoded string */
};

struct rendering {
	struct interpreter *in;
	struct buf *to;
	const struct log_event *ev;
	const struct log_record *rec;
	const struct log_field *field;
	const struct value_type *type;
	uint64_t n; /* for types with a base */
};

struct value_type {
	void (*render)(struct rendering *r);
	unsigned base; /* 0: the value is text */
	enum value_table table;
	const char *word; /* the name of 0, or of what is unknown */
};

/* The renderers; several types may share one. */
#define TYPE(name, renderer, ...) void render_##renderer(struct rendering *r);
#include "log/types.def"
#undef TYPE

/* What renderers of several files use. */
bool decode_hex(struct buf *to, struct view text);
void put_octal(struct buf *to, uint64_t v, unsigned width);
/* "unknown-WHAT(VALUE)", the value as it is in the record. */
void put_unknown(struct rendering *r, const char *what);
/* The name; NULL: as unknown. */
void put_named(struct rendering *r, const char *name, const char *what);
void put_hex_as_written(struct rendering *r);

#endif
