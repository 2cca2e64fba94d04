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

#define NSEC_PER_SEC  1000000000
#define REMEMBERED_NS NSEC_PER_SEC

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * (int64_t)NSEC_PER_SEC + now.tv_nsec;
}

static bool find_mount(int procfd, const char *name, struct statx *stx)
{
	_cleanup_close_ int fd = openat(procfd, name, O_RDONLY | O_CLOEXEC);
	_cleanup_fclose_ FILE *mounts = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	unsigned long long id;
	uint32_t major, minor;

	if (!mounts)
		return false;
	fd = -1;
	while (getline(&line, &size, mounts) > 0) {
		if (sscanf(line, "%llu %*u %u:%u ", &id, &major, &minor) != 3 ||
			id != stx->stx_mnt_id)
			continue;
		stx->stx_dev_major = major;
		stx->stx_dev_minor = minor;
		return true;
	}
	return false;
}

static void find_dev(const struct sb_view *view, struct statx *stx)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "%d/mountinfo", (int)view->tid);
	if (!find_mount(AT_FDCWD, "/proc/self/mountinfo", stx) && view->tid)
		(void)find_mount(view->procfd, name, stx);
}

static void find_or_recall(const struct sb_view *view, struct statx *stx)
{
	struct sb_dev_slot *slot;
	int64_t now;

	if (!view->devs) {
		find_dev(view, stx);
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
		find_dev(view, stx);
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
