// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/bpf/assembly.h"

/* Items of which there is one, the last one counts. */
static const struct {
	uint16_t type;
	size_t min_len;
	size_t slot; /* offset of the raw_item in struct raw */
} slots[] = {
	{ CAP_ITEM_EXE, sizeof(struct evt_exe), offsetof(struct raw, exe) },
	{ EVT_ITEM_TTY, 1, offsetof(struct raw, tty) },
	{ CAP_ITEM_CWD, 0, offsetof(struct raw, cwd) },
	{ CAP_ITEM_TITLE, 1, offsetof(struct raw, title) },
	{ EVT_ITEM_GROUPS, 0, offsetof(struct raw, groups) },
	{ CAP_ITEM_IDS, sizeof(struct cap_ids), offsetof(struct raw, ids) },
	{ CAP_ITEM_TIMES, sizeof(struct cap_times), offsetof(struct raw, times) },
	{ CAP_ITEM_OPENED, sizeof(struct cap_opened), offsetof(struct raw, opened) },
	{ CAP_ITEM_BPRM, sizeof(struct cap_bprm), offsetof(struct raw, bprm) },
	{ CAP_ITEM_PROGRAM, sizeof(struct cap_file), offsetof(struct raw, program) },
	{ CAP_ITEM_LOGIN, sizeof(struct cap_login), offsetof(struct raw, login) },
	{ CAP_ITEM_ARGV, sizeof(struct cap_argv), offsetof(struct raw, argv) },
	{ EVT_ITEM_SOCKADDR, 1, offsetof(struct raw, sockaddr) },
	{ EVT_ITEM_FD_PAIR, 8, offsetof(struct raw, fd_pair) },
};

/* Items that are those of the event already. */
static const struct {
	uint16_t type;
	bool is_repeated;    /* if not, the last one counts */
	size_t len, max_len; /* bytes: so many, or that many times */
} passed[] = {
	{ EVT_ITEM_SOCKETCALL, false, sizeof(uint64_t), EVT_ARGS * sizeof(uint64_t) },
	{ EVT_ITEM_MMAP, false, sizeof(struct evt_mmap), sizeof(struct evt_mmap) },
	{ EVT_ITEM_OPENAT2, false, sizeof(struct evt_openat2), sizeof(struct evt_openat2) },
	{ EVT_ITEM_CAPSET, false, sizeof(struct evt_capset), sizeof(struct evt_capset) },
	{ EVT_ITEM_IPC, false, sizeof(struct evt_ipc), sizeof(struct evt_ipc) },
	{ EVT_ITEM_ANOM_ABEND, true, sizeof(uint64_t), sizeof(uint64_t) },
	{ EVT_ITEM_OBJ_PID, true, sizeof(struct evt_obj_pid), sizeof(struct evt_obj_pid) },
	{ EVT_ITEM_ANOM_LINK, true, sizeof(uint64_t), sizeof(uint64_t) },
	{ EVT_ITEM_ANOM_CREAT, true, sizeof(uint64_t), sizeof(uint64_t) },
};

bool raw_read(const struct raw_item *item, void *to, size_t len)
{
	if (!item->data || item->len < len)
		return false;
	memcpy(to, item->data, len);
	return true;
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

	if (!raw_read(item, &arg, sizeof(arg)) || arg.arg >= EVT_ARGS)
		return;
	slot = arg.kind == ARG_NONE ? &raw->memory[arg.arg] : &raw->strings[arg.arg];
	/* what could not be read at the entry comes again */
	if (!slot->data || !(arg.flags & CAP_F_FAULT))
		*slot = *item;
}

static void take_file(struct raw *raw, const struct raw_item *item)
{
	if (item->len < sizeof(struct cap_file))
		return;
	if (raw->n_files == RAW_FILES_MAX)
		raw->is_cut = true;
	else
		raw->files[raw->n_files++] = *item;
}

static void take_kernel_record(struct raw *raw, const struct raw_item *item)
{
	if (item->len < sizeof(struct cap_kernel_record))
		return;
	if (raw->n_kernel_records == RAW_KERNEL_MAX)
		raw->is_cut = true;
	else
		raw->kernel_records[raw->n_kernel_records++] = *item;
}

static void drop_passed(struct raw *raw, uint16_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < raw->n_pass; i++)
		if (raw->pass[i].type != type)
			raw->pass[n++] = raw->pass[i];
	raw->n_pass = n;
}

static void take_passed(struct raw *raw, const struct raw_item *item)
{
	for (size_t i = 0; i < ARRAY_SIZE(passed); i++) {
		if (passed[i].type != item->type)
			continue;
		if (item->len % passed[i].len || !item->len || item->len > passed[i].max_len)
			return;
		if (!passed[i].is_repeated)
			drop_passed(raw, item->type);
		if (raw->n_pass == RAW_PASS_MAX)
			raw->is_cut = true;
		else
			raw->pass[raw->n_pass++] = *item;
		return;
	}
}

static void take_item(struct raw *raw, const struct raw_item *item)
{
	if (item->type == CAP_ITEM_ARG) {
		take_arg(raw, item);
		return;
	}
	if (item->type == CAP_ITEM_FILE) {
		take_file(raw, item);
		return;
	}
	if (item->type == CAP_ITEM_KERNEL_RECORD) {
		take_kernel_record(raw, item);
		return;
	}
	if (item->type == CAP_ITEM_STRING || item->type == CAP_ITEM_OBJECT ||
		item->type == CAP_ITEM_CHILD) {
		if (raw->n_hooks == RAW_HOOKS_MAX)
			raw->is_cut = true;
		else
			raw->hooks[raw->n_hooks++] = *item;
		return;
	}
	if (item->type == CAP_ITEM_ORIGIN) {
		(void)raw_read(item, &raw->origin, sizeof(raw->origin));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		if (slots[i].type == item->type) {
			if (item->len >= slots[i].min_len)
				*(struct raw_item *)(void *)((char *)raw + slots[i].slot) = *item;
			return;
		}
	take_passed(raw, item);
}

int raw_take(struct raw *raw, const void *record, size_t len)
{
	struct raw_item item;
	size_t at = sizeof(raw->h);
	int bad = 0;

	memset(raw, 0, sizeof(*raw));
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

struct view path_of_chain(struct buf *to, const char *chain, size_t len)
{
	size_t end = len;

	buf_clear(to);
	if (!len)
		buf_putc(to, '/');
	while (end) {
		size_t start = end - 1; /* the NUL */

		while (start && chain[start - 1])
			start--;
		buf_putc(to, '/');
		buf_put(to, chain + start, end - 1 - start);
		end = start;
	}
	return buf_error(to) ? (struct view){ 0 } : (struct view){ to->data, to->len };
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
