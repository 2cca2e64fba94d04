/* SPDX-License-Identifier: MIT */
/*
 * One program for all rule sets of tests/differential/filter_rules: calls that differ in result, ids, arguments,
 * addresses, and in owner, type and device of what they name, so that every field of a rule divides them.
 */
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <stdlib.h>
#include <sys/un.h>

#include "cases.h"

/*
 * With an argument, N: each call waits so many million ticks of the processor's clock, without a call, so that who looks at files
 * after the calls sees what each has found and left.
 */
static unsigned long long pause_ticks;

static long paused(long result)
{
	unsigned long long begin = __builtin_ia32_rdtsc();
	int error = errno;

	while (__builtin_ia32_rdtsc() - begin < pause_ticks)
		;
	errno = error;
	return result;
}

#undef CALL
#define CALL(call, ...) paused(syscall(SYS_##call, ##__VA_ARGS__))

static void ids(void)
{
	static const gid_t groups[] = { 44, 55 };

	CALL(setgroups, 2, groups);
	CALL(setresgid, 11, 12, 13);
}

static void opens(void)
{
	struct open_how how = { .flags = O_WRONLY };
	int fd = (int)CALL(openat, AT_FDCWD, "reg", O_CREAT | O_RDWR | O_TRUNC, 0644);

	CALL(write, fd, "x", 1);
	CALL(close, fd);
	CALL(chown, "reg", 1000, 1001);
	CALL(open, "missing", O_RDONLY);
	CALL(open, "missing/x", O_WRONLY);
	CALL(open, "reg", O_WRONLY);
	CALL(openat, AT_FDCWD, "reg", O_RDONLY | O_TRUNC);
	CALL(openat, AT_FDCWD, "reg", O_ACCMODE);
	CALL(open, "/dev/null", O_RDWR);
	CALL(open, "/dev/zero", O_RDONLY);
	CALL(open, "/proc/self/stat", O_RDONLY);
	CALL(openat2, AT_FDCWD, "reg", &how, sizeof(how));
	how.flags = O_RDONLY;
	CALL(openat2, AT_FDCWD, "reg", &how, sizeof(how));
	CALL(openat2, AT_FDCWD, "missing", &how, sizeof(how));
	CALL(openat2, AT_FDCWD, "missing", &how, 3);
}

static void names(void)
{
	char text[8];
	int fd;

	CALL(mkdir, "dir", 0755);
	CALL(mkdir, "dir", 0755);
	CALL(symlink, "reg", "sl");
	CALL(link, "reg", "hl");
	CALL(rename, "hl", "dir/hl");
	CALL(chmod, "dir/hl", 0600);
	CALL(truncate, "reg", 3);
	fd = (int)CALL(open, "dir/hl", O_RDWR);
	CALL(ftruncate, fd, 2);
	CALL(fchmod, fd, 0640);
	CALL(fchown, fd, 5, 6);
	CALL(close, fd);
	CALL(readlink, "sl", text, sizeof(text));
	CALL(mknod, "fifo", S_IFIFO | 0600, 0);
	CALL(mknod, "sock", S_IFSOCK | 0600, 0);
	CALL(mkdir, "dir/sub", 0700);
	CALL(creat, "dir/sub/c", 0600);
	CALL(access, "dir/sub/c", F_OK);
	CALL(access, "dir/nosuch", F_OK);
	CALL(unlink, "dir/sub/c");
	CALL(rmdir, "dir/sub");
	CALL(unlink, "nosuch");
	CALL(rename, "dir/hl", "../tree/hl");
	CALL(rename, "sl", "slot");
	CALL(rename, "slot", "sl");
}

static void addresses(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "us" };
	int fd = (int)CALL(socket, AF_INET, SOCK_DGRAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CALL(connect, fd, &in, sizeof(in));
	CALL(bind, fd, &in, 2);
	CALL(close, fd);
	fd = (int)CALL(socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(bind, fd, &un, sizeof(un));
	CALL(connect, fd, &un, sizeof(un));
	CALL(close, fd);
}

static void other_user(void)
{
	CALL(personality, ADDR_NO_RANDOMIZE | UNAME26);
	CALL(kill, getpid(), 0);
	CALL(kill, getpid(), 99);
	CALL(setresuid, 1000, 1000, 0);
	CALL(open, "reg", O_RDWR);
	CALL(open, "/etc/shadow", O_RDONLY);
	CALL(chmod, "reg", 0600);
	CALL(chmod, "/etc/passwd", 0644);
	CALL(lseek, 99, 0, 0);
	CALL(setresuid, 0, 0, 0);
}

static void removals(void)
{
	CALL(unlink, "../tree/hl");
	CALL(unlink, "us");
	CALL(unlink, "sock");
	CALL(unlink, "fifo");
	CALL(unlink, "sl");
	CALL(rmdir, "dir");
	CALL(unlink, "reg");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		pause_ticks = strtoull(argv[1], NULL, 10) * 1000000;
	ids();
	opens();
	names();
	addresses();
	other_user();
	removals();
	return 0;
}
