// SPDX-License-Identifier: MIT
/* Options of uaudit ctl that auditctl does not have: -l --stats and --cost. */

#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "cli/ctl_stats.h"

#define SECONDS_DEFAULT 1
#define SECONDS_MAX     (CONTROL_COST_WINDOW_MAX / 1000)

bool ctl_is_own(const char *const *words, size_t n_words)
{
	if (n_words == 0 ||
		(strcmp(words[0], "-l") != 0 && words[0][0] == '-' && words[0][1] != '-'))
		return false;
	for (size_t i = 0; i < n_words; i++) {
		if (strcmp(words[i], "-k") == 0)
			i++; /* a key may be called anything */
		else if (strcmp(words[i], "--stats") == 0 || strcmp(words[i], "--cost") == 0)
			return true;
	}
	return false;
}

static int refuse(const struct ctl *ctl, const char *what, const char *word)
{
	ctl_complain(ctl, "%s%s", what, word);
	ctl_hint(ctl, "-l --stats takes -i, -k KEY and --reset; --cost takes a number of seconds");
	return -EINVAL;
}

static int take_seconds(const struct ctl *ctl, const char *word, unsigned *ret)
{
	uint32_t seconds;

	if (parse_u32(word, strlen(word), 10, &seconds) < 0 || seconds == 0 ||
		seconds > SECONDS_MAX) {
		ctl_complain(ctl, "--cost %s: that is no number of seconds", word);
		ctl_hint(ctl, "1 to %u; %d without a number", SECONDS_MAX, SECONDS_DEFAULT);
		return -EINVAL;
	}
	*ret = seconds;
	return 0;
}

int ctl_own_parse(
	struct ctl_own *ret, const struct ctl *ctl, const char *const *words, size_t n_words)
{
	bool list = false;

	*ret = (struct ctl_own){ .seconds = SECONDS_DEFAULT };
	for (size_t i = 0; i < n_words; i++) {
		const char *word = words[i], *next = i + 1 < n_words ? words[i + 1] : NULL;

		if (strcmp(word, "-l") == 0) {
			list = true;
		} else if (strcmp(word, "--stats") == 0) {
			ret->stats = true;
		} else if (strcmp(word, "--reset") == 0) {
			ret->reset = true;
		} else if (strcmp(word, "-i") == 0) {
			ret->interpret = true;
		} else if (strcmp(word, "-k") == 0 && next) {
			ret->key = next;
			i++;
		} else if (strcmp(word, "--cost") == 0) {
			ret->cost = true;
			if (next && next[0] != '-') {
				if (take_seconds(ctl, next, &ret->seconds) < 0)
					return -EINVAL;
				i++;
			}
		} else {
			return refuse(ctl, "what is asked for does not go with ", word);
		}
	}
	if (ret->cost && (list || ret->stats || ret->reset || ret->interpret || ret->key))
		return refuse(ctl, "--cost goes with nothing else", "");
	if (!ret->cost && !list)
		return refuse(ctl, "--stats goes with -l", "");
	return 0;
}

int ctl_do_own(struct ctl *ctl, const char *const *words, size_t n_words)
{
	struct ctl_own own;

	if (ctl_own_parse(&own, ctl, words, n_words) < 0)
		return CTL_ERROR;
	if (!ctl->is_engine) {
		if (own.cost)
			ctl_complain(ctl, "the kernel does not say what its audit costs");
		else
			ctl_complain(ctl, "the kernel keeps no such counters of its rules");
		ctl_hint(ctl,
			"an engine does: uaudit daemon, reached through /run/uaudit or $UAUDIT_SOCKET");
		return CTL_ERROR;
	}
	return own.cost ? ctl_cost(ctl, own.seconds) : ctl_stats(ctl, &own);
}
