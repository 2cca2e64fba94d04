// SPDX-License-Identifier: MIT
/* Records of a ring, each behind its length of four bytes. What they say of tasks is about this process. */
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

#include "abi/abi.h"
#include "abi/capture.h"
#include "event/event.h"
#include "source/bpf/assemble.h"

static void ignore_change(void *userdata, const struct fsmark_change *change)
{
	(void)userdata;
	(void)change;
}

static void feed(struct assembler *a, const uint8_t *bytes, size_t len, struct buf *out)
{
	struct evt_hdr h;
	char *copy = malloc(len ? len : 1); /* its own block: a step beyond it is seen */
	struct event ev = { 0 };
	size_t used;

	if (!copy)
		return;
	memcpy(copy, bytes, len);
	if (len >= sizeof(h)) {
		memcpy(&h, copy, sizeof(h));
		h.tid = h.tgid = (uint32_t)getpid();
		h.fsuid = geteuid();
		h.fsgid = getegid();
		memcpy(copy, &h, sizeof(h));
	}
	buf_clear(out);
	if (assemble_take(a, copy, len) == 0)
		assemble_changes(a, ignore_change, NULL);
	if (assemble(a, copy, len, out) == 0 && out->len &&
		event_decode(&ev, out->data, out->len, &used) < 0)
		abort(); /* whatever comes in, an event comes out */
	event_deinit(&ev);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = BUF_NULL;
	struct assembler *a;
	size_t at = 1;

	if (!size || assembler_new(&a) < 0)
		return 0;
	assembler_configure(
		a, &(struct assemble_options){
			   .tier = data[0] & 0x80 ? BPF_TIER_FULL : BPF_TIER_TRACEPOINTS,
			   .extra = data[0] & 0xf,
			   .resolve = data[0] & 0x10,
			   .fs_magic = data[0] & 0x20,
			   .signal_targets = data[0] & 0x40 });
	while (size - at >= 4) {
		uint32_t len;

		memcpy(&len, data + at, sizeof(len));
		at += sizeof(len);
		len = len > size - at ? (uint32_t)(size - at) : len;
		feed(a, data + at, len, &out);
		at += len;
	}
	(void)assembler_free(a);
	buf_deinit(&out);
	return 0;
}
