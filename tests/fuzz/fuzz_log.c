// SPDX-License-Identifier: MIT
/* A log: its lines taken apart, the records of an event together, each field interpreted, the event described,
 * shown as a line and as JSON, and summed up. */
#include "fuzz.h"

#include <string.h>

#include "log/human.h"
#include "log/json.h"
#include "log/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct interpreter *in;
	static struct log_event ev;
	static struct log_record rec;
	static struct description d;
	static struct buf out = BUF_NULL;
	const struct human_options options = {
		.colour = size % 2, .width = size % 130, .show_key = true
	};
	struct summary *sum = NULL;
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
	buf_clear(&out);
	if (describe_event(&d, in, &ev) == 0) {
		(void)human_event(&out, in, &d, &ev, &options);
		(void)json_event(&out, in, &d, &ev);
		if (summary_new(&sum) == 0) {
			summary_add(sum, &d);
			summary_format(&out, sum, size % 200);
		}
		summary_free(sum);
	}
	buf_clear(&out);
	return 0;
}
