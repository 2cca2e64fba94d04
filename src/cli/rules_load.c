// SPDX-License-Identifier: MIT
#include "cli/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "cli/rule_complaint.h"

#define FILE_SIZE_MAX ((size_t)16 * 1024 * 1024) /* bytes; tens of thousands of rules have 2 MiB */

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
	const struct rule_place *place, struct rule_error *error)
{
	int r = parsed < 0 ? parsed : 0;

	if (parsed >= 0) {
		if (req->warning)
			rule_warn(l->err, place, req->warning);
		if (req->note)
			rule_warn(l->err, place, req->note);
		r = carry_out(l, req, error);
	}
	rule_request_deinit(req);
	if (r != -EINVAL)
		return r;
	rule_complain(l->err, place, error);
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
		struct rule_place place = { .words = words };

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
	struct rule_place place = { .file = name };
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

int rules_read(struct buf *to, int fd)
{
	ssize_t n;
	void *at;
	int r;

	buf_init(to, FILE_SIZE_MAX);
	for (;;) {
		at = buf_reserve(to, 65536);
		if (!at) {
			r = buf_error(to) == -EMSGSIZE ? -EFBIG : buf_error(to);
			break;
		}
		n = read(fd, at, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			r = n < 0 ? -errno : 0;
			break;
		}
		to->len += (size_t)n;
	}
	if (r < 0)
		buf_deinit(to);
	return r;
}

static int complain_file(FILE *err, const char *path, int error, const char *why)
{
	(void)fputs("uaudit: ", err);
	rule_put_shown(err, path);
	(void)fprintf(err, ": %s\n", why ? why : strerror(-error));
	return error;
}

int rules_read_file(struct buf *to, const char *path, FILE *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return complain_file(err, path, -errno, NULL);
	if (S_ISDIR(st.st_mode))
		return complain_file(err, path, -EISDIR, NULL);
	/* A pipe is fine: it is somebody's output, not a place that others write to. */
	if (S_ISREG(st.st_mode) && (st.st_mode & S_IWOTH))
		return complain_file(err, path, -EPERM,
			"the file is world writable: anybody could have changed the rules");
	r = rules_read(to, fd);
	return r < 0 ? complain_file(err, path, r, NULL) : 0;
}

int rules_add_file(struct rule_loader *l, const char *path)
{
	struct buf text;
	int r;

	r = rules_read_file(&text, path, l->err);
	if (r < 0)
		return r;
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
