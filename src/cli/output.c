// SPDX-License-Identifier: MIT
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/audit.h>

#include "cli/commands.h"
#include "log/human.h"
#include "log/json.h"
#include "log/log_writer.h"
#include "log/summary.h"

struct output {
	struct output_options options;
	struct log_writer writer; /* raw records */
	int fd;                   /* raw and JSON go here */
	bool own_fd;
	const char *where; /* for messages */
	bool raw, json, text;
	bool text_is_record; /* the readable lines are the only output */
	int error;           /* of what must not fail */

	struct log_event event; /* the one being gathered; unused if only raw records are wanted */
	struct interpreter *in;
	struct description said;
	struct summary *summary;
	struct human_options human;
	struct buf line;
};

static int write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static void look_at_terminal(struct output *o)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size = { 0 };

	if (!isatty(o->options.terminal_fd))
		return;
	o->human.colour = !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
	if (ioctl(o->options.terminal_fd, TIOCGWINSZ, &size) == 0)
		o->human.width = size.ws_col;
}

static int open_file(struct output *o)
{
	const char *path = o->options.path;

	if (!path) {
		o->fd = o->options.terminal_fd;
		o->where = o->fd == STDERR_FILENO ? "standard error" : "standard output";
		return 0;
	}
	if (strcmp(path, "-") == 0) {
		o->fd = STDOUT_FILENO;
		o->where = "standard output";
		return 0;
	}
	o->where = path;
	o->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (o->fd < 0) {
		int r = -errno;

		complain(
			"cannot open the log '%s' for appending: %s; -o takes a file that you may write",
			path, strerror(-r));
		return r;
	}
	o->own_fd = true;
	return 0;
}

static void choose(struct output *o)
{
	const struct output_options *opt = &o->options;

	o->raw = opt->format == OUTPUT_RAW || (opt->path && opt->format != OUTPUT_JSON);
	o->json = opt->format == OUTPUT_JSON;
	o->text = opt->format == OUTPUT_TEXT || (opt->format == OUTPUT_DEFAULT && !opt->path);
	o->text_is_record = o->text && !opt->path;
	if (opt->quiet) {
		o->text = false;
		if (!opt->path)
			o->raw = o->json = false;
	}
}

bool output_wants_summary(const struct output *o)
{
	const struct output_options *opt = &o->options;

	if (opt->quiet || opt->summary == OUTPUT_SUMMARY_NO)
		return false;
	if (opt->summary == OUTPUT_SUMMARY_YES)
		return true;
	/* Raw records and JSON on the terminal's stream are for programs: no other line between them. */
	return opt->path ? strcmp(opt->path, "-") != 0 || opt->terminal_fd != STDOUT_FILENO
			 : o->text;
}

int output_open(struct output **ret, const struct output_options *options)
{
	struct output *o = calloc(1, sizeof(*o));
	int r;

	if (!o)
		return -ENOMEM;
	o->options = *options;
	o->writer = (struct log_writer)LOG_WRITER_NULL;
	buf_init(&o->line, BUF_MAX_DEFAULT);
	o->human = (struct human_options){
		.show_key = options->show_keys, .has_own_uid = true, .own_uid = (uint32_t)geteuid()
	};
	choose(o);
	look_at_terminal(o);
	r = open_file(o);
	if (r == 0)
		r = interpreter_new(&o->in);
	if (r == 0 && output_wants_summary(o))
		r = summary_new(&o->summary);
	if (r < 0) {
		output_close(o);
		return r;
	}
	o->writer.fd = o->fd;
	*ret = o;
	return 0;
}

static bool is_hidden(const struct output *o)
{
	return o->options.hide_own_signals && o->said.kind == ACTION_SIGNAL && o->said.to_itself;
}

static int put_json(struct output *o)
{
	int r;

	buf_clear(&o->line);
	r = json_event(&o->line, o->in, &o->said, &o->event);
	return r < 0 ? r : write_all(o->fd, o->line.data, o->line.len);
}

static int put_text(struct output *o)
{
	int r;

	buf_clear(&o->line);
	r = human_event(&o->line, o->in, &o->said, &o->event, &o->human);
	if (r == 0)
		r = write_all(o->options.terminal_fd, o->line.data, o->line.len);
	if (r < 0 && !o->text_is_record) {
		o->text = false;
		r = 0;
	}
	return r;
}

static int end_event(struct output *o)
{
	int r;

	if (!o->event.n_records)
		return 0;
	r = describe_event(&o->said, o->in, &o->event);
	if (r == 0 && o->summary && !is_hidden(o))
		summary_add(o->summary, &o->said);
	if (r == 0 && o->json)
		r = put_json(o);
	if (r == 0 && o->text && !is_hidden(o))
		r = put_text(o);
	log_event_clear(&o->event);
	return r;
}

static int gather(struct output *o, const struct kaudit_record *record)
{
	int r = 0;

	if (!o->json && !o->text && !o->summary)
		return 0;
	/* Records of another event without an EOE before them: that event was of one record. */
	if (o->event.n_records && o->event.records[0].serial != record->serial)
		r = end_event(o);
	if (r < 0)
		return r;
	if (record->type == AUDIT_EOE)
		return end_event(o);
	return log_event_add(&o->event, record->type, record->text, record->len);
}

int output_record(void *userdata, const struct kaudit_record *record)
{
	struct output *o = userdata;

	if (!o->error && o->raw)
		o->error = log_writer_put(&o->writer, record->type, record->text, record->len);
	if (!o->error)
		o->error = gather(o, record);
	return o->error;
}

bool output_shows_lines(const struct output *o)
{
	return o->text || !o->own_fd;
}

void output_in_batches(struct output *o)
{
	o->writer.in_batches = true;
}

int output_flush(struct output *o)
{
	if (!o->error && o->raw)
		o->error = log_writer_flush(&o->writer);
	return o->error;
}

int output_finish(struct output *o)
{
	if (!output_flush(o))
		o->error = end_event(o);
	return o->error;
}

void output_complain(const struct output *o)
{
	complain("cannot write the records to %s%s%s: %s", o->own_fd ? "'" : "", o->where,
		o->own_fd ? "'" : "", strerror(-o->error));
}

void output_print_summary(struct output *o, const char *headline)
{
	if (!o->summary)
		return;
	buf_clear(&o->line);
	buf_puts(&o->line, "uaudit: ");
	buf_puts(&o->line, headline);
	buf_putc(&o->line, '\n');
	summary_format(&o->line, o->summary, o->human.width);
	if (o->writer.cut) {
		buf_puts(&o->line, "  records cut at the length that readers of audit logs take: ");
		buf_u64(&o->line, o->writer.cut);
		buf_putc(&o->line, '\n');
	}
	(void)write_all(o->options.terminal_fd, o->line.data, o->line.len);
}

void output_close(struct output *o)
{
	if (!o)
		return;
	log_writer_deinit(&o->writer);
	log_event_deinit(&o->event);
	interpreter_free(o->in);
	description_deinit(&o->said);
	summary_free(o->summary);
	buf_deinit(&o->line);
	if (o->own_fd)
		(void)close(o->fd);
	free(o);
}
