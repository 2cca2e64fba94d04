// SPDX-License-Identifier: MIT
#include "event/event.h"

#include <errno.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kernel_records.h"
#include "base/macros.h"
#include "event/event_avc.h"

/*
 * Decoding. The bytes may come from a file that somebody made by hand, so nothing in them is believed: each length is
 * checked against what is left, each struct has its exact size, each count is bounded, and text that a record prints
 * without quotes holds no byte that could end the field.
 */

#define TEXT_MAX                                                                                   \
	UINT16_MAX      /* bytes of cwd and exe: what the u16 lengths of struct evt_path can say */
#define TTY_MAX      64 /* bytes; tty_struct.name in include/linux/tty.h */
#define SUBJ_MAX     8192  /* bytes; two label providers at a page each */
#define MODULE_MAX   64    /* bytes; MODULE_NAME_LEN of a 64-bit kernel and more */
#define GROUPS_MAX   65536 /* NGROUPS_MAX in include/uapi/linux/limits.h */
#define NSEC_PER_SEC 1000000000u

typedef int (*item_decode_fn)(struct event *ev, const char *p, size_t len);

struct item_kind {
	size_t min, max; /* payload bytes */
	bool repeats;
	item_decode_fn decode; /* NULL: a record written aside */
	bool is_special;       /* one of the kinds of event.specials */
};

void event_deinit(struct event *ev)
{
	free(ev->paths);
	free(ev->obj_pids);
	free(ev->asides);
	free(ev->fd_paths);
	*ev = (struct event){ 0 };
}

/* Ready for the next event: nothing is there. */
static void event_reset(struct event *ev)
{
	memset(ev, 0, offsetof(struct event, h));
}

static int array_grow(void **array, size_t *max, size_t n, size_t size)
{
	size_t want;
	void *grown;

	if (n < *max)
		return 0;
	want = *max ? *max * 2 : 8;
	grown = reallocarray(*array, want, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*max = want;
	return 0;
}

static bool is_terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

static int decode_text(struct view *to, const char *p, size_t len)
{
	if (is_terminated(p, len))
		return -EBADMSG;
	*to = (struct view){ p, len };
	return 0;
}

static int decode_cwd(struct event *ev, const char *p, size_t len)
{
	return decode_text(&ev->cwd, p, len);
}

/* tty= is printed bare (spec kernel 7.5), so a blank in it would forge a field. */
static int decode_tty(struct event *ev, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] <= ' ' || p[i] > '~')
			return -EBADMSG;
	ev->tty = (struct view){ p, len };
	return 0;
}

static bool has_control_characters(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 0x7f)
			return true;
	return false;
}

/* subj= is bare too, but AppArmor's labels hold blanks: only what would end the line is refused. */
static int decode_subj(struct event *ev, const char *p, size_t len)
{
	if (has_control_characters(p, len))
		return -EBADMSG;
	ev->subj = (struct view){ p, len };
	return 0;
}

static int decode_proctitle(struct event *ev, const char *p, size_t len)
{
	ev->proctitle = (struct view){ p, len };
	return 0;
}

static int decode_sockaddr(struct event *ev, const char *p, size_t len)
{
	ev->sockaddr = (struct view){ p, len };
	return 0;
}

static int decode_path(struct event *ev, const char *p, size_t len)
{
	struct event_path *path;
	int r;

	if (ev->n_paths == EVT_PATHS_MAX)
		return -EBADMSG;
	r = array_grow((void **)&ev->paths, &ev->paths_max, ev->n_paths, sizeof(*ev->paths));
	if (r < 0)
		return r;
	path = &ev->paths[ev->n_paths];
	*path = (struct event_path){ 0 };
	memcpy(&path->f, p, sizeof(path->f));
	p += sizeof(path->f);
	if (len - sizeof(path->f) != (size_t)path->f.name_len + path->f.resolved_len)
		return -EBADMSG;
	if (path->f.nametype > EVT_NAME_CREATE || path->f.cap_fe > 1)
		return -EBADMSG;
	if (path->f.shown_len != EVT_NAME_FULL &&
		(path->f.shown_len < 0 || path->f.shown_len > path->f.name_len))
		return -EBADMSG;
	if (!(path->f.flags & EVT_PATH_NAMED) && path->f.name_len)
		return -EBADMSG;
	if (!(path->f.flags & EVT_PATH_RESOLVED) && path->f.resolved_len)
		return -EBADMSG;
	if (path->f.flags & EVT_PATH_NAMED) {
		r = decode_text(&path->name, p, path->f.name_len);
		if (r < 0)
			return r;
	}
	if (path->f.flags & EVT_PATH_RESOLVED) {
		r = decode_text(&path->resolved, p + path->f.name_len, path->f.resolved_len);
		if (r < 0)
			return r;
	}
	ev->n_paths++;
	return 0;
}

static int decode_exe(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->exe_inode, p, sizeof(ev->exe_inode));
	return decode_text(&ev->exe, p + sizeof(ev->exe_inode), len - sizeof(ev->exe_inode));
}

static int decode_execve(struct event *ev, const char *p, size_t len)
{
	const char *end = p + len, *at = p + 2 * sizeof(uint32_t), *nul;
	uint32_t n = 0;

	memcpy(&ev->argc, p, sizeof(ev->argc));
	ev->argv = (struct view){ at, (size_t)(end - at) };
	for (; at < end; at = nul + 1, n++) {
		nul = memchr(at, '\0', (size_t)(end - at));
		if (!nul)
			return -EBADMSG;
	}
	return n == ev->argc ? 0 : -EBADMSG;
}

static int decode_fd_pair(struct event *ev, const char *p, size_t len)
{
	memcpy(ev->fd_pair, p, len);
	ev->has_fd_pair = true;
	return 0;
}

/* The table knows the size of each. */
#define DECODE_SPECIAL(member)                                                                     \
	static int decode_##member(struct event *ev, const char *p, size_t len)                    \
	{                                                                                          \
		memcpy(&ev->member, p, len);                                                       \
		return 0;                                                                          \
	}

DECODE_SPECIAL(mmap)
DECODE_SPECIAL(openat2)
DECODE_SPECIAL(ipc)
DECODE_SPECIAL(mq_open)
DECODE_SPECIAL(mq_sendrecv)
DECODE_SPECIAL(mq_notify)
DECODE_SPECIAL(mq_getsetattr)
DECODE_SPECIAL(capset)

static int decode_module(struct event *ev, const char *p, size_t len)
{
	uint32_t has_name;

	memcpy(&has_name, p, sizeof(has_name));
	p += 2 * sizeof(uint32_t);
	len -= 2 * sizeof(uint32_t);
	if (has_name > 1 || (!has_name && len))
		return -EBADMSG;
	if (!has_name)
		return 0;
	return decode_text(&ev->module, p, len);
}

static int decode_time_offset(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->time_offset, p, len);
	ev->has_time_offset = true;
	return 0;
}

static int decode_ntp(struct event *ev, const char *p, size_t len)
{
	struct evt_ntp *change = &ev->ntp[ev->n_ntp];

	if (ev->n_ntp == ARRAY_SIZE(ev->ntp))
		return -EBADMSG;
	memcpy(change, p, len);
	if (change->op >= _EVT_NTP_MAX)
		return -EBADMSG;
	ev->n_ntp++;
	return 0;
}

static int decode_bprm_fcaps(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->bprm_fcaps, p, len);
	if (ev->bprm_fcaps.fe > 1)
		return -EBADMSG;
	ev->has_bprm_fcaps = true;
	return 0;
}

static int decode_obj_pid(struct event *ev, const char *p, size_t len)
{
	struct evt_obj_pid *target;
	int r;

	r = array_grow(
		(void **)&ev->obj_pids, &ev->obj_pids_max, ev->n_obj_pids, sizeof(*ev->obj_pids));
	if (r < 0)
		return r;
	target = &ev->obj_pids[ev->n_obj_pids];
	memcpy(target, p, len);
	if (!is_terminated(target->comm, sizeof(target->comm)))
		return -EBADMSG;
	ev->n_obj_pids++;
	return 0;
}

static int decode_groups(struct event *ev, const char *p, size_t len)
{
	if (len % sizeof(uint32_t))
		return -EBADMSG;
	ev->groups = (const uint32_t *)(const void *)p; /* payloads are aligned to EVT_ALIGN */
	ev->n_groups = len / sizeof(uint32_t);
	ev->has_groups = true;
	return 0;
}

static int decode_socketcall(struct event *ev, const char *p, size_t len)
{
	if (len % sizeof(uint64_t))
		return -EBADMSG;
	ev->socketcall = (const uint64_t *)(const void *)p; /* payloads are aligned to EVT_ALIGN */
	ev->n_socketcall = len / sizeof(uint64_t);
	return 0;
}

/* ---- beyond the original ---- */

static int decode_full_path(struct event *ev, const char *p, size_t len)
{
	struct view *full;

	if (!ev->n_paths)
		return -EBADMSG;
	full = &ev->paths[ev->n_paths - 1].full;
	return full->p ? -EBADMSG : decode_text(full, p, len);
}

static int decode_tree_path(struct event *ev, const char *p, size_t len)
{
	struct view *tree;

	if (!ev->n_paths)
		return -EBADMSG;
	tree = &ev->paths[ev->n_paths - 1].tree;
	return tree->p ? -EBADMSG : decode_text(tree, p, len);
}

static int decode_fd_path(struct event *ev, const char *p, size_t len)
{
	struct evt_fd_path f;
	struct event_fd_path *path;
	int r;

	if (ev->n_fd_paths == EVT_FD_PATHS_MAX)
		return -EBADMSG;
	r = array_grow(
		(void **)&ev->fd_paths, &ev->fd_paths_max, ev->n_fd_paths, sizeof(*ev->fd_paths));
	if (r < 0)
		return r;
	memcpy(&f, p, sizeof(f));
	path = &ev->fd_paths[ev->n_fd_paths];
	path->fd = f.fd;
	r = decode_text(&path->path, p + sizeof(f), len - sizeof(f));
	if (r < 0)
		return r;
	ev->n_fd_paths++;
	return 0;
}

static int decode_times(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->times, p, len);
	if (ev->times.sec < 0 || ev->times.nsec >= NSEC_PER_SEC || ev->times.has_duration > 1)
		return -EBADMSG;
	ev->has_times = true;
	return 0;
}

static int decode_namespaces(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->namespaces, p, len);
	ev->has_namespaces = true;
	return 0;
}

static int decode_cgroup(struct event *ev, const char *p, size_t len)
{
	return decode_text(&ev->cgroup, p, len);
}

/* ---- records written aside ---- */

/* A word of the item that chooses among n. */
static bool is_below(const void *p, size_t offset, uint32_t n)
{
	uint32_t word;

	memcpy(&word, (const char *)p + offset, sizeof(word));
	return word < n;
}

static bool is_anomaly(const void *p, uint64_t n)
{
	uint64_t op;

	memcpy(&op, p, sizeof(op));
	return op < n;
}

/* As the kernel names devices (dev_valid_name()): the name stands in a record as it is. */
static bool is_device_name(const char *p)
{
	size_t len = strnlen(p, sizeof(((struct evt_anom_promiscuous *)0)->device));

	if (!len || len == sizeof(((struct evt_anom_promiscuous *)0)->device))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)p[i] <= ' ' || p[i] == '/' || p[i] == 0x7f)
			return false;
	return true;
}

static bool is_kernel_text(const char *p, size_t len)
{
	struct evt_kernel_record record;

	memcpy(&record, p, sizeof(record));
	return is_kernel_record(record.type) &&
	       !has_control_characters(p + sizeof(record), len - sizeof(record));
}

bool event_aside_is_valid(enum evt_item_type type, const void *p, size_t len)
{
	switch (type) {
	case EVT_ITEM_LOGIN:
		return is_below(p, offsetof(struct evt_login, res), 2);
	case EVT_ITEM_TTY_INPUT:
		return is_below(p, offsetof(struct evt_tty_input, is_tiocsti), 2);
	case EVT_ITEM_BPF:
		return is_below(p, offsetof(struct evt_bpf, op), _EVT_BPF_MAX);
	case EVT_ITEM_EVENT_LISTENER:
		return is_below(p, offsetof(struct evt_event_listener, is_connect), 2) &&
		       is_below(p, offsetof(struct evt_event_listener, res), 2);
	case EVT_ITEM_SECCOMP:
		return is_below(p, offsetof(struct evt_seccomp, compat), 2);
	case EVT_ITEM_ANOM_PROMISCUOUS:
		return is_device_name(p) &&
		       is_below(p, offsetof(struct evt_anom_promiscuous, is_now), 2) &&
		       is_below(p, offsetof(struct evt_anom_promiscuous, was), 2);
	case EVT_ITEM_ANOM_LINK:
		return is_anomaly(p, _EVT_ANOM_LINK_MAX);
	case EVT_ITEM_ANOM_CREAT:
		return is_anomaly(p, _EVT_ANOM_CREAT_MAX);
	case EVT_ITEM_AVC:
		return event_avc_is_valid(p, len);
	case EVT_ITEM_KERNEL_RECORD:
		return is_kernel_text(p, len);
	default:
		return true;
	}
}

static int add_aside(struct event *ev, enum evt_item_type type, const char *p, size_t len)
{
	int r;

	if (ev->n_asides == EVT_ASIDES_MAX || !event_aside_is_valid(type, p, len))
		return -EBADMSG;
	r = array_grow((void **)&ev->asides, &ev->asides_max, ev->n_asides, sizeof(*ev->asides));
	if (r < 0)
		return r;
	ev->asides[ev->n_asides++] = (struct event_aside){ type, p, len };
	return 0;
}

static int decode_mark(struct event *ev, const char *p, size_t len)
{
	int r;

	memcpy(&ev->mark, p, sizeof(ev->mark));
	p += sizeof(ev->mark);
	if (len - sizeof(ev->mark) != (size_t)ev->mark.rule_len + ev->mark.present_len)
		return -EBADMSG;
	if (ev->mark.kind < EVT_MARK_WATCH || ev->mark.kind > EVT_MARK_EXE || ev->mark.bound > 1 ||
		!ev->mark.rule_len)
		return -EBADMSG;
	r = decode_text(&ev->mark_rule, p, ev->mark.rule_len);
	if (r < 0)
		return r;
	return decode_text(&ev->mark_present, p + ev->mark.rule_len, ev->mark.present_len);
}

static int decode_lost(struct event *ev, const char *p, size_t len)
{
	memcpy(&ev->lost, p, len);
	return 0;
}

#define EXACT(size) (size), (size)
#define SPECIAL(member)                                                                            \
	{                                                                                          \
		EXACT(sizeof(struct evt_##member)), false, decode_##member, true                   \
	}
#define ASIDE(size)                                                                                \
	{                                                                                          \
		EXACT(size), true, NULL                                                            \
	}

static const struct item_kind item_kinds[] = {
	[EVT_ITEM_CWD] = { 0, TEXT_MAX, false, decode_cwd },
	[EVT_ITEM_PATH] = { sizeof(struct evt_path), sizeof(struct evt_path) + 2 * TEXT_MAX, true,
		decode_path },
	[EVT_ITEM_EXE] = { sizeof(struct evt_exe), sizeof(struct evt_exe) + TEXT_MAX, false,
		decode_exe },
	[EVT_ITEM_TTY] = { 1, TTY_MAX, false, decode_tty },
	[EVT_ITEM_PROCTITLE] = { 0, EVT_PROCTITLE_MAX, false, decode_proctitle },
	[EVT_ITEM_EXECVE] = { 2 * sizeof(uint32_t), EVT_LEN_MAX, false, decode_execve, true },
	[EVT_ITEM_SOCKADDR] = { 0, EVT_SOCKADDR_MAX, false, decode_sockaddr },
	[EVT_ITEM_FD_PAIR] = { EXACT(2 * sizeof(int32_t)), false, decode_fd_pair },
	[EVT_ITEM_MMAP] = SPECIAL(mmap),
	[EVT_ITEM_OPENAT2] = SPECIAL(openat2),
	[EVT_ITEM_BPRM_FCAPS] = { EXACT(sizeof(struct evt_bprm_fcaps)), false, decode_bprm_fcaps },
	[EVT_ITEM_OBJ_PID] = { EXACT(sizeof(struct evt_obj_pid)), true, decode_obj_pid },
	[EVT_ITEM_GROUPS] = { 0, GROUPS_MAX * sizeof(uint32_t), false, decode_groups },
	[EVT_ITEM_SUBJ] = { 0, SUBJ_MAX, false, decode_subj },
	[EVT_ITEM_SOCKETCALL] = { sizeof(uint64_t), EVT_ARGS * sizeof(uint64_t), false,
		decode_socketcall, true },
	[EVT_ITEM_MARK] = { sizeof(struct evt_mark), sizeof(struct evt_mark) + 2 * TEXT_MAX, false,
		decode_mark },
	[EVT_ITEM_LOST] = { EXACT(sizeof(struct evt_lost)), false, decode_lost },
	[EVT_ITEM_IPC] = SPECIAL(ipc),
	[EVT_ITEM_MQ_OPEN] = SPECIAL(mq_open),
	[EVT_ITEM_MQ_SENDRECV] = SPECIAL(mq_sendrecv),
	[EVT_ITEM_MQ_NOTIFY] = SPECIAL(mq_notify),
	[EVT_ITEM_MQ_GETSETATTR] = SPECIAL(mq_getsetattr),
	[EVT_ITEM_CAPSET] = SPECIAL(capset),
	[EVT_ITEM_KERN_MODULE] = { 2 * sizeof(uint32_t), 2 * sizeof(uint32_t) + MODULE_MAX, false,
		decode_module, true },
	[EVT_ITEM_TIME_OFFSET] = { EXACT(sizeof(struct evt_time_offset)), false, decode_time_offset,
		true },
	[EVT_ITEM_NTP] = { EXACT(sizeof(struct evt_ntp)), true, decode_ntp, true },
	[EVT_ITEM_LOGIN] = ASIDE(sizeof(struct evt_login)),
	[EVT_ITEM_TTY_INPUT] = { sizeof(struct evt_tty_input),
		sizeof(struct evt_tty_input) + EVT_TTY_INPUT_MAX, true, NULL },
	[EVT_ITEM_BPF] = ASIDE(sizeof(struct evt_bpf)),
	[EVT_ITEM_EVENT_LISTENER] = ASIDE(sizeof(struct evt_event_listener)),
	[EVT_ITEM_FANOTIFY] = ASIDE(sizeof(struct evt_fanotify)),
	[EVT_ITEM_SECCOMP] = ASIDE(sizeof(struct evt_seccomp)),
	[EVT_ITEM_ANOM_ABEND] = ASIDE(sizeof(uint64_t)),
	[EVT_ITEM_ANOM_LINK] = ASIDE(sizeof(uint64_t)),
	[EVT_ITEM_ANOM_CREAT] = ASIDE(sizeof(uint64_t)),
	[EVT_ITEM_URINGOP] = ASIDE(sizeof(struct evt_uringop)),
	[EVT_ITEM_AVC] = { sizeof(struct evt_avc), sizeof(struct evt_avc) + 4 * TEXT_MAX, true,
		NULL },
	[EVT_ITEM_FULL_PATH] = { 0, TEXT_MAX, true, decode_full_path },
	[EVT_ITEM_FD_PATH] = { sizeof(struct evt_fd_path), sizeof(struct evt_fd_path) + TEXT_MAX,
		true, decode_fd_path },
	[EVT_ITEM_TIMES] = { EXACT(sizeof(struct evt_times)), false, decode_times },
	[EVT_ITEM_CGROUP] = { 0, TEXT_MAX, false, decode_cgroup },
	[EVT_ITEM_ANOM_PROMISCUOUS] = ASIDE(sizeof(struct evt_anom_promiscuous)),
	[EVT_ITEM_KERNEL_RECORD] = { sizeof(struct evt_kernel_record),
		sizeof(struct evt_kernel_record) + KERNEL_RECORD_TEXT_MAX, true, NULL },
	[EVT_ITEM_TREE_PATH] = { 0, TEXT_MAX, true, decode_tree_path },
	[EVT_ITEM_NAMESPACES] = { EXACT(sizeof(struct evt_namespaces)), false, decode_namespaces },
};

_Static_assert(ARRAY_SIZE(item_kinds) == _EVT_ITEM_MAX, "every item type has a row");
_Static_assert(_EVT_ITEM_MAX <= 64, "the types seen fit a word");

int event_length(const void *data, size_t len, size_t *ret_len)
{
	uint32_t size;
	uint16_t version;

	if (len < offsetof(struct evt_hdr, kind))
		return -EAGAIN;
	memcpy(&size, (const char *)data + offsetof(struct evt_hdr, len), sizeof(size));
	memcpy(&version, (const char *)data + offsetof(struct evt_hdr, version), sizeof(version));
	if (version != EVT_VERSION || size < sizeof(struct evt_hdr) || size > EVT_LEN_MAX ||
		size % EVT_ALIGN)
		return -EBADMSG;
	*ret_len = size;
	return 0;
}

static int decode_header(struct evt_hdr *hdr, const void *data)
{
	memcpy(hdr, data, sizeof(*hdr));
	if (hdr->kind < EVT_SYSCALL || hdr->kind >= _EVT_KIND_MAX)
		return -EBADMSG;
	if (hdr->time_sec < 0 || hdr->time_nsec >= NSEC_PER_SEC ||
		!is_terminated(hdr->comm, sizeof(hdr->comm)))
		return -EBADMSG;
	return 0;
}

/* Items of a kind of event without which it says nothing. */
static bool has_needed_items(uint16_t kind, uint64_t seen)
{
	if (kind == EVT_MARK)
		return seen & EVENT_ITEM_BIT(EVT_ITEM_MARK);
	if (kind == EVT_LOST)
		return seen & EVENT_ITEM_BIT(EVT_ITEM_LOST);
	return true;
}

int event_decode(struct event *ev, const void *data, size_t len, size_t *ret_used)
{
	const char *at = data, *end;
	uint64_t seen = 0;
	size_t size;
	int r;

	if ((uintptr_t)data % EVT_ALIGN)
		return -EBADMSG;
	r = event_length(data, len, &size);
	if (r < 0)
		return r;
	if (len < size)
		return -EAGAIN;
	event_reset(ev);
	r = decode_header(&ev->h, data);
	if (r < 0)
		return r;

	/* at and end are multiples of EVT_ALIGN apart: an item that fits, fits with its padding. */
	end = at + size;
	for (at += sizeof(struct evt_hdr); at < end;) {
		const struct item_kind *kind;
		struct evt_item item;

		memcpy(&item, at, sizeof(item)); /* both are multiples of 8 bytes */
		at += sizeof(item);
		if (item.len > (size_t)(end - at))
			return -EBADMSG;
		if (item.type == 0 || item.type >= _EVT_ITEM_MAX) {
			ev->n_unknown++;
		} else {
			kind = &item_kinds[item.type];
			if (item.len < kind->min || item.len > kind->max)
				return -EBADMSG;
			if (!kind->repeats && (seen & EVENT_ITEM_BIT(item.type)))
				return -EBADMSG;
			seen |= EVENT_ITEM_BIT(item.type);
			r = kind->decode ? kind->decode(ev, at, item.len)
					 : add_aside(ev, item.type, at, item.len);
			if (r < 0)
				return r;
			if (kind->is_special)
				ev->specials |= EVENT_ITEM_BIT(item.type);
		}
		at += ALIGN_UP((size_t)item.len, (size_t)EVT_ALIGN);
	}
	if (!has_needed_items(ev->h.kind, seen))
		return -EBADMSG;
	ev->items = seen;
	*ret_used = size;
	return 0;
}
