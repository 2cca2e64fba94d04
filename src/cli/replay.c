// SPDX-License-Identifier: MIT
/* uaudit replay: rules applied to events that were kept. */

#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/load_rules.h"
#include "cli/run_options.h"
#include "cli/session.h"

static const char help[] =
#include "cli/help_replay.inc"
	;

static int feed(struct session *session, struct replay_reader *reader, const char *path)
{
	const void *event;
	uint64_t offset;
	size_t len;
	int r, finished;

	while ((r = replay_reader_next(reader, &event, &len, &offset)) > 0) {
		r = session_event(session, event, len);
		if (r < 0)
			break;
	}
	finished = output_finish(session->output);
	if (finished < 0) {
		output_complain(session->output);
		return finished;
	}
	if (r == -EBADMSG)
		complain("'%s': what begins at byte %llu is no event; all before it was taken",
			path, (unsigned long long)offset);
	else if (r < 0)
		complain("'%s': %s", path, strerror(-r));
	return r;
}

static void report(const struct session *session, const char *path)
{
	const struct kaudit_stats *stats = kaudit_stats(session->audit);
	char headline[256];

	(void)snprintf(headline, sizeof(headline),
		"%.80s: %llu of %llu events recorded, %llu records", path,
		(unsigned long long)stats->events_recorded, (unsigned long long)stats->events_seen,
		(unsigned long long)stats->records);
	output_print_summary(session->output, headline);
}

static int replay(struct run_options *options, const char *path, struct rule_set *rules)
{
	struct replay_reader *reader = NULL;
	struct output *output = NULL;
	struct session session = { 0 };
	int r;

	r = replay_reader_open(&reader, strcmp(path, "-") == 0 ? "/dev/stdin" : path);
	if (r == -EBADMSG)
		complain(
			"'%s' is not a file that 'uaudit run --record' of this version and machine has written",
			path);
	else if (r < 0)
		complain("cannot read '%s': %s", path, strerror(-r));
	if (r == 0)
		r = output_open(&output, &options->output);
	if (r == 0)
		r = session_init(&session, rules, output, NULL);
	if (r == 0)
		kaudit_set_extra(session.audit, options->extra);
	if (r == 0)
		r = feed(&session, reader, path);
	if (r == 0)
		report(&session, path);
	session_deinit(&session);
	output_close(output);
	if (reader)
		replay_reader_close(reader);
	return r;
}

static int main_replay(int argc, char **argv)
{
	struct run_options options;
	struct rule_set *rules = NULL;
	int r;

	r = run_options_parse(&options, argc, argv, false);
	if (r < 0)
		return EXIT_UAUDIT;
	if (!options.rest[0] || options.rest[1]) {
		complain("replay takes one file, which 'uaudit run --record FILE' has written%s",
			options.rest[0] ? "; options stand before it" : "");
		run_options_deinit(&options);
		return EXIT_UAUDIT;
	}
	options.output.terminal_fd = STDOUT_FILENO;
	options.output.show_keys = options.n_words > 0;
	options.output.hide_own_signals = options.n_words == 0;
	r = load_rules(&rules, options.words, options.n_words);
	if (r == 0)
		r = replay(&options, options.rest[0], rules);
	rule_set_free(rules);
	run_options_deinit(&options);
	return r < 0 ? EXIT_UAUDIT : 0;
}

const struct command command_replay = {
	.name = "replay",
	.summary = "apply rules to the events that a run has kept",
	.help = help,
	.run = main_replay,
};
