/* SPDX-License-Identifier: MIT */
/*
 * A load of numbered user messages, or of opens of a file, and what each of them had to wait.
 *
 *   flood [-n COUNT] [-r PER_SECOND] [-d SECONDS] [-w WINDOW] [-p PREFIX] [-o FILE]
 *
 * Messages go to the engine of $UAUDIT_SOCKET, without it to the kernel; each is acknowledged, at most WINDOW (1) wait for that.
 * Their text is "op=PREFIX n=NUMBER ...", numbers from 0. -o: opens FILE instead. After COUNT operations or SECONDS, prints
 *
 *   done=N failed=N seconds=S worst_us=N p999_us=N median_us=N
 *
 * SIGTERM: it begins nothing more, waits for what is under way, and prints that.
 * An operation that has not come back by then counts as a wait, not as done. The operations are those of a child, as it may hang
 * where no signal reaches it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT_MAX    4000000 /* waits that are kept */
#define COUNT        10000
#define WINDOW_MAX   1024
#define MESSAGE_TYPE 1121 /* TRUSTED_APP; any type of the user range would do */
#define NSEC         1000000000ull

struct load {
	uint64_t count, per_second, seconds, window;
	const char *prefix, *file;
	int fd;
};

/* What the child tells its parent. */
struct shared {
	volatile uint64_t begun, done, failed;
	volatile bool should_end;
	volatile uint64_t started_ns[WINDOW_MAX]; /* of operation n at n % WINDOW_MAX */
	uint32_t wait_us[COUNT_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC + (uint64_t)ts.tv_nsec;
}

static int connect_engine(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return fd;
}

static int connect_kernel(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return fd;
}

static int send_message(const struct load *load, uint64_t n)
{
	struct {
		struct nlmsghdr h;
		char text[1024];
	} msg;
	int len = snprintf(msg.text, sizeof(msg.text),
		"op=%s n=%07llu acct=\"somebody\" exe=\"/usr/bin/flood\" hostname=? addr=? terminal=? "
		"res=success",
		load->prefix, (unsigned long long)n);

	msg.h = (struct nlmsghdr){
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(len + 1),
		.nlmsg_type = MESSAGE_TYPE,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = (uint32_t)n + 1,
	};
	return send(load->fd, &msg, msg.h.nlmsg_len, 0) < 0 ? -errno : 0;
}

/* The answer to the oldest message: 0, negative what it says, -EPIPE if nobody is there any more. */
static int receive_ack(const struct load *load)
{
	_Alignas(struct nlmsghdr) char bytes[16384];
	const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
	ssize_t n = recv(load->fd, bytes, sizeof(bytes), 0);

	if (n <= 0)
		return n ? -errno : -EPIPE;
	if ((size_t)n < NLMSG_LENGTH(sizeof(int)) || h->nlmsg_type != NLMSG_ERROR)
		return -EBADMSG;
	return ((const struct nlmsgerr *)NLMSG_DATA(h))->error;
}

static int open_file(const struct load *load)
{
	int fd = open(load->file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return close(fd) < 0 ? -errno : 0;
}

static void begin(const struct load *load, struct shared *shared)
{
	int r;

	shared->started_ns[shared->begun % WINDOW_MAX] = now_ns();
	shared->begun++;
	r = load->file ? open_file(load) : send_message(load, shared->begun - 1);
	if (r) {
		(void)fprintf(stderr, "flood: operation %llu: %s\n",
			(unsigned long long)shared->begun - 1, strerror(-r));
		_exit(1);
	}
}

static void finish(const struct load *load, struct shared *shared)
{
	int r = load->file ? 0 : receive_ack(load);

	if (r == -EPIPE || r == -ECONNRESET) {
		(void)fprintf(stderr, "flood: nobody is there any more\n");
		_exit(1);
	}
	shared->wait_us[shared->done] =
		(uint32_t)((now_ns() - shared->started_ns[shared->done % WINDOW_MAX]) / 1000);
	shared->failed += r != 0;
	shared->done++;
}

/* Operation n is due n / rate after the start; late ones follow at once. */
static void pace(const struct load *load, uint64_t start, uint64_t n)
{
	uint64_t due = load->per_second ? start + n * NSEC / load->per_second : 0;
	struct timespec ts = { .tv_sec = (time_t)(due / NSEC), .tv_nsec = (long)(due % NSEC) };

	if (due > now_ns())
		(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static void work(const struct load *load, struct shared *shared)
{
	uint64_t start = now_ns();

	bool is_ending = false;

	while (!is_ending || shared->done < shared->begun) {
		is_ending = shared->should_end || shared->begun == load->count;
		if (!is_ending) {
			pace(load, start, shared->begun);
			begin(load, shared);
		}
		if (shared->done < shared->begun &&
			(is_ending || shared->begun - shared->done >= load->window))
			finish(load, shared);
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void report(struct shared *shared, uint64_t elapsed_ns)
{
	uint64_t n = shared->done, end = now_ns();

	/* What is still under way has waited as well. */
	if (shared->begun > n && n < COUNT_MAX)
		shared->wait_us[n] = (uint32_t)((end - shared->started_ns[n % WINDOW_MAX]) / 1000);
	n += shared->begun > n && n < COUNT_MAX;
	qsort(shared->wait_us, n, sizeof(*shared->wait_us), compare);
	(void)printf("done=%llu failed=%llu seconds=%.3f worst_us=%u p999_us=%u median_us=%u\n",
		(unsigned long long)shared->done, (unsigned long long)shared->failed,
		(double)elapsed_ns / (double)NSEC, n ? shared->wait_us[n - 1] : 0,
		n ? shared->wait_us[(n - 1) * 999 / 1000] : 0, n ? shared->wait_us[n / 2] : 0);
	(void)fflush(stdout);
}

static int supervise(const struct load *load, struct shared *shared)
{
	struct timespec limit = { .tv_sec = load->seconds ? (time_t)load->seconds : 3600 };
	uint64_t start = now_ns();
	int status = 0, sig;
	sigset_t set;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	child = fork();
	if (child < 0)
		return 1;
	if (child == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(load, shared);
		_exit(0);
	}
	sig = sigtimedwait(&set, NULL, &limit);
	if (sig == SIGTERM)
		shared->should_end = true;
	if (sig > 0) {
		(void)waitpid(child, &status, 0);
		report(shared, now_ns() - start);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	report(shared, now_ns() - start);
	(void)kill(child, SIGKILL);
	return 0;
}

int main(int argc, char **argv)
{
	struct load load = { .count = COUNT, .window = 1, .prefix = "flood" };
	const char *engine = getenv("UAUDIT_SOCKET");
	struct shared *shared;
	int option;

	while ((option = getopt(argc, argv, "n:r:d:w:p:o:")) != -1) {
		switch (option) {
		case 'n':
			load.count = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			load.per_second = strtoull(optarg, NULL, 10);
			break;
		case 'd':
			load.seconds = strtoull(optarg, NULL, 10);
			break;
		case 'w':
			load.window = strtoull(optarg, NULL, 10);
			break;
		case 'p':
			load.prefix = optarg;
			break;
		case 'o':
			load.file = optarg;
			break;
		default:
			return 2;
		}
	}
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || load.count > COUNT_MAX || load.window < 1 ||
		load.window > WINDOW_MAX)
		return 2;
	load.fd = load.file ? -1 : engine ? connect_engine(engine) : connect_kernel();
	if (!load.file && load.fd < 0) {
		(void)fprintf(stderr, "flood: cannot connect: %s\n", strerror(-load.fd));
		return 1;
	}
	return supervise(&load, shared);
}
