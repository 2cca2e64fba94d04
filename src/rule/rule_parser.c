// SPDX-License-Identifier: MIT
/* What all parts of the rule parser do to the rule in the making: append a field, say what is wrong. */

#include "rule/rule_parser.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"

static void append_text(char *to, const char *format, va_list args)
{
	size_t len = strlen(to);

	(void)vsnprintf(to + len, RULE_ERROR_MAX - len, format, args);
}

int rule_fail(struct rule_parser *p, size_t column, const char *format, ...)
{
	va_list args;

	p->err->message[0] = p->err->hint[0] = '\0';
	va_start(args, format);
	append_text(p->err->message, format, args);
	va_end(args);
	p->err->word = p->word;
	p->err->column = p->column + column;
	p->err->status = 255;
	p->err->code = ERRMSG_REPORTED;
	return -EINVAL;
}

int rule_fail_code(struct rule_parser *p, size_t column, int code, const char *name)
{
	const struct errmsg *row = errmsg_by_code(code);
	int r;

	assert(row);
	if (row->where == ERRMSG_BEFORE)
		r = rule_fail(p, column, "%s %s", name, row->text);
	else if (row->where == ERRMSG_AFTER)
		r = rule_fail(p, column, "%s %s", row->text, name);
	else
		r = rule_fail(p, column, "%s", row->text);
	p->err->code = code;
	return r;
}

void rule_hint(struct rule_parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_text(p->err->hint, format, args);
	va_end(args);
}

static void add_line(struct buf *to, const char *format, va_list args)
{
	char line[RULE_ERROR_MAX];

	(void)vsnprintf(line, sizeof(line), format, args);
	if (to->len)
		buf_putc(to, '\n');
	buf_puts(to, line);
}

void rule_say(struct rule_parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&p->said, format, args);
	va_end(args);
}

void rule_note(struct rule_parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&p->notes, format, args);
	va_end(args);
}

int rule_append(struct rule_parser *p, uint32_t type, uint32_t op, uint32_t value,
	const char *string, const char *given)
{
	uint32_t n = p->data->field_count;
	int r;

	if (n >= RULE_FIELDS_MAX) {
		r = rule_fail_code(p, 0, ERRMSG_TOO_MANY_FIELDS, given);
		rule_hint(p, "a rule has at most %d fields", RULE_FIELDS_MAX);
		return r;
	}
	p->data->fields[n] = type;
	p->data->fieldflags[n] = op;
	p->data->values[n] = value;
	if (string)
		buf_put(&p->strings, string, value);
	p->req->origin[n].word = (uint32_t)p->word;
	p->req->origin[n].column = (uint32_t)p->column;
	p->data->field_count++;
	return buf_error(&p->strings);
}
