// SPDX-License-Identifier: MIT
#include "log/summary.h"

#include <errno.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "log/human.h"
#include "log/name_set.h"

#define LABEL_WIDTH 19  /* columns */
#define COUNT_WIDTH 6   /* columns */
#define WIDTH_ANY   120 /* where lists end when there is no terminal */
#define INDENT      "  "

enum category {
	SUMMARY_PROGRAMS,
	SUMMARY_CREATED,
	SUMMARY_CHANGED,
	SUMMARY_MOVED,
	SUMMARY_DELETED,
	SUMMARY_TEMPORARY,
	SUMMARY_ATTRIBUTES,
	SUMMARY_READ,
	SUMMARY_FAILED,
	SUMMARY_PEERS,
	SUMMARY_BOUND,
	SUMMARY_PRIVILEGE,
	SUMMARY_SIGNALS,
	SUMMARY_TRACED,
	SUMMARY_MOUNTS,
	SUMMARY_MODULES,
	SUMMARY_SYSTEM,
	SUMMARY_OTHER,
	_SUMMARY_MAX,
};

static const struct {
	const char *label;
	bool basename; /* the last component says enough */
	bool words;    /* of our own, with a name in them */
} categories[_SUMMARY_MAX] = {
	[SUMMARY_PROGRAMS] = { "programs run", .basename = true },
	[SUMMARY_CREATED] = { "files created" },
	[SUMMARY_CHANGED] = { "files changed" },
	[SUMMARY_MOVED] = { "files renamed" },
	[SUMMARY_DELETED] = { "files deleted" },
	[SUMMARY_TEMPORARY] = { "temporary files" },
	[SUMMARY_ATTRIBUTES] = { "attributes changed" },
	[SUMMARY_READ] = { "files read" },
	[SUMMARY_FAILED] = { "failed accesses", .words = true },
	[SUMMARY_PEERS] = { "network peers", .words = true },
	[SUMMARY_BOUND] = { "addresses bound", .words = true },
	[SUMMARY_PRIVILEGE] = { "identity changes", .words = true },
	[SUMMARY_SIGNALS] = { "signals sent", .words = true },
	[SUMMARY_TRACED] = { "processes traced", .words = true },
	[SUMMARY_MOUNTS] = { "mounts" },
	[SUMMARY_MODULES] = { "kernel modules" },
	[SUMMARY_SYSTEM] = { "system changes", .words = true },
	[SUMMARY_OTHER] = { "other calls", .words = true },
};

/* Bits of a path. */
enum {
	FILE_CREATED = 1u << 0,
	FILE_CHANGED = 1u << 1,
	FILE_DELETED = 1u << 2,
	FILE_MOVED_HERE = 1u << 3, /* existed before, under another name */
	FILE_IS_NEW = 1u << 4,     /* was not there when the run began */
};

struct summary {
	struct name_set lists[_SUMMARY_MAX]; /* those of files are made when the text is */
	struct name_set files;
	struct buf scratch;
};

int summary_new(struct summary **ret)
{
	struct summary *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	buf_init(&s->scratch, BUF_MAX_DEFAULT);
	*ret = s;
	return 0;
}

void summary_free(struct summary *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < _SUMMARY_MAX; i++)
		name_set_deinit(&s->lists[i]);
	name_set_deinit(&s->files);
	buf_deinit(&s->scratch);
	free(s);
}

static void count(struct summary *s, enum category c, const char *name, size_t len)
{
	struct name_entry *e = name_set_get(&s->lists[c], name, len);

	if (e)
		e->count++;
}

static struct name_entry *file_of(struct summary *s, const struct buf *name)
{
	return name_set_get(&s->files, name->data, name->len);
}

static void add_created(struct summary *s, const struct buf *name)
{
	struct name_entry *e = file_of(s, name);

	if (!e)
		return;
	if (e->bits & FILE_DELETED && !(e->bits & FILE_IS_NEW)) {
		e->bits = FILE_CHANGED; /* was there before, is there again */
	} else {
		e->bits = FILE_CREATED | FILE_IS_NEW;
	}
}

static void add_changed(struct summary *s, const struct buf *name)
{
	struct name_entry *e = file_of(s, name);

	if (e)
		e->bits = (e->bits | FILE_CHANGED) & ~(uint32_t)FILE_DELETED;
}

static void add_deleted(struct summary *s, const struct buf *name)
{
	struct name_entry *e = file_of(s, name);

	if (e)
		/* one that was moved here first existed before the run */
		e->bits = (e->bits & FILE_MOVED_HERE ? 0 : e->bits & FILE_IS_NEW) | FILE_DELETED;
}

static void add_renamed(struct summary *s, const struct description *d)
{
	struct name_entry *from = file_of(s, &d->object), *to;
	bool made_here = from && from->bits & FILE_CREATED;

	if (from)
		from->bits = (from->bits & FILE_IS_NEW) | FILE_DELETED |
			     (made_here ? 0 : FILE_MOVED_HERE);
	if (from && made_here)
		from->bits =
			0; /* the name in between does not matter: what it held is found under the new one */
	to = file_of(s, &d->object2);
	if (!to)
		return;
	if (d->replaced && !(to->bits & FILE_IS_NEW))
		to->bits = FILE_CHANGED;
	else if (to->bits & FILE_DELETED && !(to->bits & FILE_IS_NEW))
		to->bits = FILE_CHANGED;
	else if (made_here)
		to->bits = FILE_CREATED | FILE_IS_NEW;
	else
		to->bits = FILE_IS_NEW | FILE_MOVED_HERE;
}

static void add_failed(struct summary *s, const struct description *d)
{
	const char *name = d->error ? errno_name(d->error) : NULL;

	buf_clear(&s->scratch);
	buf_put(&s->scratch, d->object.data, d->object.len);
	if (name) {
		buf_puts(&s->scratch, " (");
		buf_puts(&s->scratch, name);
		buf_putc(&s->scratch, ')');
	}
	count(s, SUMMARY_FAILED, s->scratch.data, s->scratch.len);
}

static void put_words(struct buf *to, const char *text)
{
	if (to->len)
		buf_putc(to, ' ');
	buf_puts(to, text);
}

/* "changed user to root", "sleep[12] with SIGTERM": the object alone would say little. */
static void add_words(struct summary *s, enum category c, const struct description *d)
{
	struct buf *to = &s->scratch;

	buf_clear(to);
	if (d->kind != ACTION_SIGNAL && d->kind != ACTION_PTRACE)
		put_words(to, d->verb);
	if (d->object.len) {
		if (to->len)
			buf_putc(to, ' ');
		buf_put(to, d->object.data, d->object.len);
	}
	if (d->joiner) {
		put_words(to, d->joiner);
		buf_putc(to, ' ');
		buf_put(to, d->object2.data, d->object2.len);
	}
	count(s, c, to->data, to->len);
}

static void add_file(struct summary *s, const struct description *d)
{
	if (!d->is_file)
		return;
	switch (d->kind) {
	case ACTION_CREATE:
		add_created(s, &d->object);
		break;
	case ACTION_WRITE:
		add_changed(s, &d->object);
		break;
	case ACTION_DELETE:
		add_deleted(s, &d->object);
		break;
	case ACTION_RENAME:
		add_renamed(s, d);
		break;
	case ACTION_LINK:
		add_created(s, &d->object2);
		break;
	default:
		break;
	}
}

void summary_add(struct summary *s, const struct description *d)
{
	static const enum category simple[_ACTION_MAX] = {
		[ACTION_EXEC] = SUMMARY_PROGRAMS,
		[ACTION_READ] = SUMMARY_READ,
		[ACTION_ATTR] = SUMMARY_ATTRIBUTES,
		[ACTION_CONNECT] = SUMMARY_PEERS,
		[ACTION_BIND] = SUMMARY_BOUND,
		[ACTION_PRIVILEGE] = SUMMARY_PRIVILEGE,
		[ACTION_SIGNAL] = SUMMARY_SIGNALS,
		[ACTION_PTRACE] = SUMMARY_TRACED,
		[ACTION_MOUNT] = SUMMARY_MOUNTS,
		[ACTION_MODULE] = SUMMARY_MODULES,
		[ACTION_SYSTEM] = SUMMARY_SYSTEM,
		[ACTION_OTHER] = SUMMARY_OTHER,
	};

	if (d->result == 0 && !d->pending) {
		add_failed(s, d);
		return;
	}
	switch (d->kind) {
	case ACTION_CREATE:
	case ACTION_WRITE:
	case ACTION_DELETE:
	case ACTION_RENAME:
	case ACTION_LINK:
		add_file(s, d);
		break;
	case ACTION_PRIVILEGE:
	case ACTION_SYSTEM:
	case ACTION_SIGNAL:
	case ACTION_PTRACE:
		add_words(s, simple[d->kind], d);
		break;
	default:
		count(s, simple[d->kind], d->object.data, d->object.len);
	}
}

/* ---- the text ---- */

static int category_of_file(uint32_t bits)
{
	if (bits & FILE_DELETED) {
		if (bits & FILE_MOVED_HERE)
			return -1; /* told where it went */
		return bits & FILE_IS_NEW ? SUMMARY_TEMPORARY : SUMMARY_DELETED;
	}
	if (bits & FILE_CREATED)
		return SUMMARY_CREATED;
	if (bits & FILE_MOVED_HERE)
		return SUMMARY_MOVED;
	return bits & FILE_CHANGED ? SUMMARY_CHANGED : -1;
}

static void pad(struct buf *to, size_t from, size_t width)
{
	while (to->len - from < width && !buf_error(to))
		buf_putc(to, ' ');
}

static size_t digits(uint64_t v)
{
	size_t n = 1;

	while (v /= 10)
		n++;
	return n;
}

struct line {
	struct buf *to;
	void (*put)(struct buf *to, const char *p, size_t len);
	size_t start, width;
	size_t shown, total;
};

static void line_begin(struct line *l, struct buf *to, enum category c, size_t total, size_t width)
{
	*l = (struct line){
		.to = to,
		.put = categories[c].words ? human_words : human_text,
		.start = to->len,
		.width = width ? width : WIDTH_ANY,
		.total = total,
	};
	buf_puts(to, INDENT);
	buf_puts(to, categories[c].label);
	pad(to, l->start, sizeof(INDENT) - 1 + LABEL_WIDTH + COUNT_WIDTH - digits(total));
	buf_u64(to, total);
	buf_puts(to, "  ");
}

/* Shows a name if there is room for it and for "and N more"; the first is shown in any case. */
static void line_name(struct line *l, const char *name, size_t len, uint64_t times)
{
	const size_t rest = sizeof(", and 1000000 more") - 1;
	size_t before = l->to->len;

	if (l->shown == SIZE_MAX)
		return;
	if (l->shown)
		buf_puts(l->to, ", ");
	/* "fd 4 (inode 12)" is no name either */
	(len > 3 && memcmp(name, "fd ", 3) == 0 ? human_words : l->put)(l->to, name, len);
	if (times > 1) {
		buf_puts(l->to, " x");
		buf_u64(l->to, times);
	}
	if (l->shown && l->to->len - l->start + (l->shown + 1 < l->total ? rest : 0) > l->width) {
		l->to->len = before;
		buf_puts(l->to, " and ");
		buf_u64(l->to, l->total - l->shown);
		buf_puts(l->to, " more");
		l->shown = SIZE_MAX;
	} else {
		l->shown++;
	}
}

static void format_list(struct buf *to, const struct name_set *set, enum category c, size_t width)
{
	struct line l;

	if (!set->n)
		return;
	line_begin(&l, to, c, set->n + set->dropped, width);
	for (size_t i = 0; i < set->n; i++) {
		const struct name_entry *e = &set->entries[i];
		const char *name = e->name, *slash = memrchr(e->name, '/', e->len);

		if (categories[c].basename && slash && slash[1])
			name = slash + 1;
		line_name(&l, name, e->len - (size_t)(name - e->name), e->count);
	}
	buf_putc(to, '\n');
}

static void format_files(
	struct buf *to, const struct name_set *files, enum category c, size_t width)
{
	size_t total = 0;
	struct line l;

	for (size_t i = 0; i < files->n; i++)
		total += category_of_file(files->entries[i].bits) == (int)c;
	if (!total)
		return;
	line_begin(&l, to, c, total, width);
	for (size_t i = 0; i < files->n; i++)
		if (category_of_file(files->entries[i].bits) == (int)c)
			line_name(&l, files->entries[i].name, files->entries[i].len, 1);
	buf_putc(to, '\n');
}

void summary_format(struct buf *to, const struct summary *s, size_t width)
{
	for (enum category c = 0; c < _SUMMARY_MAX; c++) {
		if (c >= SUMMARY_CREATED && c <= SUMMARY_TEMPORARY)
			format_files(to, &s->files, c, width);
		else
			format_list(to, &s->lists[c], c, width);
	}
	if (s->files.dropped)
		buf_puts(to, INDENT
			"(more files than are remembered: the counts of files are too small)\n");
}
