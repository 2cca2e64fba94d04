// SPDX-License-Identifier: MIT
/* What privileged calls did: modules, the clock. */

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/bpf/assembly.h"

#define NSEC_PER_SEC INT64_C(1000000000)
#define MODULE_HEAD  (2 * sizeof(uint32_t))
#define MODULE_MAX   55u /* bytes; MODULE_NAME_LEN of a 64-bit kernel without the NUL */

/* Of a name that the call passed: whether the kernel came to copy it, and takes it for one. */
static bool came_to_name(const struct assembler *a, size_t len)
{
	int64_t ret = a->raw.h.ret;

	if (strcmp(a->call.info->name ?: "", "delete_module") != 0)
		return true;
	return len && len <= MODULE_MAX && ret != -EPERM && ret != -EFAULT && ret != -ENOSYS;
}

static void put_module(struct assembler *a, struct event_writer *w)
{
	char item[MODULE_HEAD + MODULE_MAX] = { 0 };
	const struct raw_item *raw = &a->raw.module;
	const uint32_t head[2] = { 1, 0 };
	size_t len;

	if (!raw->data)
		return;
	len = strnlen(raw->data + MODULE_HEAD, raw->len - MODULE_HEAD);
	if (!came_to_name(a, len))
		return;
	if (len > MODULE_MAX)
		len = MODULE_MAX;
	memcpy(item, head, sizeof(head));
	memcpy(item + MODULE_HEAD, raw->data + MODULE_HEAD, len);
	event_put(w, EVT_ITEM_KERN_MODULE, item, MODULE_HEAD + len);
}

static void put_time_offset(const struct assembler *a, struct event_writer *w)
{
	struct evt_time_offset item;
	int64_t set;

	if (!raw_read(&a->raw.clock, &set, sizeof(set)))
		return;
	item.sec = set / NSEC_PER_SEC;
	item.nsec = set % NSEC_PER_SEC;
	if (item.nsec < 0) {
		item.sec--;
		item.nsec += NSEC_PER_SEC;
	}
	event_put(w, EVT_ITEM_TIME_OFFSET, &item, sizeof(item));
}

static void put_ntp(const struct assembler *a, struct event_writer *w)
{
	struct evt_ntp change;
	size_t n = 0;

	for (size_t i = 0; i < a->raw.n_pass && n < _EVT_NTP_MAX; i++) {
		if (a->raw.pass[i].type != EVT_ITEM_NTP ||
			!raw_read(&a->raw.pass[i], &change, sizeof(change)) ||
			change.op >= _EVT_NTP_MAX)
			continue;
		event_put(w, EVT_ITEM_NTP, &change, sizeof(change));
		n++;
	}
}

void assemble_privileged(struct assembler *a, struct event_writer *w)
{
	put_module(a, w);
	put_time_offset(a, w);
	put_ntp(a, w);
}
