// SPDX-License-Identifier: MIT
#include "engine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"

#define FD_FIRST 3

static int close_others(int keep, int keep2)
{
	unsigned low = (unsigned)(keep < keep2 ? keep : keep2),
		 high = (unsigned)(keep < keep2 ? keep2 : keep);

	if (low > FD_FIRST && close_range(FD_FIRST, low - 1, 0) < 0)
		return -errno;
	if (high > low + 1 && close_range(low + 1, high - 1, 0) < 0)
		return -errno;
	return close_range(high + 1, ~0u, 0) < 0 ? -errno : 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };
	struct __user_cap_data_struct now[2];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &header, none) < 0 || syscall(SYS_capget, &header, now) < 0)
		return -errno;
	return memcmp(now, none, sizeof(now)) == 0 ? 0 : -EPERM;
}

static int allow_directory(int ruleset, const char *path, uint64_t access)
{
	const char *slash = strrchr(path, '/');
	struct landlock_path_beneath_attr beneath = { .allowed_access = access };
	_cleanup_close_ int dir = -1;
	char name[PATH_MAX];
	size_t len = slash ? (size_t)(slash - path) + 1 : 1;

	if (len >= sizeof(name))
		return -ENAMETOOLONG;
	memcpy(name, slash ? path : ".", len);
	name[len] = '\0';
	dir = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	beneath.parent_fd = dir;
	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0
		       ? -errno
		       : 0;
}

/* Everything that the first version of Landlock can take away; files of the directory may be made, read and written. */
static int restrict_files(const char *path)
{
	const uint64_t file = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
			      LANDLOCK_ACCESS_FS_MAKE_REG;
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = file | LANDLOCK_ACCESS_FS_EXECUTE |
				     LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
				     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
				     LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
				     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
				     LANDLOCK_ACCESS_FS_MAKE_SYM,
	};
	_cleanup_close_ int ruleset =
		(int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	int r;

	if (ruleset < 0)
		return errno == ENOSYS || errno == EOPNOTSUPP ? 0
							      : -errno; /* a kernel without it */
	r = allow_directory(ruleset, path, file);
	if (r < 0)
		return r;
	return syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 ? -errno : 0;
}

int confine_to_directory_of(const char *path, int keep_fd, int keep_fd2)
{
	int r = close_others(keep_fd, keep_fd2);

	if (r == 0)
		r = drop_capabilities();
	return r < 0 ? r : restrict_files(path);
}
