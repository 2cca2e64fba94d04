/* SPDX-License-Identifier: MIT */
/*
 * Runs a command in a control group and waits for all that it leaves there.
 *
 *   cgroup_run [-t SECONDS] DIRECTORY COMMAND [ARGUMENT]...
 *
 * DIRECTORY: of the v2 hierarchy; nobody else is in there. The command's own task joins it right before its exec, so that this
 * exec is the first call that whoever watches the group sees whole. Orphans of the command become our children, as those of
 * kernel_oracle do: both sides of a comparison have the same parents.
 *
 * Exit status: the command's (128 + signal if a signal ended it); 124 after SECONDS, when all in the group were killed; 125 if
 * something went wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_TIMEOUT 124
#define STATUS_BROKEN  125
#define STATUS_NO_EXEC 127

static volatile sig_atomic_t is_late;
static int kill_fd = -1;

static int broken(const char *what)
{
	fprintf(stderr, "cgroup_run: %s: %s\n", what, strerror(errno));
	return STATUS_BROKEN;
}

static void end_all(int signal)
{
	int saved = errno;

	is_late = signal == SIGALRM;
	(void)!write(kill_fd, "1", 1);
	errno = saved;
}

static _Noreturn void become(int procs, char *const *command)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(procs, "0", 1) != 1)
		_exit(broken("cgroup.procs"));
	execv(command[0], command);
	(void)broken(command[0]);
	_exit(STATUS_NO_EXEC);
}

/* Until no child is left, also none that has become ours. */
static int wait_for_all(pid_t first)
{
	int status, first_status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, 0)) > 0 || errno == EINTR)
		if (pid == first)
			first_status = status;
	if (is_late)
		return STATUS_TIMEOUT;
	return WIFSIGNALED(first_status) ? 128 + WTERMSIG(first_status) : WEXITSTATUS(first_status);
}

static int open_below(int directory, const char *name)
{
	return openat(directory, name, O_WRONLY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = end_all };
	int option, directory, procs;
	unsigned seconds = 0;
	pid_t child;

	while ((option = getopt(argc, argv, "+t:")) != -1) {
		if (option != 't')
			return STATUS_BROKEN;
		seconds = (unsigned)strtoul(optarg, NULL, 10);
	}
	if (argc - optind < 2) {
		fputs("usage: cgroup_run [-t SECONDS] DIRECTORY COMMAND [ARGUMENT]...\n", stderr);
		return STATUS_BROKEN;
	}
	directory = open(argv[optind], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return broken(argv[optind]);
	procs = open_below(directory, "cgroup.procs");
	kill_fd = open_below(directory, "cgroup.kill"); /* Linux 5.14 */
	if (procs < 0 || kill_fd < 0)
		return broken(argv[optind]);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child < 0)
		return broken("fork");
	if (!child)
		become(procs, argv + optind + 1);
	/* the command has the default actions */
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	alarm(seconds);
	return wait_for_all(child);
}
