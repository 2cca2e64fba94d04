// SPDX-License-Identifier: MIT
#include "rule/rule_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

static const char letters_plain[] = "hicslDvt";
static const char letters_with_arg[] = "Cefrb"
				       "aAdSFmRwWkpq";

static const struct long_option {
	const char *name;
	bool takes_arg;
	int code;
} long_options[] = {
	{ "loginuid-immutable", false, OPTION_LOGINUID_IMMUTABLE },
	{ "backlog_wait_time", true, OPTION_BACKLOG_WAIT_TIME },
	{ "reset-lost", false, OPTION_RESET_LOST },
	{ "reset_backlog_wait_time_actual", false, OPTION_RESET_BACKLOG_WAIT_TIME_ACTUAL },
	{ "signal", true, OPTION_SIGNAL },
};

bool option_known(char letter, bool *ret_takes_arg)
{
	if (letter && strchr(letters_plain, letter)) {
		*ret_takes_arg = false;
		return true;
	}
	if (letter && strchr(letters_with_arg, letter)) {
		*ret_takes_arg = true;
		return true;
	}
	return false;
}

int option_scan_init(struct option_scan *s, const char *const *words, size_t n_words)
{
	size_t i;

	*s = (struct option_scan){ .words = words, .n_words = n_words };
	s->order = calloc(n_words + 1, sizeof(*s->order));
	if (!s->order)
		return -ENOMEM;
	for (i = 0; i < n_words; i++)
		s->order[i] = i;
	return 0;
}

void option_scan_deinit(struct option_scan *s)
{
	free(s->order);
	s->order = NULL;
}

const char *option_peek(const struct option_scan *s, size_t k)
{
	if (k >= s->n_words - s->at)
		return NULL;
	return s->words[s->order[s->at + k]];
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

static void reverse(size_t *from, size_t n)
{
	size_t i, other;

	for (i = 0; i < n / 2; i++) {
		other = from[i];
		from[i] = from[n - 1 - i];
		from[n - 1 - i] = other;
	}
}

/* Moves the words passed over behind the options that were read since. */
static void move_words_back(struct option_scan *s)
{
	size_t n_moved = s->last_word - s->first_word, n_options = s->at - s->last_word;
	size_t *from = s->order + s->first_word;

	if (n_moved && n_options) {
		reverse(from, n_moved);
		reverse(from + n_moved, n_options);
		reverse(from, n_moved + n_options);
	}
	s->first_word += n_options;
	s->last_word = s->at;
}

/* Steps over words that are no options; false at the end. */
static bool find_option(struct option_scan *s)
{
	move_words_back(s);
	while (s->at < s->n_words && !is_option(option_peek(s, 0)))
		s->at++;
	s->last_word = s->at;
	if (s->at < s->n_words && strcmp(option_peek(s, 0), "--") == 0) {
		s->at++;
		move_words_back(s);
		s->last_word = s->n_words;
		s->at = s->n_words;
	}
	if (s->at < s->n_words)
		return true;
	/* Options are used up: what was passed over is what is left. */
	s->at = s->first_word;
	return false;
}

static int next_long(struct option_scan *s)
{
	const char *word = option_peek(s, 0) + 2, *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word), i;
	const struct long_option *found = NULL;
	bool ambiguous = false;

	s->word = s->order[s->at++];
	s->column = 0;
	s->next = NULL;
	for (i = 0; i < ARRAY_SIZE(long_options); i++) {
		if (strncmp(long_options[i].name, word, len) != 0)
			continue;
		if (strlen(long_options[i].name) == len) {
			found = &long_options[i];
			ambiguous = false;
			break;
		}
		ambiguous = found;
		found = &long_options[i];
	}
	if (!found || ambiguous || (equals && !found->takes_arg))
		return OPTION_INVALID;
	if (!found->takes_arg)
		return found->code;
	if (equals) {
		s->arg = equals + 1;
		s->column = (size_t)(s->arg - s->words[s->word]);
		return found->code;
	}
	if (s->at == s->n_words) {
		s->missing_arg = true;
		return OPTION_INVALID;
	}
	s->word = s->order[s->at];
	s->arg = s->words[s->order[s->at++]];
	return found->code;
}

static int next_short(struct option_scan *s)
{
	const char *word = option_peek(s, 0);
	char letter = *s->next++;
	bool takes_arg = false;

	s->word = s->order[s->at];
	s->column = (size_t)(s->next - 1 - word);
	if (!*s->next)
		s->at++;
	if (!option_known(letter, &takes_arg))
		return OPTION_INVALID;
	if (!takes_arg)
		return letter;
	if (*s->next) {
		s->arg = s->next;
		s->column = (size_t)(s->next - word);
		s->at++;
	} else if (s->at == s->n_words) {
		s->missing_arg = true;
		s->next = NULL;
		return OPTION_INVALID;
	} else {
		s->word = s->order[s->at];
		s->arg = s->words[s->order[s->at++]];
		s->column = 0;
	}
	s->next = NULL;
	return letter;
}

int option_next(struct option_scan *s)
{
	s->arg = NULL;
	s->missing_arg = false;
	if (!s->next || !*s->next) {
		if (!find_option(s))
			return OPTION_END;
		s->next = option_peek(s, 0) + 1;
		if (s->next[0] == '-')
			return next_long(s);
	}
	return next_short(s);
}
