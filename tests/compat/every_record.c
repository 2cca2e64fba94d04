/* SPDX-License-Identifier: MIT */
/*
 * One of each record that the core can make of an event, for the tools that read them.
 *
 *   every_record EVENTS AVC
 *
 * writes a replay file with an event for each item that becomes a record, and a log of the core's records of access
 * decisions, one of each kind.
 */
#include <errno.h>
#include <linux/audit.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/macros.h"
#include "core/kaudit_log.h"
#include "core/lsm_audit.h"
#include "event/event.h"
#include "event/replay_file.h"
#include "rule/rule_set.h"

#define FIRST_SECOND 1700000000
#define EXE          "/usr/local/bin/every"
#define I386         0x40000003u
#define I386_CALL    102 /* socketcall */

struct sample {
	enum evt_kind kind;
	uint32_t arch;
	int32_t nr;
	enum evt_item_type item;
	const void *data;
	size_t len;
};

static const int32_t fds[] = { 3, 4 };
static const struct sockaddr_in address = {
	.sin_family = AF_INET, .sin_port = 0x5000, .sin_addr.s_addr = 0x0100007f
};
static const struct {
	struct sockaddr_in6 in6;
} address6 = {
	{ .sin6_family = AF_INET6, .sin6_port = 0x1600, .sin6_addr.s6_addr = { [15] = 1 } }
};
static const char abstract[] = "\1\0\0abstract";
static const uint64_t socketcall[] = { 2, 0xbffff000, 16 };
static const struct evt_mmap map = { 3, 2 };
static const struct evt_openat2 how = { 02000000, 0640, 0x8 };
static const struct evt_bprm_fcaps fcaps = {
	.fp = 1 << 13, .fver = 2, .fe = 1, .pp = 1 << 13, .pe = 1 << 13
};
static const struct evt_obj_pid target = { 77, UINT32_MAX, 1000, UINT32_MAX, "target" };
static const struct {
	uint32_t argc, reserved;
	char strings[16];
} arguments = { 3, 0, "every\0a b\0plain" };
static const struct evt_ipc ipc = { 1000, 1000, 0640, 0, 0, 0, 0, 0, 0 };
static const struct evt_ipc ipc_set = { 1000, 1000, 0640, 1, 16384, 0, 0, 0666, 0 };
static const struct evt_mq_open mq_open = { 0102, 0600, { 0, 10, 8192, 0 } };
static const struct evt_mq_sendrecv mq_send = { 5, 3, 12, 1700000000, 5000 };
static const struct evt_mq_notify mq_notify = { 5, 10 };
static const struct evt_mq_getsetattr mq_attr = { 5, 0, { 04000, 10, 8192, 1 } };
static const struct evt_capset capset = { 101, 0, 0, 1 << 13, 1 << 13, 0 };
static const struct {
	uint32_t has_name, reserved;
	char name[8];
} module = { 1, 0, "ip_vs_rr" }; /* fills its place: no NUL */
static const struct evt_time_offset offset = { 1, -500 };
static const struct evt_ntp ntp = { EVT_NTP_FREQ, 0, 1, 2 };
static const struct evt_login login = { UINT32_MAX, 1000, UINT32_MAX, 7, 1, 0 };
static const struct {
	struct evt_tty_input head;
	char data[8];
} tty = { { .major = 136, .minor = 2 }, "ls -la\r\n" };
static const struct evt_bpf bpf = { 17, EVT_BPF_LOAD };
static const struct evt_event_listener listener = { 1, 1, 1, 0 };
static const struct evt_fanotify answer = { 2, 1, 0x3137, 0, 1, 0 };
static const struct evt_seccomp seccomp = { 31, AUDIT_ARCH_X86_64, 41, 0, 0, 0x401234 };
static const uint64_t abend = 11, link_op = EVT_ANOM_LINKAT, creat_op = EVT_ANOM_STICKY_CREATE;
static const struct {
	struct evt_avc head;
	char text[32];
} avc = { { .ino = 42,
		  .kind = 1,
		  .flags = EVT_AVC_NAME | EVT_AVC_INODE,
		  .perms_len = 4,
		  .name_len = 9,
		  .dev_len = 4,
		  .tail_len = 15 },
	"read/etc/filesda1tclass=file x=1" };
static const struct evt_uringop uringop = { 18, 0, 4 };
static const struct evt_lost lost = { 12, ENOMEM, 0 };

#define CALL(name, item, what)                                                                     \
	{                                                                                          \
		EVT_SYSCALL, AUDIT_ARCH_X86_64, SYS_##name, EVT_ITEM_##item, &(what), sizeof(what) \
	}
#define ASIDE(item, what)                                                                          \
	{                                                                                          \
		EVT_ASIDE, AUDIT_ARCH_X86_64, 0, EVT_ITEM_##item, &(what), sizeof(what)            \
	}

static const struct sample samples[] = {
	CALL(pipe2, FD_PAIR, fds),
	CALL(connect, SOCKADDR, address),
	CALL(connect, SOCKADDR, address6),
	CALL(connect, SOCKADDR, abstract),
	{ EVT_SYSCALL, I386, I386_CALL, EVT_ITEM_SOCKETCALL, socketcall, sizeof(socketcall) },
	CALL(mmap, MMAP, map),
	CALL(openat2, OPENAT2, how),
	CALL(execve, BPRM_FCAPS, fcaps),
	CALL(execve, EXECVE, arguments),
	CALL(kill, OBJ_PID, target),
	CALL(shmctl, IPC, ipc),
	CALL(msgctl, IPC, ipc_set),
	CALL(mq_open, MQ_OPEN, mq_open),
	CALL(mq_timedsend, MQ_SENDRECV, mq_send),
	CALL(mq_notify, MQ_NOTIFY, mq_notify),
	CALL(mq_getsetattr, MQ_GETSETATTR, mq_attr),
	CALL(capset, CAPSET, capset),
	CALL(finit_module, KERN_MODULE, module),
	CALL(clock_settime, TIME_OFFSET, offset),
	CALL(clock_adjtime, NTP, ntp),
	CALL(write, LOGIN, login),
	CALL(read, TTY_INPUT, tty),
	CALL(bpf, BPF, bpf),
	CALL(bind, EVENT_LISTENER, listener),
	CALL(openat, FANOTIFY, answer),
	CALL(socket, SECCOMP, seccomp),
	CALL(linkat, ANOM_LINK, link_op),
	CALL(openat, ANOM_CREAT, creat_op),
	CALL(openat, AVC, avc),
	CALL(io_uring_enter, URINGOP, uringop),
	ASIDE(ANOM_ABEND, abend),
	ASIDE(SECCOMP, seccomp),
	ASIDE(BPF, bpf),
	ASIDE(EVENT_LISTENER, listener),
	ASIDE(TTY_INPUT, tty),
	{ EVT_URING, AUDIT_ARCH_X86_64, 18, EVT_ITEM_CWD, "/", 1 },
	{ EVT_LOST, 0, 0, EVT_ITEM_LOST, &lost, sizeof(lost) },
};

static struct evt_hdr header(size_t n)
{
	return (struct evt_hdr){
		.flags = EVT_F_RETURNED,
		.time_sec = FIRST_SECOND + (int64_t)n,
		.time_nsec = 123000000,
		.tid = 101,
		.tgid = 101,
		.ppid = 100,
		.auid = 1000,
		.ses = 3,
		.comm = "every",
	};
}

static void put_path(struct event_writer *w, const char *name, uint8_t nametype, uint32_t mode)
{
	struct event_path path = {
		.f = { .ino = 1234,
			.dev_major = 0xfe,
			.mode = mode,
			.nametype = nametype,
			.shown_len = EVT_NAME_FULL,
			.flags = EVT_PATH_INODE },
		.name = { name, strlen(name) },
	};

	event_put_path(w, &path);
}

static int put_sample(struct replay_writer *to, struct buf *bytes, size_t n)
{
	static const struct evt_exe inode = { .ino = 5, .dev_major = 0xfe };
	const struct sample *sample = &samples[n];
	struct evt_hdr hdr = header(n);
	struct event_writer w;
	int r;

	hdr.kind = (uint16_t)sample->kind;
	hdr.arch = sample->arch;
	hdr.nr = sample->nr;
	buf_clear(bytes);
	event_begin(&w, bytes, &hdr);
	if (sample->kind != EVT_LOST) {
		event_put_exe(&w, &inode, EXE, strlen(EXE));
		event_put(&w, EVT_ITEM_TTY, "pts0", 4);
		event_put(&w, EVT_ITEM_PROCTITLE, "every\0a b", 9);
	}
	event_put(&w, sample->item, sample->data, sample->len);
	if (sample->kind == EVT_SYSCALL && sample->nr == SYS_openat) {
		event_put(&w, EVT_ITEM_CWD, "/tmp", 4);
		put_path(&w, "d", EVT_NAME_PARENT, 041777);
		put_path(&w, "d/a b", EVT_NAME_NORMAL, 0100644);
	}
	r = event_finish(&w);
	if (!r)
		replay_writer_put(to, bytes->data, bytes->len);
	return r;
}

static int write_events(const char *path)
{
	struct buf bytes = BUF_NULL;
	struct replay_writer *to;
	int r = replay_writer_open(&to, path), closed;

	for (size_t i = 0; !r && i < ARRAY_SIZE(samples); i++)
		r = put_sample(to, &bytes, i);
	buf_deinit(&bytes);
	if (r)
		return r;
	closed = replay_writer_close(to);
	return closed;
}

/* ---- access decisions ---- */

#define VIEW(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

static const struct lsm_object object = {
	.name = VIEW("/etc/shadow"), .has_inode = true, .dev = VIEW("sda1"), .ino = 99
};
static const struct lsm_ends ends = { .family = AF_INET,
	.here = { 127, 0, 0, 1 },
	.there = { 10, 0, 0, 1 },
	.here_port = 22,
	.there_port = 40000 };

static const struct common_audit_data decisions[] = {
	{ .kind = LSM_AUDIT_DATA_PATH, .object = object },
	{ .kind = LSM_AUDIT_DATA_NET,
		.net = { .socket = ends, .packet = ends, .netif = VIEW("eth0") } },
	{ .kind = LSM_AUDIT_DATA_CAP, .cap = 12 },
	{ .kind = LSM_AUDIT_DATA_IPC, .ipc_key = 17 },
	{ .kind = LSM_AUDIT_DATA_TASK, .task = { 77, VIEW("target") } },
	{ .kind = LSM_AUDIT_DATA_KEY, .key = { 5, VIEW("a key") } },
	{ .kind = LSM_AUDIT_DATA_NONE },
	{ .kind = LSM_AUDIT_DATA_KMOD, .kmod = VIEW("dummy") },
	{ .kind = LSM_AUDIT_DATA_INODE, .object = object },
	{ .kind = LSM_AUDIT_DATA_DENTRY, .object = object },
	{ .kind = LSM_AUDIT_DATA_IOCTL_OP, .ioctl = { object, 0x5401 } },
	{ .kind = LSM_AUDIT_DATA_FILE, .object = object },
	{ .kind = LSM_AUDIT_DATA_IBPKEY, .ibpkey = { { 0xfe, 0x80 }, 7 } },
	{ .kind = LSM_AUDIT_DATA_IBENDPORT, .ibendport = { VIEW("mlx0"), 1 } },
	{ .kind = LSM_AUDIT_DATA_LOCKDOWN, .lockdown_reason = 1 },
	{ .kind = LSM_AUDIT_DATA_NOTIFICATION },
	{ .kind = LSM_AUDIT_DATA_ANONINODE, .anonclass = VIEW("[io_uring]") },
	{ .kind = LSM_AUDIT_DATA_NLMSGTYPE, .nlmsg_type = 16 },
};

static int put_line(void *userdata, const struct kaudit_record *record)
{
	return fprintf(userdata, "type=AVC msg=%.*s\n", (int)record->len, record->text) < 0 ? -EIO
											    : 0;
}

static void say_first(struct audit_buffer *ab, void *userdata)
{
	(void)userdata;
	kaudit_log_format(ab, "avc:  denied  { read write } for ");
}

static void say_last(struct audit_buffer *ab, void *userdata)
{
	(void)userdata;
	kaudit_log_format(ab, " scontext=system_u:system_r:every_t:s0 "
			      "tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0");
}

static int write_decisions(FILE *log)
{
	struct rule_set *rules = NULL;
	struct kaudit *audit = NULL;
	struct event who = { 0 };
	int r = rule_set_new(&rules);

	if (!r)
		r = kaudit_new(&audit, rules, put_line, log);
	for (size_t i = 0; !r && i < ARRAY_SIZE(decisions); i++) {
		who.h = header(1000 + i);
		r = common_lsm_audit(audit, &who, &decisions[i], say_first, say_last, NULL);
	}
	kaudit_free(audit);
	rule_set_free(rules);
	return r;
}

int main(int argc, char **argv)
{
	FILE *log;
	int r;

	if (argc != 3) {
		fputs("usage: every_record EVENTS AVC\n", stderr);
		return 2;
	}
	log = fopen(argv[2], "we");
	r = log ? write_decisions(log) : -errno;
	if (log && fclose(log) && !r)
		r = -errno;
	if (!r)
		r = write_events(argv[1]);
	if (r)
		fprintf(stderr, "every_record: %s\n", strerror(-r));
	return r ? 1 : 0;
}
