// SPDX-License-Identifier: MIT
/*
 * The samples of the fuzz target "event" that are made by a program: one event for each type of item, and a few that have
 * several. With --check, which is a test, says whether the committed samples are those, and each type of item is in one.
 *
 * usage: event_seeds [--check] DIRECTORY
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "event/event.h"

#define SEED_MAX ((size_t)65536) /* bytes */

static const struct evt_path path = {
	.ino = 357,
	.dev_major = 254,
	.mode = S_IFREG | 0644,
	.shown_len = 2,
	.name_len = 3,
	.resolved_len = 8,
	.nametype = EVT_NAME_CREATE,
	.flags = EVT_PATH_NAMED | EVT_PATH_INODE | EVT_PATH_RESOLVED,
};
static const struct evt_exe exe = { .ino = 77, .dev_major = 254 };
static const int32_t pair[2] = { 3, -1 };
static const struct evt_openat2 how = { .flags = 0x241, .mode = 0644, .resolve = 8 };
static const struct evt_bprm_fcaps fcaps = { .fp = 1, .pe = 2, .fver = 3, .fe = 1 };
static const struct evt_obj_pid target = { .pid = 7, .auid = 1, .uid = 2, .comm = "a target" };
static const uint32_t groups[3] = { 0, 100, 4294967294u };
static const uint64_t socketcall[3] = { 2, 1, 0 };
static const struct evt_mark mark = {
	.ino = 9, .kind = EVT_MARK_TREE, .bound = 1, .rule_len = 4, .present_len = 5
};
static const struct evt_lost lost = { .count = 12, .reason = ENOMEM };
static const struct evt_ipc ipc = { .uid = 1, .mode = 0600, .has_perm = 1, .qbytes = 4096 };
static const struct evt_mq_open mq_open = {
	.oflag = O_CREAT, .mode = 0600, .attr = { .maxmsg = 10 }
};
static const struct evt_mq_sendrecv mq_sendrecv = { .mqdes = 3, .msg_len = 5, .timeout_sec = 1 };
static const struct evt_mq_notify mq_notify = { .mqdes = 3, .signo = 10 };
static const struct evt_mq_getsetattr mq_attr = { .mqdes = 3, .attr = { .curmsgs = 1 } };
static const struct evt_capset capset = { .pid = 101, .effective = 0x21 };
static const uint32_t has_name[2] = { 1, 0 };
static const struct evt_time_offset time_offset = { .sec = -1, .nsec = 999999999 };
static const struct evt_ntp ntp = { .op = EVT_NTP_FREQ, .old = -5, .now = 6 };
static const struct evt_login login = { .old_auid = UINT32_MAX, .auid = 1000, .ses = 3, .res = 1 };
static const struct evt_tty_input tty_input = { .major = 136, .minor = 2 };
static const struct evt_bpf bpf = { 17, EVT_BPF_LOAD };
static const struct evt_event_listener listener = { .group = 1, .is_connect = 1, .res = 1 };
static const struct evt_fanotify fanotify = { .resp = 2, .fan_type = 1, .fan_info = 0xabc };
static const struct evt_seccomp seccomp = { .sig = 31, .arch = 0x40000003, .nr = 39, .compat = 1 };
static const uint64_t segv = 11, follow = EVT_ANOM_FOLLOW_LINK, fifo = EVT_ANOM_STICKY_CREATE_FIFO;
static const struct evt_anom_promiscuous promiscuous = { .device = "eth0", .is_now = 1 };
static const struct evt_uringop uringop = { .op = 18, .ret = -2 };
static const struct evt_fd_path fd_path = { .fd = 3 };
static const struct evt_times times = {
	.sec = 1700000000, .nsec = 123456789, .has_duration = 1, .duration_nsec = 5000
};
static const struct evt_avc avc = { .ino = 7,
	.kind = 1,
	.flags = EVT_AVC_NAME | EVT_AVC_INODE,
	.perms_len = 10,
	.name_len = 6,
	.dev_len = 4,
	.tail_len = 11 };
static const struct evt_namespaces namespaces = { .mnt = 4026531841, .pid = 4026531836 };
static const struct evt_kernel_record denied = { .type = 1400 };
static const struct evt_mmap map = { .fd = 3, .flags = 2 };

/* Each item: a struct (or nothing), and bytes behind it. */
#define STRUCT(s)     &(s), sizeof(s)
#define NO_STRUCT     NULL, 0
#define TEXT(literal) literal, sizeof(literal) - 1

static const struct seed {
	enum evt_item_type type;
	const char *name; /* of the file */
	uint16_t kind;    /* of the event */
	const void *head;
	size_t head_len;
	const char *text;
	size_t text_len;
} seeds[] = {
	{ EVT_ITEM_CWD, "cwd", EVT_SYSCALL, NO_STRUCT, TEXT("/srv/a b") },
	{ EVT_ITEM_PATH, "path", EVT_SYSCALL, STRUCT(path), TEXT("d/f/srv/d/f") },
	{ EVT_ITEM_EXE, "exe", EVT_SYSCALL, STRUCT(exe), TEXT("/bin/demo") },
	{ EVT_ITEM_TTY, "tty", EVT_SYSCALL, NO_STRUCT, TEXT("pts0") },
	{ EVT_ITEM_PROCTITLE, "proctitle", EVT_SYSCALL, NO_STRUCT, TEXT("a\0b\0") },
	{ EVT_ITEM_EXECVE, "execve", EVT_SYSCALL, NO_STRUCT, TEXT("\3\0\0\0\0\0\0\0a\0\0b c\0") },
	{ EVT_ITEM_SOCKADDR, "sockaddr", EVT_SYSCALL, NO_STRUCT, TEXT("\2\0\0\120\177\0\0\1") },
	{ EVT_ITEM_FD_PAIR, "fd_pair", EVT_SYSCALL, STRUCT(pair), TEXT("") },
	{ EVT_ITEM_MMAP, "mmap", EVT_SYSCALL, STRUCT(map), TEXT("") },
	{ EVT_ITEM_OPENAT2, "openat2", EVT_SYSCALL, STRUCT(how), TEXT("") },
	{ EVT_ITEM_BPRM_FCAPS, "bprm_fcaps", EVT_SYSCALL, STRUCT(fcaps), TEXT("") },
	{ EVT_ITEM_OBJ_PID, "obj_pid", EVT_SYSCALL, STRUCT(target), TEXT("") },
	{ EVT_ITEM_GROUPS, "groups", EVT_SYSCALL, STRUCT(groups), TEXT("") },
	{ EVT_ITEM_SUBJ, "subj", EVT_SYSCALL, NO_STRUCT, TEXT("unconfined (enforce)") },
	{ EVT_ITEM_SOCKETCALL, "socketcall", EVT_SYSCALL, STRUCT(socketcall), TEXT("") },
	{ EVT_ITEM_MARK, "tree_mark", EVT_MARK, STRUCT(mark), TEXT("/old/new2") },
	{ EVT_ITEM_LOST, "lost_some", EVT_LOST, STRUCT(lost), TEXT("") },
	{ EVT_ITEM_IPC, "ipc", EVT_SYSCALL, STRUCT(ipc), TEXT("") },
	{ EVT_ITEM_MQ_OPEN, "mq_open", EVT_SYSCALL, STRUCT(mq_open), TEXT("") },
	{ EVT_ITEM_MQ_SENDRECV, "mq_sendrecv", EVT_SYSCALL, STRUCT(mq_sendrecv), TEXT("") },
	{ EVT_ITEM_MQ_NOTIFY, "mq_notify", EVT_SYSCALL, STRUCT(mq_notify), TEXT("") },
	{ EVT_ITEM_MQ_GETSETATTR, "mq_getsetattr", EVT_SYSCALL, STRUCT(mq_attr), TEXT("") },
	{ EVT_ITEM_CAPSET, "capset", EVT_SYSCALL, STRUCT(capset), TEXT("") },
	{ EVT_ITEM_KERN_MODULE, "kern_module", EVT_SYSCALL, STRUCT(has_name), TEXT("a module") },
	{ EVT_ITEM_TIME_OFFSET, "time_offset", EVT_SYSCALL, STRUCT(time_offset), TEXT("") },
	{ EVT_ITEM_NTP, "ntp", EVT_SYSCALL, STRUCT(ntp), TEXT("") },
	{ EVT_ITEM_LOGIN, "login", EVT_SYSCALL, STRUCT(login), TEXT("") },
	{ EVT_ITEM_TTY_INPUT, "tty_input", EVT_ASIDE, STRUCT(tty_input), TEXT("ls\x7f\r") },
	{ EVT_ITEM_BPF, "bpf", EVT_ASIDE, STRUCT(bpf), TEXT("") },
	{ EVT_ITEM_EVENT_LISTENER, "event_listener", EVT_SYSCALL, STRUCT(listener), TEXT("") },
	{ EVT_ITEM_FANOTIFY, "fanotify", EVT_SYSCALL, STRUCT(fanotify), TEXT("") },
	{ EVT_ITEM_SECCOMP, "seccomp", EVT_SYSCALL, STRUCT(seccomp), TEXT("") },
	{ EVT_ITEM_ANOM_ABEND, "anom_abend", EVT_ASIDE, STRUCT(segv), TEXT("") },
	{ EVT_ITEM_ANOM_LINK, "anom_link", EVT_SYSCALL, STRUCT(follow), TEXT("") },
	{ EVT_ITEM_ANOM_CREAT, "anom_creat", EVT_SYSCALL, STRUCT(fifo), TEXT("") },
	{ EVT_ITEM_URINGOP, "uringop", EVT_SYSCALL, STRUCT(uringop), TEXT("") },
	{ EVT_ITEM_FULL_PATH, "full_path", EVT_SYSCALL, NO_STRUCT, TEXT("/srv/d/f") },
	{ EVT_ITEM_FD_PATH, "fd_path", EVT_SYSCALL, STRUCT(fd_path), TEXT("/srv/d") },
	{ EVT_ITEM_TIMES, "times", EVT_SYSCALL, STRUCT(times), TEXT("") },
	{ EVT_ITEM_CGROUP, "cgroup", EVT_SYSCALL, NO_STRUCT, TEXT("/user.slice/a b") },
	{ EVT_ITEM_AVC, "avc", EVT_SYSCALL, STRUCT(avc), TEXT("read write/srv/fsda1tclass=file") },
	{ EVT_ITEM_ANOM_PROMISCUOUS, "promiscuous", EVT_SYSCALL, STRUCT(promiscuous), TEXT("") },
	{ EVT_ITEM_NAMESPACES, "namespaces", EVT_SYSCALL, STRUCT(namespaces), TEXT("") },
	{ EVT_ITEM_KERNEL_RECORD, "kernel_record", EVT_ASIDE, STRUCT(denied),
		TEXT("apparmor=\"DENIED\"") },
	{ EVT_ITEM_TREE_PATH, "tree_path", EVT_SYSCALL, NO_STRUCT, TEXT("/srv/root/d/f") },
};

_Static_assert(ARRAY_SIZE(seeds) == _EVT_ITEM_MAX - 1, "every type of item has a sample");

static void begin(struct event_writer *w, struct buf *to, uint16_t kind)
{
	struct evt_hdr h = {
		.kind = kind,
		.flags = EVT_F_RETURNED,
		.arch = 0xc000003e,
		.time_sec = 1700000000,
		.time_nsec = 123456789,
		.nr = kind == EVT_URING ? 18 : 59,
		.tid = 101,
		.tgid = 101,
		.ppid = 100,
		.auid = UINT32_MAX,
		.ses = UINT32_MAX,
		.comm = "demo",
	};

	event_begin(w, to, &h);
}

static void put(struct event_writer *w, const struct seed *seed)
{
	char payload[256];

	if (seed->head_len)
		memcpy(payload, seed->head, seed->head_len);
	memcpy(payload + seed->head_len, seed->text, seed->text_len);
	event_put(w, seed->type, payload, seed->head_len + seed->text_len);
}

/* All items of the kind in one event. */
static void put_all(struct buf *to, uint16_t kind, uint16_t of_kind)
{
	struct event_writer w;

	begin(&w, to, kind);
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++)
		if (seeds[i].kind == of_kind)
			put(&w, &seeds[i]);
	(void)event_finish(&w);
}

static int complain(const char *where, const char *what)
{
	fprintf(stderr, "%s: %s\n", where, what);
	return 1;
}

/* Writes the file, or says whether it is the same. */
static int settle(const char *dir, const char *name, const struct buf *bytes, bool check)
{
	static char there[SEED_MAX];
	_cleanup_fclose_ FILE *file = NULL;
	struct event ev = { 0 };
	char path_name[4096];
	size_t used;

	(void)snprintf(path_name, sizeof(path_name), "%s/%s", dir, name);
	if (buf_error(bytes) || event_decode(&ev, bytes->data, bytes->len, &used) < 0)
		return complain(path_name, "the sample is no event");
	event_deinit(&ev);
	file = fopen(path_name, check ? "re" : "we");
	if (!file)
		return complain(path_name, strerror(errno));
	if (!check)
		return fwrite(bytes->data, 1, bytes->len, file) == bytes->len
			       ? 0
			       : complain(path_name, "cannot be written");
	if (fread(there, 1, sizeof(there), file) != bytes->len ||
		memcmp(there, bytes->data, bytes->len) != 0)
		return complain(path_name, "is another sample: run event_seeds without --check");
	return 0;
}

int main(int argc, char **argv)
{
	bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	static const struct {
		const char *name;
		uint16_t kind, of_kind;
	} many[] = {
		{ "all_of_a_call", EVT_SYSCALL, EVT_SYSCALL },
		{ "all_aside", EVT_ASIDE, EVT_ASIDE },
		{ "uring", EVT_URING, EVT_SYSCALL },
		{ "task_free", EVT_TASK_FREE, EVT_TASK_FREE },
	};
	struct buf bytes = BUF_NULL;
	struct event_writer w;
	int status = 0;

	if (argc != 2 && !check)
		return complain(argv[0], "usage: event_seeds [--check] DIRECTORY");
	for (size_t i = 0; i < ARRAY_SIZE(seeds); i++) {
		if (seeds[i].type != (enum evt_item_type)(i + 1))
			status = complain(seeds[i].name, "is not in its place");
		buf_clear(&bytes);
		begin(&w, &bytes, seeds[i].kind);
		/* of the path before it */
		if (seeds[i].type == EVT_ITEM_FULL_PATH || seeds[i].type == EVT_ITEM_TREE_PATH)
			put(&w, &seeds[EVT_ITEM_PATH - 1]);
		put(&w, &seeds[i]);
		(void)event_finish(&w);
		status |= settle(argv[argc - 1], seeds[i].name, &bytes, check);
	}
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		buf_clear(&bytes);
		put_all(&bytes, many[i].kind, many[i].of_kind);
		status |= settle(argv[argc - 1], many[i].name, &bytes, check);
	}
	buf_deinit(&bytes);
	return status;
}
