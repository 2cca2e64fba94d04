// SPDX-License-Identifier: MIT
#include "printf_records.h"

#include <linux/audit.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#define NSEC_PER_MSEC 1000000u

/* A record in the making; no sample is longer. */
struct text {
	const struct event *ev;
	uint32_t serial;
	uint16_t type;
	size_t len;
	char data[8192];
};

static void _printf_(2, 3) format(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += (size_t)vsnprintf(t->data + t->len, sizeof(t->data) - t->len, fmt, args);
	va_end(args);
}

static void untrusted(struct text *t, struct view s)
{
	bool hex = false;

	if (!s.p) {
		format(t, "(null)");
		return;
	}
	for (size_t i = 0; i < s.len && !hex; i++) {
		unsigned char c = (unsigned char)s.p[i];

		hex = c == '"' || c < 0x21 || c > 0x7e;
	}
	if (!hex)
		t->data[t->len++] = '"';
	for (size_t i = 0; i < s.len; i++) {
		if (hex) {
			t->data[t->len++] = "0123456789ABCDEF"[(unsigned char)s.p[i] >> 4];
			t->data[t->len++] = "0123456789ABCDEF"[s.p[i] & 15];
		} else {
			t->data[t->len++] = s.p[i];
		}
	}
	if (!hex)
		t->data[t->len++] = '"';
}

static void start(struct text *t, uint16_t type)
{
	const struct evt_hdr *h = &t->ev->h;

	t->type = type;
	t->len = 0;
	format(t, "audit(%llu.%03lu:%u): ", (unsigned long long)h->time_sec,
		(unsigned long)(h->time_nsec / NSEC_PER_MSEC), t->serial);
}

static int end(const struct text *t, kaudit_sink_fn sink, void *userdata)
{
	const struct kaudit_record record = {
		.type = t->type,
		.source = (uint8_t)t->ev->h.source,
		.time_sec = t->ev->h.time_sec,
		.time_msec = t->ev->h.time_nsec / NSEC_PER_MSEC,
		.serial = t->serial,
		.text = t->data,
		.len = t->len,
	};

	return sink(userdata, &record);
}

static void syscall_record(struct text *t)
{
	const struct event *ev = t->ev;
	const struct evt_hdr *h = &ev->h;

	format(t, "arch=%x syscall=%d", h->arch, h->nr);
	if (h->pers)
		format(t, " per=%x", h->pers);
	if (h->flags & EVT_F_RETURNED)
		format(t, " success=%s exit=%ld", event_succeeded(ev) ? "yes" : "no",
			(long)event_return_code(ev));
	format(t, " a0=%lx a1=%lx a2=%lx a3=%lx items=%d", (long)h->args[0], (long)h->args[1],
		(long)h->args[2], (long)h->args[3], (int)ev->n_paths);
	format(t,
		" ppid=%d pid=%d auid=%u uid=%u gid=%u euid=%u suid=%u fsuid=%u egid=%u sgid=%u"
		" fsgid=%u tty=%.*s ses=%u",
		(int)h->ppid, (int)h->tgid, h->auid, h->uid, h->gid, h->euid, h->suid, h->fsuid,
		h->egid, h->sgid, h->fsgid, ev->tty.p ? (int)ev->tty.len : 6,
		ev->tty.p ? ev->tty.p : "(none)", h->ses);
	format(t, " comm=");
	untrusted(t, (struct view){ h->comm, strnlen(h->comm, sizeof(h->comm)) });
	format(t, " exe=");
	untrusted(t, ev->exe);
	format(t, " key=(null)");
}

static void execve_record(struct text *t)
{
	const char *arg = t->ev->argv.p;

	format(t, "argc=%d", (int)t->ev->argc);
	for (uint32_t i = 0; i < t->ev->argc; i++) {
		size_t len = strlen(arg);

		format(t, " a%d=", (int)i);
		untrusted(t, (struct view){ arg, len });
		arg += len + 1;
	}
}

static void sockaddr_record(struct text *t)
{
	const unsigned char *p = (const unsigned char *)t->ev->sockaddr.p;

	format(t, "saddr=");
	for (size_t i = 0; i < t->ev->sockaddr.len; i++) {
		t->data[t->len++] = "0123456789ABCDEF"[p[i] >> 4];
		t->data[t->len++] = "0123456789ABCDEF"[p[i] & 15];
	}
}

static void capability(struct text *t, const char *name, uint64_t set)
{
	if (set)
		format(t, " %s=%016llx", name, (unsigned long long)set);
	else
		format(t, " %s=0", name);
}

static void path_record(struct text *t, size_t item)
{
	static const char *const nametypes[] = { "UNKNOWN", "NORMAL", "PARENT", "DELETE",
		"CREATE" };
	const struct event_path *path = &t->ev->paths[item];
	struct view name = path->name;

	if (path->f.shown_len != EVT_NAME_FULL)
		name.len = (size_t)path->f.shown_len;
	format(t, "item=%d", (int)item);
	format(t, " name=");
	untrusted(t, name);
	if (path->f.flags & EVT_PATH_INODE)
		format(t, " inode=%lu dev=%02x:%02x mode=%#ho ouid=%u ogid=%u rdev=%02x:%02x",
			(unsigned long)path->f.ino, path->f.dev_major, path->f.dev_minor,
			(unsigned short)path->f.mode, path->f.uid, path->f.gid, path->f.rdev_major,
			path->f.rdev_minor);
	format(t, " nametype=%s", nametypes[path->f.nametype]);
	capability(t, "cap_fp", path->f.cap_fp);
	capability(t, "cap_fi", path->f.cap_fi);
	format(t, " cap_fe=%d cap_fver=%x cap_frootid=%d", path->f.cap_fe, path->f.cap_fver,
		path->f.cap_frootid);
}

static void proctitle_record(struct text *t)
{
	format(t, "proctitle=");
	untrusted(t, t->ev->proctitle);
}

int printf_records(const struct event *ev, uint32_t serial, kaudit_sink_fn sink, void *userdata)
{
	struct text t; /* not cleared: it is long */
	int r;

	t.ev = ev;
	t.serial = serial;
	start(&t, AUDIT_SYSCALL);
	syscall_record(&t);
	r = end(&t, sink, userdata);
	if (r == 0 && (ev->specials & EVENT_ITEM_BIT(EVT_ITEM_EXECVE))) {
		start(&t, AUDIT_EXECVE);
		execve_record(&t);
		r = end(&t, sink, userdata);
	}
	if (r == 0 && ev->sockaddr.p) {
		start(&t, AUDIT_SOCKADDR);
		sockaddr_record(&t);
		r = end(&t, sink, userdata);
	}
	if (r == 0 && ev->n_paths) {
		start(&t, AUDIT_CWD);
		format(&t, "cwd=");
		untrusted(&t, ev->cwd);
		r = end(&t, sink, userdata);
	}
	for (size_t i = 0; r == 0 && i < ev->n_paths; i++) {
		start(&t, AUDIT_PATH);
		path_record(&t, i);
		r = end(&t, sink, userdata);
	}
	if (r < 0)
		return r;
	start(&t, AUDIT_PROCTITLE);
	proctitle_record(&t);
	r = end(&t, sink, userdata);
	if (r < 0)
		return r;
	start(&t, AUDIT_EOE);
	return end(&t, sink, userdata);
}
