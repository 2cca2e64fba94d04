// SPDX-License-Identifier: MIT
#include "cli/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "rule/rule_parse.h"

#define FILE_SIZE_MAX ((size_t)16 * 1024 * 1024) /* bytes; tens of thousands of rules have 2 MiB */
#define SHOWN_MAX     300 /* bytes of a rule that are shown with a mark under its bad word */

/* Where a request stands, for messages: in a file, or in words. */
struct place {
	const char *file;
	unsigned line;
	const char *const *words;
	size_t n_words;
};

/* Text that came from a file or the command line: control characters must not reach a terminal. */
static void put_shown(FILE *to, const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			(void)fprintf(to, "\\%03o", (unsigned char)*text);
		else
			(void)fputc(*text, to);
	}
}

/* One line of output for each of text. */
static void put_lines(FILE *to, const char *prefix, const char *text)
{
	char line[RULE_ERROR_MAX];
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		(void)snprintf(line, sizeof(line), "%.*s", (int)len, text);
		(void)fputs(prefix, to);
		put_shown(to, line);
		(void)fputc('\n', to);
	}
}

/* The rule with a mark under the bad place; nothing if it would not fit. */
static void put_mark(FILE *to, const struct place *place, const struct rule_error *error)
{
	size_t i, column = 0, total = 0;

	for (i = 0; i < place->n_words; i++) {
		if (i == error->word)
			column = total + error->column;
		total += strlen(place->words[i]) + 1;
	}
	if (total > SHOWN_MAX || error->word >= place->n_words)
		return;
	(void)fputs("    ", to);
	for (i = 0; i < place->n_words; i++) {
		if (i)
			(void)fputc(' ', to);
		put_shown(to, place->words[i]);
	}
	(void)fprintf(to, "\n    %*s^\n", (int)column, "");
}

static void complain_error(FILE *to, const struct place *place, const struct rule_error *error)
{
	char prefix[4096];

	if (place->file)
		(void)snprintf(prefix, sizeof(prefix), "%s:%u:%zu: ", place->file, place->line,
			error->column + 1);
	else
		(void)snprintf(prefix, sizeof(prefix), "uaudit: ");
	put_lines(to, prefix, error->message[0] ? error->message : "not a rule");
	if (!place->file)
		put_mark(to, place, error);
	put_lines(to, "    ", error->hint);
}

static void warn(FILE *to, const struct place *place, const char *text)
{
	char prefix[4096];

	if (place->file)
		(void)snprintf(prefix, sizeof(prefix), "%s:%u: ", place->file, place->line);
	else
		(void)snprintf(prefix, sizeof(prefix), "uaudit: ");
	put_lines(to, prefix, text);
}

/* -EINVAL: refused, error is filled. */
static int add_or_delete(
	struct rule_loader *l, const struct rule_request *req, struct rule_error *error)
{
	struct audit_krule *rule;
	struct krule_fault fault;
	int r;

	r = krule_from_data_fault(&rule, req->data, req->data_len, l->env, &fault);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		rule_error_refused(error, req, r, &fault);
		return -EINVAL;
	}
	if (req->kind == RULE_REQUEST_ADD) {
		r = rule_set_add(l->set, rule);
	} else {
		r = rule_set_delete(l->set, rule);
		krule_free(rule);
	}
	if (r < 0 && r != -ENOMEM) {
		rule_error_refused(error, req, r, NULL);
		return -EINVAL;
	}
	return r;
}

static int carry_out(
	struct rule_loader *l, const struct rule_request *req, struct rule_error *error)
{
	switch (req->kind) {
	case RULE_REQUEST_ADD:
	case RULE_REQUEST_DELETE:
		return add_or_delete(l, req, error);
	case RULE_REQUEST_DELETE_ALL:
		if (req->key)
			(void)rule_set_clear_key(l->set, req->key);
		else
			rule_set_clear(l->set);
		return 0;
	case RULE_REQUEST_NONE:
		l->go_on |= req->ignore_errors;
		l->fail_late |= req->continue_on_error;
		return 0;
	case RULE_REQUEST_OPTION:
		/* For an audit system that runs; a file that sets it up loads here too. */
		return 0;
	}
	return 0;
}

/* A request, or what was wrong with its words (parsed < 0). -ENOMEM only: all else is in l. */
static int take(struct rule_loader *l, int parsed, struct rule_request *req,
	const struct place *place, struct rule_error *error)
{
	int r = parsed < 0 ? parsed : 0;

	if (parsed >= 0) {
		if (req->warning)
			warn(l->err, place, req->warning);
		if (req->note)
			warn(l->err, place, req->note);
		r = carry_out(l, req, error);
	}
	rule_request_deinit(req);
	if (r != -EINVAL)
		return r;
	complain_error(l->err, place, error);
	if (!l->go_on)
		l->is_bad = true;
	else if (l->fail_late)
		l->left_out = true;
	return 0;
}

static int result(const struct rule_loader *l)
{
	return l->is_bad ? -EINVAL : l->left_out;
}

int rules_add_words(struct rule_loader *l, const char *const *words, size_t n_words)
{
	struct rule_request req = { 0 };
	struct rule_error error = { 0 };
	size_t n;
	int r;

	for (; n_words; words += n, n_words -= n) {
		struct place place = { .words = words };

		n = place.n_words = rule_words_of_first(words, n_words);
		r = rule_parse_words(&req, words, n, l->env, &error);
		r = take(l, r, &req, &place, &error);
		if (r < 0)
			return r;
	}
	return result(l);
}

int rules_add_text(struct rule_loader *l, const char *name, const char *text, size_t len)
{
	struct place place = { .file = name };
	struct rule_request req = { 0 };
	struct rule_error error = { 0 };
	bool go_on = l->go_on, fail_late = l->fail_late;
	size_t at = 0;
	int r, parsed;

	while ((parsed = rule_parse_line(&req, text, len, &at, &place.line, l->env, &error)) != 0) {
		r = take(l, parsed, &req, &place, &error);
		if (r < 0)
			return r;
	}
	/* -i and -c are for the rest of their file. */
	l->go_on = go_on;
	l->fail_late = fail_late;
	return result(l);
}

static int read_all(struct buf *to, int fd)
{
	ssize_t n;
	void *at;

	for (;;) {
		at = buf_reserve(to, 65536);
		if (!at)
			return buf_error(to) == -EMSGSIZE ? -EFBIG : buf_error(to);
		n = read(fd, at, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		to->len += (size_t)n;
	}
}

static int complain_file(struct rule_loader *l, const char *path, int error, const char *why)
{
	(void)fputs("uaudit: ", l->err);
	put_shown(l->err, path);
	(void)fprintf(l->err, ": %s\n", why ? why : strerror(-error));
	return error;
}

int rules_add_file(struct rule_loader *l, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	struct buf text;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return complain_file(l, path, -errno, NULL);
	if (S_ISDIR(st.st_mode))
		return complain_file(l, path, -EISDIR, NULL);
	/* A pipe is fine: it is somebody's output, not a place that others write to. */
	if (S_ISREG(st.st_mode) && (st.st_mode & S_IWOTH))
		return complain_file(l, path, -EPERM,
			"the file is world writable: anybody could have changed the rules");
	buf_init(&text, FILE_SIZE_MAX);
	r = read_all(&text, fd);
	if (r < 0)
		r = complain_file(l, path, r, NULL);
	else
		r = rules_add_text(l, path, text.data, text.len);
	buf_deinit(&text);
	return r;
}

/* *ret_file: the file of the -R at words[0], NULL if there is none. The number of words it takes, 0: no -R. */
static size_t file_option(const char *const *words, size_t n_words, const char **ret_file)
{
	*ret_file = NULL;
	if (strncmp(words[0], "-R", 2) != 0)
		return 0;
	if (words[0][2])
		*ret_file = words[0] + 2;
	else if (n_words > 1)
		*ret_file = words[1];
	return *ret_file && !words[0][2] ? 2 : 1;
}

/* The words before the next -R. */
static size_t words_before_file(const char *const *words, size_t n_words)
{
	size_t at = 0, n;

	while (at < n_words && strncmp(words[at], "-R", 2) != 0) {
		n = rule_words_of_option(words + at, n_words - at);
		at += n ? n : 1;
	}
	return at < n_words ? at : n_words;
}

static int add_args(
	struct rule_loader *l, const char *const *words, size_t n_words, int *ret_status)
{
	const char *file;
	size_t n;
	int r = 0, worst = 0;

	*ret_status = 0;
	for (; n_words; words += n, n_words -= n) {
		n = file_option(words, n_words, &file);
		if (n && !file) {
			(void)fputs("uaudit: -R needs a file behind it\n", l->err);
			r = -EINVAL;
		} else if (n) {
			r = rules_add_file(l, file);
		} else {
			n = words_before_file(words, n_words);
			r = rules_add_words(l, words, n);
		}
		if (r == -ENOMEM)
			return r;
		if (r && !*ret_status)
			*ret_status = file || r > 0 ? 1 : 255;
		if (worst >= 0)
			worst = r < 0 ? -EINVAL : r;
	}
	return worst;
}

int rules_from_args(struct rule_set **ret, const char *const *words, size_t n_words,
	const struct rule_env *env, int *ret_status)
{
	struct rule_loader l = { .env = env, .err = stderr };
	int r;

	*ret_status = 255;
	r = rule_set_new(&l.set);
	if (r < 0)
		return r;
	r = add_args(&l, words, n_words, ret_status);
	if (r < 0)
		rule_set_free(l.set);
	else
		*ret = l.set;
	return r;
}

int rules_list(struct buf *to, const struct rule_set *set)
{
	struct audit_rule_data *data;
	size_t list, i, len;

	for (list = 0; list < RULE_LISTS; list++)
		for (i = 0; i < set->n_rules[list]; i++) {
			data = krule_to_data(set->lists[list][i], &len);
			if (!data)
				return -ENOMEM;
			rule_format(to, data, len);
			buf_putc(to, '\n');
			free(data);
		}
	return buf_error(to);
}
