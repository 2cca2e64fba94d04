// SPDX-License-Identifier: MIT
#include "source/ptrace/task_texts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_cgroup.h"
#include "source/ptrace/task_mem.h"

void task_texts_init(struct task_texts *texts)
{
	*texts = (struct task_texts){ 0 };
	buf_init(&texts->exe, PATH_MAX);
	buf_init(&texts->cwd, PATH_MAX);
}

void task_texts_deinit(struct task_texts *texts)
{
	buf_deinit(&texts->exe);
	buf_deinit(&texts->cwd);
	free(texts->cgroup);
}

ssize_t task_own_view(const struct task_view *view, const char *link, char *to, size_t size)
{
	char root[PATH_MAX];
	ssize_t n = proc_readlink(view->procfd, view->tid, link, to, size);
	ssize_t root_len;

	if (n == -ENAMETOOLONG) {
		memcpy(to, "<too_long>", sizeof("<too_long>"));
		return (ssize_t)strlen(to);
	}
	if (n < 0 || view->own_root)
		return n;
	root_len = proc_readlink(view->procfd, view->tid, "root", root, sizeof(root));
	return root_len < 0 ? n : (ssize_t)lookup_strip_root(to, (size_t)n, root, (size_t)root_len);
}

void task_texts_read_exe(struct task_texts *texts, const struct task_view *view)
{
	const struct sb_view place = {
		.devs = view->devs, .procfd = view->procfd, .tid = view->tid
	};
	char path[PATH_MAX], name[PROC_NAME_MAX];
	struct statx stx;
	ssize_t n = task_own_view(view, "exe", path, sizeof(path));

	texts->is_closed = n == -EACCES || n == -EPERM;
	if (texts->is_closed && texts->has_exe)
		return;
	texts->exe_inode = (struct evt_exe){ 0 };
	texts->has_exe = n >= 0;
	buf_clear(&texts->exe);
	if (n < 0)
		return;
	buf_put(&texts->exe, path, (size_t)n);
	if (!view->want_exe_inode)
		return;
	if (sb_statx(&place, &stx, view->procfd, proc_name(name, view->tid, "exe"), 0) == 0) {
		texts->exe_inode.ino = stx.stx_ino;
		texts->exe_inode.dev_major = stx.stx_dev_major;
		texts->exe_inode.dev_minor = stx.stx_dev_minor;
	}
}

static void read_title(
	struct task_texts *texts, const struct task_view *view, const struct task_stat *stat)
{
	uint64_t len = stat->arg_end - stat->arg_start;
	char last = '\1';

	texts->title_len = -1;
	if (len > EVT_PROCTITLE_MAX) {
		texts->title_len = task_mem_read_some(
			view->tid, stat->arg_start, texts->title, EVT_PROCTITLE_MAX);
		(void)task_mem_read(view->tid, stat->arg_end - 1, &last, 1);
	} else if (len) {
		texts->title_len =
			task_mem_read_some(view->tid, stat->arg_start, texts->title, (size_t)len);
		if (texts->title_len > 0)
			last = texts->title[texts->title_len - 1];
	}
	/* A title that the program wrote itself lacks the last NUL and may go on behind the area: there /proc knows
	 * what it says (spec kernel 8.6). */
	if (last != '\0')
		texts->title_len = proc_read(
			view->procfd, view->tid, "cmdline", texts->title, sizeof(texts->title));
}

/* stat NULL: it is not fresh. */
static void read_comm(
	struct task_texts *texts, const struct task_view *view, const struct task_stat *stat)
{
	char text[EVT_COMM_LEN + 2];
	ssize_t n;

	memset(texts->comm, 0, sizeof(texts->comm));
	if (stat && stat->comm[0]) {
		memcpy(texts->comm, stat->comm, sizeof(texts->comm));
		return;
	}
	n = proc_read(view->procfd, view->tid, "comm", text, sizeof(text));
	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n > 0)
		memcpy(texts->comm, text, (size_t)n < EVT_COMM_LEN ? (size_t)n : EVT_COMM_LEN - 1);
}

static void read_cwd(struct task_texts *texts, const struct task_view *view)
{
	char path[PATH_MAX];
	ssize_t n = task_own_view(view, "cwd", path, sizeof(path));

	buf_clear(&texts->cwd);
	if (n > 0)
		buf_put(&texts->cwd, path, (size_t)n);
}

static void read_cgroup(struct task_texts *texts, const struct task_view *view)
{
	if (!texts->cgroup)
		texts->cgroup = calloc(1, sizeof(*texts->cgroup));
	if (texts->cgroup)
		task_cgroup_read(texts->cgroup, view->procfd, view->tid, view->cgroup_mount);
}

bool task_texts_are_of(
	const struct task_texts *texts, const struct timespec *now, unsigned long changes)
{
	return texts->known && texts->changes == changes && texts->tick.tv_sec == now->tv_sec &&
	       texts->tick.tv_nsec == now->tv_nsec;
}

void task_texts_read(struct task_texts *texts, const struct task_view *view,
	const struct task_stat *stat, bool stat_is_fresh, const struct timespec *now,
	unsigned long changes)
{
	read_comm(texts, view, stat_is_fresh ? stat : NULL);
	task_texts_read_exe(texts, view);
	read_cwd(texts, view);
	read_title(texts, view, stat);
	if (view->want_cgroup)
		read_cgroup(texts, view);
	texts->tick = *now;
	texts->changes = changes;
	texts->known = true;
}

/* A program that this process may not read closes the task that runs it as well: then it is the one that was found
 * before. */
void task_texts_set_exe(struct task_texts *texts, const struct object *program)
{
	if (!program->resolved)
		return;
	texts->has_exe = true;
	buf_clear(&texts->exe);
	buf_puts(&texts->exe, program->resolved);
	texts->exe_inode = (struct evt_exe){ .ino = program->f.ino,
		.dev_major = program->f.dev_major,
		.dev_minor = program->f.dev_minor };
}

void task_texts_copy_exe(struct task_texts *texts, const struct task_texts *other)
{
	texts->has_exe = other->has_exe;
	texts->exe_inode = other->exe_inode;
	buf_clear(&texts->exe);
	buf_put(&texts->exe, other->exe.data, other->exe.len);
}
