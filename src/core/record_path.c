// SPDX-License-Identifier: MIT
#include "base/macros.h"
#include "core/record.h"

static const char *const nametypes[] = {
	[EVT_NAME_UNKNOWN] = "UNKNOWN",
	[EVT_NAME_NORMAL] = "NORMAL",
	[EVT_NAME_PARENT] = "PARENT",
	[EVT_NAME_DELETE] = "DELETE",
	[EVT_NAME_CREATE] = "CREATE",
};

bool next_cwd(const struct audit_context *ctx, size_t *index)
{
	return *index == 0 && ctx->ev->n_paths > 0 && ctx->ev->cwd.p;
}

void record_cwd(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	(void)index;
	ab_text(ab, "cwd=");
	ab_untrusted(ab, ctx->ev->cwd.p, ctx->ev->cwd.len);
}

bool next_path(const struct audit_context *ctx, size_t *index)
{
	while (*index < ctx->ev->n_paths && (ctx->ev->paths[*index].f.flags & EVT_PATH_HIDDEN))
		++*index;
	return *index < ctx->ev->n_paths;
}

/* Spec kernel 5.4: the whole string, the part of it that names the directory, or for none the directory itself: the
 * current one, or that of the call's descriptor (where the kernel shows the current one all the same). */
static void put_name(struct audit_buffer *ab, const struct event *ev, const struct event_path *path)
{
	struct view name = path->name;

	if (name.p && path->f.shown_len == 0)
		name = path->resolved.p ? path->resolved : ev->cwd;
	else if (name.p && path->f.shown_len != EVT_NAME_FULL)
		name.len = (size_t)path->f.shown_len;
	ab_text(ab, " name=");
	ab_untrusted(ab, name.p, name.len);
}

static void put_inode(struct audit_buffer *ab, const struct evt_path *f)
{
	ab_u64(ab, " inode=", f->ino);
	ab_device(ab, " dev=", f->dev_major, f->dev_minor);
	ab_octal(ab, " mode=", f->mode & 0xffff); /* umode_t has 16 bits */
	ab_u64(ab, " ouid=", f->uid);
	ab_u64(ab, " ogid=", f->gid);
	ab_device(ab, " rdev=", f->rdev_major, f->rdev_minor);
}

static void put_caps(struct audit_buffer *ab, const struct evt_path *f)
{
	if (f->flags & EVT_PATH_NO_CAPS) {
		ab_text(ab, " cap_fe=? cap_fver=? cap_fp=? cap_fi=?");
		return;
	}
	if (!(f->cap_fp | f->cap_fi | f->cap_fe | f->cap_fver | f->cap_frootid)) {
		ab_text(ab, " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0");
		return;
	}
	ab_cap(ab, " cap_fp=", f->cap_fp);
	ab_cap(ab, " cap_fi=", f->cap_fi);
	ab_u64(ab, " cap_fe=", f->cap_fe);
	ab_hex(ab, " cap_fver=", f->cap_fver);
	ab_i64(ab, " cap_frootid=", f->cap_frootid);
}

void record_path(struct audit_buffer *ab, struct audit_context *ctx, size_t index)
{
	const struct event_path *path = &ctx->ev->paths[index];

	ab_u64(ab, "item=", ctx->item++);
	put_name(ab, ctx->ev, path);
	if (path->f.flags & EVT_PATH_INODE)
		put_inode(ab, &path->f);
	ab_text(ab, " nametype=");
	ab_text(ab, nametypes[path->f.nametype]); /* the decoder has checked the range */
	put_caps(ab, &path->f);
}

_Static_assert(ARRAY_SIZE(nametypes) == EVT_NAME_CREATE + 1, "every nametype has a name");
