/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_EVENT_EVENT_H
#define UAUDIT_EVENT_EVENT_H

/*
 * Reading and writing the event format of abi/evt.h. The decoded form, struct event, is what filters and records look
 * at; it borrows every string from the wire bytes, which must outlive it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/evt.h"
#include "base/buf.h"

/* Bytes in someone else's memory; p is NULL when the item is absent (an empty one has p and len 0). */
struct view {
	const char *p;
	size_t len;
};

struct event_path {
	struct evt_path f;
	struct view name;     /* p is NULL without EVT_PATH_NAMED */
	struct view resolved; /* p is NULL without EVT_PATH_RESOLVED */
	struct view tree; /* of an object that is elsewhere for the rules; p is NULL if it is not */
	struct view
		full; /* absolute, as the task sees it; p is NULL if it is not known or not asked for */
};

struct event_fd_path {
	int32_t fd;
	struct view path;
};

/* An item that becomes a record of its own before SYSCALL, or outside of any call. */
struct event_aside {
	enum evt_item_type type;
	const void *data; /* the item's struct, checked and aligned; borrowed */
	size_t len;
};

#define EVENT_ITEM_BIT(type) (UINT64_C(1) << (type))

struct event {
	/* What is there: each event begins with all of this unset. */
	struct view cwd, tty, proctitle, sockaddr, subj;
	struct view exe; /* path */
	struct evt_exe exe_inode;
	size_t n_paths;
	uint64_t items; /* which of those that this version knows there are, EVENT_ITEM_BIT() */
	/* Those of them that are of one call's own kind; the kernel has room for one (spec kernel 4.6). */
	uint64_t specials;
	bool has_time_offset, has_fd_pair, has_bprm_fcaps, has_groups;
	uint32_t argc;
	struct view argv;           /* argc NUL-terminated strings */
	const uint64_t *socketcall; /* borrowed */
	size_t n_socketcall;
	struct view module; /* p is NULL for one without a name */
	size_t n_ntp;
	size_t n_obj_pids;
	const uint32_t *groups; /* borrowed */
	size_t n_groups;
	size_t n_asides; /* records written aside */
	/* beyond the original's records */
	size_t n_fd_paths;
	bool has_times;
	struct view cgroup;
	bool has_namespaces;
	struct view mark_rule, mark_present;
	uint32_t n_unknown; /* items of types that this version does not know, skipped */

	/* Void unless something above or the kind of the event says that it is there. */
	struct evt_hdr h; /* always is */
	struct evt_mmap mmap;
	struct evt_openat2 openat2;
	struct evt_ipc ipc;
	struct evt_mq_open mq_open;
	struct evt_mq_sendrecv mq_sendrecv;
	struct evt_mq_notify mq_notify;
	struct evt_mq_getsetattr mq_getsetattr;
	struct evt_capset capset;
	struct evt_time_offset time_offset;
	struct evt_ntp ntp[_EVT_NTP_MAX];
	int32_t fd_pair[2];
	struct evt_bprm_fcaps bprm_fcaps;
	struct evt_times times;
	struct evt_namespaces namespaces;
	struct evt_mark mark; /* EVT_MARK */
	struct evt_lost lost; /* EVT_LOST */

	/* Memory that is kept from event to event. */
	struct event_path *paths;
	struct evt_obj_pid *obj_pids;
	struct event_aside *asides; /* in order */
	struct event_fd_path *fd_paths;
	size_t paths_max, obj_pids_max, asides_max, fd_paths_max;
};

/* An event can be decoded into again and again: its arrays are kept. Starts from a zeroed struct. */
void event_deinit(struct event *ev);

/*
 * Length of the event at the start of data, from its first bytes alone. 0 and *ret_len; -EAGAIN: too few bytes to tell;
 * -EBADMSG: not an event of this version.
 */
int event_length(const void *data, size_t len, size_t *ret_len);

/*
 * Decodes the event at the start of data (aligned to EVT_ALIGN, len bytes). 0 and *ret_used (bytes); -EAGAIN: data ends
 * before the event does; -EBADMSG: not an event of this version; -ENOMEM. ev is only meaningful after 0.
 */
int event_decode(struct event *ev, const void *data, size_t len, size_t *ret_used);

/* Whether an item of records written aside says something that can be written. */
bool event_aside_is_valid(enum evt_item_type type, const void *p, size_t len);

/* What exit= says and rules test: the kernel stores EINTR for its internal restart codes ERESTARTSYS, ERESTARTNOINTR,
 * ERESTARTNOHAND and ERESTART_RESTARTBLOCK (spec kernel 4.5). */
static inline int64_t event_return_code(const struct event *ev)
{
	switch (ev->h.ret) {
	case -512:
	case -513:
	case -514:
	case -516:
		return -4;
	default:
		return ev->h.ret;
	}
}

/* success=yes; without meaning for a call that never returned. */
static inline bool event_succeeded(const struct event *ev)
{
	return ev->h.ret < -4095 || ev->h.ret >= 0;
}

/* Writing: event_begin, any number of event_put..., event_finish, which sets hdr.len. Errors stick to the buffer. */
struct event_writer {
	struct buf *to;
	size_t start; /* offset of the header in the buffer */
};

void event_begin(struct event_writer *w, struct buf *to, const struct evt_hdr *hdr);
void event_put(struct event_writer *w, enum evt_item_type type, const void *data, size_t len);
/* Its full path and that of the rules, if it has them, as items of their own behind it. */
void event_put_path(struct event_writer *w, const struct event_path *path);
void event_put_exe(
	struct event_writer *w, const struct evt_exe *exe, const char *path, size_t path_len);
void event_put_execve(struct event_writer *w, uint32_t argc, const char *strings, size_t len);
void event_put_fd_path(struct event_writer *w, int32_t fd, const char *path, size_t len);
void event_put_mark(struct event_writer *w, const struct evt_mark *mark, const char *rule_path,
	const char *present_path);
/* 0, or the buffer's error; the buffer is cut back to where the event began then. */
int event_finish(struct event_writer *w);

#endif
