// SPDX-License-Identifier: MIT
#include "source/bpf/path_marks.h"

#include <string.h>

#include "source/fsmark.h"

void path_marks_init(struct path_marks *m, struct rings *rings, struct assembler *assembler,
	struct filter *filter, enum bpf_tier tier)
{
	*m = (struct path_marks){
		.rings = rings, .assembler = assembler, .filter = filter, .tier = tier
	};
	buf_init(&m->behind, EVT_LEN_MAX);
}

void path_marks_deinit(struct path_marks *m)
{
	fsmarks_free(m->marks);
	buf_deinit(&m->behind);
	*m = (struct path_marks){ 0 };
}

int path_marks_set_rules(struct path_marks *m, const struct rule_set *rules)
{
	struct fsmarks *marks;
	int r = fsmarks_new(&marks, rules);

	if (r == 0 && fsmarks_fd(marks) >= 0) {
		r = rings_also(m->rings, fsmarks_fd(marks));
		if (r < 0)
			fsmarks_free(marks);
	}
	if (r < 0)
		return r;
	fsmarks_follow(marks);
	assembler_set_marks(m->assembler, m->tier == BPF_TIER_FULL ? NULL : marks);
	fsmarks_free(m->marks);
	m->marks = marks;
	m->n_looked = 0;
	m->is_stir_awaited = false;
	return 0;
}

/* What the in-kernel filter hears of it is early: it may let too much through. */
int path_marks_look(struct path_marks *m, uint64_t now_ns, struct buf *out)
{
	uint64_t before = fsmarks_now(m->marks);
	int r = fsmarks_look(m->marks, now_ns, out);

	if (r == 0)
		r = filter_marks_moved(m->filter, out->data, out->len);
	buf_clear(out);
	if (r < 0 || fsmarks_now(m->marks) == before)
		return r;
	if (m->n_looked == LOOKED_MAX)
		memmove(m->looked, m->looked + 1, --m->n_looked * sizeof(m->looked[0]));
	m->looked[m->n_looked++] = (struct looked){ now_ns, before };
	r = fsmarks_tell(m->marks, fsmarks_now(m->marks), out);
	if (r == 0)
		r = filter_marks_moved(m->filter, out->data, out->len);
	return r;
}

/* How far the history of the marks was before the looks that came after that time. */
static uint64_t history_at(const struct path_marks *m, uint64_t at_ns)
{
	for (size_t i = 0; i < m->n_looked; i++)
		if (m->looked[i].at_ns >= at_ns)
			return m->looked[i].before;
	return fsmarks_now(m->marks);
}

/* What the path of a rule means is looked for when somebody changes its directory, not only when there are events. */
void path_marks_await(struct path_marks *m, bool is_awaited)
{
	if (m->is_stir_awaited == is_awaited || fsmarks_fd(m->marks) < 0)
		return;
	m->is_stir_awaited = is_awaited;
	rings_await(m->rings, fsmarks_fd(m->marks), is_awaited);
}

static int tell(struct path_marks *m, uint64_t at_ns, struct buf *out)
{
	int r = fsmarks_tell(m->marks, history_at(m, at_ns), out);
	struct evt_exe exe;
	struct view path;

	if (r == 0 && out->len)
		r = filter_marks_moved(m->filter, out->data, out->len);
	/* the filter goes by the name too */
	return r < 0 || !fsmarks_any_exe(m->marks) || !assemble_program(m->assembler, &exe, &path)
		       ? r
		       : fsmarks_ran(m->marks, path.p, path.len, &exe, out);
}

static void saw_change(void *userdata, const struct fsmark_change *change)
{
	fsmarks_saw(userdata, change);
}

/*
 * The event, behind what it tells of the paths of rules: these change with the events, and were looked at when they were over.
 * In the tier tracepoints it is known when the call's own paths have been looked up.
 */
int path_marks_put_event(struct path_marks *m, uint64_t at_ns, struct buf *out)
{
	struct evt_exe exe;
	struct view path;
	int r;

	if (!fsmarks_any(m->marks))
		return assemble_put(m->assembler, out);
	/* what a call has removed is what was there when it began: somebody may have looked before it returned */
	fsmarks_pass(m->marks, m->tier == BPF_TIER_FULL ? at_ns : assemble_began_ns(m->assembler));
	assemble_changes(m->assembler, saw_change, m->marks);
	if (assemble_is_exec(m->assembler) && assemble_program(m->assembler, &exe, &path))
		fsmarks_saw_program(m->marks, path.p, path.len, &exe);
	if (m->tier == BPF_TIER_FULL) {
		r = tell(m, at_ns, out);
		return r < 0 ? r : assemble_put(m->assembler, out);
	}
	buf_clear(&m->behind);
	r = assemble_put(m->assembler, &m->behind);
	if (r == 0)
		r = tell(m, at_ns, out);
	if (r == 0)
		buf_put(out, m->behind.data, m->behind.len);
	return r < 0 ? r : buf_error(out);
}

bool path_marks_are_stirred(const struct path_marks *m)
{
	return fsmarks_is_stirred(m->marks);
}
