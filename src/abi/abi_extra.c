// SPDX-License-Identifier: MIT
#include "abi/extra.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"

static const struct {
	const char *word;
	uint32_t set;
} words[] = {
#define EXTRA(sym, word) { word, EXTRA_##sym },
#include "abi/extra.def"
#undef EXTRA
	{ "all", EXTRA_ALL },
	{ "none", EXTRA_NONE },
};

const char *extra_words(void)
{
	return
#define EXTRA(sym, word) word ", "
#include "abi/extra.def"
#undef EXTRA
		"all, none";
}

int extra_parse(
	const char *text, size_t len, uint32_t *ret, const char **ret_bad, size_t *ret_bad_len)
{
	const char *end = text + len, *word = text, *comma;
	uint32_t set = EXTRA_NONE;
	size_t i, n;

	for (;; word = comma + 1) {
		comma = memchr(word, ',', (size_t)(end - word));
		n = (size_t)((comma ? comma : end) - word);
		for (i = 0; i < ARRAY_SIZE(words); i++)
			if (strlen(words[i].word) == n && memcmp(words[i].word, word, n) == 0)
				break;
		/* "none" beside others contradicts them */
		if (i == ARRAY_SIZE(words) || (words[i].set == EXTRA_NONE && n != len)) {
			*ret_bad = word;
			*ret_bad_len = n;
			return -EINVAL;
		}
		set |= words[i].set;
		if (!comma)
			break;
	}
	*ret = set;
	return 0;
}
