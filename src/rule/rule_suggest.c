// SPDX-License-Identifier: MIT
#include "rule/rule_suggest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b, without regard to case. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	/* Rows of the table: before the last, the last, this one. */
	unsigned rows[3][SUGGEST_WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2],
						*free_row;
	size_t i, j;

	for (j = 0; j <= b_len; j++)
		last[j] = (unsigned)j;
	memset(rows[0], 0, sizeof(rows[0]));
	for (i = 1; i <= a_len; i++) {
		row[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			int ca = tolower((unsigned char)a[i - 1]),
			    cb = tolower((unsigned char)b[j - 1]);

			row[j] = MIN(last[j - 1] + (ca != cb), MIN(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
				cb == tolower((unsigned char)a[i - 2]))
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b_len];
}

void suggest_init(struct suggest *s, const char *word, size_t len)
{
	s->word = word;
	s->len = len;
	s->distance = len > SUGGEST_WORD_MAX ? 0 : (unsigned)(len < 3 ? len : 3);
	s->best[0] = '\0';
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t len = candidate ? strlen(candidate) : 0, gap;
	unsigned d;

	/* distance 0: nothing is near enough, or nothing can be nearer */
	if (!len || !s->len || !s->distance || len > SUGGEST_WORD_MAX)
		return;
	gap = len > s->len ? len - s->len : s->len - len;
	if (s->len >= 3 && gap >= 2 && len > s->len && strncasecmp(s->word, candidate, s->len) == 0)
		d = 2; /* a word that was cut off is as near as one with two mistakes */
	else if (gap >= s->distance)
		return;
	else
		d = distance(s->word, s->len, candidate, len);
	if (d >= s->distance)
		return;
	s->distance = d;
	memcpy(s->best, candidate, len + 1);
}

const char *suggest_best(const struct suggest *s)
{
	return s->best[0] ? s->best : NULL;
}
