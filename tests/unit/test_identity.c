// SPDX-License-Identifier: MIT
/* Who a process is: this one, one with fewer rights, one in another namespace, one that is gone. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/identity.h"

static struct identities ids;
static struct identity id;

static const struct audit_sender *ask(pid_t pid, uid_t uid)
{
	const struct ucred cred = { .pid = pid, .uid = uid, .gid = getgid() };

	id = (struct identity){ .opener_euid = geteuid() };
	return identity_of(&id, &ids, &cred);
}

/* A child that prepares itself, and waits until the parent has looked at it. -1: it could not. */
static pid_t start(bool (*prepare)(void), int *ret_wait_fd)
{
	int ready[2], wait[2];
	char byte = 0;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(wait), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)close(wait[1]);
		byte = prepare();
		(void)!write(ready[1], &byte, 1);
		(void)!read(wait[0], &byte, 1);
		_exit(0);
	}
	(void)close(ready[1]);
	(void)close(wait[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	*ret_wait_fd = wait[1];
	return byte ? pid : -1;
}

static void end(int wait_fd)
{
	(void)close(wait_fd);
	assert_true(wait(NULL) > 0);
}

static void test_self(void **state)
{
	const struct audit_sender *s = ask(getpid(), getuid());
	char exe[256] = "", comm[32] = "";

	(void)state;
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_int_equal(prctl(PR_GET_NAME, comm), 0);
	assert_int_equal(s->tgid, getpid());
	assert_int_equal(s->ppid, getppid());
	assert_int_equal(s->uid, getuid());
	assert_int_equal(s->egid, getegid());
	assert_true(s->start_time > 0);
	assert_string_equal(s->comm, comm);
	assert_int_equal(s->exe.len, strlen(exe));
	assert_memory_equal(s->exe.p, exe, s->exe.len);
	assert_false(s->foreign_userns);
	assert_false(s->foreign_pidns);
}

static bool give_up_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };

	return syscall(SYS_capset, &header, none) == 0;
}

static void test_no_capabilities(void **state)
{
	const struct audit_sender *s;
	int fd;
	pid_t pid = start(give_up_capabilities, &fd);

	(void)state;
	assert_true(pid > 0);
	s = ask(pid, getuid());
	assert_int_equal(s->ppid, getpid());
	/* an engine of a user's goes by the user */
	assert_int_equal(s->can_control, ids.is_rootless);
	assert_int_equal(s->can_write, ids.is_rootless);
	assert_int_equal(s->can_read, ids.is_rootless);
	end(fd);
}

static bool enter_user_namespace(void)
{
	return unshare(CLONE_NEWUSER) == 0;
}

static void test_user_namespace(void **state)
{
	int fd;
	pid_t pid = start(enter_user_namespace, &fd);

	(void)state;
	if (pid > 0) /* all capabilities, but not here */
		assert_true(ask(pid, getuid())->foreign_userns);
	else
		print_message("SKIP user namespaces: not allowed here\n");
	end(fd);
}

static bool nothing(void)
{
	return true;
}

static void test_other_user(void **state)
{
	struct identities rootless = ids;
	const struct ucred cred = { .pid = getpid(), .uid = getuid(), .gid = getgid() };
	const struct audit_sender *s;

	(void)state;
	rootless.is_rootless = true;
	rootless.own_uid = getuid();
	id = (struct identity){ .opener_euid = geteuid() };
	s = identity_of(&id, &rootless, &cred);
	assert_true(s->can_control && s->can_write && s->can_read);
	rootless.own_uid = getuid() + 1;
	id = (struct identity){ .opener_euid = geteuid() };
	s = identity_of(&id, &rootless, &cred);
	assert_false(s->can_control || s->can_write || s->can_read);
}

static void test_gone(void **state)
{
	const struct audit_sender *s;
	int fd;
	pid_t pid = start(nothing, &fd);

	(void)state;
	end(fd);
	s = ask(pid, 77);
	assert_int_equal(s->tgid, pid);
	assert_int_equal(s->uid, 77);
	assert_int_equal(s->auid, UINT32_MAX);
	assert_false(s->can_control || s->can_write || s->can_read);
	assert_null(s->exe.p);
	/* of a pid namespace that we do not see into */
	s = ask(0, 0);
	assert_true(s->foreign_pidns && s->foreign_userns);
	assert_false(s->can_control || s->can_write || s->can_read);
}

static const struct audit_sender *ask_again(pid_t pid, uid_t uid)
{
	const struct ucred cred = { .pid = pid, .uid = uid, .gid = getgid() };

	id.read_ns = 0; /* a tick later */
	return identity_of(&id, &ids, &cred);
}

/* Of who was there at the first look what was seen stands, for messages of the same user. */
static void test_seen_and_gone(void **state)
{
	const struct audit_sender *s;
	struct audit_sender before;
	siginfo_t info;
	int fd;
	pid_t pid = start(nothing, &fd);

	(void)state;
	before = *ask(pid, getuid());
	assert_true(before.start_time > 0 && before.exe.len > 0 && before.exe_inode.ino > 0);
	(void)close(fd);
	/* it is there, without a program */
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	s = ask_again(pid, getuid());
	assert_int_equal(s->can_write, before.can_write);
	assert_int_equal(s->exe.len, before.exe.len);
	assert_int_equal(s->exe_inode.ino, before.exe_inode.ino);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	s = ask_again(pid, getuid());
	assert_memory_equal(s, &before, sizeof(before));
	/* not for another user, and not any more */
	s = ask_again(pid, getuid() + 1);
	assert_false(s->can_control || s->can_write || s->can_read);
	assert_int_equal(s->start_time, 0);
	s = ask_again(pid, getuid());
	assert_false(s->can_control || s->can_write || s->can_read);
}

/* Nobody knows what it might have sent; of who was not the engine's own user when it connected nothing was to be expected. */
static void test_never_seen(void **state)
{
	int fd;
	pid_t pid = start(nothing, &fd);

	(void)state;
	assert_false(ask(pid, getuid())->is_unseen);
	end(fd);
	assert_true(ask(pid, getuid())->is_unseen);
	id = (struct identity){ .opener_euid = geteuid() + 1 };
	assert_false(ask_again(pid, getuid())->is_unseen);
}

/* What stands for a tick is never another process's or user's. */
static void test_kept(void **state)
{
	const struct ucred self = { .pid = getpid(), .uid = getuid(), .gid = getgid() };
	struct ucred other = self;
	int fd;
	pid_t pid = start(nothing, &fd);

	(void)state;
	id = (struct identity){ .opener_euid = geteuid() };
	assert_int_equal(identity_of(&id, &ids, &self)->tgid, getpid());
	other.pid = pid;
	assert_int_equal(identity_of(&id, &ids, &other)->tgid, pid);
	assert_int_equal(identity_of(&id, &ids, &other)->ppid, getpid());
	assert_int_equal(identity_of(&id, &ids, &self)->tgid, getpid());
	end(fd);
}

/* Connected as somebody else: it has become a set-user-ID program since, whose capabilities were not meant. */
static void test_other_opener(void **state)
{
	const struct ucred self = { .pid = getpid(), .uid = getuid(), .gid = getgid() };
	const struct audit_sender *s;

	(void)state;
	id = (struct identity){ .opener_euid = geteuid() };
	s = identity_of(&id, &ids, &self);
	if (!s->can_control)
		print_message("SKIP the other half: no capabilities to lose\n");
	id = (struct identity){ .opener_euid = geteuid() + 1000 };
	s = identity_of(&id, &ids, &self);
	assert_int_equal(s->uid, getuid());
	assert_false(s->can_control || s->can_write || s->can_read);
}

static int open_ids(void **state)
{
	(void)state;
	return identities_init(&ids);
}

static int close_ids(void **state)
{
	(void)state;
	identities_deinit(&ids);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_no_capabilities),
		cmocka_unit_test(test_user_namespace),
		cmocka_unit_test(test_other_user),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_seen_and_gone),
		cmocka_unit_test(test_never_seen),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_other_opener),
	};

	return cmocka_run_group_tests(tests, open_ids, close_ids);
}
