// SPDX-License-Identifier: MIT
/*
 * What is hard for whoever watches calls, one a word:
 *
 *   args       runs /bin/true with a megabyte of arguments
 *   thread     a thread that is not the first one runs a program
 *   vfork      a child on the parent's memory runs a program
 *   killed     a child is killed while it sleeps in a call
 *   exiting    the process ends while a thread of it sleeps in a call
 *   unmapped   a path in memory that nobody has touched yet
 *   moved      its working directory, what that is in and the program itself get other names, and the old ones back
 *   streaks    many calls that a rule selects, then as many that it does not, again and again
 *   titled     writes into its own title, then runs itself twice, with titles of the same length at the same address
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run_long_arguments(void)
{
	enum { N = 100, LEN = 10486 }; /* more than a MiB */
	static char texts[N][LEN + 1];
	static char *argv[N + 2] = { "true" };

	for (int i = 0; i < N; i++) {
		memset(texts[i], 'a' + i % 26, LEN);
		argv[i + 1] = texts[i];
	}
	execve("/bin/true", argv, environ);
	return errno;
}

static void *run_true(void *unused)
{
	(void)unused;
	execl("/bin/true", "true", "of", "a", "thread", NULL);
	_exit(errno);
}

static int run_in_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run_true, NULL))
		return 1;
	for (;;)
		(void)pause();
}

static int run_in_vfork(void)
{
	int status;
	pid_t child = vfork();

	if (child == 0) {
		execl("/bin/true", "true", "of", "vfork", NULL);
		_exit(1);
	}
	return waitpid(child, &status, 0) == child ? status : 1;
}

/* A call that the rules of the test select, and that sleeps. */
static void *sleep_in_call(void *fds)
{
	char byte;

	(void)!recv(((int *)fds)[0], &byte, 1, 0);
	return NULL;
}

static int wait_until_asleep(pid_t tid)
{
	char name[64], text[512], number[16];

	snprintf(number, sizeof(number), "%d ", SYS_recvfrom);
	for (int i = 0; i < 1000; i++) {
		FILE *file;
		size_t n;

		snprintf(name, sizeof(name), "/proc/%d/syscall", (int)tid);
		file = fopen(name, "re");
		n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
		text[n] = '\0';
		if (file)
			(void)fclose(file);
		if (strncmp(text, number, strlen(number)) == 0)
			return 0;
		usleep(2000);
	}
	return 1;
}

static int kill_in_call(void)
{
	int fds[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return 1;
	child = fork();
	if (child == 0) {
		sleep_in_call(fds);
		_exit(1);
	}
	if (wait_until_asleep(child) || kill(child, SIGKILL) < 0)
		return 1;
	return waitpid(child, &status, 0) == child && WIFSIGNALED(status) ? 0 : 1;
}

static int exit_during_call(void)
{
	static int fds[2];
	pthread_t thread;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 ||
		pthread_create(&thread, NULL, sleep_in_call, fds))
		return 1;
	usleep(100000);
	_exit(0);
}

static int open_unmapped(void)
{
	/* the whole page is the file's; it comes into memory when the kernel reads it */
	static const _Alignas(4096) char path[4096] = "/etc/passwd";

	return openat(AT_FDCWD, path, O_RDONLY) < 0;
}

/* uaudit run reads such texts once in a clock tick */
static void look(const char *name)
{
	int fd;

	usleep(20000);
	fd = open(name, O_RDONLY);

	if (fd >= 0)
		(void)close(fd);
}

static void move_and_look(const char *from, const char *to)
{
	if (rename(from, to))
		_exit(errno);
	look("here");
	if (rename(to, from))
		_exit(errno);
	look("here");
}

static int move_what_is_known(void)
{
	char self[4096], top[4096], inner[4200], outer[4200], renamed[4200];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0 || !getcwd(top, sizeof(top)))
		return errno;
	self[n] = 0;
	(void)snprintf(outer, sizeof(outer), "%s/outer", top);
	(void)snprintf(inner, sizeof(inner), "%s/outer/inner", top);
	if (mkdir(outer, 0755) || mkdir(inner, 0755) || chdir(inner))
		return errno;
	look("here");
	look("here");
	(void)snprintf(renamed, sizeof(renamed), "%s/outer/INNER", top);
	move_and_look(inner, renamed);
	(void)snprintf(renamed, sizeof(renamed), "%s/OUTER", top);
	move_and_look(outer, renamed);
	(void)snprintf(renamed, sizeof(renamed), "%s-moved", self);
	move_and_look(self, renamed);
	if (rmdir(inner))
		return errno;
	look("here");
	return rmdir(outer) ? errno : 0;
}

static int make_streaks(void)
{
	enum { ROUNDS = 3, N = 100 };

	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < N; k++)
			(void)close(open("/dev/null", O_RDONLY));
		for (int k = 0; k < N; k++)
			(void)close(open("/dev/null", O_WRONLY));
	}
	return 0;
}

static char *own_word;

static void open_some(void)
{
	for (int i = 0; i < 3; i++)
		(void)close(open("/dev/null", O_RDONLY));
}

static int run_itself_as(const char *word)
{
	open_some();
	execl("/proc/self/exe", "program", word, NULL);
	return errno;
}

static int write_title(void)
{
	for (int i = 0; i < 3; i++) {
		open_some();
		memset(own_word, 'a' + i, strlen(own_word));
		/* what is known of a title counts for no longer than a clock tick */
		(void)usleep(20000);
	}
	if (personality(ADDR_NO_RANDOMIZE) < 0)
		return errno;
	return run_itself_as("title1");
}

static int run_retitled(void)
{
	return run_itself_as("title2");
}

static int end_retitled(void)
{
	open_some();
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*run)(void);
	} rows[] = {
		{ "args", run_long_arguments },
		{ "thread", run_in_thread },
		{ "vfork", run_in_vfork },
		{ "killed", kill_in_call },
		{ "exiting", exit_during_call },
		{ "unmapped", open_unmapped },
		{ "moved", move_what_is_known },
		{ "streaks", make_streaks },
		{ "titled", write_title },
		{ "title1", run_retitled },
		{ "title2", end_retitled },
	};

	own_word = argc == 2 ? argv[1] : NULL;
	for (size_t i = 0; argc == 2 && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(argv[1], rows[i].word) == 0)
			return rows[i].run();
	return 2;
}
