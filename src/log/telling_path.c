// SPDX-License-Identifier: MIT
#include "log/telling.h"

#include <linux/audit.h>

#include "abi/extra.h"
#include "log/inode_names.h"
#include "log/log_call.h"
#include "log/log_path.h"

/* Objects that are files: which PATH record tells of them, and its absolute path. */

static bool item_is(const struct log_record *item, const char *nametype)
{
	const struct log_field *field = log_record_field(item, "nametype");

	return field && view_is(&field->value, nametype);
}

const struct log_record *telling_item(const struct telling *t, const char *nametype, size_t i)
{
	const struct log_record *item;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++)
		if (item_is(item, nametype) && i-- == 0)
			return item;
	return NULL;
}

const struct log_record *telling_object(const struct telling *t)
{
	const struct log_record *item;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++)
		if (!item_is(item, "PARENT"))
			return item;
	return NULL;
}

bool telling_item_name(struct buf *to, const struct log_record *item)
{
	const struct log_field *field = log_record_field(item, "name");

	if (!field || view_is(&field->value, "(null)"))
		return false;
	interpret_untrusted(to, field);
	return true;
}

static bool item_inode(const struct log_record *item, struct view *ret_dev, struct view *ret_inode)
{
	const struct log_field *dev = log_record_field(item, "dev"),
			       *inode = log_record_field(item, "inode");

	if (!dev || !inode)
		return false;
	*ret_dev = dev->value;
	*ret_inode = inode->value;
	return true;
}

static bool put_earlier_name(const struct telling *t, struct buf *to, const struct log_record *item)
{
	struct view dev, inode, path;

	if (!item || !item_inode(item, &dev, &inode) ||
		!inode_names_get(interpreter_inodes(t->in), dev, inode, &path))
		return false;
	buf_put(to, path.p, path.len);
	t->d->by_inode = true;
	return true;
}

/* The path that an extra record has for an item or a descriptor (abi/extra.h); which is the field "item" or "fd". */
static bool put_extra_path(
	const struct telling *t, struct buf *to, const char *which, struct view number)
{
	const struct log_record *extra;

	for (size_t n = 0; (extra = log_event_record(t->ev, EXTRA_RECORD, n)); n++) {
		const struct log_field *field = log_record_field(extra, which),
				       *path = log_record_field(extra, "path");

		if (!field || !path || field->value.len != number.len ||
			memcmp(field->value.p, number.p, number.len) != 0)
			continue;
		interpret_untrusted(to, path);
		return true;
	}
	return false;
}

static bool put_extra_path_of_item(
	const struct telling *t, struct buf *to, const struct log_record *item)
{
	const struct log_field *number = log_record_field(item, "item");

	return number && put_extra_path(t, to, "item", number->value);
}

bool telling_put_fd_path(const struct telling *t, struct buf *to)
{
	int at = syscall_arg(t->info, ARG_FD);
	struct buf number = BUF_NULL;
	size_t start = to->len;
	bool is_there;
	uint64_t fd;

	if (at < 0)
		at = syscall_arg(t->info, ARG_DIRFD);
	if (at < 0 || !telling_arg(t, at, &fd))
		return false;
	buf_i64(&number, (int32_t)fd);
	is_there = put_extra_path(t, to, "fd", (struct view){ buf_cstr(&number), number.len });
	buf_deinit(&number);
	/* pipe:[12] is none */
	if (is_there)
		t->d->is_file = to->len > start && to->data[start] == '/';
	return is_there;
}

void telling_put_fd(const struct telling *t, struct buf *to, const struct log_record *item)
{
	const struct log_field *inode = item ? log_record_field(item, "inode") : NULL;
	uint64_t fd;
	int at = syscall_arg(t->info, ARG_FD);

	if (telling_put_fd_path(t, to))
		return;
	if (at < 0)
		at = syscall_arg(t->info, ARG_DIRFD);
	if (at >= 0 && telling_arg(t, at, &fd)) {
		buf_puts(to, "fd ");
		buf_u64(to, (uint32_t)fd);
		if (inode)
			buf_putc(to, ' ');
	}
	if (inode) {
		buf_puts(to, "(inode ");
		buf_put(to, inode->value.p, inode->value.len);
		buf_putc(to, ')');
	}
}

static bool is_cwd(const struct telling *t, const struct buf *path)
{
	struct buf cwd = BUF_NULL;
	bool same;

	same = event_cwd(&cwd, t->ev) && cwd.len == path->len &&
	       memcmp(cwd.data, path->data, cwd.len) == 0;
	buf_deinit(&cwd);
	return same;
}

/*
 * What a relative name is relative to, if the call was given a directory descriptor: its path as the PARENT item says,
 * for names without a directory part of their own; else "[fd 5]". Two-path calls have the new name's PARENT first.
 * An item that shows the working directory proves nothing: the kernel writes that in any case (spec kernel 12.2, 11).
 */
static void put_fd_base(
	const struct telling *t, struct buf *to, struct view name, bool second, int fd)
{
	bool two = syscall_arg(t->info, ARG_DIRFD2) >= 0 && syscall_arg(t->info, ARG_DIRFD) >= 0;
	const struct log_record *parent = NULL;

	if (!memchr(name.p, '/', name.len))
		parent = telling_item(t, "PARENT", two && !second && telling_item(t, "PARENT", 1));
	if (parent && telling_item_name(to, parent) && to->len && to->data[0] == '/' &&
		!is_cwd(t, to))
		return;
	buf_clear(to);
	buf_puts(to, "[fd ");
	buf_i64(to, fd);
	buf_putc(to, ']');
}

/* The absolute path of an item. False: it has no name, what is known of it stands in to. */
static bool put_item(
	const struct telling *t, struct buf *to, const struct log_record *item, bool second)
{
	struct buf *name = &t->d->scratch, *base = &t->d->scratch2;
	struct view n;
	int fd;

	buf_clear(name);
	buf_clear(base);
	if (!telling_item_name(name, item)) {
		if (put_extra_path_of_item(t, to, item) || put_earlier_name(t, to, item))
			return true;
		telling_put_fd(t, to, item);
		return false;
	}
	n = (struct view){ buf_cstr(name), name->len };
	/* what was asked for by an absolute name keeps it, also if that leads through symbolic links */
	if ((!n.len || n.p[0] != '/') && put_extra_path_of_item(t, to, item))
		return true;
	if (event_names_queues(t->ev)) {
		buf_put(to, n.p, n.len);
		return true;
	}
	if (n.len && n.p[0] == '/')
		;
	else if (!event_path_from_cwd(t->ev, second, &fd))
		put_fd_base(t, base, n, second, fd);
	else if (!event_cwd(base, t->ev)) {
		buf_put(to, n.p, n.len);
		return true;
	}
	path_join(to, (struct view){ buf_cstr(base), base->len }, n);
	return true;
}

/* The call failed before its object had a name in the records: the directory is all they tell. */
static void put_parent(const struct telling *t, struct buf *to, bool second)
{
	bool two = log_event_record(t->ev, AUDIT_PATH, 1) && telling_item(t, "PARENT", 1);
	const struct log_record *parent = telling_item(t, "PARENT", two && !second);

	if (!parent && !log_event_record(t->ev, AUDIT_PATH, 0))
		telling_put_fd(t, to, NULL);
	if (!parent)
		return;
	t->d->is_file = put_item(t, to, parent, second);
	buf_puts(to, to->len && to->data[to->len - 1] == '/' ? "?" : "/?");
}

void telling_put_path(
	const struct telling *t, struct buf *to, const struct log_record *item, bool second)
{
	if (item)
		t->d->is_file = put_item(t, to, item, second);
	else
		put_parent(t, to, second);
}

void telling_remember_names(const struct telling *t)
{
	struct inode_names *names = interpreter_inodes(t->in);
	const struct log_record *item;
	struct view dev, inode;
	struct buf path = BUF_NULL;

	for (size_t n = 0; (item = log_event_record(t->ev, AUDIT_PATH, n)); n++) {
		const struct log_field *name = log_record_field(item, "name");

		if (!item_inode(item, &dev, &inode) || !name || view_is(&name->value, "(null)") ||
			item_is(item, "PARENT"))
			continue;
		buf_clear(&path);
		if (item_is(item, "DELETE"))
			inode_names_drop(names, dev, inode);
		else if (put_item(t, &path, item,
				 item_is(item, "CREATE") && syscall_arg(t->info, ARG_PATH2) >= 0) &&
			 path.len && path.data[0] == '/')
			inode_names_put(names, dev, inode, (struct view){ path.data, path.len });
	}
	buf_deinit(&path);
}
