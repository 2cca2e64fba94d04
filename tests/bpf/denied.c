// SPDX-License-Identifier: MIT
/*
 * Calls that the kernel writes records of by itself, for tests/vm/tests/bpf_kernel_records.
 *
 *   denied load              gives AppArmor a profile without any rule
 *   denied open PATH [N]     opens PATH N times below that profile
 *   denied mkdir PATH       makes a directory below it
 *   denied seccomp           calls getppid under a filter that has it logged
 *   denied seccomp-kill      ... under one that kills it for that
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAUSE_US  500000
#define PROFILE   "uaudit_denied"
#define POLICY    "/sys/kernel/security/apparmor/.replace"
#define ATTRIBUTE "/proc/self/attr/current"

static int fail(const char *what)
{
	fprintf(stderr, "denied: %s: %s\n", what, strerror(errno));
	return 1;
}

/* ---- a profile, in the form that the kernel takes (security/apparmor/policy_unpack.c) ---- */

enum { CODE_U32 = 2, CODE_NAME = 4, CODE_STRING, CODE_STRUCT = 7, CODE_STRUCT_END };

#define VERSION 5

struct policy {
	char bytes[512];
	size_t len;
};

static void put_byte(struct policy *p, int byte)
{
	p->bytes[p->len++] = (char)byte;
}

static void put_number(struct policy *p, uint32_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		put_byte(p, (int)(value >> 8 * i & 0xff));
}

static void put_text(struct policy *p, int code, const char *text)
{
	put_byte(p, code);
	put_number(p, (uint32_t)strlen(text) + 1, 2);
	memcpy(p->bytes + p->len, text, strlen(text) + 1);
	p->len += strlen(text) + 1;
}

static void put_u32(struct policy *p, const char *name, uint32_t value)
{
	if (name)
		put_text(p, CODE_NAME, name);
	put_byte(p, CODE_U32);
	put_number(p, value, 4);
}

static void begin(struct policy *p, const char *name)
{
	put_text(p, CODE_NAME, name);
	put_byte(p, CODE_STRUCT);
}

/* Flags: no hat, enforced, nothing audited but refusals; no capability, no file. */
static void make_profile(struct policy *p)
{
	put_u32(p, "version", VERSION);
	begin(p, "profile");
	put_text(p, CODE_STRING, PROFILE);
	begin(p, "flags");
	for (int i = 0; i < 3; i++)
		put_u32(p, NULL, 0);
	put_byte(p, CODE_STRUCT_END);
	for (int i = 0; i < 4; i++)
		put_u32(p, NULL, 0);
	put_byte(p, CODE_STRUCT_END);
}

static int load(void)
{
	struct policy p = { .len = 0 };
	int fd = open(POLICY, O_WRONLY | O_CLOEXEC);

	make_profile(&p);
	if (fd < 0 || write(fd, p.bytes, p.len) != (ssize_t)p.len)
		return fail(POLICY);
	return close(fd);
}

static int enter(void)
{
	static const char command[] = "changeprofile " PROFILE;
	int fd = open(ATTRIBUTE, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, command, strlen(command)) < 0)
		return fail(ATTRIBUTE);
	return close(fd);
}

static int open_below(const char *path, int n)
{
	if (enter() != 0)
		return 1;
	for (int i = 0; i < n; i++)
		if (open(path, O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
			return fail(path);
	/* so that it is still there when it is asked what its label is called */
	(void)usleep(PAUSE_US);
	return 0;
}

static int mkdir_below(const char *path)
{
	if (enter() != 0)
		return 1;
	return mkdir(path, 0755) == 0 || errno != EACCES ? fail(path) : 0;
}

/* ---- filters ---- */

static int answer(uint32_t action)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]), filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return fail("seccomp");
	(void)syscall(SYS_getppid);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "load") == 0)
		return load();
	if (strcmp(what, "open") == 0 && argc > 2)
		return open_below(argv[2], argc > 3 ? atoi(argv[3]) : 1);
	if (strcmp(what, "mkdir") == 0 && argc > 2)
		return mkdir_below(argv[2]);
	if (strcmp(what, "seccomp") == 0)
		return answer(SECCOMP_RET_LOG);
	if (strcmp(what, "seccomp-kill") == 0)
		return answer(SECCOMP_RET_KILL_PROCESS);
	fprintf(stderr,
		"usage: denied load | open PATH [N] | mkdir PATH | seccomp | seccomp-kill\n");
	return 2;
}
