// SPDX-License-Identifier: MIT
#include "source/ptrace/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/macros.h"
#include "source/names.h"
#include "source/ptrace/proc_file.h"

bool object_same(const struct object *a, const struct object *b)
{
	if (a->stat_dev && b->stat_dev && a->stat_dev != b->stat_dev)
		return false;
	return !a->error && !b->error && a->f.ino == b->f.ino && a->f.dev_major == b->f.dev_major &&
	       a->f.dev_minor == b->f.dev_minor;
}

int lookup_root_read(struct lookup_root *ret)
{
	struct stat root, ns;

	if (stat("/", &root) < 0 || stat("/proc/self/ns/mnt", &ns) < 0)
		return -errno;
	*ret = (struct lookup_root){ root.st_dev, ns.st_dev, root.st_ino, ns.st_ino };
	return 0;
}

bool lookup_root_is(const struct lookup_root *root, int procfd, pid_t tid)
{
	char name[PROC_NAME_MAX];
	struct stat st;

	/* gone, or not ours to look at: then nothing else of it will be found either */
	if (fstatat(procfd, proc_name(name, tid, "root"), &st, 0) < 0)
		return true;
	if (st.st_dev != root->dev || st.st_ino != root->ino)
		return false;
	if (fstatat(procfd, proc_name(name, tid, "ns/mnt"), &st, 0) < 0)
		return true;
	return st.st_dev == root->ns_dev && st.st_ino == root->ns_ino;
}

/*
 * Acting with the file system ids of the task while a path is looked up, so that a directory it may not search hides
 * what is in it from us as well. Taking an fsuid other than 0 drops the capabilities that override permissions
 * (capabilities(7)), and going back returns them. Without the privilege to change ids a task cannot have got others
 * than ours either.
 */
struct borrowed_ids {
	bool user, group, groups;
	int n_own_groups;
	gid_t own_groups[FACTS_GROUPS_MAX];
};

/* Whether lookups borrow ids at all. */
static bool ids_differ(const struct lookup *l)
{
	return l->ids && l->own_uid == 0 &&
	       (l->ids->fsuid != l->own_uid || l->ids->fsgid != l->own_gid);
}

/* l NULL: does nothing, and neither does ids_return() then. */
static void ids_borrow(struct borrowed_ids *b, const struct lookup *l)
{
	const struct task_ids *ids;
	gid_t wanted[FACTS_GROUPS_MAX];

	b->user = b->group = b->groups = false;
	if (!l || !ids_differ(l))
		return;
	ids = l->ids;
	b->n_own_groups = getgroups(FACTS_GROUPS_MAX, b->own_groups);
	if (b->n_own_groups >= 0) {
		for (uint32_t i = 0; i < ids->n_groups; i++)
			wanted[i] = ids->groups[i];
		/* the raw call: for this thread alone, as setfsuid */
		b->groups = syscall(SYS_setgroups, ids->n_groups, wanted) == 0;
	}
	(void)setfsgid(ids->fsgid);
	b->group = true;
	(void)setfsuid(ids->fsuid);
	b->user = true;
}

static void ids_return(struct borrowed_ids *b, const struct lookup *l)
{
	int saved = errno;

	if (b->user)
		(void)setfsuid(l->own_uid);
	if (b->group)
		(void)setfsgid(l->own_gid);
	if (b->groups)
		(void)syscall(SYS_setgroups, b->n_own_groups, b->own_groups);
	errno = saved;
}

/*
 * /proc/self and the links that lead there mean the task, not us. Rewrites a path that begins with one of them.
 * NULL: the path is fine as it is, or ends in such a link that is itself the object.
 */
static const char *task_view(
	const struct lookup *l, const char *path, bool follow, char to[static PATH_MAX])
{
	static const struct {
		const char *prefix;
		bool whole; /* the prefix must be the whole path */
		bool thread;
		const char *to;
	} self[] = {
		{ "/proc/self", false, false, "" },
		{ "/proc/thread-self", false, true, "" },
		{ "/proc/mounts", true, false, "/mounts" },
		{ "/proc/net", false, false, "/net" },
		{ "/dev/fd", false, false, "/fd" },
		{ "/dev/stdin", true, false, "/fd/0" },
		{ "/dev/stdout", true, false, "/fd/1" },
		{ "/dev/stderr", true, false, "/fd/2" },
	};

	if (strncmp(path, "/proc/", 6) != 0 && strncmp(path, "/dev/", 5) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(self); i++) {
		size_t len = strlen(self[i].prefix);
		int n;

		if (strncmp(path, self[i].prefix, len) != 0)
			continue;
		if (path[len] != '\0' && (self[i].whole || path[len] != '/'))
			continue;
		if (path[len] == '\0' && !follow)
			return NULL;
		n = self[i].thread ? snprintf(to, PATH_MAX, "/proc/%d/task/%d%s", (int)l->tgid,
					     (int)l->tid, path + len)
				   : snprintf(to, PATH_MAX, "/proc/%d%s%s", (int)l->tgid,
					     self[i].to, path + len);
		return n > 0 && n < PATH_MAX ? to : NULL;
	}
	return NULL;
}

/*
 * How much of a path of task_view() leads to one of the links that are followed without looking up what they say: the
 * task itself may always go through them, somebody with its ids may not. 0: none.
 */
static size_t task_link_len(const char *path)
{
	static const char *const links[] = { "cwd", "root", "exe" };
	const char *at = path + strlen("/proc/");

	at += strspn(at, "0123456789");
	if (strncmp(at, "/task/", 6) == 0) {
		at += 6;
		at += strspn(at, "0123456789");
	}
	if (*at++ != '/')
		return 0;
	if (strncmp(at, "fd/", 3) == 0) {
		size_t n = strspn(at + 3, "0123456789");

		at += 3 + n;
		return n && (!*at || *at == '/') ? (size_t)(at - path) : 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		size_t len = strlen(links[i]);

		if (strncmp(at, links[i], len) == 0 && (!at[len] || at[len] == '/'))
			return (size_t)(at + len - path);
	}
	return 0;
}

#define LINKS_MAX 40 /* of one path that the kernel follows (MAXSYMLINKS) */

/* Where a lookup starts: a directory of ours and the rest of the way. */
struct start {
	int dirfd;
	int owned;        /* -1, or a descriptor to close */
	const char *path; /* "": dirfd itself */
	bool in_proc; /* what the task finds of itself there: not with its ids, but as ourselves */
	uint64_t
		resolve; /* for openat2: the task's, or RESOLVE_IN_ROOT when its root is not ours */
	char rewritten[PATH_MAX];
	struct buf joined;
};

static void start_deinit(struct start *s)
{
	if (s->owned >= 0)
		(void)close(s->owned);
	buf_deinit(&s->joined);
}

/* Whose root directory is that of the task. */
static pid_t root_holder(const struct lookup *l)
{
	return l->known && l->known->root_holder ? l->known->root_holder : l->tid;
}

/* The path of the task's working directory or descriptor below the task's own root; -EXDEV: it lies outside. */
static int path_in_root(const struct lookup *l, const char *link, struct buf *to)
{
	char root[PATH_MAX], where[PATH_MAX];
	ssize_t n;
	size_t len;

	n = proc_readlink(l->procfd, root_holder(l), "root", root, sizeof(root));
	if (n < 0)
		return (int)n;
	len = strcmp(root, "/") == 0 ? 0 : (size_t)n;
	n = proc_readlink(l->procfd, l->tid, link, where, sizeof(where));
	if (n < 0)
		return (int)n;
	if (strncmp(where, root, len) != 0 || (where[len] != '/' && where[len] != '\0'))
		return -EXDEV;
	buf_puts(to, where + len);
	return buf_error(to);
}

/* s->path is one of task_view(). */
static int start_in_proc(struct start *s, bool follow)
{
	size_t len = task_link_len(s->path);
	char link[PATH_MAX];

	s->dirfd = AT_FDCWD;
	if (!len || (!s->path[len] && !follow)) {
		s->in_proc = true;
		return 0;
	}
	memcpy(link, s->path, len);
	link[len] = '\0';
	s->dirfd = s->owned = open(link, O_PATH | O_CLOEXEC);
	if (s->owned < 0)
		return -errno;
	s->path += len;
	if (*s->path) {
		s->path += strspn(s->path, "/");
		/* a slash alone wants a directory */
		s->path = *s->path ? s->path : ".";
	}
	return 0;
}

static const struct lookup_known_fd *known_fd(const struct lookup *l, int fd)
{
	for (size_t i = 0; l->known && i < l->known->n_fds; i++)
		if (l->known->fds[i].fd == fd)
			return &l->known->fds[i];
	return NULL;
}

/* Where relative paths begin, if it is known without asking the task: a path, or NULL. */
static const char *known_start(const struct lookup *l, int dirfd)
{
	const struct lookup_known_fd *known;

	if (dirfd == AT_FDCWD)
		return l->known ? l->known->cwd : NULL;
	known = known_fd(l, dirfd);
	return known ? known->path : NULL;
}

/* The directory that a relative path begins at, of a task that has our root. A descriptor, or negative errno. */
static int open_start(const struct lookup *l, int dirfd)
{
	const char *path = known_start(l, dirfd);
	char name[PROC_NAME_MAX];
	int fd;

	if (path) {
		fd = open(path, O_PATH | O_CLOEXEC);
		if (fd >= 0)
			return fd;
	}
	proc_name(name, l->tid, "cwd");
	fd = openat(l->procfd, dirfd == AT_FDCWD ? name : proc_name_fd(name, l->tid, dirfd),
		O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* As ourselves: of a task that has changed its ids, nobody with those ids may open what is in /proc. */
static int start_at(
	const struct lookup *l, struct start *s, int dirfd, const char *path, bool follow)
{
	char name[PROC_NAME_MAX];

	s->owned = -1;
	s->in_proc = false;
	s->resolve = 0;
	s->joined = (struct buf)BUF_NULL;
	s->path = path;
	if (l->own_root)
		s->resolve = l->resolve;
	if (l->own_root && path[0] == '/' && !(l->resolve & RESOLVE_IN_ROOT)) {
		const char *seen = task_view(l, path, follow, s->rewritten);
		size_t len;

		s->dirfd = AT_FDCWD;
		if (!seen)
			return 0;
		s->path = seen;
		/* through a link, out of one file system into another, maybe through a link that is no path */
		len = task_link_len(seen);
		if ((l->resolve & ~(uint64_t)RESOLVE_NO_MAGICLINKS) ||
			(l->resolve && len && (seen[len] || follow)))
			return -ELOOP;
		return start_in_proc(s, follow);
	}
	if (l->own_root) {
		struct statfs fs;

		s->dirfd = s->owned = open_start(l, dirfd);
		if (s->owned < 0)
			return s->owned;
		s->in_proc = ids_differ(l) && fstatfs(s->owned, &fs) == 0 &&
			     fs.f_type == PROC_SUPER_MAGIC;
		return 0;
	}
	s->dirfd = s->owned = openat(l->procfd, proc_name(name, root_holder(l), "root"),
		O_PATH | O_CLOEXEC | O_DIRECTORY);
	if (s->owned < 0)
		return -errno;
	s->resolve = RESOLVE_IN_ROOT;
	if (path[0] != '/') {
		char link[32] = "cwd";
		int r;

		if (dirfd != AT_FDCWD)
			snprintf(link, sizeof(link), "fd/%d", dirfd);
		r = path_in_root(l, link, &s->joined);
		if (r < 0 && r != -EXDEV && known_start(l, dirfd)) {
			/* the task is gone: where it was is known as it saw it */
			buf_puts(&s->joined, known_start(l, dirfd));
			r = buf_error(&s->joined);
		}
		if (r == -EXDEV) {
			/* from there, then; only a link with an absolute path would still lead into the root */
			(void)close(s->owned);
			s->resolve = 0;
			s->dirfd = s->owned = openat(l->procfd,
				dirfd == AT_FDCWD ? proc_name(name, l->tid, "cwd")
						  : proc_name_fd(name, l->tid, dirfd),
				O_PATH | O_CLOEXEC);
			return s->owned < 0 ? -errno : 0;
		}
		if (r < 0)
			return r;
		buf_putc(&s->joined, '/');
		buf_puts(&s->joined, path);
		s->path = buf_cstr(&s->joined);
	}
	return 0;
}

static int start_open(const struct start *s, int oflags)
{
	struct open_how how = { .flags = (uint64_t)(oflags | O_CLOEXEC), .resolve = s->resolve };
	long fd;

	if (!s->path[0])
		fd = fcntl(s->dirfd, F_DUPFD_CLOEXEC, 0);
	else if (!s->resolve)
		fd = openat(s->dirfd, s->path, oflags | O_CLOEXEC);
	else
		fd = syscall(SYS_openat2, s->dirfd, s->path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

/* Fills o from a path that needs no more than statx. */
static void object_fill(
	const struct lookup *l, struct object *o, int dirfd, const char *path, int follow)
{
	const struct sb_view view = { .devs = l->devs, .procfd = l->procfd, .tid = root_holder(l) };
	const char *name = path[0] ? path : "";
	struct inode_caps caps;
	struct statx stx;
	int flags = (path[0] ? 0 : AT_EMPTY_PATH) | (follow ? 0 : AT_SYMLINK_NOFOLLOW) |
		    AT_NO_AUTOMOUNT;

	if (statx(dirfd, name, flags, SB_STATX_MASK, &stx) < 0) {
		o->error = -errno;
		return;
	}
	o->error = 0;
	o->mount_id = stx.stx_mask & STATX_MNT_ID ? stx.stx_mnt_id : 0;
	o->stat_dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
	sb_dev_correct(&view, &stx);
	if (path[0]) {
		inode_caps_get(l->caps, &caps, dirfd, path, follow, &stx);
	} else {
		char by_fd[32];

		snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", dirfd);
		inode_caps_get(l->caps, &caps, AT_FDCWD, by_fd, 1, &stx);
	}
	o->mounted = stx.stx_attributes & STATX_ATTR_MOUNT_ROOT;
	o->dead = S_ISDIR(stx.stx_mode) && stx.stx_nlink == 0;
	o->f = (struct evt_path){
		.ino = stx.stx_ino,
		.dev_major = stx.stx_dev_major,
		.dev_minor = stx.stx_dev_minor,
		.rdev_major = stx.stx_rdev_major,
		.rdev_minor = stx.stx_rdev_minor,
		.mode = stx.stx_mode,
		.uid = stx.stx_uid,
		.gid = stx.stx_gid,
		.cap_fp = caps.permitted,
		.cap_fi = caps.inheritable,
		.cap_fe = caps.effective,
		.cap_fver = caps.version,
		.cap_frootid = caps.rootid,
		.flags = EVT_PATH_INODE,
	};
}

size_t lookup_strip_root(char *path, size_t len, const char *root, size_t root_len)
{
	if (root_len <= 1 || root_len > len || memcmp(path, root, root_len) != 0 ||
		(path[root_len] != '/' && path[root_len] != '\0'))
		return len;
	if (len == root_len) {
		path[0] = '/';
		path[1] = '\0';
		return 1;
	}
	memmove(path, path + root_len, len - root_len + 1);
	return len - root_len;
}

/* The path of this process becomes that of the task. */
static size_t as_task_sees(const struct lookup *l, char *path, size_t len)
{
	char root[PATH_MAX];
	ssize_t n;

	if (l->own_root)
		return len;
	n = proc_readlink(l->procfd, root_holder(l), "root", root, sizeof(root));
	return n < 0 ? len : lookup_strip_root(path, len, root, (size_t)n);
}

ssize_t lookup_dirfd_path(const struct lookup *l, int dirfd, char to[static PATH_MAX])
{
	const char *known = known_start(l, dirfd);
	char link[PROC_NAME_MAX] = "cwd";
	ssize_t n;

	if (known && strlen(known) < PATH_MAX) {
		n = (ssize_t)strlen(known);
		memcpy(to, known, (size_t)n + 1);
		return n;
	}
	if (dirfd != AT_FDCWD)
		(void)snprintf(link, sizeof(link), "fd/%d", dirfd);
	n = proc_readlink(l->procfd, l->tid, link, to, PATH_MAX);
	return n < 0 ? n : (ssize_t)as_task_sees(l, to, (size_t)n);
}

/* Where rules about trees find it. Of another namespace it has another path here, or none; NULL: nobody knows. */
static char *tree_path(const struct lookup *l, const struct object *o, const char *where)
{
	const struct mount_place place = { .task = root_holder(l),
		.path = where,
		.mount_id = o->mount_id,
		.major = o->f.dev_major,
		.minor = o->f.dev_minor };
	char *here;

	if (!l->mounts)
		return strdup(where);
	if (mount_paths_here(l->mounts, l->procfd, &place, &here) < 0)
		return NULL;
	return here ? here : strdup("");
}

/* What only a descriptor of the object can tell. */
static void object_fill_more(const struct lookup *l, struct object *o, int fd)
{
	char by_fd[32], where[PATH_MAX];
	struct statfs fs;
	ssize_t n;

	if (l->want_fs_magic && fstatfs(fd, &fs) == 0)
		o->f.fs_magic = (uint32_t)fs.f_type;
	if (!l->want_resolved && !l->want_full)
		return;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	n = readlink(by_fd, where, sizeof(where));
	if (n <= 0 || (size_t)n >= sizeof(where))
		return;
	where[n] = '\0';
	if (l->want_resolved) {
		free(o->tree);
		o->tree = l->own_root ? NULL : tree_path(l, o, where);
	}
	(void)as_task_sees(l, where, (size_t)n);
	if (l->want_resolved) {
		free(o->resolved);
		o->resolved = strdup(where);
	}
	if (l->want_full) {
		free(o->full);
		o->full = strdup(where);
	}
}

static bool needs_descriptor(const struct lookup *l)
{
	return l->want_resolved || l->want_full || l->want_fs_magic;
}

/* What lies under the mount that s leads to: a copy of the mount that its directory is in has nothing mounted in it. */
static void look_under_mount(const struct lookup *l, struct object *o, const struct start *s)
{
	size_t len = path_directory_len(s->path, strlen(s->path));
	_cleanup_close_ int fd = -1;
	char directory[PATH_MAX];
	struct statfs fs;

	if (s->resolve || !s->path[len] || len >= sizeof(directory))
		return;
	memcpy(directory, len ? s->path : ".", len ? len : 1);
	directory[len ? len : 1] = '\0';
	fd = open_tree(s->dirfd, directory, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (fd < 0)
		return;
	object_fill(l, o, fd, s->path + len, 0);
	if (l->want_fs_magic && fstatfs(fd, &fs) == 0)
		o->f.fs_magic = (uint32_t)fs.f_type;
}

void lookup_path(
	const struct lookup *l, struct object *o, int dirfd, const char *path, unsigned flags)
{
	int follow = !(flags & LOOKUP_NOFOLLOW);
	struct borrowed_ids ids;
	struct start s = { .owned = -1 };

	object_deinit(o);
	o->error = start_at(l, &s, dirfd, path, follow);
	ids_borrow(&ids, s.in_proc ? NULL : l);
	if (o->error) {
		/* stays */
	} else if (!s.resolve && !needs_descriptor(l)) {
		object_fill(l, o, s.dirfd, s.path, follow);
	} else {
		int fd = start_open(&s, O_PATH | (follow ? 0 : O_NOFOLLOW));

		o->error = fd < 0 ? fd : 0;
		if (fd >= 0) {
			object_fill(l, o, fd, "", 1);
			object_fill_more(l, o, fd);
			(void)close(fd);
		}
	}
	if (!o->error && (flags & LOOKUP_UNDER_MOUNT) && o->mounted)
		look_under_mount(l, o, &s);
	if (!o->error && (flags & LOOKUP_IN_DIR)) {
		/* looking "." up in it asks for the permission that looking up anything in it does */
		struct buf dot = BUF_NULL;

		buf_puts(&dot, s.path);
		buf_puts(&dot, s.path[0] ? "/." : ".");
		if (!S_ISDIR(o->f.mode)) {
			o->error = -ENOTDIR;
		} else {
			struct start in = {
				.dirfd = s.dirfd, .path = buf_cstr(&dot), .resolve = s.resolve
			};
			int fd = start_open(&in, O_PATH);

			if (fd < 0)
				o->error = fd;
			else
				(void)close(fd);
		}
		buf_deinit(&dot);
	}
	start_deinit(&s);
	ids_return(&ids, l);
}

static ssize_t read_link(const struct start *s, char *to, size_t size)
{
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (!s->resolve) {
		n = readlinkat(s->dirfd, s->path, to, size);
		return n < 0 ? -errno : n;
	}
	fd = start_open(s, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", to, size);
	/* of what is no link, the empty path is none at all */
	return n < 0 ? -EINVAL : n;
}

ssize_t lookup_readlink(const struct lookup *l, int dirfd, const char *path, char *to, size_t size)
{
	struct start s = { .owned = -1 };
	struct borrowed_ids ids;
	ssize_t r = start_at(l, &s, dirfd, path, false);

	ids_borrow(&ids, s.in_proc ? NULL : l);
	/* what a link of /proc says is no path */
	if (!r && s.in_proc)
		r = -EINVAL;
	if (!r)
		r = read_link(&s, to, size);
	start_deinit(&s);
	ids_return(&ids, l);
	if (r >= (ssize_t)size)
		return -ENAMETOOLONG;
	if (r >= 0)
		to[r] = '\0';
	return r;
}

int lookup_links(
	const struct lookup *l, int dirfd, char path[PATH_MAX], bool stop_at_slash, bool *ret_slash)
{
	char target[PATH_MAX];

	*ret_slash = false;
	for (int depth = 0; depth < LINKS_MAX; depth++) {
		size_t len = strlen(path), directory = path_directory_len(path, len);
		struct start s = { .owned = -1 };
		struct borrowed_ids ids;
		ssize_t n = 0;
		int r;

		if (len > 1 && path[len - 1] == '/') {
			*ret_slash = true;
			if (stop_at_slash)
				return 0;
			while (len > 1 && path[len - 1] == '/')
				path[--len] = '\0';
		}
		r = start_at(l, &s, dirfd, path, false);
		ids_borrow(&ids, s.in_proc ? NULL : l);
		/* what a link of /proc says is no path */
		if (!r && s.in_proc)
			r = -EINVAL;
		if (!r) {
			n = read_link(&s, target, sizeof(target));
			r = n < 0 ? (int)n : 0;
		}
		start_deinit(&s);
		ids_return(&ids, l);
		if (r < 0)
			return r == -EINVAL || r == -ENOENT ? 0 : r;
		if (n == 0 || target[0] == '/')
			directory = 0;
		if (directory + (size_t)n >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(path + directory, target, (size_t)n);
		path[directory + (size_t)n] = '\0';
	}
	return -ELOOP;
}

static void object_copy(struct object *to, const struct object *from)
{
	*to = *from;
	to->resolved = from->resolved ? strdup(from->resolved) : NULL;
	to->tree = from->tree ? strdup(from->tree) : NULL;
	to->full = from->full ? strdup(from->full) : NULL;
}

void lookup_fd(const struct lookup *l, struct object *o, int fd)
{
	const struct lookup_known_fd *known = known_fd(l, fd);
	char name[PROC_NAME_MAX];

	object_deinit(o);
	if (fd < 0) {
		o->error = -EBADF;
		return;
	}
	if (known && known->object) {
		object_copy(o, known->object);
		return;
	}
	proc_name_fd(name, l->tid, fd);
	if (needs_descriptor(l)) {
		int own = openat(l->procfd, name, O_PATH | O_CLOEXEC);

		o->error = own < 0 ? -errno : 0;
		if (own >= 0) {
			object_fill(l, o, own, "", 1);
			object_fill_more(l, o, own);
			(void)close(own);
		}
		return;
	}
	object_fill(l, o, l->procfd, name, 1);
}

/* Opens what fd, an O_PATH one, stands for. Of a device or FIFO the opening alone may do something. */
static int reopen_regular(int fd, int oflags)
{
	char by_fd[32];
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	fd = open(by_fd, oflags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int lookup_open(const struct lookup *l, int dirfd, const char *path, int oflags)
{
	_cleanup_close_ int fd = -1;
	struct borrowed_ids ids;
	struct start s = { .owned = -1 };
	int r;

	r = start_at(l, &s, dirfd, path, true);
	ids_borrow(&ids, s.in_proc ? NULL : l);
	if (!r)
		r = fd = start_open(&s, O_PATH);
	start_deinit(&s);
	ids_return(&ids, l);
	/* as ourselves: a program that may be executed need not be readable, and the kernel reads it all the same */
	return r < 0 ? r : reopen_regular(fd, oflags);
}

int lookup_access(const struct lookup *l, int dirfd, const char *path, int mode)
{
	struct borrowed_ids ids;
	struct start s = { .owned = -1 };
	int r;

	r = start_at(l, &s, dirfd, path, true);
	ids_borrow(&ids, s.in_proc ? NULL : l);
	if (!r) {
		int fd = start_open(&s, O_PATH);

		r = fd < 0 ? fd : 0;
		if (fd >= 0) {
			/* the effective ids that count here are the file system ids borrowed above */
			if (syscall(SYS_faccessat2, fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) < 0)
				r = -errno;
			(void)close(fd);
		}
	}
	start_deinit(&s);
	ids_return(&ids, l);
	return r;
}
