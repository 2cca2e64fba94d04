// SPDX-License-Identifier: MIT
#include "log/log_line.h"

#include <linux/audit.h>
#include <string.h>

#include "abi/abi.h"

bool log_line_put(struct buf *to, uint16_t type, const char *text, size_t len)
{
	char fallback[20];
	bool is_cut;
	size_t start;

	buf_puts(to, "type=");
	buf_puts(to, record_type_name(type, fallback));
	buf_puts(to, " msg=");
	if (len && text[len - 1] == ' ')
		len--;
	is_cut = len > LOG_LINE_MAX;
	if (is_cut)
		len = LOG_LINE_MAX;
	start = to->len;
	buf_put(to, text, len);
	if (buf_error(to))
		return is_cut;
	for (char *p = to->data + start; (p = memchr(p, '\n', (size_t)(to->data + to->len - p)));)
		*p = ' ';
	buf_putc(to, '\n');
	return is_cut;
}

bool log_line_is_written(uint16_t type)
{
	return type != AUDIT_EOE;
}
