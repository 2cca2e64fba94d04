// SPDX-License-Identifier: MIT
#include "source/fsmark.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/macros.h"
#include "event/event.h"

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
#define CHANGES_MAX 8  /* bindings remembered of a mark, for calls that were in flight meanwhile */
#define SETTLE_MAX  4  /* attempts to watch the directories above a tree that moves while we look */
#define FINDS_MAX   256 /* findings that wait for their place among the events */

struct binding {
	bool is_bound;
	uint64_t ino;
	uint32_t dev_major, dev_minor;
	/* for who asks what was there; mode 0: not known */
	uint32_t mode, uid, gid, rdev_major, rdev_minor;
};

/* The parent directory of watches and executables. */
struct dir {
	int fd; /* O_PATH */
	int wd; /* -1: cannot be watched */
	/* As it is kept open, its own watch does not tell that it was deleted; the directory above tells that of its name. */
	int parent_wd;
	char name[NAME_MAX + 1];
	uint64_t ino;
	dev_t dev;
	bool is_gone; /* deleted or moved: nothing is bound in it any more */
};

struct place {
	uint64_t ino; /* 0: none */
	dev_t dev;
};

struct mark {
	enum evt_mark_kind kind;
	const char *rule_path; /* borrowed from the rules */
	char *name;            /* last component; trees: of the present path */
	size_t dir;            /* watch, exe: index in dirs */
	/* ... the directory that events may tell of: this one, and the one before it, of which some may have to be read yet */
	struct place places[2];
	int fd; /* O_PATH; tree: its root; exe: the file, whose number is not used again meanwhile */
	int parent_wd; /* tree: tells when its root's name goes */
	char *present; /* tree: NULL while unbound */
	struct binding now;
	struct binding told; /* what the reader of the events believes */
	bool is_told;
	bool is_polled;   /* cannot be watched: look on every report */
	bool is_dirty;    /* look on the next report */
	bool is_gone;     /* could not be looked up at the start: never bound */
	bool is_moved;    /* tree: present has changed since it was told */
	uint64_t changed; /* time of the last change */
	/* of a mark that follows events: changes up to here are over, what it was before them counts no more */
	uint64_t over;
	bool is_found; /* the last look has found something new, which is the last of its finds */
	struct {
		uint64_t at;
		struct binding before;
	} changes[CHANGES_MAX];
	size_t n_changes; /* ever; the last CHANGES_MAX are kept */
};

/* What a look has found, until the events before it have passed. */
struct find {
	uint64_t at_ns;
	size_t mark;
	struct binding found;
};

struct fsmarks {
	int fd; /* inotify, -1: none to be had */
	struct dir *dirs;
	size_t n_dirs;
	struct mark *marks;
	size_t n_marks;
	uint64_t now; /* counts changes */
	bool any_polled, any_dirty, any_untold;
	bool is_ordered; /* watches follow events */
	bool is_stirred; /* inotify had something to tell at the last look */
	uint64_t look_ns;
	struct find finds[FINDS_MAX]; /* the oldest first */
	size_t n_finds;
};

static bool same_binding(const struct binding *a, const struct binding *b)
{
	if (!a->is_bound || !b->is_bound)
		return a->is_bound == b->is_bound;
	return a->ino == b->ino && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

static struct binding binding_of(const struct stat *st)
{
	return (struct binding){
		.is_bound = true,
		.ino = st->st_ino,
		.dev_major = major(st->st_dev),
		.dev_minor = minor(st->st_dev),
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.rdev_major = major(st->st_rdev),
		.rdev_minor = minor(st->st_rdev),
	};
}

static void mark_bind(struct fsmarks *marks, struct mark *m, const struct binding *to)
{
	if (same_binding(&m->now, to)) {
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

static bool is_ordered(const struct fsmarks *marks, const struct mark *m)
{
	return marks->is_ordered && m->kind == EVT_MARK_WATCH;
}

/* The oldest finding has its place now. */
static void take_find(struct fsmarks *marks)
{
	const struct find *find = &marks->finds[0];
	struct mark *m = &marks->marks[find->mark];

	mark_bind(marks, m, &find->found);
	m->over = marks->now;
	marks->n_finds--;
	memmove(marks->finds, marks->finds + 1, marks->n_finds * sizeof(marks->finds[0]));
}

/* The last thing that is known of it, in its place among the events or not yet. */
static const struct binding *last_known(const struct fsmarks *marks, const struct mark *m)
{
	for (size_t i = marks->n_finds; i-- > 0;)
		if (&marks->marks[marks->finds[i].mark] == m)
			return &marks->finds[i].found;
	return &m->now;
}

/* A look at a watch or an executable has found it bound so. */
static void mark_found(struct fsmarks *marks, struct mark *m, const struct binding *found)
{
	if (!is_ordered(marks, m)) {
		mark_bind(marks, m, found);
		return;
	}
	if (same_binding(last_known(marks, m), found))
		return;
	m->is_found = true;
	if (marks->n_finds == FINDS_MAX)
		take_find(marks);
	marks->finds[marks->n_finds++] =
		(struct find){ marks->look_ns, (size_t)(m - marks->marks), *found };
}

static void set_dirty(struct fsmarks *marks, struct mark *m)
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
			close_fdp(&marks->dirs[i].fd);
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
	char proc_path[PROC_FD_MAX], path[PATH_MAX], *slash;
	ssize_t len;

	proc_fd(proc_path, dir->fd);
	dir->wd = inotify_add_watch(marks->fd, proc_path, DIR_EVENTS | IN_MASK_ADD);
	len = readlink(proc_path, path, sizeof(path) - 1);
	if (len <= 0)
		return;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash || !slash[1])
		return; /* the root stays */
	(void)snprintf(dir->name, sizeof(dir->name), "%s", slash + 1);
	slash[slash == path] = '\0';
	dir->parent_wd = inotify_add_watch(marks->fd, path, IN_DELETE | IN_MASK_ADD);
}

static int dir_open(struct fsmarks *marks, const char *path, size_t *ret_dir)
{
	_cleanup_close_ int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct dir *dir;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	for (size_t i = 0; i < marks->n_dirs; i++) {
		if (!marks->dirs[i].is_gone && marks->dirs[i].ino == st.st_ino &&
			marks->dirs[i].dev == st.st_dev) {
			*ret_dir = i;
			return 0;
		}
	}
	dir = dir_room(marks);
	if (!dir)
		return -ENOMEM;
	*dir = (struct dir){
		.fd = TAKE_FD(fd), .wd = -1, .parent_wd = -1, .ino = st.st_ino, .dev = st.st_dev
	};
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
	struct stat st;

	if (m->is_gone)
		return;
	if (marks->dirs[m->dir].is_gone && open_parent(marks, m) < 0) {
		set_polled(marks, m);
		name_is_gone(marks, m);
		return;
	}
	fd = openat(marks->dirs[m->dir].fd, m->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		name_is_gone(marks, m);
		return;
	}
	found = binding_of(&st);
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
	struct stat st, at_path;
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
	if (fstat(m->fd, &st) < 0)
		return -errno;
	root = binding_of(&st);
	proc_fd(proc_path, m->fd);
	for (int i = 0; i < SETTLE_MAX; i++) {
		len = readlink(proc_path, present, sizeof(present) - 1);
		if (len < 0)
			return -errno;
		present[len] = '\0';
		if (lstat(present, &at_path) < 0
				? errno == ENOENT || errno == ENOTDIR
				: at_path.st_ino != st.st_ino || at_path.st_dev != st.st_dev) {
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
		close_fdp(&marks->dirs[i].fd);
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
			set_dirty(marks, m);
	}
}

static bool is_deletion_of(const struct dir *dir, const struct inotify_event *e)
{
	return dir->parent_wd == e->wd && e->mask & IN_DELETE && e->len &&
	       !strcmp(e->name, dir->name);
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
			set_dirty(marks, m);
		else if (m->kind == EVT_MARK_TREE &&
			 (is_self || (e->wd == m->parent_wd && e->len && m->name &&
					     !strcmp(e->name, m->name))))
			set_dirty(marks, m);
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

static int put_mark(const struct mark *m, const struct binding *binding, struct buf *out)
{
	struct evt_hdr hdr = { .version = EVT_VERSION, .kind = EVT_MARK, .source = EVT_SRC_PTRACE };
	struct evt_mark mark = { .kind = m->kind, .bound = binding->is_bound };
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
	bool must_tell = !m->is_told || m->is_moved || !same_binding(&m->told, &m->now);
	int r;

	if (!same_binding(&before, &m->now) && !(m->is_told && same_binding(&before, &m->told))) {
		r = put_mark(m, &before, out);
		if (r < 0)
			return r;
		must_tell = true;
	}
	if (!must_tell)
		return 0;
	r = put_mark(m, &m->now, out);
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

static bool is_in(const struct place *dir, const struct fsmark_change *change)
{
	return dir->ino == change->dir_ino && major(dir->dev) == change->dir_major &&
	       minor(dir->dev) == change->dir_minor;
}

/* The next watch of that directory and name, from *at on; NULL: no more. */
static struct mark *next_watch(
	const struct fsmarks *marks, const struct fsmark_change *change, size_t *at)
{
	while (*at < marks->n_marks) {
		struct mark *m = &marks->marks[(*at)++];

		if (is_ordered(marks, m) && m->name &&
			(is_in(&m->places[0], change) || is_in(&m->places[1], change)) &&
			strlen(m->name) == change->name_len &&
			!memcmp(m->name, change->name, change->name_len))
			return m;
	}
	return NULL;
}

bool fsmarks_meant(const struct fsmarks *marks, struct fsmark_change *place)
{
	size_t at = 0;
	const struct mark *m = next_watch(marks, place, &at);

	if (!m || !m->now.is_bound)
		return false;
	place->ino = m->now.ino;
	place->major = m->now.dev_major;
	place->minor = m->now.dev_minor;
	place->mode = m->now.mode;
	place->uid = m->now.uid;
	place->gid = m->now.gid;
	place->rdev_major = m->now.rdev_major;
	place->rdev_minor = m->now.rdev_minor;
	return true;
}

bool fsmarks_has_name(const struct fsmarks *marks, const char *name, size_t len)
{
	for (size_t i = 0; i < marks->n_marks; i++) {
		const struct mark *m = &marks->marks[i];

		if (is_ordered(marks, m) && m->name && !strncmp(m->name, name, len) &&
			!m->name[len])
			return true;
	}
	return false;
}

bool fsmarks_is_there(const struct fsmarks *marks, const struct fsmark_change *change)
{
	size_t at = 0;
	const struct mark *m = next_watch(marks, change, &at);
	struct stat st;

	return m && !m->is_gone &&
	       fstatat(marks->dirs[m->dir].fd, m->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_ino == change->ino && major(st.st_dev) == change->major &&
	       minor(st.st_dev) == change->minor;
}

void fsmarks_saw(struct fsmarks *marks, const struct fsmark_change *change)
{
	const struct binding to = {
		.is_bound = change->is_there,
		.ino = change->ino,
		.dev_major = change->major,
		.dev_minor = change->minor,
		.mode = change->mode,
		.uid = change->uid,
		.gid = change->gid,
		.rdev_major = change->rdev_major,
		.rdev_minor = change->rdev_minor,
	};
	struct binding gone = to;
	struct mark *m;
	size_t at = 0;

	gone.is_bound = true;
	while ((m = next_watch(marks, change, &at))) {
		/* what goes is what the name meant, and what it meant before it went counts (spec kernel 6.10) */
		if (!to.is_bound && change->ino) {
			mark_bind(marks, m, &gone);
			m->over = marks->now;
		}
		if (same_binding(&m->now, &to)) {
			mark_bind(marks, m, &to);
			continue;
		}
		mark_bind(marks, m, &to);
		if (to.is_bound)
			m->over = marks->now;
		/* calls overlap: what one tells may be over when it is read */
		set_dirty(marks, m);
	}
}

void fsmarks_follow(struct fsmarks *marks)
{
	marks->is_ordered = true;
}

void fsmarks_pass(struct fsmarks *marks, uint64_t at_ns)
{
	while (marks->n_finds && marks->finds[0].at_ns < at_ns)
		take_find(marks);
}

static int look(struct fsmarks *marks)
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

int fsmarks_look(struct fsmarks *marks, uint64_t now_ns, struct buf *out)
{
	int r;

	if (!marks->n_marks)
		return 0;
	marks->look_ns = now_ns;
	r = look(marks);
	for (size_t i = 0; i < marks->n_marks && r == 0; i++) {
		struct mark *m = &marks->marks[i];

		if (m->is_found)
			r = put_mark(m, last_known(marks, m), out);
		m->is_found = false;
	}
	return r;
}

int fsmarks_fd(const struct fsmarks *marks)
{
	return marks->fd;
}

bool fsmarks_is_stirred(const struct fsmarks *marks)
{
	return marks->is_stirred;
}

int fsmarks_report(struct fsmarks *marks, uint64_t since, struct buf *out)
{
	int r;

	if (!marks->n_marks)
		return 0;
	r = look(marks);
	return r < 0 ? r : fsmarks_tell(marks, since, out);
}

int fsmarks_tell(struct fsmarks *marks, uint64_t since, struct buf *out)
{
	int r;

	if (!marks->any_untold && marks->now <= since)
		return 0;
	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		r = report_mark(m, is_ordered(marks, m) ? m->over : since, out);
		m->over = marks->now;
		if (r < 0)
			return r;
	}
	marks->any_untold = false;
	return 0;
}
