// SPDX-License-Identifier: MIT
#include "source/fsmark.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/fsmark_state.h"

/*
 * A watch or executable belongs to its parent directory: that is resolved once, and the last component is looked up in
 * it again whenever inotify says that its name came or went; a final symlink is not followed. A tree belongs to the
 * inode of its root, which is kept open: what may change is the path to it, when the root or a directory above it is
 * renamed. Inotify tells of that as well, so that a report without changes is one read(2).
 *
 * A directory that cannot be watched (no read permission, no watches left) is looked at on every report instead. The same
 * goes for the path of one that was deleted or moved away: the kernel removes its rules, ours wait for it to come again.
 */

#define DIR_EVENTS                                                                                 \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF)
#define PROC_FD_MAX 40 /* bytes of "/proc/self/fd/N" */
#define SETTLE_MAX  4  /* attempts to watch the directories above a tree that moves while we look */

bool mark_same_binding(const struct binding *a, const struct binding *b)
{
	if (!a->is_bound || !b->is_bound)
		return a->is_bound == b->is_bound;
	return a->ino == b->ino && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

static struct binding binding_of(const struct statx *stx)
{
	return (struct binding){
		.is_bound = true,
		.ino = stx->stx_ino,
		.dev_major = stx->stx_dev_major,
		.dev_minor = stx->stx_dev_minor,
		.mode = stx->stx_mode,
		.uid = stx->stx_uid,
		.gid = stx->stx_gid,
		.rdev_major = stx->stx_rdev_major,
		.rdev_minor = stx->stx_rdev_minor,
	};
}

int mark_statx(struct fsmarks *marks, struct statx *ret, int dirfd, const char *path, int flags)
{
	return sb_statx(&(struct sb_view){ .devs = &marks->devs }, ret, dirfd, path, flags);
}

void mark_bind(struct fsmarks *marks, struct mark *m, const struct binding *to)
{
	if (mark_same_binding(&m->now, to)) {
		if (to->mode)
			m->now = *to;
		return;
	}
	m->changed = ++marks->now;
	m->changes[m->n_changes % CHANGES_MAX].at = m->changed;
	m->changes[m->n_changes % CHANGES_MAX].before = m->now;
	m->n_changes++;
	m->now = *to;
	marks->any_untold = true;
}

static void mark_unbind(struct fsmarks *marks, struct mark *m)
{
	static const struct binding unbound = { .is_bound = false };

	mark_bind(marks, m, &unbound);
}

void mark_set_dirty(struct fsmarks *marks, struct mark *m)
{
	m->is_dirty = marks->any_dirty = true;
}

static void set_polled(struct fsmarks *marks, struct mark *m)
{
	m->is_polled = marks->any_polled = true;
}

static void proc_fd(char path[static PROC_FD_MAX], int fd)
{
	(void)snprintf(path, PROC_FD_MAX, "/proc/self/fd/%d", fd);
}

/* ---- watches and executables ---- */

static void dir_close(struct dir *dir)
{
	close_fdp(&dir->fd);
	free(dir->path);
	dir->path = NULL;
}

/* The place of a directory that no mark belongs to any more, or a new one. NULL: no memory. */
static struct dir *dir_room(struct fsmarks *marks)
{
	struct dir *dirs;
	bool is_used;

	for (size_t i = 0; i < marks->n_dirs; i++) {
		is_used = !marks->dirs[i].is_gone;
		for (size_t k = 0; k < marks->n_marks && !is_used; k++)
			is_used = marks->marks[k].kind != EVT_MARK_TREE && marks->marks[k].dir == i;
		if (!is_used) {
			dir_close(&marks->dirs[i]);
			return &marks->dirs[i];
		}
	}
	dirs = reallocarray(marks->dirs, marks->n_dirs + 1, sizeof(*dirs));
	if (!dirs)
		return NULL;
	marks->dirs = dirs;
	return &dirs[marks->n_dirs++];
}

static void watch_dir(struct fsmarks *marks, struct dir *dir)
{
	_cleanup_free_ char *above = dir->path ? strdup(dir->path) : NULL;
	char proc_path[PROC_FD_MAX], *slash = above ? strrchr(above, '/') : NULL;

	proc_fd(proc_path, dir->fd);
	dir->wd = inotify_add_watch(marks->fd, proc_path, DIR_EVENTS | IN_MASK_ADD);
	if (!slash || !slash[1])
		return; /* the root stays */
	slash[slash == above] = '\0';
	dir->parent_wd = inotify_add_watch(marks->fd, above, IN_DELETE | IN_MASK_ADD);
}

static char *path_of_fd(int fd)
{
	char proc_path[PROC_FD_MAX], path[PATH_MAX];
	ssize_t len;

	proc_fd(proc_path, fd);
	len = readlink(proc_path, path, sizeof(path));
	return len > 0 && len < (ssize_t)sizeof(path) ? strndup(path, (size_t)len) : NULL;
}

static int dir_open(struct fsmarks *marks, const char *path, size_t *ret_dir)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct dir *dir;
	struct statx stx;
	dev_t dev;
	int r = fd < 0 ? -errno : mark_statx(marks, &stx, fd, "", AT_EMPTY_PATH);

	if (r)
		return r;
	dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	for (size_t i = 0; i < marks->n_dirs; i++) {
		if (!marks->dirs[i].is_gone && marks->dirs[i].ino == stx.stx_ino &&
			marks->dirs[i].dev == dev) {
			*ret_dir = i;
			return 0;
		}
	}
	dir = dir_room(marks);
	if (!dir)
		return -ENOMEM;
	*dir = (struct dir){
		.fd = TAKE_FD(fd), .wd = -1, .parent_wd = -1, .ino = stx.stx_ino, .dev = dev
	};
	dir->path = path_of_fd(dir->fd);
	if (marks->fd >= 0)
		watch_dir(marks, dir);
	*ret_dir = (size_t)(dir - marks->dirs);
	return 0;
}

static void set_place(struct mark *m, const struct dir *dir)
{
	if (m->places[0].ino == dir->ino && m->places[0].dev == dir->dev)
		return;
	m->places[1] = m->places[0];
	m->places[0] = (struct place){ dir->ino, dir->dev };
}

/* The directory that the rule's path leads to now. */
static int open_parent(struct fsmarks *marks, struct mark *m)
{
	_cleanup_free_ char *parent = strdup(m->rule_path);
	char *slash = parent ? strrchr(parent, '/') : NULL;
	int r;

	if (!parent)
		return -ENOMEM;
	if (slash)
		slash[slash == parent] = '\0';
	r = dir_open(marks, slash ? parent : ".", &m->dir);
	if (r < 0)
		return r;
	set_place(m, &marks->dirs[m->dir]);
	m->is_polled = false;
	if (marks->dirs[m->dir].wd < 0)
		set_polled(marks, m);
	return 0;
}

/* An executable that was renamed away or deleted is still the one that runs. */
static void name_is_gone(struct fsmarks *marks, struct mark *m)
{
	static const struct binding unbound = { .is_bound = false };

	if (m->kind != EVT_MARK_EXE)
		mark_found(marks, m, &unbound);
}

static void look_up_name(struct fsmarks *marks, struct mark *m)
{
	_cleanup_close_ int fd = -1;
	struct binding found;
	struct statx stx;

	if (m->is_gone)
		return;
	if (marks->dirs[m->dir].is_gone && open_parent(marks, m) < 0) {
		set_polled(marks, m);
		name_is_gone(marks, m);
		return;
	}
	fd = openat(marks->dirs[m->dir].fd, m->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || mark_statx(marks, &stx, fd, "", AT_EMPTY_PATH) < 0) {
		name_is_gone(marks, m);
		return;
	}
	found = binding_of(&stx);
	mark_found(marks, m, &found);
	if (m->kind == EVT_MARK_EXE) {
		close_fdp(&m->fd);
		m->fd = TAKE_FD(fd);
	}
}

static int mark_open_name(struct fsmarks *marks, struct mark *m)
{
	const char *slash = strrchr(m->rule_path, '/');
	int r;

	m->name = strdup(slash && slash[1] ? slash + 1 : ".");
	if (!m->name)
		return -ENOMEM;
	r = open_parent(marks, m);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		m->is_gone = true;
		return 0;
	}
	look_up_name(marks, m);
	return 0;
}

/* ---- trees ---- */

/* Has inotify tell when the root of the tree, or a directory above it, is renamed or deleted. */
static void watch_above(struct fsmarks *marks, struct mark *m)
{
	uint32_t mask = IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW | IN_MASK_ADD;
	char path[PATH_MAX], *slash;

	m->is_polled = false;
	m->parent_wd = -1;
	(void)snprintf(path, sizeof(path), "%s", m->present);
	if (marks->fd < 0 || inotify_add_watch(marks->fd, path, mask) < 0)
		set_polled(marks, m);
	while ((slash = strrchr(path, '/')) && path[1]) {
		uint32_t more = m->parent_wd < 0 ? IN_DELETE | IN_MOVED_FROM : 0;
		int wd;

		slash[slash == path] = '\0';
		wd = marks->fd < 0 ? -1 : inotify_add_watch(marks->fd, path, mask | more);
		if (wd < 0)
			set_polled(marks, m);
		if (m->parent_wd < 0)
			m->parent_wd = wd;
	}
}

static int set_present(struct fsmarks *marks, struct mark *m, const char *present)
{
	const char *slash = strrchr(present, '/');
	char *copy, *name;

	if (m->present && !strcmp(m->present, present))
		return 0;
	copy = strdup(present);
	name = strdup(slash ? slash + 1 : present);
	if (!copy || !name) {
		free(copy);
		free(name);
		return -ENOMEM;
	}
	free(m->present);
	free(m->name);
	m->present = copy;
	m->name = name;
	m->is_moved = marks->any_untold = true;
	return 1;
}

static bool same_inode(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor;
}

static void forget_tree(struct fsmarks *marks, struct mark *m)
{
	mark_unbind(marks, m);
	close_fdp(&m->fd);
	m->fd = -1;
	set_polled(marks, m);
}

static int look_up_tree(struct fsmarks *marks, struct mark *m)
{
	char proc_path[PROC_FD_MAX], present[PATH_MAX];
	struct binding root;
	struct statx stx, at_path;
	ssize_t len;
	int r;

	if (m->is_gone)
		return 0;
	if (m->fd < 0) {
		m->fd = open(m->rule_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (m->fd < 0)
			return 0; /* until it comes again */
		free(m->present);
		m->present = NULL;
	}
	r = mark_statx(marks, &stx, m->fd, "", AT_EMPTY_PATH);
	if (r)
		return r;
	root = binding_of(&stx);
	proc_fd(proc_path, m->fd);
	for (int i = 0; i < SETTLE_MAX; i++) {
		len = readlink(proc_path, present, sizeof(present) - 1);
		if (len < 0)
			return -errno;
		present[len] = '\0';
		r = mark_statx(marks, &at_path, AT_FDCWD, present, AT_SYMLINK_NOFOLLOW);
		if (r < 0 ? r == -ENOENT || r == -ENOTDIR : !same_inode(&at_path, &stx)) {
			/* The kernel marks the path of a deleted object so; no live path is then at that place. */
			static const char deleted[] = " (deleted)";
			size_t tail = sizeof(deleted) - 1;

			if ((size_t)len > tail && !strcmp(present + len - tail, deleted)) {
				forget_tree(marks, m);
				return 0;
			}
		}
		mark_bind(marks, m, &root);
		r = set_present(marks, m, present);
		if (r <= 0)
			return r;
		watch_above(marks, m);
	}
	/* It moves faster than it can be watched. */
	set_polled(marks, m);
	return 0;
}

static int mark_open_tree(struct fsmarks *marks, struct mark *m)
{
	m->fd = open(m->rule_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (m->fd < 0) {
		m->is_gone = true;
		return 0;
	}
	return look_up_tree(marks, m);
}

/* ---- all ---- */

int fsmarks_new(struct fsmarks **ret, const struct rule_set *rules)
{
	struct fsmarks *marks = calloc(1, sizeof(*marks));
	size_t n = rules ? rules->n_marks : 0;
	int r;

	if (!marks)
		return -ENOMEM;
	marks->fd = -1;
	marks->marks = calloc(n + 1, sizeof(*marks->marks));
	if (!marks->marks) {
		fsmarks_free(marks);
		return -ENOMEM;
	}
	if (n)
		marks->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; i < n; i++) {
		struct mark *m = &marks->marks[marks->n_marks++];

		m->kind = rules->marks[i]->kind;
		marks->n_exes += m->kind == EVT_MARK_EXE;
		m->rule_path = rules->marks[i]->path;
		m->fd = m->parent_wd = -1;
		r = m->kind == EVT_MARK_TREE ? mark_open_tree(marks, m) : mark_open_name(marks, m);
		if (r < 0) {
			fsmarks_free(marks);
			return r;
		}
	}
	/* Bindings from before the first call are no history. */
	for (size_t i = 0; i < marks->n_marks; i++) {
		marks->marks[i].n_changes = 0;
		marks->marks[i].changed = 0;
	}
	marks->now = 0;
	marks->any_untold = n > 0;
	*ret = marks;
	return 0;
}

void fsmarks_free(struct fsmarks *marks)
{
	if (!marks)
		return;
	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		close_fdp(&m->fd);
		free(m->name);
		free(m->present);
	}
	for (size_t i = 0; i < marks->n_dirs; i++)
		dir_close(&marks->dirs[i]);
	close_fdp(&marks->fd);
	free(marks->marks);
	free(marks->dirs);
	free(marks);
}

uint64_t fsmarks_now(const struct fsmarks *marks)
{
	return marks->now;
}

static void note_dir_event(struct fsmarks *marks, size_t dir, const struct inotify_event *e)
{
	bool is_own = marks->dirs[dir].wd == e->wd;
	bool is_gone = !is_own || e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT);

	if (is_gone) {
		marks->dirs[dir].is_gone = true;
		marks->dirs[dir].wd = marks->dirs[dir].parent_wd = -1;
	}
	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		if (m->kind == EVT_MARK_TREE || m->dir != dir)
			continue;
		if (is_gone || (e->len && !strcmp(e->name, m->name)))
			mark_set_dirty(marks, m);
	}
}

static bool is_deletion_of(const struct dir *dir, const struct inotify_event *e)
{
	const char *slash = dir->path ? strrchr(dir->path, '/') : NULL;

	return dir->parent_wd == e->wd && e->mask & IN_DELETE && e->len && slash &&
	       !strcmp(e->name, slash + 1);
}

static void note_event(struct fsmarks *marks, const struct inotify_event *e)
{
	bool is_self = e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_Q_OVERFLOW);

	for (size_t i = 0; i < marks->n_dirs; i++)
		if (e->wd >= 0 &&
			(marks->dirs[i].wd == e->wd || is_deletion_of(&marks->dirs[i], e)))
			note_dir_event(marks, i, e);
	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		if (e->mask & IN_Q_OVERFLOW)
			mark_set_dirty(marks, m);
		else if (m->kind == EVT_MARK_TREE &&
			 (is_self || (e->wd == m->parent_wd && e->len && m->name &&
					     !strcmp(e->name, m->name))))
			mark_set_dirty(marks, m);
	}
}

static int read_events(struct fsmarks *marks)
{
	char room[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	const size_t event_max = sizeof(struct inotify_event) + NAME_MAX + 1;
	ssize_t len;

	do {
		len = read(marks->fd, room, sizeof(room));
		if (len < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		for (size_t at = 0; at < (size_t)len;) {
			const struct inotify_event *e = (const void *)(room + at);

			marks->is_stirred = true;
			note_event(marks, e);
			at += sizeof(*e) + e->len;
		}
		/* Room for one more event was left over: there was none. */
	} while ((size_t)len + event_max > sizeof(room));
	return 0;
}

static int look_again(struct fsmarks *marks)
{
	int r;

	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		if (!m->is_dirty && !m->is_polled)
			continue;
		m->is_dirty = false;
		if (m->kind == EVT_MARK_TREE) {
			r = look_up_tree(marks, m);
			if (r < 0)
				return r;
		} else {
			look_up_name(marks, m);
		}
	}
	marks->any_dirty = false;
	return 0;
}

int mark_put(const struct mark *m, const struct binding *binding, bool is_over, struct buf *out)
{
	struct evt_hdr hdr = { .version = EVT_VERSION, .kind = EVT_MARK, .source = EVT_SRC_PTRACE };
	struct evt_mark mark = { .kind = m->kind, .bound = binding->is_bound, .is_over = is_over };
	struct event_writer w;
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &ts);
	hdr.time_sec = ts.tv_sec;
	hdr.time_nsec = (uint32_t)ts.tv_nsec;
	if (binding->is_bound) {
		mark.ino = binding->ino;
		mark.dev_major = binding->dev_major;
		mark.dev_minor = binding->dev_minor;
	}
	event_begin(&w, out, &hdr);
	event_put_mark(&w, &mark, m->rule_path, binding->is_bound ? m->present : NULL);
	return event_finish(&w);
}

/* What the mark was bound to when a call began at since; if to nothing, then what it was bound to last before now. */
static struct binding binding_since(const struct mark *m, uint64_t since)
{
	size_t kept = m->n_changes < CHANGES_MAX ? m->n_changes : CHANGES_MAX;
	struct binding found = m->now;

	for (size_t i = 0; i < kept; i++) {
		size_t at = (m->n_changes - 1 - i) % CHANGES_MAX;

		if (m->changes[at].at <= since)
			break;
		if (m->changes[at].before.is_bound)
			found = m->changes[at].before;
	}
	return found;
}

static int report_mark(struct mark *m, uint64_t since, struct buf *out)
{
	struct binding before = m->changed > since ? binding_since(m, since) : m->now;
	bool must_tell = !m->is_told || m->is_moved || !mark_same_binding(&m->told, &m->now);
	int r;

	if (!mark_same_binding(&before, &m->now) &&
		!(m->is_told && mark_same_binding(&before, &m->told))) {
		r = mark_put(m, &before, true, out);
		if (r < 0)
			return r;
		must_tell = true;
	}
	if (!must_tell)
		return 0;
	r = mark_put(m, &m->now, m->is_settled, out);
	if (r < 0)
		return r;
	m->told = m->now;
	m->is_told = true;
	m->is_moved = false;
	return 0;
}

bool fsmarks_any(const struct fsmarks *marks)
{
	return marks->n_marks;
}

bool fsmarks_any_exe(const struct fsmarks *marks)
{
	return marks->n_exes;
}

int marks_look(struct fsmarks *marks)
{
	int r;

	marks->is_stirred = false;
	if (marks->fd >= 0) {
		r = read_events(marks);
		if (r < 0)
			return r;
	}
	return marks->any_dirty || marks->any_polled ? look_again(marks) : 0;
}

int fsmarks_report(struct fsmarks *marks, uint64_t since, struct buf *out)
{
	int r;

	if (!marks->n_marks)
		return 0;
	r = marks_look(marks);
	return r < 0 ? r : fsmarks_tell(marks, since, out);
}

int fsmarks_tell(struct fsmarks *marks, uint64_t since, struct buf *out)
{
	int r;

	if (!marks->any_untold && marks->now <= since)
		return 0;
	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		r = report_mark(m, mark_is_ordered(marks, m) ? m->over : since, out);
		m->over = marks->now;
		m->is_settled = false;
		if (r < 0)
			return r;
	}
	marks->any_untold = false;
	return 0;
}
