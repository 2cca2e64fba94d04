/* SPDX-License-Identifier: MIT */
#include "environment.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define USER          54321 /* nobody's, and not the one that the programs under test change to */
#define STATUS_BROKEN 125
#define NAMESPACES                                                                                 \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

static const struct environment environments[] = {
	{ .name = "root" },
	{ .name = "user", .owner = USER, .no_new_privs = true },
	{ .name = "container", .owner = CONTAINER_FIRST, .has_namespaces = true },
};

const struct environment *environment_find(const char *name)
{
	for (size_t i = 0; i < sizeof(environments) / sizeof(environments[0]); i++)
		if (!strcmp(environments[i].name, name))
			return &environments[i];
	return NULL;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "container: %s: %s\n", what, strerror(errno));
	_exit(STATUS_BROKEN);
}

/* Ends as a child did: with its status, or 128 and the signal. */
static _Noreturn void end_like(int status)
{
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static int become(uid_t id)
{
	if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id))
		return -errno;
	return 0;
}

/* ---- outside of the container ---- */

static int write_map(pid_t pid, const char *map)
{
	char path[64], text[64];
	int len = snprintf(text, sizeof(text), "0 %d %d\n", CONTAINER_FIRST, CONTAINER_IDS);
	int fd, r = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, map);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)len) != len)
		r = -errno;
	close(fd);
	return r;
}

/* Lets the first process of the container go once it has ids, and waits for it. */
static _Noreturn void guard(pid_t first, int gate)
{
	int status, r = write_map(first, "uid_map");

	if (!r)
		r = write_map(first, "gid_map");
	if (!r && write(gate, "", 1) != 1)
		r = -errno;
	close(gate);
	while (waitpid(first, &status, 0) < 0)
		if (errno != EINTR)
			die("wait");
	if (r) {
		errno = -r;
		die("ids");
	}
	end_like(status);
}

/* ---- inside ---- */

static void start_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request))
		die("loopback");
	close(fd);
}

/* The first process of a pid namespace gets the orphans. */
static _Noreturn void collect(pid_t command)
{
	int status, ended, command_status = 0;
	pid_t pid;

	while ((pid = wait(&ended)) > 0 || errno == EINTR) {
		status = ended;
		if (pid == command)
			command_status = status;
	}
	end_like(command_status);
}

/* What only the first process does is not to show in the second: signals, descriptors, memory are as they were. */
static int be_first(int gate)
{
	char byte;
	pid_t command;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(gate, &byte, 1) != 1)
		_exit(STATUS_BROKEN);
	close(gate);
	if (become(0))
		die("ids");
	/* Ids have changed, so the kernel has forgotten it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		die("private mounts");
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		die("/proc");
	start_loopback();
	command = fork();
	if (command < 0)
		die("fork");
	if (command)
		collect(command);
	return 0;
}

static int enter_container(void)
{
	int gate[2];
	pid_t first;

	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	first = (pid_t)syscall(SYS_clone, NAMESPACES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (first < 0)
		return -errno;
	if (first) {
		close(gate[0]);
		guard(first, gate[1]);
	}
	close(gate[1]);
	return be_first(gate[0]);
}

int environment_enter(const struct environment *env)
{
	int r = 0;

	if (env->has_namespaces)
		return enter_container();
	if (env->owner)
		r = become(env->owner);
	if (!r && env->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		r = -errno;
	return r;
}
