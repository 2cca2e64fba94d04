/* SPDX-License-Identifier: MIT */
#include "source/sb_dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/mountinfo.h"

#define NSEC_PER_SEC  1000000000
#define REMEMBERED_NS NSEC_PER_SEC

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * (int64_t)NSEC_PER_SEC + now.tv_nsec;
}

/* 0; -ENOENT: it is not among them; or why they cannot be read. */
static int find_mount(int procfd, const char *name, struct statx *stx)
{
	_cleanup_close_ int fd = openat(procfd, name, O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *mounts = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	struct mount_line mount;

	if (!mounts)
		return -errno == -ENOENT ? -ESRCH : -errno;
	fd = -1;
	while (getline(&line, &size, mounts) > 0) {
		if (!mountinfo_parse(line, &mount) || mount.id != stx->stx_mnt_id)
			continue;
		stx->stx_dev_major = mount.major;
		stx->stx_dev_minor = mount.minor;
		return 0;
	}
	return -ENOENT;
}

static int find_dev(const struct sb_view *view, struct statx *stx)
{
	char name[32];
	int r;

	(void)snprintf(name, sizeof(name), "%d/mountinfo", (int)view->tid);
	r = find_mount(AT_FDCWD, "/proc/self/mountinfo", stx);
	return r == -ENOENT && view->tid ? find_mount(view->procfd, name, stx) : r;
}

static void find_or_recall(const struct sb_view *view, struct statx *stx)
{
	struct sb_dev_slot *slot;
	int64_t now;
	int r;

	if (!view->devs) {
		(void)find_dev(view, stx);
		return;
	}
	slot = &view->devs->slots[(stx->stx_mnt_id * 31u + stx->stx_dev_minor) % SB_DEV_SLOTS];
	now = now_ns();
	if (now >= slot->until_ns || slot->mount_id != stx->stx_mnt_id ||
		slot->stat_major != stx->stx_dev_major || slot->stat_minor != stx->stx_dev_minor) {
		*slot = (struct sb_dev_slot){ .mount_id = stx->stx_mnt_id,
			.stat_major = stx->stx_dev_major,
			.stat_minor = stx->stx_dev_minor,
			.until_ns = now + REMEMBERED_NS };
		/* somebody else may know, when this task is gone, and later, when enough was read for now */
		r = -EBUSY;
		if (look_budget_begin(&view->devs->budget)) {
			r = find_dev(view, stx);
			look_budget_end(&view->devs->budget);
		}
		if (r < 0 && r != -ENOENT)
			slot->until_ns = 0;
		slot->major = stx->stx_dev_major;
		slot->minor = stx->stx_dev_minor;
	}
	stx->stx_dev_major = slot->major;
	stx->stx_dev_minor = slot->minor;
}

void sb_dev_correct(const struct sb_view *view, struct statx *stx)
{
	/* What is on a disk of its own is of that: only numbers that the kernel makes up may be a part's. */
	if (!stx->stx_dev_major && stx->stx_mask & STATX_MNT_ID)
		find_or_recall(view, stx);
}

int sb_statx(const struct sb_view *view, struct statx *ret, int dirfd, const char *path, int flags)
{
	if (statx(dirfd, path, flags, SB_STATX_MASK, ret) < 0)
		return -errno;
	sb_dev_correct(view, ret);
	return 0;
}
