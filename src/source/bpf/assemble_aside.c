// SPDX-License-Identifier: MIT
/* Records of their own: what the kernel wrote by itself, and what belongs to no call. */

#include <string.h>

#include "abi/kernel_records.h"
#include "base/buf.h"
#include "base/parse.h"
#include "event/event.h"
#include "source/bpf/assembly.h"

#define NSEC_PER_MSEC 1000000u
#define STAMP         "audit("
#define SECONDS_MAX   UINT32_MAX /* of a stamp that is believed */

/* "audit(SECONDS.MILLISECONDS:SERIAL): ". Bytes of it, and when that is; 0: there is none. */
static size_t read_stamp(struct view text, int64_t *ret_sec, uint32_t *ret_nsec)
{
	uint64_t parts[3];
	static const char *const ends[] = { ".", ":", "): " };
	size_t at = strlen(STAMP), used;

	if (text.len < at || memcmp(text.p, STAMP, at) != 0)
		return 0;
	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(ends[i]);

		if (parse_u64_prefix(text.p + at, text.len - at, 10, &parts[i], &used) < 0)
			return 0;
		at += used;
		if (text.len - at < len || memcmp(text.p + at, ends[i], len) != 0)
			return 0;
		at += len;
	}
	if (parts[0] > SECONDS_MAX || parts[1] > 999)
		return 0;
	*ret_sec = (int64_t)parts[0];
	*ret_nsec = (uint32_t)parts[1] * NSEC_PER_MSEC;
	return at;
}

/* The text, as far as it came; p NULL: none. */
static struct view text_of(const struct assembler *a, const struct raw_item *item,
	struct cap_kernel_record *ret_record)
{
	struct view text;

	if (!raw_read(item, ret_record, sizeof(*ret_record)) ||
		!is_kernel_record(ret_record->type) || ret_record->flags & CAP_F_FAULT)
		return (struct view){ 0 };
	text = assemble_text(a, ret_record->flags & CAP_F_CHUNKS, ret_record->nr,
		(struct view){ item->data + sizeof(*ret_record), item->len - sizeof(*ret_record) });
	if (text.p && text.len > KERNEL_RECORD_TEXT_MAX)
		text.len = KERNEL_RECORD_TEXT_MAX;
	return text;
}

static void put_kernel_record(
	struct assembler *a, const struct raw_item *item, struct event_writer *w)
{
	char bytes[sizeof(struct evt_kernel_record) + KERNEL_RECORD_TEXT_MAX];
	struct cap_kernel_record record = { 0 };
	struct view text = text_of(a, item, &record);
	struct evt_kernel_record head = { .type = record.type };
	uint32_t nsec;
	int64_t sec;
	size_t at;

	if (!text.p || record.flags & CAP_F_CUT)
		a->call.event_flags |= EVT_F_TRUNCATED;
	if (!text.p)
		return;
	at = read_stamp(text, &sec, &nsec);
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), text.p + at, text.len - at);
	/* whoever wrote it has encoded what is not his own; a line end would forge a record */
	for (char *c = bytes + sizeof(head); c < bytes + sizeof(head) + text.len - at; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	event_put(w, EVT_ITEM_KERNEL_RECORD, bytes, sizeof(head) + text.len - at);
}

/* Items that are those of the event already. ANOM_ABEND is of no call, whatever the task was in. */
static bool is_aside(const struct assembler *a, uint16_t type)
{
	switch (type) {
	case EVT_ITEM_ANOM_ABEND:
		return a->raw.h.kind == EVT_ASIDE;
	case EVT_ITEM_ANOM_LINK:
	case EVT_ITEM_ANOM_CREAT:
	case EVT_ITEM_ANOM_PROMISCUOUS:
	case EVT_ITEM_BPF:
	case EVT_ITEM_EVENT_LISTENER:
	case EVT_ITEM_URINGOP:
		return true;
	default:
		return false;
	}
}

void assemble_call_asides(struct assembler *a, struct event_writer *w)
{
	for (size_t i = 0; i < a->raw.n_pass; i++) {
		const struct raw_item *item = &a->raw.pass[i];
		enum evt_item_type type = (enum evt_item_type)item->type;

		if (is_aside(a, item->type) && event_aside_is_valid(type, item->data, item->len))
			event_put(w, type, item->data, item->len);
	}
	for (size_t i = 0; i < a->raw.n_kernel_records; i++)
		put_kernel_record(a, &a->raw.kernel_records[i], w);
}

void assemble_asides(struct assembler *a, struct event_writer *w)
{
	a->call.event_flags = a->raw.is_cut ? EVT_F_TRUNCATED : 0;
	assemble_call_asides(a, w);
}

void assemble_aside_time(struct assembler *a)
{
	struct cap_kernel_record record;
	uint32_t nsec;
	int64_t sec;

	for (size_t i = 0; i < a->raw.n_kernel_records; i++) {
		struct view text = text_of(a, &a->raw.kernel_records[i], &record);

		if (!text.p || !read_stamp(text, &sec, &nsec))
			continue;
		a->raw.h.time_sec = sec;
		a->raw.h.time_nsec = nsec;
		return;
	}
}
