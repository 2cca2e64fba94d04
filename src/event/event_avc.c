// SPDX-License-Identifier: MIT
#include "event/event_avc.h"

#include <string.h>

/* The kernel's numbers that matter here. */
enum { KIND_NET = 2, KIND_INODE = 9, KIND_IBENDPORT = 14, KIND_LOCKDOWN = 15, KIND_ANONINODE = 17 };

static const char *const lockdown_reasons[] = {
#define ABI_LOCKDOWN(reason, text) text,
#include "abi/lockdown.def"
#undef ABI_LOCKDOWN
};

void event_avc_read(struct event_avc *ret, const void *payload)
{
	const struct evt_avc *f = payload;
	const char *at = (const char *)(f + 1);

	ret->f = f;
	ret->perms = (struct view){ at, f->perms_len };
	at += f->perms_len;
	ret->name = (struct view){ f->flags & EVT_AVC_NAME ? at : NULL, f->name_len };
	at += f->name_len;
	ret->dev = (struct view){ at, f->dev_len };
	at += f->dev_len;
	ret->tail = (struct view){ at, f->tail_len };
}

/* What is printed as it is: it must not end the line, nor, unless blanks are what it consists of, the field. */
static bool is_printable(struct view v, char from)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] < from || v.p[i] > '~')
			return false;
	return true;
}

/* The set stands in braces. */
static bool is_set(struct view v)
{
	return v.len && is_printable(v, ' ') && !memchr(v.p, '{', v.len) &&
	       !memchr(v.p, '}', v.len);
}

static bool has_valid_name(const struct event_avc *avc)
{
	if (!avc->name.p)
		return !avc->f->name_len;
	if (avc->f->kind == KIND_ANONINODE)
		return is_printable(avc->name, '!');
	return (avc->f->kind == KIND_NET && avc->f->flags & EVT_AVC_UNIX_NAME) ||
	       !memchr(avc->name.p, '\0', avc->name.len);
}

static bool has_valid_dev(const struct event_avc *avc)
{
	if (avc->f->kind == KIND_NET || avc->f->kind == KIND_IBENDPORT)
		return is_printable(avc->dev, '!');
	return !memchr(avc->dev.p, '\0', avc->dev.len);
}

bool event_avc_is_valid(const void *payload, size_t len)
{
	const uint32_t flags = EVT_AVC_GRANTED | EVT_AVC_NAME | EVT_AVC_INODE | EVT_AVC_UNIX_NAME;
	const struct evt_avc *f = payload;
	struct event_avc avc;

	if (len - sizeof(*f) != (size_t)f->perms_len + f->name_len + f->dev_len + f->tail_len)
		return false;
	if (f->kind < 1 || f->kind > EVT_AVC_KINDS || f->flags & ~flags)
		return false;
	if (f->kind == KIND_INODE && !(f->flags & EVT_AVC_INODE))
		return false;
	if (f->kind == KIND_LOCKDOWN &&
		(f->value < 0 ||
			(size_t)f->value >= sizeof(lockdown_reasons) / sizeof(lockdown_reasons[0])))
		return false;
	event_avc_read(&avc, payload);
	return is_set(avc.perms) && has_valid_name(&avc) && has_valid_dev(&avc) &&
	       is_printable(avc.tail, ' ');
}
