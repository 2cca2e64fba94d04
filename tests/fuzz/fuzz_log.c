// SPDX-License-Identifier: MIT
/* A log: its lines taken apart, the records of an event together, each field interpreted, the event described. */
#include "fuzz.h"

#include <string.h>

#include "log/describe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct interpreter *in;
	static struct log_event ev;
	static struct log_record rec;
	static struct description d;
	static struct buf out = BUF_NULL;
	const char *at = (const char *)data, *end = at + size;

	if (!in && interpreter_new(&in) < 0)
		return 0;
	log_event_clear(&ev);
	while (at < end) {
		const char *nl = memchr(at, '\n', (size_t)(end - at)), *stop = nl ? nl : end, *text;

		if (log_record_parse_line(&rec, at, (size_t)(stop - at)) == 0 &&
			(text = memmem(at, (size_t)(stop - at), "audit(", 6)))
			(void)log_event_add(&ev, rec.type, text, (size_t)(stop - text));
		at = nl ? nl + 1 : end;
	}
	for (size_t i = 0; i < ev.n_records; i++)
		for (size_t f = 0; f < ev.records[i].n_fields; f++)
			interpret_field(in, &out, &ev, &ev.records[i], &ev.records[i].fields[f]);
	(void)describe_event(&d, in, &ev);
	buf_clear(&out);
	return 0;
}
