// SPDX-License-Identifier: MIT
#include "log/log_line.h"

#include <stdio.h>
#include <string.h>

#include "abi/abi.h"

#define LINE_HEAD_MAX (sizeof("type=") + 20 + sizeof(" msg=")) /* of a type without a name */

/* "type=NAME msg=", borrowed or written into fallback; *ret_len its length. */
static const char *head_of(uint16_t type, char fallback[static LINE_HEAD_MAX], size_t *ret_len)
{
	const struct record_type *known = record_type_by_nr(type);
	char name[20];
	int n;

	if (known) {
		*ret_len = strlen("type=") + known->name_len + strlen(" msg=");
		return known->line;
	}
	n = snprintf(fallback, LINE_HEAD_MAX, "type=%s msg=", record_type_name(type, name));
	*ret_len = n < 0 ? 0 : (size_t)n;
	return fallback;
}

bool log_line_put(struct buf *to, uint16_t type, const char *text, size_t len)
{
	char fallback[LINE_HEAD_MAX], *at, *end;
	size_t head_len;
	const char *head = head_of(type, fallback, &head_len);
	bool is_cut;

	if (len && text[len - 1] == ' ')
		len--;
	is_cut = len > LOG_LINE_MAX;
	if (is_cut)
		len = LOG_LINE_MAX;
	at = buf_room(to, head_len + len + 1);
	if (!at)
		return is_cut;
	memcpy(at, head, head_len);
	at += head_len;
	end = at + len;
	memcpy(at, text, len);
	while ((at = memchr(at, '\n', (size_t)(end - at))))
		*at = ' ';
	*end = '\n';
	to->len = (size_t)(end + 1 - to->data);
	return is_cut;
}
