/* SPDX-License-Identifier: MIT */
/*
 * System V IPC. The harness gives each of these cases an IPC namespace of its own: both sides get the same ids, and nothing
 * is left behind. 32-bit programs have three ways to make the calls.
 */
#include <linux/ipc.h>
#include <linux/msg.h>
#include <linux/sem.h>
#include <linux/shm.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "cases.h"

#define KEY         0x7561
#define OTHER_KEY   0x7562
#define MISSING_KEY 0x7563
#define NO_ID       12345

static enum form {
	DIRECT,
	MULTIPLEXED,     /* i386's ipc() with the newer structures */
	MULTIPLEXED_OLD, /* ... with those of Linux 2.2 */
} form;

static struct {
	long type;
	char text[64];
} message = { 1, "hello" }, received;

static char area[4096]; /* whatever a call fills */

#ifdef SYS_ipc
static int versioned(int command)
{
	return form == MULTIPLEXED ? command | IPC_64 : command;
}

#define IPC(number, first, second, third, ptr, fifth)                                              \
	do {                                                                                       \
		if (form != DIRECT)                                                                \
			return CALL(ipc, number, first, second, third, ptr, fifth);                \
	} while (0)
#else
#define IPC(number, first, second, third, ptr, fifth) (void)form
#endif

static long msg_get(int key, int flags)
{
	IPC(13, key, flags, 0, NULL, 0);
	return CALL(msgget, key, flags);
}

static long msg_send(int id, const void *from, size_t len, int flags)
{
	IPC(11, id, len, flags, from, 0);
	return CALL(msgsnd, id, from, len, flags);
}

static long msg_receive(int id, void *to, size_t len, long type, int flags)
{
#ifdef SYS_ipc
	struct {
		void *to;
		long type;
	} both = { to, type };

	if (form == MULTIPLEXED_OLD)
		return CALL(ipc, 12, id, len, flags, &both, 0);
#endif
	IPC(12 | 1 << 16, id, len, flags, to, type);
	return CALL(msgrcv, id, to, len, type, flags);
}

static long msg_control(int id, int command, void *buf)
{
	IPC(14, id, versioned(command), 0, buf, 0);
	return CALL(msgctl, id, command, buf);
}

static long sem_get(int key, int n, int flags)
{
	IPC(2, key, n, flags, NULL, 0);
	return CALL(semget, key, n, flags);
}

static long sem_op(int id, struct sembuf *ops, size_t n)
{
	IPC(1, id, n, 0, ops, 0);
#ifdef SYS_semop
	return CALL(semop, id, ops, n);
#else
	return CALL(semtimedop_time64, id, ops, n, NULL);
#endif
}

static long sem_timed_op(int id, struct sembuf *ops, size_t n, const void *timeout)
{
	IPC(4, id, n, 0, ops, timeout);
#ifdef SYS_semtimedop
	return CALL(semtimedop, id, ops, n, timeout);
#else
	return CALL(semtimedop_time64, id, ops, n, timeout);
#endif
}

static long sem_control(int id, int which, int command, void *arg)
{
#ifdef SYS_ipc
	/* behind one pointer more */
	IPC(3, id, which, versioned(command), &arg, 0);
#endif
	return CALL(semctl, id, which, command, arg);
}

static long shm_get(int key, size_t size, int flags)
{
	IPC(23, key, size, flags, NULL, 0);
	return CALL(shmget, key, size, flags);
}

static long shm_attach(int id, void *at, int flags)
{
#ifdef SYS_ipc
	static unsigned long where;

	if (form != DIRECT) {
		long r = CALL(ipc, 21, id, flags, &where, at, 0);

		return r < 0 ? r : (long)where;
	}
#endif
	return CALL(shmat, id, at, flags);
}

static void shm_detach(long at)
{
	if (at != -1)
		CALL(shmdt, at);
}

static long shm_control(int id, int command, void *buf)
{
	IPC(24, id, versioned(command), 0, buf, 0);
	return CALL(shmctl, id, command, buf);
}

/* ---- message queues ---- */

static void sysv_msgget(void)
{
	msg_get(KEY, 0);
	msg_get(KEY, IPC_CREAT | 0640);
	msg_get(KEY, 0);
	msg_get(KEY, 0600);
	msg_get(KEY, IPC_CREAT | 0777);
	msg_get(KEY, IPC_CREAT | IPC_EXCL | 0777);
	msg_get(IPC_PRIVATE, 0600);
	msg_get(IPC_PRIVATE, IPC_CREAT | IPC_EXCL | 0600);
	msg_get(MISSING_KEY, 0);
}

static void send_and_receive(int id)
{
	msg_send(id, &message, 5, 0);
	msg_send(id, &message, 0, IPC_NOWAIT);
	msg_send(id, &message, 1000000, IPC_NOWAIT);
	msg_send(id, &message, (size_t)-1, IPC_NOWAIT);
	msg_send(id, BAD_POINTER, 5, IPC_NOWAIT);
	message.type = 0;
	msg_send(id, &message, 5, IPC_NOWAIT);
	message.type = 1;
	msg_send(NO_ID, &message, 5, IPC_NOWAIT);
	msg_send(id + 32768, &message, 5, IPC_NOWAIT);
	msg_send(-1, &message, 5, IPC_NOWAIT);
	msg_receive(id, &received, 1, 0, IPC_NOWAIT);
	msg_receive(id, &received, 64, 7, IPC_NOWAIT);
	msg_receive(id, &received, 64, 1, IPC_NOWAIT);
	msg_receive(id, &received, (size_t)-1, 1, IPC_NOWAIT);
	msg_receive(id, BAD_POINTER, 64, 0, IPC_NOWAIT);
	msg_receive(id, &received, 64, 0, IPC_NOWAIT);
	msg_receive(NO_ID, &received, 64, 0, IPC_NOWAIT);
	msg_receive(-1, &received, 64, 0, IPC_NOWAIT);
}

static void sysv_message(void)
{
	send_and_receive((int)msg_get(KEY, IPC_CREAT | 0600));
}

static void sysv_message_copy(void)
{
	int id = (int)msg_get(KEY, IPC_CREAT | 0600);

	msg_send(id, &message, 5, 0);
	msg_receive(id, &received, 64, 0, IPC_NOWAIT | MSG_COPY);
	msg_receive(id, &received, 64, 1, IPC_NOWAIT | MSG_COPY);
	msg_receive(id, &received, 64, 0, MSG_COPY);
	msg_receive(id, &received, 64, 0, IPC_NOWAIT | MSG_COPY | MSG_EXCEPT);
	msg_receive(id, BAD_POINTER, 64, 0, IPC_NOWAIT | MSG_COPY);
	/* can be read and not written */
	msg_receive(id, (void *)(uintptr_t) "a text that is long enough to be read into", 40, 0,
		IPC_NOWAIT | MSG_COPY);
}

/* Fills a queue to its limit, which is lowered first. */
static void sysv_message_full(void)
{
	int id = (int)msg_get(KEY, IPC_CREAT | 0600);
	struct msqid64_ds set = { .msg_perm.mode = 0600, .msg_qbytes = 8 };

	if (form == MULTIPLEXED_OLD)
		return;
	msg_control(id, IPC_SET, &set);
	msg_send(id, &message, 5, IPC_NOWAIT);
	msg_send(id, &message, 5, IPC_NOWAIT);
}

static void nap(void)
{
	struct timespec time = { 0, 100000000 };

	CALL(nanosleep, &time, NULL);
}

static int queue;

static void change_and_send(void)
{
	struct msqid64_ds set = { .msg_perm.mode = 0644, .msg_qbytes = 8000 };

	nap();
	msg_control(queue, IPC_SET, &set);
	nap();
	msg_send(queue, &message, 5, 0);
}

static void change_and_remove(void)
{
	struct msqid64_ds set = { .msg_perm = { .uid = geteuid(), .gid = getegid(), .mode = 0640 },
		.msg_qbytes = 8000 };

	nap();
	msg_control(queue, IPC_SET, &set);
	nap();
	msg_control(queue, IPC_RMID, NULL);
}

static void meanwhile(void (*part)(void), void (*here)(void))
{
	int status, pid = fork();

	if (!pid) {
		part();
		_exit(0);
	}
	here();
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

static void receive(void)
{
	msg_receive(queue, &received, 64, 0, 0);
}

/* Somebody changes the queue, and then removes it, while the task sleeps in the call. */
static void sysv_message_sleep(void)
{
	queue = (int)msg_get(KEY, IPC_CREAT | 0600);
	meanwhile(change_and_send, receive);
}

static void sysv_message_removed(void)
{
	queue = (int)msg_get(KEY, IPC_CREAT | 0600);
	meanwhile(change_and_remove, receive);
}

static void set_message_queue(int id)
{
	struct msqid64_ds set = { .msg_perm = { .uid = 1234, .gid = 2345, .mode = 0100640 },
		.msg_qbytes = 0x1234 };
	struct msqid_ds old = { .msg_perm = { .uid = 1234, .gid = 2345, .mode = 0640 },
		.msg_qbytes = 0x1235,
		.msg_lqbytes = 0x7777 };
	void *wanted = form == MULTIPLEXED_OLD ? (void *)&old : (void *)&set;

	msg_control(id, IPC_SET, wanted);
	set.msg_perm.uid = 0xffffffff;
	old.msg_perm.uid = 0xffff;
	set.msg_qbytes = 0;
	old.msg_qbytes = 0;
	msg_control(id, IPC_SET, wanted);
	set.msg_perm.uid = 5;
	msg_control(NO_ID, IPC_SET, wanted);
	msg_control(id, IPC_SET, BAD_POINTER);
	msg_control(id, IPC_SET, NULL);
}

static void sysv_msgctl(void)
{
	int id = (int)msg_get(KEY, IPC_CREAT | 0600), other = (int)msg_get(IPC_PRIVATE, 0);

	msg_control(id, IPC_STAT, area);
	msg_control(id, IPC_STAT, NULL);
	msg_control(id, IPC_INFO, area);
	msg_control(id, MSG_INFO, area);
	msg_control(1, MSG_STAT, area);
	msg_control(1, MSG_STAT_ANY, area);
	msg_control(other, 13 /* MSG_STAT_ANY */, BAD_POINTER);
	msg_control(2, MSG_STAT, area);
	msg_control(32769, MSG_STAT, area);
	msg_control(-1, MSG_STAT, area);
	msg_control(-1, IPC_STAT, area);
	msg_control(id, 77, area);
	msg_control(id, -1, area);
	msg_control(id, IPC_STAT | 0x200, area);
	CALL(msgctl, id, IPC_STAT | IPC_64, area);
	set_message_queue(id);
	msg_control(id, IPC_STAT, area);
	msg_control(id, IPC_RMID, NULL);
	msg_control(id, IPC_RMID, NULL);
	msg_control(id, IPC_STAT, area);
	/* in the place of the one that was removed */
	msg_get(IPC_PRIVATE, 0666);
	msg_control(id, IPC_STAT, area);
	msg_control(0, MSG_STAT, area);
}

static void use_queue(void)
{
	msg_get(KEY, 0);
	msg_get(KEY, 0400);
	send_and_receive(queue);
	msg_control(queue, IPC_STAT, area);
	msg_control(queue, MSG_STAT, area);
	msg_control(queue, MSG_STAT_ANY, area);
	set_message_queue(queue);
	msg_control(queue, IPC_RMID, NULL);
}

static void sysv_msg_eacces(void)
{
	queue = (int)msg_get(KEY, IPC_CREAT | 0600);
	as_nobody(use_queue);
	use_queue();
}

/* ---- semaphores ---- */

static void sysv_semget(void)
{
	sem_get(KEY, 2, 0);
	sem_get(KEY, 2, IPC_CREAT | 0640);
	sem_get(KEY, 0, 0);
	sem_get(KEY, 2, 0600);
	sem_get(KEY, 3, 0);
	sem_get(KEY, -1, 0);
	sem_get(KEY, 2, IPC_CREAT | IPC_EXCL | 0777);
	sem_get(IPC_PRIVATE, 0, 0600);
	sem_get(IPC_PRIVATE, 1, 0600);
	sem_get(MISSING_KEY, 1, 0);
}

/* In the form that sem_timed_op() passes. */
static const void *time_of(long seconds, long nanoseconds)
{
	static long words[4][2];
	static int64_t wide[4][2];
	static int n;

	n = (n + 1) % 4;
	words[n][0] = wide[n][0] = seconds;
	words[n][1] = wide[n][1] = nanoseconds;
	return form == DIRECT ? (const void *)wide[n] : words[n];
}

static void operate(int id)
{
	struct sembuf up = { 0, 1, 0 }, down = { 0, -1, IPC_NOWAIT }, zero = { 1, 0, IPC_NOWAIT },
		      far = { 99, 1, 0 }, undo = { 1, 1, SEM_UNDO }, much = { 0, 32767, 0 };
	const void *soon = time_of(0, 1000), *bad = time_of(0, -1);

	sem_op(id, &up, 1);
	sem_op(id, &down, 1);
	sem_op(id, &down, 1);
	sem_op(id, &zero, 1);
	sem_op(id, &far, 1);
	sem_op(id, &undo, 1);
	sem_op(id, &up, 1);
	sem_op(id, &much, 1);
	sem_op(id, &up, 0);
	sem_op(id, &up, 100000);
	sem_op(id, BAD_POINTER, 1);
	sem_op(NO_ID, &up, 1);
	sem_op(-1, &up, 1);
	down.sem_flg = 0;
	sem_timed_op(id, &down, 1, soon);
	sem_timed_op(id, &down, 1, soon);
	sem_timed_op(id, &up, 1, bad);
	sem_timed_op(id, &up, 1, BAD_POINTER);
	sem_timed_op(id, &up, 1, NULL);
}

static void sysv_semaphore(void)
{
	operate((int)sem_get(KEY, 2, IPC_CREAT | 0600));
}

static void read_and_write_values(int id)
{
	unsigned short values[2] = { 3, 4 };

	sem_control(id, 0, GETVAL, NULL);
	sem_control(id, 9, GETVAL, NULL);
	sem_control(id, 0, GETPID, NULL);
	sem_control(id, 0, GETNCNT, NULL);
	sem_control(id, 0, GETZCNT, NULL);
	sem_control(id, 0, GETALL, area);
	sem_control(id, 0, GETALL, BAD_POINTER);
	sem_control(id, 0, SETALL, values);
	sem_control(id, 0, SETALL, BAD_POINTER);
	sem_control(id, 0, SETVAL, (void *)2);
	sem_control(id, 9, SETVAL, (void *)2);
	sem_control(id, 0, SETVAL, (void *)-2);
	sem_control(id, 0, SETVAL, (void *)40000);
	sem_control(NO_ID, 0, GETVAL, NULL);
}

static void set_semaphores(int id)
{
	struct semid64_ds set = { .sem_perm = { .uid = 1234, .gid = 2345, .mode = 0640 } };
	struct semid_ds old = { .sem_perm = { .uid = 1234, .gid = 2345, .mode = 0640 } };

	sem_control(id, 0, IPC_SET, form == MULTIPLEXED_OLD ? (void *)&old : (void *)&set);
	sem_control(id, 0, IPC_SET, BAD_POINTER);
	sem_control(NO_ID, 0, IPC_SET, &set);
}

static void sysv_semctl(void)
{
	int id = (int)sem_get(KEY, 2, IPC_CREAT | 0600);

	read_and_write_values(id);
	sem_control(id, 0, IPC_STAT, area);
	sem_control(id, 0, IPC_STAT, BAD_POINTER);
	sem_control(id, 0, IPC_INFO, area);
	sem_control(id, 0, SEM_INFO, area);
	sem_control(id, 0, SEM_STAT, area);
	sem_control(id, 0, SEM_STAT_ANY, area);
	sem_control(7, 0, SEM_STAT_ANY, area);
	sem_control(id, 0, 77, area);
	sem_control(-1, 0, IPC_STAT, area);
	CALL(semctl, id, 0, IPC_STAT | IPC_64, area);
	set_semaphores(id);
	sem_control(id, 0, IPC_RMID, NULL);
	sem_control(id, 0, IPC_RMID, NULL);
	operate(id);
}

static int semaphores;

static void use_semaphores(void)
{
	sem_get(KEY, 0, 0);
	sem_get(KEY, 0, 0400);
	operate(semaphores);
	read_and_write_values(semaphores);
	sem_control(semaphores, 0, IPC_STAT, area);
	sem_control(semaphores, 0, SEM_STAT, area);
	sem_control(semaphores, 0, SEM_STAT_ANY, area);
	set_semaphores(semaphores);
	sem_control(semaphores, 0, IPC_RMID, NULL);
}

static void sysv_sem_eacces(void)
{
	semaphores = (int)sem_get(KEY, 2, IPC_CREAT | 0600);
	as_nobody(use_semaphores);
	use_semaphores();
}

/* ---- shared memory ---- */

static void sysv_shmget(void)
{
	shm_get(KEY, 4096, 0);
	shm_get(KEY, 4096, IPC_CREAT | 0640);
	shm_get(KEY, 0, 0);
	shm_get(KEY, 4096, 0600);
	shm_get(KEY, 4097, 0);
	shm_get(KEY, 4096, IPC_CREAT | IPC_EXCL | 0777);
	shm_get(IPC_PRIVATE, 0, 0600);
	shm_get(IPC_PRIVATE, 1, 0600);
	shm_get(MISSING_KEY, 1, 0);
}

/* An address that is free in programs without address space randomisation, 32-bit ones too. */
#define FREE_ADDRESS 0x20000000

static void attach(int id)
{
	void *at = (void *)FREE_ADDRESS;
	long where;

	where = shm_attach(id, at, 0);
	shm_attach(id, at, 0);
	shm_attach(id, (char *)at + 1, 0);
	shm_attach(id, (void *)1, SHM_RND | SHM_REMAP);
	shm_attach(id, NULL, SHM_REMAP);
	shm_detach(shm_attach(id, at, SHM_REMAP));
	shm_detach(where);
	shm_detach(shm_attach(id, (char *)at + 1, SHM_RND));
	shm_detach(shm_attach(id, at, SHM_RDONLY));
	shm_detach(shm_attach(id, at, SHM_EXEC));
	shm_attach(id, (void *)-4096, 0);
	shm_attach(NO_ID, at, 0);
	shm_attach(-1, at, 0);
}

static void sysv_shmat(void)
{
	int id = (int)shm_get(KEY, 4096, IPC_CREAT | 0600);

	attach(id);
	CALL(shmdt, FREE_ADDRESS);
}

static void set_segment(int id)
{
	struct shmid64_ds set = { .shm_perm = { .uid = 1234, .gid = 2345, .mode = 0640 } };
	struct shmid_ds old = { .shm_perm = { .uid = 1234, .gid = 2345, .mode = 0640 } };

	shm_control(id, IPC_SET, form == MULTIPLEXED_OLD ? (void *)&old : (void *)&set);
	shm_control(id, IPC_SET, BAD_POINTER);
	shm_control(NO_ID, IPC_SET, &set);
}

static void sysv_shmctl(void)
{
	int id = (int)shm_get(KEY, 4096, IPC_CREAT | 0600);
	long at;

	shm_control(id, IPC_STAT, area);
	shm_control(id, IPC_STAT, BAD_POINTER);
	shm_control(id, IPC_INFO, area);
	shm_control(id, SHM_INFO, area);
	shm_control(id, SHM_STAT, area);
	shm_control(id, SHM_STAT_ANY, area);
	shm_control(7, SHM_STAT_ANY, area);
	shm_control(id, 77, area);
	shm_control(-1, IPC_STAT, area);
	CALL(shmctl, id, IPC_STAT | IPC_64, area);
	shm_control(id, SHM_LOCK, NULL);
	shm_control(id, IPC_STAT, area);
	shm_control(id, SHM_UNLOCK, NULL);
	shm_control(NO_ID, SHM_LOCK, NULL);
	set_segment(id);
	at = shm_attach(id, (void *)FREE_ADDRESS, 0);
	/* stays until it is detached, and says so in its mode */
	shm_control(id, IPC_RMID, NULL);
	shm_control(id, IPC_STAT, area);
	shm_get(KEY, 0, 0);
	shm_detach(at);
	shm_control(id, IPC_STAT, area);
}

static int segment;

static void use_segment(void)
{
	shm_get(KEY, 0, 0);
	shm_get(KEY, 0, 0400);
	attach(segment);
	shm_control(segment, IPC_STAT, area);
	shm_control(segment, SHM_STAT, area);
	shm_control(segment, SHM_STAT_ANY, area);
	shm_control(segment, SHM_LOCK, NULL);
	set_segment(segment);
	shm_control(segment, IPC_RMID, NULL);
}

static void sysv_shm_eacces(void)
{
	segment = (int)shm_get(KEY, 4096, IPC_CREAT | 0600);
	as_nobody(use_segment);
	use_segment();
}

/* ---- all of them ---- */

/* The same ids mean other objects, or none. */
static void sysv_other_namespace(void)
{
	int id = (int)msg_get(KEY, IPC_CREAT | 0600);

	msg_get(OTHER_KEY, IPC_CREAT | 0600);
	sem_get(KEY, 1, IPC_CREAT | 0600);
	CALL(unshare, CLONE_NEWIPC);
	msg_control(id, IPC_STAT, area);
	msg_get(KEY, 0);
	msg_get(KEY, IPC_CREAT | 0666);
	msg_get(KEY, 0);
	send_and_receive(id);
	sem_get(KEY, 1, 0);
	as_nobody(use_queue);
	in_child(use_queue);
}

#ifdef SYS_ipc
static void run_as(enum form as, void (*part)(void))
{
	form = as;
	in_child(part);
}

static void all_calls(void)
{
	sysv_msgget();
	sysv_message();
	sysv_msgctl();
	sysv_semget();
	sysv_semaphore();
	sysv_semctl();
	sysv_shmget();
	sysv_shmat();
	sysv_shmctl();
}

static void sysv_multiplexed(void)
{
	run_as(MULTIPLEXED, all_calls);
	run_as(MULTIPLEXED, sysv_message_copy);
	run_as(MULTIPLEXED, sysv_message_full);
}

static void sysv_multiplexed_old(void)
{
	run_as(MULTIPLEXED_OLD, all_calls);
}

/* What the multiplexer itself refuses. */
static void sysv_multiplexer(void)
{
	int id = (int)msg_get(KEY, IPC_CREAT | 0600), set = (int)sem_get(KEY, 1, IPC_CREAT | 0600);
	int shared = (int)shm_get(KEY, 4096, IPC_CREAT | 0600);

	CALL(ipc, 0, id, 0, 0, NULL, 0);
	CALL(ipc, 5, id, 0, 0, NULL, 0);
	CALL(ipc, 25, id, 0, 0, NULL, 0);
	CALL(ipc, 3, set, 0, GETVAL, NULL, 0);
	CALL(ipc, 3, set, 0, GETVAL, BAD_POINTER, 0);
	CALL(ipc, 12, id, 64, IPC_NOWAIT, NULL, 0);
	CALL(ipc, 12, id, 64, IPC_NOWAIT, BAD_POINTER, 0);
	CALL(ipc, 12 | 1 << 16, id, -1, IPC_NOWAIT, &received, 0);
	CALL(ipc, 12 | 5 << 16, id, 64, IPC_NOWAIT, &received, 0);
	CALL(ipc, 21 | 1 << 16, shared, 0, 0, NULL, 0);
	CALL(ipc, 21, shared, 0, BAD_POINTER, FREE_ADDRESS, 0);
	CALL(ipc, 22, 0, 0, 0, FREE_ADDRESS, 0);
	CALL(ipc, 13 | 7 << 16, KEY, 0, 0, NULL, 0);
}
#endif

static const struct diff_case ipc_cases[] = {
	{ "sysv_msgget", sysv_msgget },
	{ "sysv_message", sysv_message },
	{ "sysv_message_copy", sysv_message_copy },
	{ "sysv_message_full", sysv_message_full },
	{ "sysv_message_sleep", sysv_message_sleep },
	{ "sysv_message_removed", sysv_message_removed },
	{ "sysv_msgctl", sysv_msgctl },
	{ "sysv_msg_eacces", sysv_msg_eacces },
	{ "sysv_semget", sysv_semget },
	{ "sysv_semaphore", sysv_semaphore },
	{ "sysv_semctl", sysv_semctl },
	{ "sysv_sem_eacces", sysv_sem_eacces },
	{ "sysv_shmget", sysv_shmget },
	{ "sysv_shmat", sysv_shmat },
	{ "sysv_shmctl", sysv_shmctl },
	{ "sysv_shm_eacces", sysv_shm_eacces },
	{ "sysv_other_namespace", sysv_other_namespace },
#ifdef SYS_ipc
	{ "sysv_multiplexed", sysv_multiplexed },
	{ "sysv_multiplexed_old", sysv_multiplexed_old },
	{ "sysv_multiplexer", sysv_multiplexer },
#endif
};
TOPIC(ipc);
