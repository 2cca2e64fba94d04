// SPDX-License-Identifier: MIT
#include "core/task_memo.h"

#include <string.h>

bool task_memo_put(const struct task_memo *memo, const void *from, size_t from_len, struct buf *to)
{
	if (!memo->text_len || memo->from_len != from_len ||
		memcmp(memo->from, from, from_len) != 0)
		return false;
	buf_put(to, memo->text, memo->text_len);
	return true;
}

void task_memo_keep(
	struct task_memo *memo, const void *from, size_t from_len, const char *text, size_t len)
{
	memo->text_len = 0;
	if (from_len > sizeof(memo->from) || len > sizeof(memo->text))
		return;
	memcpy(memo->from, from, from_len);
	memcpy(memo->text, text, len);
	memo->from_len = from_len;
	memo->text_len = len;
}
