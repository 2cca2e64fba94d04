/* SPDX-License-Identifier: MIT */
/*
 *   cases list             the names of all cases
 *   cases setup PROGRAMS   fills the working directory
 *   cases exec PROG ...    becomes that program
 *   cases run NAME         the case
 *
 * exec sees to it that both sides start alike: whatever was started before it, the execve of the program has the same
 * argument addresses, because it is made by a program that has been given a fixed environment itself.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "cases.h"
#include "setup.h"

#define NOBODY        65534
#define FILE_SIZE_MAX 1000000 /* bytes */

static const struct diff_topic *const topics[] = {
	&topic_open,
	&topic_create,
	&topic_rename,
	&topic_attr,
	&topic_lookup,
	&topic_exec,
	&topic_family,
	&topic_process,
	&topic_socket,
	&topic_error,
	&topic_name,
	&topic_abend,
	&topic_vm,
	&topic_ipc,
	&topic_seccomp,
	&topic_privilege,
	&topic_login,
	&topic_queue,
	&topic_sticky,
};

static void wait_child(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

void in_child(void (*part)(void))
{
	int pid = fork();

	if (!pid) {
		part();
		_exit(0);
	}
	wait_child(pid);
}

static void (*nobody_part)(void);

static void drop_and_run(void)
{
	(void)syscall(SYS_setgroups, 0, NULL);
	(void)syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY);
	(void)syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY);
	nobody_part();
}

void as_nobody(void (*part)(void))
{
	nobody_part = part;
	in_child(drop_and_run);
}

const char *absolute(const char *name)
{
	static char path[8192];
	size_t len;

	if (!getcwd(path, sizeof(path) / 2))
		_exit(99);
	len = strlen(path);
	snprintf(path + len, sizeof(path) - len, "/%s", name);
	return path;
}

static char programs[4096];

const char *program(const char *name)
{
	static char path[8192];

	snprintf(path, sizeof(path), "%s/%s", programs, name);
	return path;
}

/* The programs lie where we lie; argv[0] is absolute in the harness. */
static void find_programs(const char *self)
{
	const char *slash = strrchr(self, '/');

	snprintf(programs, sizeof(programs), "%.*s", slash ? (int)(slash - self) : 0, self);
}

/* One call finds those that are open: on an emulated machine a thousand take seconds. */
static void print_descriptors(void)
{
	static struct pollfd fds[1000];

	for (int fd = 0; fd < 1000; fd++)
		fds[fd].fd = fd;
	poll(fds, 1000, 0);
	for (int fd = 0; fd < 1000; fd++)
		if (!(fds[fd].revents & POLLNVAL))
			printf("descriptor %d, flags %x\n", fd, (unsigned)fcntl(fd, F_GETFD));
}

/* What a program inherits, and what therefore must be the same on both sides; the harness compares our output. */
static void print_inherited(void)
{
	static const char *const lines[] = {
		"SigBlk:", "SigIgn:", "NoNewPrivs:", "CapEff:", "Groups:", "Umask:"
	};
	char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (!strncmp(line, lines[i], strlen(lines[i])))
				fputs(line, stdout);
	if (file)
		fclose(file);
	print_descriptors();
	for (char **var = environ; *var; var++)
		puts(*var);
	printf("session leader: %s\n", getsid(0) == getpid() ? "yes" : "no");
	fflush(stdout);
}

static int run(const char *name)
{
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		for (size_t j = 0; j < topics[i]->n; j++)
			if (!strcmp(topics[i]->cases[j].name, name)) {
				topics[i]->cases[j].run();
				_exit(0);
			}
	fprintf(stderr, "no case is called %s\n", name);
	return 98;
}

static char *const environment[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };

/* A case that is wrong must not fill the disk. */
static const struct rlimit file_size = { FILE_SIZE_MAX, FILE_SIZE_MAX };

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "list")) {
		for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
			for (size_t j = 0; j < topics[i]->n; j++)
				puts(topics[i]->cases[j].name);
		return 0;
	}
	if (argc > 2 && !strcmp(verb, "setup"))
		return setup_tree(argv[2]) ? 1 : 0;
	if (argc > 2 && !strcmp(verb, "exec")) {
		print_inherited();
		argv[1] = "become";
		execve(argv[0], argv, environment);
	}
	if (argc > 2 && !strcmp(verb, "become")) {
		setrlimit(RLIMIT_FSIZE, &file_size);
		execve(argv[2], argv + 2, environment);
	}
	if (argc > 2 && !strcmp(verb, "run")) {
		find_programs(argv[0]);
		return run(argv[2]);
	}
	if (!strcmp(verb, "exec") || !strcmp(verb, "become"))
		perror(argv[2]);
	fputs("usage: cases list | setup PROGRAMS | exec PROGRAM [ARGUMENT]... | run NAME\n",
		stderr);
	return 98;
}
