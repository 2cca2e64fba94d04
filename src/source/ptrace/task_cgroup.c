// SPDX-License-Identifier: MIT
#include "source/ptrace/task_cgroup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/macros.h"
#include "source/ptrace/proc_file.h"

#define CGROUP_TEXT_MAX ((size_t)16 * 1024) /* bytes; a dozen hierarchies with long paths */

const char *cgroup_mount(void)
{
	/* the second one beside hierarchies of version 1 */
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
			return places[i];
	return NULL;
}

/* How much a line "id:controllers:path" says; 0: it is none. */
static int rank_of(const char *line, size_t len, const char **ret_path)
{
	static const char v2[] = "0::", named[] = ":name=systemd:";
	const char *first = memchr(line, ':', len), *second;
	size_t n;
	int rank = 2;

	second = first ? memchr(first + 1, ':', (size_t)(line + len - first - 1)) : NULL;
	if (!second)
		return 0;
	*ret_path = second + 1;
	n = (size_t)(second + 1 - first);
	if (len >= strlen(v2) && memcmp(line, v2, strlen(v2)) == 0)
		rank = 4;
	else if (n == strlen(named) && memcmp(first, named, n) == 0)
		rank = 3;
	n = (size_t)(line + len - *ret_path);
	return n == 0 ? 0 : n == 1 ? 1 : rank;
}

const char *cgroup_choose(const char *text, size_t *ret_len, bool *ret_is_v2)
{
	const char *best = NULL, *path = NULL;
	int best_rank = 0, rank;
	size_t len;

	for (const char *line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		rank = rank_of(line, len, &path);
		/* among roots that of version 2, which stands at the end */
		if (rank < best_rank || !rank || (rank == best_rank && rank != 1))
			continue;
		best = path;
		best_rank = rank;
		*ret_len = (size_t)(line + len - path);
		*ret_is_v2 = strncmp(line, "0::", 3) == 0;
	}
	return best;
}

void task_cgroup_read(struct task_cgroup *ret, int procfd, pid_t tid, const char *mount)
{
	char text[CGROUP_TEXT_MAX], directory[PATH_MAX + 64];
	const char *path;
	struct stat st;
	bool is_v2;
	size_t len;

	ret->len = 0;
	ret->id = 0;
	if (proc_read(procfd, tid, "cgroup", text, sizeof(text)) <= 0)
		return;
	path = cgroup_choose(text, &len, &is_v2);
	if (!path || len >= sizeof(ret->path))
		return;
	memcpy(ret->path, path, len);
	ret->path[len] = '\0';
	ret->len = len;
	/* what lies outside of our own cgroup namespace is not below the mount */
	if (!is_v2 || !mount || strncmp(ret->path, "/..", 3) == 0)
		return;
	(void)snprintf(directory, sizeof(directory), "%s%s", mount, ret->path);
	if (stat(directory, &st) == 0)
		ret->id = st.st_ino;
}
