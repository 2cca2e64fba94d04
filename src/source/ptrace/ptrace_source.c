// SPDX-License-Identifier: MIT
#include "source/ptrace/ptrace_source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "rule/rule_set.h"
#include "source/fsmark.h"
#include "source/notice.h"
#include "source/ptrace/capture.h"
#include "source/ptrace/seccomp_filter.h"
#include "source/ptrace/tracer.h"

enum start_stage { STAGE_SECCOMP, STAGE_EXECVE };

/* What the child could not do; it says nothing when it runs the command. */
struct start_failure {
	int stage; /* enum start_stage */
	int error; /* errno */
};

/*
 * Signals of the terminal reach the whole foreground process group, us with the command. What they mean is the
 * command's business: it may handle them, and we stay as long as it does. A stop is followed when the command has
 * stopped (tracer.c). SIGCHLD must not be ignored: the kernel would reap traced threads without a report.
 */
static const struct disposition {
	int signal;
	void (*handler)(int);
} dispositions[] = {
	{ SIGINT, SIG_IGN },
	{ SIGQUIT, SIG_IGN },
	{ SIGTSTP, SIG_IGN },
	{ SIGTTIN, SIG_IGN },
	{ SIGTTOU, SIG_IGN },
	{ SIGCHLD, SIG_DFL },
};

struct ptrace_source {
	struct tracer tracer;
	struct seccomp_filter filter;
	int go_fd;      /* written: the child may go on; closed without: it is not needed */
	int failure_fd; /* read: struct start_failure */
	struct sigaction saved[ARRAY_SIZE(dispositions)];
	bool is_saved;
	bool is_started, is_over;
};

/* ---- the child ---- */

/* Handlers of the caller go, as execve would have it, before a signal that was blocked meanwhile can find them. What is
 * ignored stays ignored. */
static void drop_handlers(void)
{
	const struct sigaction by_default = { .sa_handler = SIG_DFL };
	struct sigaction old;

	for (int signal = 1; signal < NSIG; signal++)
		if (sigaction(signal, NULL, &old) == 0 && old.sa_handler != SIG_IGN &&
			old.sa_handler != SIG_DFL)
			(void)sigaction(signal, &by_default, NULL);
}

static int install_filter(const struct seccomp_filter *filter)
{
	struct sock_fprog program = { .len = filter->n_insns, .filter = filter->insns };
	/* Without SPEC_ALLOW kernels before 5.16 slow the whole program down (speculative store bypass). */
	const unsigned flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0)
		return 0;
	/* EACCES: neither CAP_SYS_ADMIN nor no_new_privs. Set-id programs gain nothing from here on. */
	if (errno != EACCES)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0 ? 0 : -errno;
}

static _Noreturn void child_main(const struct ptrace_source *source,
	const struct ptrace_options *options, const sigset_t *mask, int go_fd, int failure_fd)
{
	struct start_failure failure = { .stage = STAGE_SECCOMP };
	char go;

	drop_handlers();
	if (read(go_fd, &go, 1) != 1)
		_exit(127);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	failure.error = -install_filter(&source->filter);
	if (!failure.error) {
		/* The first call that the filter sees. */
		(void)execve(options->program, options->argv, environ);
		failure.stage = STAGE_EXECVE;
		failure.error = errno;
	}
	(void)!write(failure_fd, &failure, sizeof(failure));
	_exit(127);
}

/* ---- the source ---- */

static void save_dispositions(struct ptrace_source *source)
{
	for (size_t i = 0; i < ARRAY_SIZE(dispositions); i++) {
		const struct sigaction ours = { .sa_handler = dispositions[i].handler };

		(void)sigaction(dispositions[i].signal, &ours, &source->saved[i]);
	}
	source->is_saved = true;
}

static void restore_dispositions(struct ptrace_source *source)
{
	for (size_t i = 0; source->is_saved && i < ARRAY_SIZE(dispositions); i++)
		(void)sigaction(dispositions[i].signal, &source->saved[i], NULL);
	source->is_saved = false;
}

/* Forks the child, seizes it and leaves it waiting for go_fd. */
static int start_child(struct ptrace_source *source, const struct ptrace_options *options)
{
	int go[2] = { -1, -1 }, failure[2] = { -1, -1 };
	sigset_t all, mask;
	pid_t pid = -1;
	int r = 0;

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(failure, O_CLOEXEC) < 0)
		r = -errno;
	if (!r) {
		(void)sigfillset(&all);
		(void)sigprocmask(SIG_SETMASK, &all, &mask);
		pid = fork();
		if (!pid) {
			(void)close(go[1]);
			child_main(source, options, &mask, go[0], failure[1]);
		}
		r = pid < 0 ? -errno : 0;
		if (pid > 0)
			save_dispositions(source);
		(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	}
	close_fdp(&go[0]);
	close_fdp(&failure[1]);
	source->go_fd = go[1];
	source->failure_fd = failure[0];
	if (r < 0) {
		source_notice(
			&source->tracer.callbacks, "cannot start a process: %s", strerror(-r));
		return r;
	}

	source->tracer.root = pid;
	if (ptrace(PTRACE_SEIZE, pid, NULL, TRACER_OPTIONS) < 0) {
		r = -errno;
		source_notice(&source->tracer.callbacks,
			"cannot trace: ptrace is not permitted here, or this process is being traced itself: %s",
			strerror(-r));
		return r;
	}
	return 0;
}

static int source_init(struct ptrace_source *source, const struct ptrace_options *options,
	const struct source_callbacks *callbacks)
{
	const uint32_t arches[] = { machine_native_elf(), machine_native_compat_elf() };
	size_t n_arches = arches[1] ? 2 : 1;
	struct tracer *t = &source->tracer;
	int r;

	source->go_fd = source->failure_fd = -1;
	buf_init(&t->event, BUF_MAX_DEFAULT);
	buf_init(&t->mark_events, BUF_MAX_DEFAULT);
	t->callbacks = *callbacks;
	t->has_task_rules = options->rules && options->rules->n_rules[AUDIT_FILTER_TASK];
	interference_init(&t->interference, arches, n_arches);
	r = tasks_init(&t->tasks);
	if (r < 0)
		return r;
	r = seccomp_filter_build(&source->filter, options->interest, arches, n_arches);
	if (r < 0)
		return r;
	r = capture_env_new(&t->env, options->interest);
	if (r < 0)
		return r;
	r = fsmarks_new(&t->marks, options->rules);
	if (r < 0)
		return r;
	r = start_child(source, options);
	if (r < 0)
		return r;
	return tracer_start(t, t->root);
}

int ptrace_source_open(struct ptrace_source **ret, const struct ptrace_options *options,
	const struct source_callbacks *callbacks)
{
	struct ptrace_source *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return -ENOMEM;
	r = source_init(source, options, callbacks);
	if (r < 0) {
		ptrace_source_close(source);
		return r;
	}
	*ret = source;
	return 0;
}

/* 0; or what kept the child from running the command: the errno of execve in *ret_exec_errno, anything else negative. */
static int read_failure(struct ptrace_source *source, int *ret_exec_errno)
{
	struct start_failure failure;

	*ret_exec_errno = 0;
	if (source->tracer.has_execed ||
		read(source->failure_fd, &failure, sizeof(failure)) != (ssize_t)sizeof(failure))
		return 0;
	if (failure.stage == STAGE_EXECVE) {
		*ret_exec_errno = failure.error;
		return 0;
	}
	source_notice(&source->tracer.callbacks, "cannot install a seccomp filter: %s",
		strerror(failure.error));
	return -failure.error;
}

int ptrace_source_run(struct ptrace_source *source, int *ret_status, int *ret_exec_errno)
{
	int r;

	if (source->is_started)
		return -EALREADY;
	source->is_started = true;
	*ret_exec_errno = 0;
	/* EPIPE when it was killed meanwhile: its end is reported like any other */
	r = write(source->go_fd, "", 1) < 0 && errno != EPIPE ? -errno : 0;
	if (!r)
		r = tracer_run(&source->tracer);
	if (r < 0)
		tracer_kill(&source->tracer);
	source->is_over = true;
	*ret_status = source->tracer.root_status;
	return r < 0 ? r : read_failure(source, ret_exec_errno);
}

const struct source_stats *ptrace_source_stats(const struct ptrace_source *source)
{
	return &source->tracer.stats;
}

pid_t ptrace_source_pid(const struct ptrace_source *source)
{
	return source->tracer.root;
}

void ptrace_source_close(struct ptrace_source *source)
{
	struct tracer *t;

	if (!source)
		return;
	t = &source->tracer;
	/* A child that was not seized sees this as the end of its wait and leaves. */
	close_fdp(&source->go_fd);
	if (t->root > 0 && !source->is_over)
		tracer_kill(t);
	close_fdp(&source->failure_fd);
	restore_dispositions(source);
	tasks_deinit(&t->tasks);
	fsmarks_free(t->marks);
	capture_env_free(t->env);
	seccomp_filter_deinit(&source->filter);
	buf_deinit(&t->event);
	buf_deinit(&t->mark_events);
	free(source);
}
