// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/bpf/assembly.h"

/* What becomes of an item. */
enum item_use {
	ITEM_SKIPPED,
	ITEM_KEPT,   /* there is one, the last one counts */
	ITEM_PASSED, /* likewise, and it is an item of the event already */
	ITEM_PASSED_EACH,
	ITEM_ARG,
	ITEM_FILE,
	ITEM_HOOK,
	ITEM_KERNEL_RECORD,
	ITEM_ORIGIN,
};

struct item_kind {
	enum item_use use;
	uint16_t slot; /* ITEM_KEPT: offset of the raw_item in struct raw */
	size_t len,
		max_len; /* bytes: at least so many; what is passed: so many, or that many times */
};

#define KEPT(name, min)                                                                            \
	{                                                                                          \
		ITEM_KEPT, offsetof(struct raw, name), min, 0                                      \
	}
#define PASSED(size)                                                                               \
	{                                                                                          \
		ITEM_PASSED, 0, size, size                                                         \
	}
#define PASSED_EACH(size)                                                                          \
	{                                                                                          \
		ITEM_PASSED_EACH, 0, size, size                                                    \
	}

/* Types of the event's items, and raw ones. */
static const struct item_kind event_kinds[] = {
	[EVT_ITEM_TTY] = KEPT(tty, 1),
	[EVT_ITEM_GROUPS] = KEPT(groups, 0),
	[EVT_ITEM_SOCKADDR] = KEPT(sockaddr, 1),
	[EVT_ITEM_FD_PAIR] = KEPT(fd_pair, 8),
	[EVT_ITEM_SOCKETCALL] = { ITEM_PASSED, 0, sizeof(uint64_t), EVT_ARGS * sizeof(uint64_t) },
	[EVT_ITEM_MMAP] = PASSED(sizeof(struct evt_mmap)),
	[EVT_ITEM_OPENAT2] = PASSED(sizeof(struct evt_openat2)),
	[EVT_ITEM_CAPSET] = PASSED(sizeof(struct evt_capset)),
	[EVT_ITEM_IPC] = PASSED(sizeof(struct evt_ipc)),
	[EVT_ITEM_KERN_MODULE] = KEPT(module, 2 * sizeof(uint32_t)),
	[EVT_ITEM_NTP] = PASSED_EACH(sizeof(struct evt_ntp)),
	[EVT_ITEM_BPF] = PASSED_EACH(sizeof(struct evt_bpf)),
	[EVT_ITEM_EVENT_LISTENER] = PASSED_EACH(sizeof(struct evt_event_listener)),
	[EVT_ITEM_ANOM_PROMISCUOUS] = PASSED_EACH(sizeof(struct evt_anom_promiscuous)),
	[EVT_ITEM_URINGOP] = PASSED_EACH(sizeof(struct evt_uringop)),
	[EVT_ITEM_ANOM_ABEND] = PASSED_EACH(sizeof(uint64_t)),
	[EVT_ITEM_OBJ_PID] = PASSED_EACH(sizeof(struct evt_obj_pid)),
	[EVT_ITEM_ANOM_LINK] = PASSED_EACH(sizeof(uint64_t)),
	[EVT_ITEM_ANOM_CREAT] = PASSED_EACH(sizeof(uint64_t)),
};

#define RAW_KIND(type) [(type)-CAP_ITEM_ORIGIN]
static const struct item_kind raw_kinds[] = {
	RAW_KIND(CAP_ITEM_ORIGIN) = { ITEM_ORIGIN, 0, sizeof(struct cap_origin), 0 },
	RAW_KIND(CAP_ITEM_STRING) = { ITEM_HOOK, 0, 0, 0 },
	RAW_KIND(CAP_ITEM_OBJECT) = { ITEM_HOOK, 0, 0, 0 },
	RAW_KIND(CAP_ITEM_CHILD) = { ITEM_HOOK, 0, 0, 0 },
	RAW_KIND(CAP_ITEM_CWD) = KEPT(cwd, 0),
	RAW_KIND(CAP_ITEM_EXE) = KEPT(exe, sizeof(struct evt_exe)),
	RAW_KIND(CAP_ITEM_ARG) = { ITEM_ARG, 0, sizeof(struct cap_arg), 0 },
	RAW_KIND(CAP_ITEM_OPENED) = KEPT(opened, sizeof(struct cap_file)),
	RAW_KIND(CAP_ITEM_FILE) = { ITEM_FILE, 0, sizeof(struct cap_file), 0 },
	RAW_KIND(CAP_ITEM_ROOT) = KEPT(root, sizeof(struct cap_root)),
	RAW_KIND(CAP_ITEM_TITLE) = KEPT(title, 1),
	RAW_KIND(CAP_ITEM_ARGV) = KEPT(argv, sizeof(struct cap_argv)),
	RAW_KIND(CAP_ITEM_BPRM) = KEPT(bprm, sizeof(struct cap_bprm)),
	RAW_KIND(CAP_ITEM_TIMES) = KEPT(times, sizeof(struct cap_times)),
	RAW_KIND(CAP_ITEM_LOGIN) = KEPT(login, sizeof(struct cap_login)),
	RAW_KIND(CAP_ITEM_PROGRAM) = KEPT(program, sizeof(struct cap_file)),
	RAW_KIND(CAP_ITEM_KERNEL_RECORD) = { ITEM_KERNEL_RECORD, 0,
		sizeof(struct cap_kernel_record), 0 },
	RAW_KIND(CAP_ITEM_NAMED) = { ITEM_HOOK, 0, 0, 0 },
	RAW_KIND(CAP_ITEM_CLOCK) = KEPT(clock, sizeof(int64_t)),
	RAW_KIND(CAP_ITEM_MADE_IN) = KEPT(made_in, sizeof(struct cap_inode)),
	RAW_KIND(CAP_ITEM_NAMESPACES) = KEPT(namespaces, sizeof(struct cap_namespaces)),
	RAW_KIND(CAP_ITEM_LABEL) = KEPT(label, sizeof(uint64_t)),
};

_Static_assert(ARRAY_SIZE(event_kinds) <= CAP_ITEM_ORIGIN, "raw types are behind the others");

static const struct item_kind *kind_of(uint16_t type)
{
	static const struct item_kind skipped = { ITEM_SKIPPED, 0, 0, 0 };

	if (type < ARRAY_SIZE(event_kinds))
		return &event_kinds[type];
	if (type >= CAP_ITEM_ORIGIN && type - CAP_ITEM_ORIGIN < (int)ARRAY_SIZE(raw_kinds))
		return &raw_kinds[type - CAP_ITEM_ORIGIN];
	return &skipped;
}

/* The next item at *at; false at the end. -EBADMSG through *reterr when lengths do not fit. */
static bool next_item(const char *record, size_t len, size_t *at, struct raw_item *ret, int *reterr)
{
	struct evt_item head;

	if (*at == len)
		return false;
	if (len - *at < sizeof(head)) {
		*reterr = -EBADMSG;
		return false;
	}
	memcpy(&head, record + *at, sizeof(head));
	if (head.len > len - *at - sizeof(head)) {
		*reterr = -EBADMSG;
		return false;
	}
	*ret = (struct raw_item){
		.data = record + *at + sizeof(head),
		.len = head.len,
		.type = head.type,
		.flags = head.flags,
	};
	*at += sizeof(head) + ALIGN_UP((size_t)head.len, EVT_ALIGN);
	if (*at > len)
		*at = len; /* the last one's padding is not there */
	return true;
}

static void take_arg(struct raw *raw, const struct raw_item *item)
{
	struct cap_arg arg;
	struct raw_item *slot;

	memcpy(&arg, item->data, sizeof(arg));
	if (arg.arg >= EVT_ARGS)
		return;
	slot = arg.kind == ARG_NONE ? &raw->memory[arg.arg] : &raw->strings[arg.arg];
	/* what could not be read at the entry comes again */
	if (!slot->data || !(arg.flags & CAP_F_FAULT))
		*slot = *item;
}

/* One more of those that there may be several of. */
static void add(
	struct raw *raw, struct raw_item *to, size_t *n, size_t max, const struct raw_item *item)
{
	if (*n == max)
		raw->is_cut = true;
	else
		to[(*n)++] = *item;
}

static void drop_passed(struct raw *raw, uint16_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < raw->n_pass; i++)
		if (raw->pass[i].type != type)
			raw->pass[n++] = raw->pass[i];
	raw->n_pass = n;
}

static void take_passed(struct raw *raw, const struct raw_item *item, const struct item_kind *kind)
{
	if (item->len % kind->len || item->len > kind->max_len)
		return;
	if (kind->use == ITEM_PASSED)
		drop_passed(raw, item->type);
	add(raw, raw->pass, &raw->n_pass, RAW_PASS_MAX, item);
}

static void take_item(struct raw *raw, const struct raw_item *item)
{
	const struct item_kind *kind = kind_of(item->type);

	if (item->len < kind->len)
		return;
	switch (kind->use) {
	case ITEM_SKIPPED:
		break;
	case ITEM_KEPT:
		*(struct raw_item *)(void *)((char *)raw + kind->slot) = *item;
		break;
	case ITEM_PASSED:
	case ITEM_PASSED_EACH:
		take_passed(raw, item, kind);
		break;
	case ITEM_ARG:
		take_arg(raw, item);
		break;
	case ITEM_FILE:
		add(raw, raw->files, &raw->n_files, RAW_FILES_MAX, item);
		break;
	case ITEM_HOOK:
		add(raw, raw->hooks, &raw->n_hooks, RAW_HOOKS_MAX, item);
		break;
	case ITEM_KERNEL_RECORD:
		add(raw, raw->kernel_records, &raw->n_kernel_records, RAW_KERNEL_MAX, item);
		break;
	case ITEM_ORIGIN:
		memcpy(&raw->origin, item->data, sizeof(raw->origin));
		break;
	}
}

int raw_take(struct raw *raw, const void *record, size_t len)
{
	struct raw_item item;
	size_t at = sizeof(raw->h);
	int bad = 0;

	memset(raw, 0, offsetof(struct raw, files));
	if (len < sizeof(raw->h))
		return -EBADMSG;
	memcpy(&raw->h, record, sizeof(raw->h));
	if (raw->h.version != EVT_VERSION || raw->h.len > len || raw->h.len < sizeof(raw->h))
		return -EBADMSG;
	raw->h.comm[sizeof(raw->h.comm) - 1] = '\0';
	while (next_item(record, raw->h.len, &at, &item, &bad))
		take_item(raw, &item);
	return bad;
}

static uint32_t dev_major(uint32_t dev)
{
	return dev >> 20;
}

static uint32_t dev_minor(uint32_t dev)
{
	return dev & 0xfffff;
}

void object_of_inode(struct object *ret, const struct cap_inode *inode)
{
	*ret = (struct object){ .error = -ENOENT };
	if (!(inode->mode & CAP_MODE_BITS))
		return;
	ret->error = 0;
	ret->f = (struct evt_path){
		.ino = inode->ino,
		.dev_major = dev_major(inode->dev),
		.dev_minor = dev_minor(inode->dev),
		.rdev_major = dev_major(inode->rdev),
		.rdev_minor = dev_minor(inode->rdev),
		.mode = inode->mode & CAP_MODE_BITS,
		.uid = inode->uid,
		.gid = inode->gid,
		.fs_magic = (uint32_t)inode->fs_magic,
		.flags = EVT_PATH_INODE,
	};
}
