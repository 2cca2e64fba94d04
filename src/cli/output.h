/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_OUTPUT_H
#define UAUDIT_CLI_OUTPUT_H

/* Where the records of a run go: a log, readable lines, JSON, the summary. */

#include <stdbool.h>

#include "core/kaudit.h"

enum output_format { OUTPUT_DEFAULT, OUTPUT_TEXT, OUTPUT_RAW, OUTPUT_JSON };
enum output_summary { OUTPUT_SUMMARY_AUTO, OUTPUT_SUMMARY_YES, OUTPUT_SUMMARY_NO };

struct output_options {
	const char *path; /* -o; NULL: none; "-": standard output */
	enum output_format format;
	enum output_summary summary;
	bool quiet;
	int terminal_fd;       /* readable lines and the summary */
	bool show_keys;        /* in readable lines */
	bool hide_own_signals; /* lines and summary leave out signals that a process sends to itself */
};

struct output;

/* Opens what is asked for. 0, or a negative errno after a complaint. options are copied. */
int output_open(struct output **ret, const struct output_options *options);
/* The sink of a kaudit; userdata is the output. An event that cannot be written is an error: nothing may happen
 * unrecorded. Readable lines beside a log are no record: when they cannot be written they stop, and that is all. */
int output_record(void *userdata, const struct kaudit_record *record);
/* Ends the event that is open, and writes what is pending. Negative errno as output_record(). */
int output_finish(struct output *o);
/* Whether somebody reads along: the lines then keep step with the command. */
bool output_shows_lines(const struct output *o);
/* From here on several events may go to the log in one write; output_flush() has to be called when there is time. */
void output_in_batches(struct output *o);
int output_flush(struct output *o);
/* Says what failed, after a negative answer of the two above. */
void output_complain(const struct output *o);
/* Prints headline and summary if they are wanted. */
void output_print_summary(struct output *o, const char *headline);
bool output_wants_summary(const struct output *o);
void output_close(struct output *o);

#endif
