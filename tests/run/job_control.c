// SPDX-License-Identifier: MIT
/*
 * job_control DRIVER: terminals. A shell with job control under the tracer stops and continues its jobs; a shell that
 * runs the tracer sees it stop and go on with the command.
 */
#include "run_test.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <time.h>

#define ANSWER_MS 15000
#define TALK_MAX  65536

struct terminal {
	int fd;
	pid_t shell;
	char heard[TALK_MAX];
	size_t len, from; /* what was heard before from has been looked at */
};

/* Waits until the terminal has shown text after what was awaited last. */
static void await(struct terminal *t, const char *text)
{
	struct pollfd poll_fd = { .fd = t->fd, .events = POLLIN };
	char *found;
	ssize_t n;

	for (;;) {
		t->heard[t->len] = '\0';
		found = strstr(t->heard + t->from, text);
		if (found) {
			t->from = (size_t)(found - t->heard) + strlen(text);
			return;
		}
		MUST(t->len < TALK_MAX - 1);
		n = poll(&poll_fd, 1, ANSWER_MS) == 1
			    ? read(t->fd, t->heard + t->len, TALK_MAX - 1 - t->len)
			    : 0;
		if (n <= 0) {
			printf("no '%s' in:\n%s\n", text, t->heard + t->from);
			fflush(stdout);
			(void)kill(-t->shell, SIGKILL);
			exit(1);
		}
		t->len += (size_t)n;
	}
}

static void type(struct terminal *t, const char *text)
{
	MUST(write(t->fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void open_terminal(struct terminal *t, char *const *command)
{
	*t = (struct terminal){ 0 };
	t->shell = forkpty(&t->fd, NULL, NULL, NULL);
	MUST(t->shell >= 0);
	if (!t->shell) {
		MUST(setenv("PS1", "ready> ", 1) == 0);
		MUST(unsetenv("HISTFILE") == 0);
		execv(command[0], command);
		_exit(98);
	}
}

static void close_terminal(struct terminal *t, const char *what)
{
	int status;

	MUST(waitpid(t->shell, &status, 0) == t->shell);
	say_status(what, status);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 21)
		exit(1);
	(void)close(t->fd);
}

/* The words are split so that the echo of what is typed is not what is waited for. */
static void use_jobs(struct terminal *t, const char *job)
{
	await(t, "ready> ");
	type(t, job);
	await(t, "go-on");
	type(t, "\x1a");
	await(t, "Stopped");
	await(t, "ready> ");
	type(t, "echo to the 'sh''ell'\n");
	await(t, "the shell");
	await(t, "ready> ");
	type(t, "fg\n");
	type(t, "one more line\n");
	await(t, "got one more line");
	type(t, "\x1a");
	await(t, "Stopped");
	await(t, "ready> ");
	/* in the background it may not read from the terminal, which stops it again */
	type(t, "bg\n");
	await(t, "ready> ");
	type(t, "until jobs -s | grep -q read; do sleep 0.05; done; echo 'stop''ped'\n");
	await(t, "stopped");
	await(t, "ready> ");
	type(t, "fg\n");
	type(t, "another line\n");
	await(t, "got another line");
	type(t, "\x03");
	await(t, "ready> ");
	type(t, "echo status 'is' $?\n");
	await(t, "status is 130");
	await(t, "ready> ");
	type(t, "exit 21\n");
}

#define JOB                                                                                        \
	"/bin/sh -c 'echo go-\"\"on; while read -r x; do echo got \"\" $x | tr -s \" \"; done'\n"

int main(int argc, char **argv)
{
	struct terminal *t = malloc(sizeof(*t));
	char command[4096];

	MUST(t && argc > 1);
	if (access("/bin/bash", X_OK) < 0) {
		printf("skipped: no /bin/bash\n");
		return 77;
	}

	open_terminal(t, (char *[]){ argv[1], "-a", "--", "/bin/bash", "--norc", "--noprofile",
				 "-i", NULL });
	use_jobs(t, JOB);
	close_terminal(t, "a shell under the tracer");

	open_terminal(t, (char *[]){ "/bin/bash", "--norc", "--noprofile", "-i", NULL });
	MUST(snprintf(command, sizeof(command), "%s -a -- %s", argv[1], JOB) <
		(int)sizeof(command));
	use_jobs(t, command);
	close_terminal(t, "the tracer under a shell");

	/* A command that ignores the key is not stopped, and so we are not. */
	open_terminal(t, (char *[]){ "/bin/bash", "--norc", "--noprofile", "-i", NULL });
	await(t, "ready> ");
	MUST(snprintf(command, sizeof(command),
		     "%s -a -- /bin/sh -c 'trap \"\" TSTP; echo go-\"\"on; read -r x; echo got \"\" $x'\n",
		     argv[1]) < (int)sizeof(command));
	type(t, command);
	await(t, "go-on");
	type(t, "\x1a");
	type(t, "a line\n");
	await(t, "got  a line");
	await(t, "ready> ");
	type(t, "exit 21\n");
	close_terminal(t, "a command that ignores the key");
	free(t);
	return 0;
}
