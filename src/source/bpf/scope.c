// SPDX-License-Identifier: MIT
#include "source/bpf/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/macros.h"

/* Steps up from the directory to the root of the hierarchy. */
static int level_of(int fd, uint32_t *ret)
{
	_cleanup_close_ int at = dup(fd);
	struct statfs fs;
	struct stat up_stat, mount_stat;
	uint32_t level = 0;

	if (at < 0 || fstat(at, &mount_stat) < 0)
		return -errno;
	for (;; level++) {
		_cleanup_close_ int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (up < 0 || fstatfs(up, &fs) < 0 || fstat(up, &up_stat) < 0)
			return -errno;
		if (fs.f_type != CGROUP2_SUPER_MAGIC || up_stat.st_dev != mount_stat.st_dev)
			break;
		(void)close(at);
		at = TAKE_FD(up);
	}
	*ret = level;
	return 0;
}

static int cgroup_at(const char *path, struct cap_scope_cgroup *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return -EINVAL;
	ret->id = st.st_ino; /* of a cgroup's directory on 64-bit machines */
	return level_of(fd, &ret->level);
}

int scope_set(struct cap_control *control, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	char text[512];
	int r;

	control->n_cgroups = 0;
	control->scope = options->tree        ? CAP_SCOPE_TREE
			 : options->n_cgroups ? CAP_SCOPE_CGROUPS
					      : CAP_SCOPE_HOST;
	for (size_t i = 0; i < options->n_cgroups; i++) {
		r = i < CAP_SCOPES_MAX ? cgroup_at(options->cgroups[i], &control->cgroups[i])
				       : -E2BIG;
		if (r < 0) {
			(void)snprintf(text, sizeof(text),
				"cannot audit the control group '%s': %s%s", options->cgroups[i],
				strerror(-r),
				r == -EINVAL
					? ": it is not a directory of the v2 hierarchy (a mount of type cgroup2)"
					: "");
			callbacks->notice(callbacks->userdata, text);
			return r;
		}
		control->n_cgroups++;
	}
	return 0;
}
