// SPDX-License-Identifier: MIT
#include "source/bpf/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/task_cgroup.h"

#define REMEMBERED    256
#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS of include/linux/exportfs.h: the handle is the id */

struct known {
	uint64_t id; /* 0: unused */
	char *path;  /* NULL: it cannot be known */
};

struct cgroups {
	char mount[PATH_MAX]; /* "": none */
	int mount_fd;
	struct known known[REMEMBERED];
};

int cgroups_new(struct cgroups **ret)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));
	const char *mount = cgroup_mount();

	if (!cgroups)
		return -ENOMEM;
	cgroups->mount_fd = mount ? open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (cgroups->mount_fd >= 0)
		(void)snprintf(cgroups->mount, sizeof(cgroups->mount), "%s", mount);
	*ret = cgroups;
	return 0;
}

struct cgroups *cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return NULL;
	if (cgroups->mount_fd >= 0)
		(void)close(cgroups->mount_fd);
	for (size_t i = 0; i < REMEMBERED; i++)
		free(cgroups->known[i].path);
	free(cgroups);
	return NULL;
}

int cgroups_open(const struct cgroups *cgroups, uint64_t id)
{
	struct {
		struct file_handle head;
		unsigned char bytes[sizeof(id)];
	} handle = { .head = { .handle_bytes = sizeof(id), .handle_type = HANDLE_KERNFS } };

	memcpy(handle.head.f_handle, &id, sizeof(id));
	return open_by_handle_at(cgroups->mount_fd, &handle.head, O_PATH | O_CLOEXEC);
}

static char *look(const struct cgroups *cgroups, uint64_t id)
{
	char by_fd[32], path[PATH_MAX];
	_cleanup_close_ int fd = cgroups_open(cgroups, id);
	size_t mount = strlen(cgroups->mount);
	ssize_t n;

	if (fd < 0)
		return NULL;
	(void)snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	n = readlink(by_fd, path, sizeof(path) - 1);
	if (n < (ssize_t)mount || memcmp(path, cgroups->mount, mount) != 0)
		return NULL;
	path[n] = '\0';
	return strdup(path[mount] ? path + mount : "/");
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id)
{
	struct known *known = &cgroups->known[id % REMEMBERED];

	if (!id || cgroups->mount_fd < 0)
		return NULL;
	if (known->id != id) {
		free(known->path);
		*known = (struct known){ .id = id, .path = look(cgroups, id) };
	}
	return known->path;
}
