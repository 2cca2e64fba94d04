// SPDX-License-Identifier: MIT
#include "core/record.h"

#include <string.h>

#include "base/macros.h"
#include "core/task_memo.h"

/* Bare: the decoder has seen to its bytes. */
void record_subj(struct audit_buffer *ab, const struct event *ev)
{
	if (!ev->subj.p)
		return;
	ab_text(ab, " subj=");
	buf_put(&ab->text, ev->subj.p, ev->subj.len);
}

void record_tty(struct audit_buffer *ab, const struct event *ev)
{
	ab_text(ab, " tty=");
	if (ev->tty.p)
		buf_put(&ab->text, ev->tty.p, ev->tty.len); /* bare as well */
	else
		ab_text(ab, "(none)");
}

static void put_ids(struct audit_buffer *ab, const struct evt_hdr *h)
{
	ab_u64(ab, " uid=", h->uid);
	ab_u64(ab, " gid=", h->gid);
	ab_u64(ab, " euid=", h->euid);
	ab_u64(ab, " suid=", h->suid);
	ab_u64(ab, " fsuid=", h->fsuid);
	ab_u64(ab, " egid=", h->egid);
	ab_u64(ab, " sgid=", h->sgid);
	ab_u64(ab, " fsgid=", h->fsgid);
}

static void put_task_info(struct audit_buffer *ab, const struct event *ev)
{
	const struct evt_hdr *h = &ev->h;

	ab_i64(ab, " ppid=", (int32_t)h->ppid);
	ab_i64(ab, " pid=", (int32_t)h->tgid);
	ab_u64(ab, " auid=", h->auid);
	put_ids(ab, h);
	record_tty(ab, ev);
	ab_u64(ab, " ses=", h->ses);
	ab_text(ab, " comm=");
	ab_untrusted(ab, h->comm, strnlen(h->comm, sizeof(h->comm)));
	ab_text(ab, " exe=");
	ab_untrusted(ab, ev->exe.p, ev->exe.len);
	record_subj(ab, ev);
}

/* All that the block of a task is made of, in one piece. */
struct info_key {
	char ids[offsetof(struct evt_hdr, pers) - offsetof(struct evt_hdr, tgid)];
	char comm[EVT_COMM_LEN];
	uint32_t tty_len, exe_len,
		subj_len; /* UINT32_MAX: there is none, which is not an empty one */
	char texts[TASK_MEMO_FROM_MAX - 128];
};

_Static_assert(
	offsetof(struct evt_hdr, pers) - offsetof(struct evt_hdr, tgid) == 12 * sizeof(uint32_t),
	"tgid, ppid, the eight ids, auid and ses stand together");
_Static_assert(sizeof(struct info_key) <= TASK_MEMO_FROM_MAX, "every key can be remembered");

static char *key_add(char *at, struct view text, uint32_t *ret_len)
{
	*ret_len = text.p ? (uint32_t)text.len : UINT32_MAX;
	if (text.len)
		memcpy(at, text.p, text.len);
	return at + text.len;
}

/* Its length; 0: it is longer than what is remembered. */
static size_t make_key(struct info_key *key, const struct event *ev)
{
	char *at = key->texts;

	if (ev->tty.len + ev->exe.len + ev->subj.len > sizeof(key->texts))
		return 0;
	memcpy(key->ids, &ev->h.tgid, sizeof(key->ids));
	memcpy(key->comm, ev->h.comm, sizeof(key->comm));
	at = key_add(at, ev->tty, &key->tty_len);
	at = key_add(at, ev->exe, &key->exe_len);
	at = key_add(at, ev->subj, &key->subj_len);
	return (size_t)(at - (char *)key);
}

void record_task_info(struct audit_buffer *ab, const struct event *ev)
{
	struct task_memo *memo = ab->memos ? &ab->memos->infos[ev->h.tid % TASK_MEMOS] : NULL;
	size_t start = ab->text.len, len = 0;
	struct info_key key;

	if (memo)
		len = make_key(&key, ev);
	if (len && task_memo_put(memo, &key, len, &ab->text))
		return;
	put_task_info(ab, ev);
	if (len && !buf_error(&ab->text))
		task_memo_keep(memo, &key, len, ab->text.data + start, ab->text.len - start);
}

/* The kernel counts items that it does not print as well, so that some seem to be missing (spec kernel 12.2). */
static size_t n_printed(const struct event *ev)
{
	size_t n = 0;

	for (size_t i = 0; i < ev->n_paths; i++)
		n += !(ev->paths[i].f.flags & EVT_PATH_HIDDEN);
	return n;
}

void record_syscall(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_hdr *h = &ctx->ev->h;

	(void)index;
	ab_hex(ab, "arch=", h->arch);
	ab_i64(ab, " syscall=", h->nr);
	if (h->pers)
		ab_hex(ab, " per=", h->pers);
	if (h->flags & EVT_F_RETURNED) {
		ab_text(ab, event_succeeded(ctx->ev) ? " success=yes" : " success=no");
		ab_i64(ab, " exit=", event_return_code(ctx->ev));
	}
	ab_hex(ab, " a0=", h->args[0]);
	ab_hex(ab, " a1=", h->args[1]);
	ab_hex(ab, " a2=", h->args[2]);
	ab_hex(ab, " a3=", h->args[3]);
	ab_u64(ab, " items=", n_printed(ctx->ev));
	record_task_info(ab, ctx->ev);
	ab_key(ab, ctx->filterkey);
}

/* No auid, session, terminal or program here (spec kernel 8.2). */
static void put_uringop(struct audit_buffer *ab, const struct audit_context *ctx, int32_t op,
	bool returned, int64_t ret)
{
	const struct evt_hdr *h = &ctx->ev->h;

	ab_i64(ab, "uring_op=", op);
	if (returned) {
		ab_text(ab, ret == 0 ? " success=yes" : " success=no");
		ab_i64(ab, " exit=", ret);
	}
	ab_u64(ab, " items=", n_printed(ctx->ev));
	ab_i64(ab, " ppid=", (int32_t)h->ppid);
	ab_i64(ab, " pid=", (int32_t)h->tgid);
	put_ids(ab, h);
	record_subj(ab, ctx->ev);
	ab_key(ab, ctx->filterkey);
}

void record_uringop(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct evt_hdr *h = &ctx->ev->h;

	(void)index;
	put_uringop(ab, ctx, h->nr, h->flags & EVT_F_RETURNED, event_return_code(ctx->ev));
}

void record_uringop_aside(
	struct audit_buffer *ab, const struct audit_context *ctx, const struct evt_uringop *op)
{
	put_uringop(ab, ctx, op->op, true, op->ret);
}

/* isprint() of the kernel's Latin-1 table (lib/ctype.c): the upper half is printable but for its control characters. */
static bool is_print(unsigned char c)
{
	return (c >= 0x20 && c < 0x7f) || c >= 0xa0;
}

static void put_proctitle(struct audit_buffer *ab, struct view title)
{
	static const char none[] = "(null)"; /* as a string, with quotes */

	while (title.len > 0 && !is_print((unsigned char)title.p[title.len - 1]))
		title.len--;
	if (title.len == 0)
		title = (struct view){ none, sizeof(none) - 1 };
	ab_text(ab, "proctitle=");
	ab_untrusted(ab, title.p, title.len);
}

void record_proctitle(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	struct task_memo *memo = ab->memos ? &ab->memos->titles[ctx->ev->h.tid % TASK_MEMOS] : NULL;
	struct view title = ctx->ev->proctitle;
	size_t start = ab->text.len;

	(void)index;
	if (memo && title.len && task_memo_put(memo, title.p, title.len, &ab->text))
		return;
	put_proctitle(ab, title);
	if (memo && title.len && !buf_error(&ab->text))
		task_memo_keep(
			memo, title.p, title.len, ab->text.data + start, ab->text.len - start);
}
