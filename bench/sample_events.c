// SPDX-License-Identifier: MIT
#include "sample_events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/macros.h"
#include "event/event.h"
#include "event/replay_file.h"

#define LITERAL(text) text, sizeof(text) - 1

/* What differs from event to event, so that no two texts are the same: a counter, and numbers that follow from it. */
struct sample {
	struct buf bytes;
	struct event_writer w;
	uint32_t n;
};

static uint32_t vary(const struct sample *s, uint32_t range)
{
	return s->n * 2654435761u % range;
}

static void begin(struct sample *s, const char *comm, int nr, int64_t ret, const uint64_t *args)
{
	struct evt_hdr h = {
		.kind = EVT_SYSCALL,
		.flags = EVT_F_RETURNED,
		.arch = AUDIT_ARCH_X86_64,
		.time_sec = 1700000000 + s->n / 100,
		.time_nsec = s->n % 100 * 10000000u + 123456u,
		.nr = nr,
		.ret = ret,
		.tid = 20000 + vary(s, 10000),
		.ppid = 1 + vary(s, 20000),
		.uid = 1000,
		.gid = 1000,
		.euid = 1000,
		.suid = 1000,
		.fsuid = 1000,
		.egid = 1000,
		.sgid = 1000,
		.fsgid = 1000,
		.auid = 1000,
		.ses = 3,
		.source = EVT_SRC_REPLAY,
	};

	h.tgid = h.tid;
	memcpy(h.args, args, sizeof(h.args));
	(void)snprintf(h.comm, sizeof(h.comm), "%s", comm);
	buf_clear(&s->bytes);
	event_begin(&s->w, &s->bytes, &h);
	event_put(&s->w, EVT_ITEM_TTY, LITERAL("pts0"));
}

static void put_path(
	struct sample *s, const char *name, int32_t shown_len, uint8_t nametype, mode_t mode)
{
	struct event_path path = {
		.f = {
			.ino = 100000 + vary(s, 900000),
			.dev_major = 254,
			.dev_minor = 1,
			.mode = mode,
			.uid = 1000,
			.gid = 1000,
			.shown_len = shown_len,
			.nametype = nametype,
			.flags = mode ? EVT_PATH_INODE : 0,
		},
		.name = { name, strlen(name) },
	};

	event_put_path(&s->w, &path);
}

/* argv: strings with a NUL behind each but the last. */
static void put_task(struct sample *s, const char *exe, const char *argv, size_t len)
{
	struct evt_exe inode = { .ino = 1234567, .dev_major = 254, .dev_minor = 1 };

	event_put_exe(&s->w, &inode, exe, strlen(exe));
	event_put(
		&s->w, EVT_ITEM_PROCTITLE, argv, len < EVT_PROCTITLE_MAX ? len : EVT_PROCTITLE_MAX);
}

static void put_cwd(struct sample *s)
{
	event_put(&s->w, EVT_ITEM_CWD, LITERAL("/home/user/src/project"));
}

static void openat_file(struct sample *s)
{
	const uint64_t args[EVT_ARGS] = { (uint32_t)AT_FDCWD, 0x7ffc1a2b3000 + vary(s, 4096),
		O_CLOEXEC };
	char name[64];

	/* a library that is looked for in several directories is not in each of them */
	bool is_there = s->n % 4 != 0;

	begin(s, "python3", SYS_openat, is_there ? 3 : -ENOENT, args);
	(void)snprintf(
		name, sizeof(name), "/usr/lib/python3/dist-packages/module%u.py", vary(s, 1000));
	put_cwd(s);
	put_path(s, name, EVT_NAME_FULL, is_there ? EVT_NAME_NORMAL : EVT_NAME_UNKNOWN,
		is_there ? S_IFREG | 0644 : 0);
	put_task(s, "/usr/bin/python3.11", LITERAL("python3\0tool.py\0--verbose\0input.txt"));
}

static void openat_create(struct sample *s)
{
	const uint64_t args[EVT_ARGS] = { (uint32_t)AT_FDCWD, 0x55d0c0a0b000 + vary(s, 4096),
		O_WRONLY | O_CREAT | O_TRUNC, 0666 };
	char name[64];

	begin(s, "cc1", SYS_openat, 4, args);
	(void)snprintf(name, sizeof(name), "build/object%u.o", vary(s, 1000));
	put_cwd(s);
	put_path(s, name, (int32_t)sizeof("build/") - 1, EVT_NAME_PARENT, S_IFDIR | 0755);
	put_path(s, name, EVT_NAME_FULL, EVT_NAME_CREATE, S_IFREG | 0644);
	put_task(s, "/usr/lib/gcc/x86_64-linux-gnu/12/cc1",
		LITERAL("cc1\0-quiet\0-O2\0-o\0build/object.o\0source.c"));
}

static void execve_compiler(struct sample *s)
{
	static const char argv[] = "gcc\0-std=gnu17\0-O2\0-g\0-Wall\0-Wextra\0-Iinclude\0"
				   "-DNAME=\"project\"\0-c\0source.c\0-o\0build/object.o";
	const uint64_t args[EVT_ARGS] = { 0x55d0c0a0b000 + vary(s, 4096), 0x55d0c0a0c000,
		0x55d0c0a0d000 };

	begin(s, "gcc", SYS_execve, 0, args);
	put_cwd(s);
	put_path(s, "/usr/bin/gcc", EVT_NAME_FULL, EVT_NAME_NORMAL, S_IFREG | 0755);
	put_path(s, "/lib64/ld-linux-x86-64.so.2", EVT_NAME_FULL, EVT_NAME_NORMAL, S_IFREG | 0755);
	event_put_execve(&s->w, 12, argv, sizeof(argv));
	put_task(s, "/usr/bin/x86_64-linux-gnu-gcc-12", argv, sizeof(argv) - 1);
}

static void connect_inet(struct sample *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(443) };
	const uint64_t args[EVT_ARGS] = { 5, 0x7ffc1a2b3000 + vary(s, 4096), sizeof(to) };

	to.sin_addr.s_addr = htonl(0xc0000200u + vary(s, 256)); /* a documentation address */
	begin(s, "curl", SYS_connect, -EINPROGRESS, args);
	event_put(&s->w, EVT_ITEM_SOCKADDR, &to, sizeof(to));
	put_task(s, "/usr/bin/curl", LITERAL("curl\0-fsSL\0https://example.org/file"));
}

static void rename_file(struct sample *s)
{
	const uint64_t args[EVT_ARGS] = { 0x55d0c0a0b000 + vary(s, 4096), 0x55d0c0a0c000 };
	char from[64], to[64];

	begin(s, "dpkg", SYS_rename, 0, args);
	(void)snprintf(from, sizeof(from), "/var/lib/dpkg/info/package%u.list-new", vary(s, 1000));
	(void)snprintf(to, sizeof(to), "/var/lib/dpkg/info/package%u.list", vary(s, 1000));
	put_cwd(s);
	put_path(s, from, (int32_t)sizeof("/var/lib/dpkg/info/") - 1, EVT_NAME_PARENT,
		S_IFDIR | 0755);
	put_path(
		s, to, (int32_t)sizeof("/var/lib/dpkg/info/") - 1, EVT_NAME_PARENT, S_IFDIR | 0755);
	put_path(s, from, EVT_NAME_FULL, EVT_NAME_DELETE, S_IFREG | 0644);
	put_path(s, to, EVT_NAME_FULL, EVT_NAME_CREATE, S_IFREG | 0644);
	put_task(s, "/usr/bin/dpkg", LITERAL("dpkg\0--unpack\0package.deb"));
}

static void exit_group(struct sample *s)
{
	const uint64_t args[EVT_ARGS] = { s->n % 2 };

	begin(s, "sh", SYS_exit_group, 0, args);
	/* it does not return */
	((struct evt_hdr *)(void *)(s->bytes.data + s->w.start))->flags &=
		~(uint32_t)EVT_F_RETURNED;
	put_task(s, "/usr/bin/dash", LITERAL("sh\0-c\0make all"));
}

static const struct {
	const char *name;
	void (*put)(struct sample *s);
	unsigned
		share; /* of 20 events of the mixture: a build, as the rules of the tests select it */
} kinds[] = {
	{ "openat", openat_file, 10 },
	{ "create", openat_create, 2 },
	{ "execve", execve_compiler, 3 },
	{ "connect", connect_inet, 2 },
	{ "rename", rename_file, 1 },
	{ "exit_group", exit_group, 2 },
};

/* kind -1: the mixture */
static void put_one(struct sample *s, int kind)
{
	unsigned at = s->n * 7 % 20; /* takes every value, and not in a row */

	if (kind < 0)
		for (kind = 0; at >= kinds[kind].share; kind++)
			at -= kinds[kind].share;
	kinds[kind].put(s);
}

static int write_file(const char *dir, const char *name, int kind, unsigned n_events)
{
	struct sample s = { .bytes = BUF_NULL };
	struct replay_writer *writer;
	char path[4096];
	int r, closed;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	r = replay_writer_open(&writer, path);
	if (r < 0)
		return r;
	for (s.n = 0; s.n < n_events && r == 0; s.n++) {
		put_one(&s, kind);
		r = event_finish(&s.w);
		if (r == 0)
			replay_writer_put(writer, s.bytes.data, s.bytes.len);
	}
	closed = replay_writer_close(writer);
	buf_deinit(&s.bytes);
	puts(name);
	return r < 0 ? r : closed;
}

int sample_events_write(const char *dir, unsigned n_events)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && r == 0; i++)
		r = write_file(dir, kinds[i].name, (int)i, n_events);
	return r < 0 ? r : write_file(dir, "mixture", -1, n_events);
}
