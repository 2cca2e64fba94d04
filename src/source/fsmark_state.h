/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_FSMARK_STATE_H
#define UAUDIT_SOURCE_FSMARK_STATE_H

/* What is known of marks: only for fsmark.c, which looks at files, and fsmark_follow.c, which reads of them in events. */

#include <limits.h>
#include <sys/stat.h>

#include "source/fsmark.h"
#include "source/sb_dev.h"

#define CHANGES_MAX 8   /* bindings remembered of a mark, for calls that were in flight meanwhile */
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
	char *path; /* as it was found, without links; NULL: not known */
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
	bool is_settled; /* ... and so is the last of them, which a look has found before the event */
	bool is_found;   /* the last look has found something new, which is the last of its finds */
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
	size_t n_exes; /* executables among them */
	uint64_t now;  /* counts changes */
	bool any_polled, any_dirty, any_untold;
	bool is_ordered; /* watches follow events */
	bool is_stirred; /* inotify had something to tell at the last look */
	uint64_t look_ns;
	struct find finds[FINDS_MAX]; /* the oldest first */
	size_t n_finds;
	struct sb_devs devs;
};

int mark_statx(struct fsmarks *marks, struct statx *ret, int dirfd, const char *path, int flags);
bool mark_same_binding(const struct binding *a, const struct binding *b);
void mark_bind(struct fsmarks *marks, struct mark *m, const struct binding *to);
/* To be looked at on the next report. */
void mark_set_dirty(struct fsmarks *marks, struct mark *m);
int mark_put(const struct mark *m, const struct binding *binding, bool is_over, struct buf *out);
/* Looks at all that may have changed. */
int marks_look(struct fsmarks *marks);

/* It follows events. */
bool mark_is_ordered(const struct fsmarks *marks, const struct mark *m);
/* A look at a watch or an executable has found it bound so. */
void mark_found(struct fsmarks *marks, struct mark *m, const struct binding *found);

#endif
