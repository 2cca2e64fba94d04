// SPDX-License-Identifier: MIT
/* uaudit run: a command under audit, from its start to the end of its last descendant. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "abi/abi.h"
#include "cli/attach.h"
#include "cli/commands.h"
#include "cli/load_rules.h"
#include "cli/program.h"
#include "cli/pump.h"
#include "cli/run_options.h"
#include "cli/session.h"
#include "source/ptrace/ptrace_source.h"

static const char help[] =
#include "cli/help_run.inc"
	;

/* Signals that somebody sends to uaudit and means for the command. Those of the terminal reach the command anyway. */
static const int forwarded[] = { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };

/* The command, for the handler; a pidfd, as its pid may belong to another process by now. */
static volatile sig_atomic_t command_fd = -1;
static volatile sig_atomic_t early; /* a signal that came before there was a command */

static void forward(int sig)
{
	int saved = errno;

	if (command_fd < 0) {
		early = sig;
		return;
	}
	/* Without the command there is nobody to decide what it means. Our end is that of what is left of the tree. */
	if (syscall(SYS_pidfd_send_signal, (int)command_fd, sig, NULL, 0) < 0 && errno == ESRCH) {
		(void)signal(sig, SIG_DFL);
		(void)raise(sig);
	}
	errno = saved;
}

static void swallow(int sig)
{
	(void)sig;
}

/* A signal that was ignored when uaudit began stays ignored, as nohup has it. Handlers, unlike ignored signals, end at
 * the command's execve. */
static void handle(int sig, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		(void)sigaction(sig, &action, NULL);
}

static void set_up_signals(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(forwarded); i++)
		handle(forwarded[i], forward);
	handle(SIGPIPE, swallow); /* a reader that left is an error of write() */
}

/* Everything that one run owns. */
struct run {
	struct run_options options;
	struct rule_set *rules;
	struct rule_interest interest;
	char *program;
	struct output *output;
	struct replay_writer *record;
	struct session session;
	struct pump *pump;     /* NULL: events are dealt with as they come */
	struct attach *attach; /* NULL: rules, records and output are ours */
	struct ptrace_source *source;
	struct timespec start;
	int status;     /* wait status of the command */
	int exec_errno; /* why it could not be executed, else 0 */
};

static void run_deinit(struct run *run)
{
	ptrace_source_close(run->source);
	(void)pump_close(run->pump);
	(void)attach_close(run->attach);
	session_deinit(&run->session);
	output_close(run->output);
	(void)replay_writer_close(run->record);
	free(run->program);
	rule_interest_deinit(&run->interest);
	rule_set_free(run->rules);
	run_options_deinit(&run->options);
}

static void notice(void *userdata, const char *text)
{
	const struct run *run = userdata;

	if (!run->options.output.quiet)
		complain("%s", text);
}

static int on_event(void *userdata, const void *event, size_t len)
{
	struct run *run = userdata;

	if (run->attach)
		return attach_event(run->attach, event, len);
	return run->pump ? pump_put(run->pump, event, len)
			 : session_event(&run->session, event, len);
}

static int on_pumped(void *userdata, const void *event, size_t len)
{
	struct run *run = userdata;

	return session_event(&run->session, event, len);
}

static int on_idle(void *userdata)
{
	struct run *run = userdata;

	return output_flush(run->output);
}

/* A log may lag behind the command by some milliseconds; lines that somebody reads may not. */
static int start_pump(struct run *run)
{
	const struct pump_end end = { on_pumped, on_idle, run };

	if (run->attach || output_shows_lines(run->output))
		return 0;
	output_in_batches(run->output);
	return pump_new(&run->pump, &end);
}

static int find_command(struct run *run)
{
	const char *name = run->options.rest[0];
	int r;

	if (!name) {
		complain(
			"no command to run: uaudit run [RULE]... [OPTION]... -- COMMAND [ARGUMENT]...");
		return EXIT_UAUDIT;
	}
	r = program_find(&run->program, name);
	if (r == -ENOENT) {
		complain("'%s': no such command%s", name, strchr(name, '/') ? "" : " in $PATH");
		return EXIT_NOT_FOUND;
	}
	if (r == -EACCES) {
		complain("'%s': not an executable file, or no permission to execute it", name);
		return EXIT_NOT_EXECUTABLE;
	}
	return r < 0 ? EXIT_UAUDIT : 0;
}

static int open_outputs(struct run *run)
{
	struct output_options *o = &run->options.output;
	int r;

	o->terminal_fd = STDERR_FILENO;
	o->show_keys = run->options.n_words > 0;
	o->hide_own_signals = run->options.n_words == 0;
	r = output_open(&run->output, o);
	if (r < 0)
		return r;
	if (run->options.record) {
		r = replay_writer_open(&run->record, run->options.record);
		if (r < 0)
			complain("cannot write events to '%s': %s", run->options.record,
				strerror(-r));
	}
	return r;
}

static int open_source(struct run *run)
{
	const struct source_callbacks callbacks = { run, on_event, notice };
	const uint32_t arches[] = { machine_native_elf(), machine_native_compat_elf() };
	struct ptrace_options options = {
		.program = run->program,
		.argv = run->options.rest,
		.rules = run->rules,
		.interest = &run->interest,
	};
	int r;

	r = rule_interest_compute(&run->interest, run->rules, arches, arches[1] ? 2 : 1);
	run->interest.extra = run->options.extra;
	if (r == 0 && !run->attach)
		r = session_init(&run->session, run->rules, run->output, run->record);
	if (r == 0 && !run->attach)
		kaudit_set_extra(run->session.audit, run->options.extra);
	if (r == 0)
		r = ptrace_source_open(&run->source, &options, &callbacks);
	if (r < 0)
		complain("cannot start '%s' under audit: %s", run->program, strerror(-r));
	return r;
}

/* What was captured has arrived where it belongs. */
static int finish(struct run *run)
{
	int r = run->attach ? attach_finish(run->attach) : output_finish(run->output);

	if (r == 0)
		return 0;
	if (run->attach)
		complain("the engine at '%s' does not take the events: %s",
			attach_path(run->attach), strerror(-r));
	else
		output_complain(run->output);
	complain("the command was killed: nothing may run unrecorded");
	return r;
}

static int follow(struct run *run)
{
	int r, finished;

	command_fd = (int)syscall(SYS_pidfd_open, ptrace_source_pid(run->source), 0);
	if (early)
		forward(early);
	r = start_pump(run);
	if (r < 0) {
		complain("cannot start a thread: %s", strerror(-r));
		return r;
	}
	r = ptrace_source_run(run->source, &run->status, &run->exec_errno);
	(void)pump_close(
		TAKE_PTR(run->pump)); /* its error is the output's, or came back to the source */
	finished = finish(run);
	if (finished < 0)
		return finished;
	if (r < 0)
		complain("the command was killed, as it could not be followed any more: %s",
			strerror(-r));
	return r;
}

static int close_record(struct run *run)
{
	int r = replay_writer_close(TAKE_PTR(run->record));

	if (r < 0)
		complain("'%s' is not complete: %s", run->options.record, strerror(-r));
	return r;
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void put_end(char *end, size_t size, int status)
{
	if (WIFSIGNALED(status))
		(void)snprintf(
			end, size, "killed by %s", signal_name(WTERMSIG(status)) ?: "a signal");
	else
		(void)snprintf(end, size, "exit status %d", WEXITSTATUS(status));
}

/* The engine has the rest. */
static void report_attached(const struct run *run)
{
	const struct source_stats *seen = ptrace_source_stats(run->source);
	char end[64];

	if (run->options.output.quiet || run->options.output.summary == OUTPUT_SUMMARY_NO)
		return;
	put_end(end, sizeof(end), run->status);
	complain("%.80s: %s; %llu task%s, %llu captured calls and changes to %s, %.2f s",
		run->options.rest[0], end, seen->tasks, seen->tasks == 1 ? "" : "s",
		(unsigned long long)attach_n_events(run->attach), attach_path(run->attach),
		seconds_since(&run->start));
}

static void report(struct run *run)
{
	const struct kaudit_stats *stats = kaudit_stats(run->session.audit);
	const struct source_stats *seen = ptrace_source_stats(run->source);
	char headline[256], end[64];

	put_end(end, sizeof(end), run->status);
	(void)snprintf(headline, sizeof(headline),
		"%.80s: %s; %llu task%s, %llu event%s, %llu records, %.2f s", run->options.rest[0],
		end, seen->tasks, seen->tasks == 1 ? "" : "s",
		(unsigned long long)stats->events_recorded, stats->events_recorded == 1 ? "" : "s",
		(unsigned long long)stats->records, seconds_since(&run->start));
	output_print_summary(run->output, headline);
	if (stats->events_lost)
		complain("%llu events were lost", (unsigned long long)stats->events_lost);
}

/* The exit status; a command that a signal ended is imitated, so that a shell sees what it would have seen. */
static int end_like(int status)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t set;
	int sig;

	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	sig = WTERMSIG(status);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)signal(sig, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, sig);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(sig);
	return 128 + sig;
}

/* The engine has the rules and the log: options that say something about either contradict it. */
static int attach(struct run *run)
{
	const struct run_options *o = &run->options;
	int r;

	if (o->n_words || o->output.path || o->output.format != OUTPUT_DEFAULT || o->record ||
		o->extra) {
		complain(
			"--attach: rules and log are the engine's; load rules with 'uaudit ctl', and leave %s out",
			o->n_words  ? o->words[0]
			: o->record ? "--record"
			: o->extra  ? "--extra (a setting of 'uaudit daemon')"
				    : "-o and --format");
		return -EINVAL;
	}
	r = attach_open(&run->attach, o->attach_path);
	if (r == 0)
		r = attach_rules(run->attach, &run->rules);
	return r < 0 ? r : attach_extra(run->attach, &run->options.extra);
}

static int load_rules_and_open_outputs(struct run *run)
{
	int r = load_rules(&run->rules, run->options.words, run->options.n_words);

	return r < 0 ? r : open_outputs(run);
}

static int run_command(struct run *run)
{
	int status = find_command(run), r;

	if (status)
		return status;
	r = run->options.attach ? attach(run) : load_rules_and_open_outputs(run);
	if (r < 0)
		return EXIT_UAUDIT;
	(void)clock_gettime(CLOCK_MONOTONIC, &run->start);
	set_up_signals();
	if (open_source(run) < 0 || follow(run) < 0)
		return EXIT_UAUDIT;
	if (run->exec_errno) {
		complain("cannot execute '%s': %s", run->program, strerror(run->exec_errno));
		return run->exec_errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
	}
	if (run->attach) {
		report_attached(run);
		return 0;
	}
	report(run);
	return close_record(run) < 0 ? EXIT_UAUDIT : 0;
}

static int show_default_rules(void)
{
	struct buf text = BUF_NULL;

	default_rules(&text);
	(void)fwrite(text.data, 1, text.len, stdout);
	buf_deinit(&text);
	return 0;
}

static int main_run(int argc, char **argv)
{
	struct run run = { 0 };
	int status;

	if (run_options_parse(&run.options, argc, argv, true) < 0)
		return EXIT_UAUDIT;
	if (run.options.show_default_rules) {
		run_options_deinit(&run.options);
		return show_default_rules();
	}
	status = run_command(&run);
	run_deinit(&run);
	return status ? status : end_like(run.status);
}

const struct command command_run = {
	.name = "run",
	.summary = "run a command and record what it and its children do",
	.help = help,
	.run = main_run,
};
