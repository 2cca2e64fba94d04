/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_CASES_H
#define UAUDIT_TESTS_DIFFERENTIAL_CASES_H

/*
 * The programs that the harness audits: each case is a few system calls in a directory that setup_tree() has filled.
 * What the calls answer does not matter here, only that both sides answer the same; so results are dropped unless a
 * later call needs them.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct diff_case {
	const char *name;
	void (*run)(void);
};

struct diff_topic {
	const struct diff_case *cases;
	size_t n;
};

#define TOPIC(name)                                                                                \
	const struct diff_topic topic_##name = { name##_cases,                                     \
		sizeof(name##_cases) / sizeof(name##_cases[0]) }

extern const struct diff_topic topic_open, topic_create, topic_rename, topic_attr, topic_lookup,
	topic_exec, topic_family, topic_process, topic_socket, topic_error, topic_name;
extern const struct diff_topic topic_abend, topic_vm;
extern const struct diff_topic topic_ipc, topic_privilege, topic_login;
extern const struct diff_topic topic_queue;
extern const struct diff_topic topic_seccomp, topic_sticky;

/* The call itself, without a wrapper of the C library that might choose another one. */
#define CALL(call, ...) syscall(SYS_##call, ##__VA_ARGS__)

/* Calls that only older architectures have: elsewhere they answer ENOSYS like any unknown number. */
#define NO_SUCH_CALL 0x7ff
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_open
#define SYS_open     NO_SUCH_CALL
#define SYS_creat    NO_SUCH_CALL
#define SYS_mkdir    NO_SUCH_CALL
#define SYS_mknod    NO_SUCH_CALL
#define SYS_rmdir    NO_SUCH_CALL
#define SYS_unlink   NO_SUCH_CALL
#define SYS_rename   NO_SUCH_CALL
#define SYS_link     NO_SUCH_CALL
#define SYS_symlink  NO_SUCH_CALL
#define SYS_chmod    NO_SUCH_CALL
#define SYS_chown    NO_SUCH_CALL
#define SYS_lchown   NO_SUCH_CALL
#define SYS_access   NO_SUCH_CALL
#define SYS_stat     NO_SUCH_CALL
#define SYS_lstat    NO_SUCH_CALL
#define SYS_readlink NO_SUCH_CALL
#define SYS_utime    NO_SUCH_CALL
#define SYS_utimes   NO_SUCH_CALL
#define SYS_pipe     NO_SUCH_CALL
#define SYS_fork     NO_SUCH_CALL
#define SYS_vfork    NO_SUCH_CALL
#endif

/* A pointer that no process can read. */
#define BAD_POINTER ((void *)16)

/* Runs a part in a child and waits for it; as_nobody without any privilege. */
void in_child(void (*part)(void));
void as_nobody(void (*part)(void));

/* The absolute path of a name in the working directory; one buffer for all. */
const char *absolute(const char *name);
/* A program beside ours: "args", "dyn". */
const char *program(const char *name);

#endif
