// SPDX-License-Identifier: MIT
#include "source/bpf/scope.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/notice.h"
#include "uaudit.skel.h"

int scope_level(int fd, uint32_t *ret)
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
	return scope_level(fd, &ret->level);
}

static const char *remedy(int r)
{
	switch (r) {
	case -EINVAL:
		return "it is not in the v2 hierarchy: name a directory below a mount of type cgroup2, as "
		       "/sys/fs/cgroup/system.slice";
	case -ENOENT:
		return "there is no such directory: the control group must be there when the engine starts";
	case -ENOTDIR:
		return "it is not a directory: a control group is named by its directory";
	case -E2BIG:
		return "an engine audits at most 64 control groups: name one above several of them";
	default:
		return strerror(-r);
	}
}

static int find_cgroups(struct cap_control *c, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	for (size_t i = 0; i < options->n_cgroups; i++) {
		int r = i < CAP_SCOPES_MAX ? cgroup_at(options->cgroups[i], &c->cgroups[i])
					   : -E2BIG;

		if (r < 0) {
			source_notice(callbacks, "cgroup = %s: %s", options->cgroups[i], remedy(r));
			return r;
		}
		c->n_cgroups++;
	}
	return 0;
}

/* Whether process ids are those that the programs see. */
static bool is_in_first_pid_namespace(void)
{
	struct stat st;

	/* PROC_PID_INIT_INO of the kernel */
	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == 0xeffffffc;
}

static int find_tree(struct cap_control *c, const struct cap_control *now,
	const struct bpf_options *options, const struct source_callbacks *callbacks)
{
	c->tree = (uint32_t)options->tree;
	if (!c->tree || (now->scope == CAP_SCOPE_TREE && now->tree == c->tree))
		return 0; /* its root may have ended meanwhile */
	if (kill(options->tree, 0) < 0 && errno == ESRCH) {
		source_notice(callbacks,
			"tree = %d: there is no such process: it must be there when the engine starts",
			(int)options->tree);
		return -ESRCH;
	}
	return 0;
}

static bool is_same(const struct cap_control *a, const struct cap_control *b)
{
	return a->scope == b->scope && a->tree == b->tree && a->n_cgroups == b->n_cgroups &&
	       memcmp(a->cgroups, b->cgroups, a->n_cgroups * sizeof(a->cgroups[0])) == 0;
}

/* Runs the iterator once. */
static int run_iterator(int prog_fd)
{
	_cleanup_close_ int link = bpf_link_create(prog_fd, 0, BPF_TRACE_ITER, NULL);
	_cleanup_close_ int iterator = -1;
	char bytes[64];
	ssize_t n;

	if (link < 0)
		return -errno;
	iterator = bpf_iter_create(link);
	if (iterator < 0)
		return -errno;
	do
		n = read(iterator, bytes, sizeof(bytes));
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

/*
 * Marks the tasks of the process of control->tree and those below it, from which their children inherit. A task that was
 * forked by one that was not marked yet may be missed, so it is done until nothing is found; from then on all parents are
 * marked.
 */
static int mark_tree(const struct programs *p)
{
	const struct bpf_object_skeleton *s = p->skeleton->skeleton;
	int fd = -1, r = 0;
	uint32_t before;

	for (size_t i = 0; i < p->n_progs; i++)
		if (strcmp(s->progs[i].name, "tree_mark") == 0)
			fd = p->prog_fds[i];
	do {
		before = __atomic_load_n(&p->control->tree_marked, __ATOMIC_ACQUIRE);
		r = run_iterator(fd);
	} while (r == 0 && __atomic_load_n(&p->control->tree_marked, __ATOMIC_ACQUIRE) != before);
	return r;
}

static int change(
	struct programs *p, const struct cap_control *to, const struct source_callbacks *callbacks)
{
	struct cap_control *c = p->control;
	int r;

	c->n_cgroups = 0;
	memcpy(c->cgroups, to->cgroups, sizeof(c->cgroups));
	c->tree = to->tree;
	__atomic_store_n(&c->scope, to->scope, __ATOMIC_RELEASE);
	__atomic_store_n(&c->n_cgroups, to->n_cgroups, __ATOMIC_RELEASE);
	if (to->scope != CAP_SCOPE_TREE)
		return 0;
	r = mark_tree(p);
	if (r < 0)
		source_notice(
			callbacks, "tree = %u: cannot mark its tasks: %s", to->tree, strerror(-r));
	return r;
}

int scope_set(struct programs *p, const struct bpf_options *options,
	const struct source_callbacks *callbacks)
{
	_cleanup_free_ struct cap_control *to = calloc(1, sizeof(*to));
	int r;

	if (!to)
		return -ENOMEM;
	if (!is_in_first_pid_namespace()) {
		source_notice(callbacks,
			"source = bpf: the engine is in a pid namespace of its own, where it cannot tell its own calls from "
			"those of others: start it outside of it (docker: --pid=host)");
		return -EINVAL;
	}
	to->scope = options->tree        ? CAP_SCOPE_TREE
		    : options->n_cgroups ? CAP_SCOPE_CGROUPS
					 : CAP_SCOPE_HOST;
	r = find_cgroups(to, options, callbacks);
	if (r == 0)
		r = find_tree(to, p->control, options, callbacks);
	if (r < 0 || is_same(to, p->control))
		return r;
	return change(p, to, callbacks);
}
