// SPDX-License-Identifier: MIT
/* Watches that are bound to what events say of their names, which are read later than they happened. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "source/fsmark_state.h"

bool mark_is_ordered(const struct fsmarks *marks, const struct mark *m)
{
	return marks->is_ordered && m->kind == EVT_MARK_WATCH;
}

/* The oldest finding has its place now; is_over: before the next event, and not for want of room. */
static void take_find(struct fsmarks *marks, bool is_over)
{
	const struct find *find = &marks->finds[0];
	struct mark *m = &marks->marks[find->mark];

	mark_bind(marks, m, &find->found);
	m->over = marks->now;
	m->is_settled = is_over;
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
void mark_found(struct fsmarks *marks, struct mark *m, const struct binding *found)
{
	if (!mark_is_ordered(marks, m)) {
		mark_bind(marks, m, found);
		return;
	}
	if (mark_same_binding(last_known(marks, m), found))
		return;
	m->is_found = true;
	if (marks->n_finds == FINDS_MAX)
		take_find(marks, false);
	marks->finds[marks->n_finds++] =
		(struct find){ marks->look_ns, (size_t)(m - marks->marks), *found };
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

		if (mark_is_ordered(marks, m) && m->name &&
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

		if (mark_is_ordered(marks, m) && m->name && !strncmp(m->name, name, len) &&
			!m->name[len])
			return true;
	}
	return false;
}

bool fsmarks_is_there(struct fsmarks *marks, const struct fsmark_change *change)
{
	size_t at = 0;
	const struct mark *m = next_watch(marks, change, &at);
	struct statx stx;

	return m && !m->is_gone &&
	       mark_statx(marks, &stx, marks->dirs[m->dir].fd, m->name, AT_SYMLINK_NOFOLLOW) == 0 &&
	       stx.stx_ino == change->ino && stx.stx_dev_major == change->major &&
	       stx.stx_dev_minor == change->minor;
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
			m->is_settled = false;
		}
		if (mark_same_binding(&m->now, &to)) {
			mark_bind(marks, m, &to);
			continue;
		}
		mark_bind(marks, m, &to);
		m->is_settled = false;
		if (to.is_bound)
			m->over = marks->now;
		/* calls overlap: what one tells may be over when it is read */
		mark_set_dirty(marks, m);
	}
}

void fsmarks_follow(struct fsmarks *marks)
{
	marks->is_ordered = true;
}

void fsmarks_pass(struct fsmarks *marks, uint64_t at_ns)
{
	while (marks->n_finds && marks->finds[0].at_ns < at_ns)
		take_find(marks, true);
}

int fsmarks_look(struct fsmarks *marks, uint64_t now_ns, struct buf *out)
{
	int r;

	if (!marks->n_marks)
		return 0;
	marks->look_ns = now_ns;
	r = marks_look(marks);
	for (size_t i = 0; i < marks->n_marks && r == 0; i++) {
		struct mark *m = &marks->marks[i];

		if (m->is_found)
			r = mark_put(m, last_known(marks, m), false, out);
		m->is_found = false;
	}
	return r;
}

static struct binding binding_of_exe(const struct evt_exe *exe)
{
	return (struct binding){ .is_bound = true,
		.ino = exe->ino,
		.dev_major = exe->dev_major,
		.dev_minor = exe->dev_minor };
}

static bool is_path_of(
	const struct fsmarks *marks, const struct mark *m, const char *path, size_t len)
{
	const struct dir *dir = &marks->dirs[m->dir];
	size_t dir_len = dir->path ? strlen(dir->path) : 0, name_len = strlen(m->name);

	if (dir_len == 1)
		dir_len = 0; /* the root's slash is the name's */
	return dir->path && len == dir_len + 1 + name_len && !memcmp(path, dir->path, dir_len) &&
	       path[dir_len] == '/' && !memcmp(path + dir_len + 1, m->name, name_len);
}

void fsmarks_saw_program(
	struct fsmarks *marks, const char *path, size_t len, const struct evt_exe *exe)
{
	const struct binding to = binding_of_exe(exe);

	for (size_t i = 0; i < marks->n_marks; i++) {
		struct mark *m = &marks->marks[i];

		if (!mark_is_ordered(marks, m) || m->is_gone || mark_same_binding(&m->now, &to) ||
			!is_path_of(marks, m, path, len))
			continue;
		mark_bind(marks, m, &to);
		m->over = marks->now;
		m->is_settled = false;
		/* it may be another's again by now */
		mark_set_dirty(marks, m);
	}
}

int fsmarks_ran(struct fsmarks *marks, const char *path, size_t len, const struct evt_exe *exe,
	struct buf *out)
{
	const struct binding ran = binding_of_exe(exe);
	size_t n_left = marks->n_exes;
	int r;

	for (size_t i = 0; n_left; i++) {
		struct mark *m = &marks->marks[i];

		if (m->kind != EVT_MARK_EXE)
			continue;
		n_left--;
		if (m->is_gone || mark_same_binding(&m->now, &ran) ||
			!is_path_of(marks, m, path, len))
			continue;
		r = mark_put(m, &ran, true, out);
		if (r < 0)
			return r;
		/* the next event hears of the present one again */
		m->told = ran;
		marks->any_untold = true;
	}
	return 0;
}

int fsmarks_fd(const struct fsmarks *marks)
{
	return marks->fd;
}

bool fsmarks_is_stirred(const struct fsmarks *marks)
{
	return marks->is_stirred;
}
