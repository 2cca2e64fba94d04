// SPDX-License-Identifier: MIT
#include "engine/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_facts.h"
#include "source/sb_dev.h"

#define ID_UNSET UINT32_MAX

static int namespace_of(const struct identities *ids, pid_t pid, const char *file,
	uint64_t *ret_dev, uint64_t *ret_ino)
{
	char name[PROC_NAME_MAX];
	struct stat st;

	if (fstatat(ids->procfd, proc_name(name, pid, file), &st, 0) < 0)
		return -errno;
	*ret_dev = st.st_dev;
	*ret_ino = st.st_ino;
	return 0;
}

int identities_init(struct identities *ids)
{
	char label[IDENTITY_LABEL_MAX];
	int r;

	*ids = (struct identities){ .own_uid = geteuid(), .is_rootless = geteuid() != 0 };
	ids->procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ids->procfd < 0)
		return -errno;
	ids->has_labels =
		proc_read(ids->procfd, getpid(), "attr/current", label, sizeof(label)) > 0;
	r = namespace_of(ids, getpid(), "ns/user", &ids->own_userns_dev, &ids->own_userns_ino);
	if (r == 0)
		r = namespace_of(ids, getpid(), "ns/pid", &ids->own_pidns_dev, &ids->own_pidns_ino);
	if (r < 0)
		identities_deinit(ids);
	return r;
}

void identities_deinit(struct identities *ids)
{
	if (ids->procfd >= 0)
		(void)close(ids->procfd);
	ids->procfd = -1;
}

static bool has_cap(const struct task_ids *task, unsigned cap)
{
	return task->cap_effective >> cap & 1;
}

/* 1: another one than the engine's; 0; a negative errno: it cannot be seen. */
static int is_foreign(const struct identities *ids, pid_t pid, const char *file, uint64_t own_dev,
	uint64_t own_ino)
{
	uint64_t dev = 0, ino = 0;
	int r = namespace_of(ids, pid, file, &dev, &ino);

	return r < 0 ? r : dev != own_dev || ino != own_ino;
}

/*
 * /proc tells of now, not of when the message was sent: a program with the set-user-ID bit that the sender has become
 * meanwhile has every capability. So the process that connected must have had the effective user that the sender has now,
 * which the kernel noted at the connect; as with netlink, where opener and sender need the capability (spec kernel 1.5).
 * And who is of another user namespace, where everybody may have all capabilities, must not profit from ending before
 * the namespace is looked at: nothing is allowed to whom it cannot be seen of.
 */
static void read_rights(
	struct identity *id, const struct identities *ids, const struct task_ids *task)
{
	struct audit_sender *s = &id->sender;
	int userns, pidns;

	userns = is_foreign(ids, s->tgid, "ns/user", ids->own_userns_dev, ids->own_userns_ino);
	pidns = is_foreign(ids, s->tgid, "ns/pid", ids->own_pidns_dev, ids->own_pidns_ino);
	s->foreign_userns = userns > 0;
	s->foreign_pidns = pidns > 0;
	if (task->euid != id->opener_euid || userns < 0 || pidns < 0)
		return;
	if (ids->is_rootless) {
		s->can_control = s->can_write = s->can_read = s->euid == ids->own_uid;
		return;
	}
	s->can_control = has_cap(task, CAP_AUDIT_CONTROL);
	s->can_write = has_cap(task, CAP_AUDIT_WRITE);
	s->can_read = has_cap(task, CAP_AUDIT_READ);
}

static void read_ids(struct audit_sender *s, const struct task_ids *task)
{
	s->uid = task->uid;
	s->euid = task->euid;
	s->suid = task->suid;
	s->fsuid = task->fsuid;
	s->gid = task->gid;
	s->egid = task->egid;
	s->sgid = task->sgid;
	s->fsgid = task->fsgid;
}

static void read_exe(struct identity *id, const struct identities *ids)
{
	struct audit_sender *s = &id->sender;
	const struct sb_view view = { .procfd = ids->procfd, .tid = s->tgid };
	char name[PROC_NAME_MAX];
	struct statx stx;
	ssize_t n;

	n = proc_readlink(ids->procfd, s->tgid, "exe", id->exe, sizeof(id->exe));
	if (n > 0)
		s->exe = (struct view){ id->exe, (size_t)n };
	if (sb_statx(&view, &stx, ids->procfd, proc_name(name, s->tgid, "exe"), 0) == 0)
		s->exe_inode = (struct evt_exe){ .ino = stx.stx_ino,
			.dev_major = stx.stx_dev_major,
			.dev_minor = stx.stx_dev_minor };
}

static void read_label(struct identity *id, const struct identities *ids)
{
	ssize_t n;

	if (!ids->has_labels)
		return;
	n = proc_read(ids->procfd, id->sender.tgid, "attr/current", id->label, sizeof(id->label));
	if (n > 0)
		id->sender.subj = (struct view){ id->label, strcspn(id->label, "\n") };
}

/* Whether that process was seen already, as the same user. */
static bool is_known(const struct audit_sender *s, const struct ucred *cred)
{
	return s->start_time && s->tgid == cred->pid && s->uid == cred->uid && s->gid == cred->gid;
}

static void read_process(
	struct identity *id, const struct identities *ids, const struct ucred *cred)
{
	struct audit_sender *s = &id->sender;
	const struct audit_sender before = *s;
	struct task_login login;
	struct task_stat stat;
	struct task_ids task;
	bool is_gone = cred->pid <= 0 || task_ids_read(&task, ids->procfd, cred->pid) < 0 ||
		       task_stat_read(&stat, ids->procfd, cred->pid) < 0;

	if (is_gone && is_known(&before, cred))
		return;
	/* what the kernel said of the message stands, should the process be gone */
	*s = (struct audit_sender){ .tgid = cred->pid, .auid = ID_UNSET, .ses = ID_UNSET };
	s->uid = s->euid = s->suid = s->fsuid = cred->uid;
	s->gid = s->egid = s->sgid = s->fsgid = cred->gid;
	/* of a pid namespace that the engine's does not contain */
	s->foreign_pidns = s->foreign_userns = cred->pid <= 0;
	s->is_unseen = is_gone && cred->pid > 0 && id->opener_euid == ids->own_uid;
	if (is_gone)
		return;
	read_ids(s, &task);
	s->ppid = (int32_t)stat.ppid;
	s->start_time = stat.start_time;
	memcpy(s->comm, stat.comm, sizeof(s->comm));
	if (stat.tty[0]) {
		memcpy(id->tty, stat.tty, sizeof(id->tty));
		s->tty = (struct view){ id->tty, strnlen(id->tty, sizeof(id->tty)) };
	}
	task_login_read(&login, ids->procfd, cred->pid);
	s->auid = login.auid;
	s->ses = login.ses;
	if (is_known(&before, cred) && before.start_time == s->start_time) {
		/* one that has ended and is not waited for yet has no program any more */
		s->exe = before.exe;
		s->exe_inode = before.exe_inode;
	}
	read_exe(id, ids);
	read_label(id, ids);
	read_rights(id, ids, &task);
}

static uint64_t tick_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

const struct audit_sender *identity_of(
	struct identity *id, const struct identities *ids, const struct ucred *cred)
{
	uint64_t now = tick_ns();

	if (id->read_ns != now || id->sender.tgid != cred->pid || id->uid != cred->uid ||
		id->gid != cred->gid) {
		id->read_ns = now;
		id->uid = cred->uid;
		id->gid = cred->gid;
		read_process(id, ids, cred);
	}
	return &id->sender;
}

_Static_assert(FACTS_COMM_MAX == EVT_COMM_LEN, "one kind of comm");
_Static_assert(FACTS_TTY_MAX == sizeof(((struct identity *)0)->tty), "one kind of tty");
