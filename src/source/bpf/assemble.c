// SPDX-License-Identifier: MIT
#include "source/bpf/assemble.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "event/event.h"
#include "source/bpf/assembly.h"
#include "source/bpf/mark_place.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/login.h"

#define NSEC_PER_SEC  1000000000
#define MONOTONIC_MAX 4000000000 /* seconds that a machine may run */

/* In the words of the programs: stat(2) has another device for the root of some file systems. */
static int read_own_root(struct assembler *a)
{
	const struct sb_view view = { .devs = NULL };
	struct statx root;
	struct stat ns;
	int r = sb_statx(&view, &root, AT_FDCWD, "/", 0);

	if (r < 0)
		return r;
	if (fstatat(a->procfd, "self/ns/mnt", &ns, 0) < 0)
		return -errno;
	a->own_root = (struct cap_root){ .ino = root.stx_ino,
		.dev = mark_dev(root.stx_dev_major, root.stx_dev_minor),
		.mnt_ns = (uint32_t)ns.st_ino };
	return 0;
}

int assembler_new(struct assembler **ret)
{
	struct assembler *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return -ENOMEM;
	chain_paths_init(&a->cwds);
	chain_paths_init(&a->exes);
	buf_init(&a->room, CHAIN_PATH_MAX);
	a->procfd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = a->procfd < 0 ? -errno : read_own_root(a);
	if (r == 0)
		r = chunks_new(&a->chunks);
	a->name_hooks = name_hooks_new();
	if (r == 0 && !a->name_hooks)
		r = -ENOMEM;
	if (r == 0)
		r = cgroups_new(&a->cgroups);
	if (r == 0)
		r = inode_caps_cache_new(&a->env.lookup.caps);
	if (r == 0)
		r = exec_image_cache_new(&a->env.images);
	if (r < 0) {
		(void)assembler_free(a);
		return r;
	}
	effect_deinit(&a->call);
	a->env.lookup.own_uid = geteuid();
	a->env.lookup.own_gid = getegid();
	a->env.lookup.devs = &a->devs;
	a->env.lookup.mounts = &a->mounts;
	*ret = a;
	return 0;
}

struct assembler *assembler_free(struct assembler *a)
{
	if (!a)
		return NULL;
	if (a->procfd >= 0)
		(void)close(a->procfd);
	a->chunks = chunks_free(a->chunks);
	a->cgroups = cgroups_free(a->cgroups);
	a->labels = labels_free(a->labels);
	a->name_hooks = name_hooks_free(a->name_hooks);
	inode_caps_cache_free(a->env.lookup.caps);
	mount_paths_deinit(&a->mounts);
	exec_image_cache_free(a->env.images);
	free(a->call.targets);
	chain_paths_deinit(&a->cwds);
	chain_paths_deinit(&a->exes);
	buf_deinit(&a->room);
	free(a);
	return NULL;
}

int assembler_name_labels(struct assembler *a, const __u64 *read)
{
	labels_learn(a->procfd);
	return labels_new(&a->labels, a->procfd, read);
}

void assembler_configure(struct assembler *a, const struct assemble_options *options)
{
	a->options = *options;
}

void assembler_set_marks(struct assembler *a, struct fsmarks *marks)
{
	a->marks = marks;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void assembler_tick(struct assembler *a)
{
	int64_t now = clock_ns(CLOCK_MONOTONIC);

	a->real_minus_mono_ns = clock_ns(CLOCK_REALTIME) - now;
	a->now_ns = (uint64_t)now;
}

/* ---- who did it ---- */

static bool read_exe(struct assembler *a, struct evt_exe *ret, struct view *ret_path)
{
	const struct raw_item *item = &a->raw.exe;
	uint32_t dev;

	if (!raw_read(item, ret, sizeof(*ret)))
		return false;
	dev = ret->dev_major;
	ret->dev_major = dev >> 20;
	ret->dev_minor = dev & 0xfffff;
	*ret_path = chain_paths_get(&a->exes, a->raw.h.tgid, item->data + sizeof(*ret),
		item->len - sizeof(*ret), item->flags & CAP_F_DELETED);
	return true;
}

bool assemble_program(struct assembler *a, struct evt_exe *ret, struct view *ret_path)
{
	const struct cap_root *own = &a->own_root;
	struct cap_root root;

	return raw_read(&a->raw.root, &root, sizeof(root)) && root.ino == own->ino &&
	       root.dev == own->dev && root.mnt_ns == own->mnt_ns &&
	       !(a->raw.exe.flags & (CAP_F_DELETED | CAP_F_CUT)) && read_exe(a, ret, ret_path) &&
	       ret_path->p;
}

bool assemble_is_exec(const struct assembler *a)
{
	const struct evt_hdr *h = &a->raw.h;

	return h->kind == EVT_SYSCALL && h->flags & EVT_F_RETURNED && h->ret == 0 &&
	       syscall_info(h->arch, h->nr)->effect == EFFECT_EXEC;
}

static void put_exe(struct assembler *a, struct event_writer *w)
{
	struct evt_exe exe;
	struct view path;

	if (read_exe(a, &exe, &path))
		event_put_exe(w, &exe, path.p, path.len);
}

/* The name of a terminal is shown as it is. */
static bool is_plain(const struct raw_item *item)
{
	for (size_t i = 0; i < item->len; i++)
		if (item->data[i] <= ' ' || item->data[i] > '~')
			return false;
	return item->len <= 64;
}

static void put_label(struct assembler *a, struct event_writer *w)
{
	struct view name;
	uint64_t label;

	if (!a->labels || !raw_read(&a->raw.label, &label, sizeof(label)))
		return;
	name = labels_get(a->labels, label, a->raw.h.tid, a->now_ns);
	if (name.p)
		event_put(w, EVT_ITEM_SUBJ, name.p, name.len);
}

static void put_task(struct assembler *a, struct event_writer *w)
{
	const struct raw *raw = &a->raw;

	put_exe(a, w);
	if (raw->tty.data && is_plain(&raw->tty))
		event_put(w, EVT_ITEM_TTY, raw->tty.data, raw->tty.len);
	put_label(a, w);
	if (raw->groups.data)
		event_put(w, EVT_ITEM_GROUPS, raw->groups.data,
			raw->groups.len / sizeof(uint32_t) * sizeof(uint32_t));
}

static void put_title(const struct raw *raw, struct event_writer *w)
{
	size_t len = raw->title.len < EVT_PROCTITLE_MAX ? raw->title.len : EVT_PROCTITLE_MAX;

	if (!raw->title.data)
		return;
	/* one that the program wrote itself, perhaps beyond the area: up to the first NUL */
	if (raw->title.flags & CAP_F_AFTER)
		len = strnlen(raw->title.data, len);
	event_put(w, EVT_ITEM_PROCTITLE, raw->title.data, len);
}

/* ---- what it did ---- */

static void put_targets(struct assembler *a, struct event_writer *w)
{
	struct call *call = &a->call;
	int64_t ret = a->raw.h.ret;

	/* all others were looked for by the programs */
	if (!(call->info->flags & SC_SENDS_SIGNAL) ||
		strcmp(call->info->name, "pidfd_send_signal") != 0)
		return;
	extras_find_targets(call, a->procfd, a->options.signal_targets);
	extras_put_targets(call, ret, w);
}

/* Items that are those of the event already, and that nobody else puts. */
static bool is_plain_extra(uint16_t type)
{
	static const uint16_t types[] = { EVT_ITEM_SOCKETCALL, EVT_ITEM_MMAP, EVT_ITEM_OPENAT2,
		EVT_ITEM_CAPSET, EVT_ITEM_IPC, EVT_ITEM_OBJ_PID };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return true;
	return false;
}

static void put_extras(struct assembler *a, struct event_writer *w)
{
	struct call *call = &a->call;
	const struct raw *raw = &a->raw;

	for (size_t i = 0; i < raw->n_pass; i++) {
		const struct raw_item *item = &raw->pass[i];

		if (!is_plain_extra(item->type) ||
			(item->type == EVT_ITEM_OPENAT2 && raw->h.ret == -E2BIG))
			continue;
		/* a signal number that is none is refused before anybody is looked for, and so are options of
		 * PTRACE_SEIZE */
		if (item->type == EVT_ITEM_OBJ_PID && (raw->h.ret == -EINVAL || raw->h.ret == -EIO))
			continue;
		if (item->type == EVT_ITEM_OBJ_PID &&
			!memchr(item->data + item->len - EVT_COMM_LEN, '\0', EVT_COMM_LEN))
			continue;
		event_put(w, (enum evt_item_type)item->type, item->data, item->len);
	}
	mq_exit(call, raw->h.ret, w);
	if (raw->fd_pair.len == 8 && raw->h.ret >= 0)
		event_put(w, EVT_ITEM_FD_PAIR, raw->fd_pair.data, raw->fd_pair.len);
	extras_put_address(call, raw->h.ret, w);
	put_targets(a, w);
}

struct view assemble_cwd(struct assembler *a)
{
	const struct raw_item *item = &a->raw.cwd;

	if (!item->data)
		return (struct view){ 0 };
	if (!a->has_cwd)
		a->cwd = chain_paths_get(
			&a->cwds, a->raw.h.tid, item->data, item->len, item->flags & CAP_F_DELETED);
	a->has_cwd = true;
	return a->cwd;
}

static void put_cwd(struct assembler *a, struct event_writer *w)
{
	struct view path = assemble_cwd(a);

	if (a->raw.cwd.data)
		event_put(w, EVT_ITEM_CWD, path.p, path.len);
}

static void put_times(const struct assembler *a, struct event_writer *w)
{
	struct evt_times item = { 0 };
	struct cap_times times;
	int64_t ns;

	if (!raw_read(&a->raw.times, &times, sizeof(times)))
		return;
	if (times.entered / NSEC_PER_SEC > MONOTONIC_MAX)
		return;
	ns = (int64_t)times.entered + a->real_minus_mono_ns;
	item.sec = ns / NSEC_PER_SEC;
	item.nsec = (uint32_t)(ns % NSEC_PER_SEC);
	item.has_duration = times.left != 0;
	if (times.left > times.entered)
		item.duration_nsec = times.left - times.entered;
	event_put(w, EVT_ITEM_TIMES, &item, sizeof(item));
}

/* A login uid that was set, or asked for in vain. */
static void put_login(const struct assembler *a, struct event_writer *w)
{
	const struct raw_item *text = &a->raw.memory[1];
	struct evt_login item = { 0 };
	struct cap_login login;

	if (!raw_read(&a->raw.login, &login, sizeof(login)))
		return;
	item.old_auid = login.old_auid;
	item.old_ses = login.old_ses;
	item.auid = login.auid;
	item.ses = login.ses;
	item.res = a->raw.h.ret > 0;
	if (!item.res) {
		item.ses = UINT32_MAX;
		if (text->len <= sizeof(struct cap_arg) ||
			login_parse(text->data + sizeof(struct cap_arg),
				text->len - sizeof(struct cap_arg), &item.auid) < 0)
			return;
	}
	event_put(w, EVT_ITEM_LOGIN, &item, sizeof(item));
}

/* Which container or service. */
static void put_place(struct assembler *a, struct event_writer *w)
{
	struct evt_namespaces item = { 0 };
	struct cap_namespaces namespaces;
	struct cap_root root;
	const char *path;

	if (!(a->options.extra & EXTRA_CGROUP))
		return;
	path = cgroups_path(a->cgroups, a->raw.h.cgroup);
	if (path)
		event_put(w, EVT_ITEM_CGROUP, path, strlen(path));
	if (!raw_read(&a->raw.root, &root, sizeof(root)) ||
		!raw_read(&a->raw.namespaces, &namespaces, sizeof(namespaces)))
		return;
	item.mnt = root.mnt_ns;
	item.pid = namespaces.pid;
	item.net = namespaces.net;
	item.user = namespaces.user;
	item.ipc = namespaces.ipc;
	item.uts = namespaces.uts;
	item.cgroup = namespaces.cgroup;
	event_put(w, EVT_ITEM_NAMESPACES, &item, sizeof(item));
}

static void put_call(struct assembler *a, struct event_writer *w)
{
	struct call *call = &a->call;

	assemble_args(a);
	assemble_call_asides(a, w);
	if (call->anomaly)
		event_put(w, call->anomaly, &call->anomaly_op, sizeof(call->anomaly_op));
	if (a->raw.h.flags & EVT_F_RETURNED) {
		assemble_exec(a, w);
		assemble_privileged(a, w);
		put_extras(a, w);
		put_login(a, w);
	}
	if (call->names.n)
		put_cwd(a, w);
	names_put(&call->names, w);
	full_path_put_fds(call, w);
	put_times(a, w);
	put_place(a, w);
}

/* Whatever the call has taken memory for. */
static void call_done(struct assembler *a)
{
	effect_deinit(&a->call);
	assemble_names_done(a);
	full_path_deinit(&a->call);
	for (size_t i = 0; i < a->known.n_fds; i++) {
		object_deinit(&a->known_objects[i]);
		free(a->known_paths[i]);
	}
	a->known.n_fds = 0;
}

static void set_time(const struct assembler *a, struct evt_hdr *h)
{
	int64_t ns;

	if (h->time_sec < 0 || h->time_sec > MONOTONIC_MAX)
		h->time_sec = 0;
	ns = h->time_sec * NSEC_PER_SEC + h->time_nsec + a->real_minus_mono_ns;
	h->time_sec = ns / NSEC_PER_SEC;
	h->time_nsec = (uint32_t)(ns % NSEC_PER_SEC);
}

static int put_event(struct assembler *a, struct buf *out)
{
	struct evt_hdr *h = &a->raw.h;
	struct event_writer w;
	size_t start = out->len;

	a->has_cwd = false;
	set_time(a, h);
	if (h->kind == EVT_ASIDE)
		assemble_aside_time(a);
	event_begin(&w, out, h);
	put_task(a, &w);
	if (assemble_is_call(h))
		put_call(a, &w);
	else if (h->kind == EVT_ASIDE)
		assemble_asides(a, &w);
	put_title(&a->raw, &w);
	/* what went wrong while the items were gathered is known only now */
	if ((assemble_is_call(h) || h->kind == EVT_ASIDE) && !buf_error(out)) {
		struct evt_hdr *written = (struct evt_hdr *)(void *)(out->data + start);

		written->flags |= a->call.event_flags;
	}
	if (assemble_is_call(h))
		call_done(a);
	return event_finish(&w);
}

/* ---- records ---- */

static int take_chunk(struct assembler *a)
{
	const char *record = a->record;
	size_t len = a->raw.h.len;
	size_t at = sizeof(struct evt_hdr) + sizeof(struct evt_item) + sizeof(struct cap_origin);
	struct evt_item item;
	struct cap_chunk chunk;
	struct chunk_key key;

	if (len < at + sizeof(item) + sizeof(chunk))
		return -EBADMSG;
	memcpy(&item, record + at, sizeof(item));
	memcpy(&chunk, record + at + sizeof(item), sizeof(chunk));
	if (item.type != CAP_ITEM_CHUNK || item.len < sizeof(chunk) ||
		item.len > len - at - sizeof(item))
		return -EBADMSG;
	if (item.flags & CAP_F_FAULT)
		return 0;
	key = (struct chunk_key){ a->raw.h.tid, a->raw.origin.call, chunk.nr };
	return chunks_add(a->chunks, &key, chunk.seq, record + at + sizeof(item) + sizeof(chunk),
		item.len - sizeof(chunk));
}

int assemble_take(struct assembler *a, const void *record, size_t len)
{
	a->record = record;
	return raw_take(&a->raw, record, len);
}

uint64_t assemble_began_ns(const struct assembler *a)
{
	return (uint64_t)a->raw.h.time_sec * NSEC_PER_SEC + a->raw.h.time_nsec;
}

int assemble_put(struct assembler *a, struct buf *out)
{
	int r;

	if (a->raw.h.kind == CAP_KIND_CHUNK)
		return take_chunk(a);
	if (!assemble_is_call(&a->raw.h) && a->raw.h.kind != EVT_TASK_NEW &&
		a->raw.h.kind != EVT_TASK_FREE && a->raw.h.kind != EVT_ASIDE)
		return 0;
	r = put_event(a, out);
	chunks_forget(a->chunks, a->raw.h.tid,
		a->raw.h.kind == EVT_TASK_FREE ? UINT32_MAX : a->raw.origin.call);
	return r;
}

uint64_t assembler_left_texts(const struct assembler *a)
{
	return chunks_orphans(a->chunks);
}

int assemble(struct assembler *a, const void *record, size_t len, struct buf *out)
{
	int r = assemble_take(a, record, len);

	return r < 0 ? r : assemble_put(a, out);
}
