// SPDX-License-Identifier: MIT
/* Values that an attacker may have chosen, so that they cannot pass for more fields (spec userspace 7.4). */

#include <string.h>

#include "base/buf.h"
#include "client/client.h"

_public_ int audit_value_needs_encoding(const char *str, unsigned int size)
{
	unsigned int i;

	for (i = 0; str && i < size; i++) {
		unsigned char c = (unsigned char)str[i];

		if (c == '"' || c < 0x21 || c >= 0x7f)
			return 1;
	}
	return 0;
}

_public_ char *audit_encode_value(char *final, const char *buf, unsigned int size)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = final;
	unsigned int i;

	if (!final)
		return NULL;
	for (i = 0; buf && i < size; i++) {
		*to++ = digits[(unsigned char)buf[i] >> 4];
		*to++ = digits[(unsigned char)buf[i] & 15];
	}
	*to = '\0';
	return final;
}

_public_ char *audit_encode_nv_string(const char *name, const char *value, unsigned int vlen)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;

	buf_puts(&text, name);
	buf_putc(&text, '=');
	if (value)
		parts_untrusted(&text, value, vlen ? vlen : strlen(value));
	else
		buf_puts(&text, "\"?\"");
	(void)buf_cstr(&text);
	return buf_take(&text, &(size_t){ 0 });
}
