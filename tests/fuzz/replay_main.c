// SPDX-License-Identifier: MIT
/*
 * Runs one fuzz target without libFuzzer: every file of its corpus as it is, then random changes of them for a few
 * seconds. Each input ends flush against a page that cannot be read, so that one byte too far is seen without a
 * sanitizer. A crash leaves the input in a file and says how to repeat it.
 *
 * usage: TARGET CORPUS-DIRECTORY     FUZZ_SECONDS (2), FUZZ_SEED (the clock) from the environment
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX  (64u * 1024) /* bytes; a multiple of the page size */
#define CORPUS_MAX 1024         /* files */

struct sample {
	uint8_t *data;
	size_t size;
};

/* For the handler of crashes, which gets no argument. */
static const uint8_t *current;
static size_t current_size;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void crashed(int nr)
{
	static const char text[] = "crashed; the input is in fuzz-crash.bin\n";
	int fd = open("fuzz-crash.bin", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd >= 0 && write(fd, current, current_size) >= 0)
		(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	signal(nr, SIG_DFL);
	raise(nr);
}

/* end: the first byte that cannot be read. */
static void run_flush(uint8_t *end, const uint8_t *data, size_t size)
{
	memcpy(end - size, data, size);
	current = end - size;
	current_size = size;
	(void)LLVMFuzzerTestOneInput(current, size);
}

static size_t load_corpus(const char *path, struct sample *samples)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t n = 0;

	if (!dir) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(1);
	}
	while (n < CORPUS_MAX && (entry = readdir(dir))) {
		int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
		struct stat st;
		ssize_t len;

		if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
			close(fd);
			continue;
		}
		samples[n].data = malloc(INPUT_MAX);
		len = samples[n].data ? read(fd, samples[n].data, INPUT_MAX) : -1;
		close(fd);
		if (len < 0)
			exit(1);
		samples[n++].size = (size_t)len;
	}
	closedir(dir);
	return n;
}

/* One to eight small changes; the result is at most INPUT_MAX bytes in to. */
static size_t mutate(
	uint8_t *to, const struct sample *from, const struct sample *other, uint64_t *state)
{
	size_t size = from->size, n = 1 + next_random(state) % 8;

	memcpy(to, from->data, size);
	while (n--) {
		size_t at = size ? next_random(state) % size : 0;
		uint64_t value = next_random(state);

		switch (next_random(state) % 6) {
		case 0: /* a bit */
			if (size)
				to[at] ^= (uint8_t)(1u << value % 8);
			break;
		case 1: /* a byte */
			if (size)
				to[at] = (uint8_t)value;
			break;
		case 2: /* a 32-bit extreme, as in a length */
			if (size >= 4) {
				static const uint32_t extremes[] = { 0, 1, 7, 8, 0x7fffffff,
					0x80000000, 0xfffffff8, 0xffffffff };

				memcpy(to + (size - 4 < at ? size - 4 : at), &extremes[value % 8],
					4);
			}
			break;
		case 3: /* cut short */
			size = at;
			break;
		case 4: /* a piece taken out */
			if (size) {
				size_t len = value % (size - at) + 1;

				memmove(to + at, to + at + len, size - at - len);
				size -= len;
			}
			break;
		default: /* a piece of another sample put in */
			if (other->size) {
				size_t begin = value % other->size;
				size_t len = next_random(state) % (other->size - begin) + 1;

				if (len <= INPUT_MAX - size) {
					memmove(to + at + len, to + at, size - at);
					memcpy(to + at, other->data + begin, len);
					size += len;
				}
			}
		}
	}
	return size;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	static struct sample samples[CORPUS_MAX];
	const char *seconds = getenv("FUZZ_SECONDS"), *seed = getenv("FUZZ_SEED");
	uint64_t state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	long page = sysconf(_SC_PAGESIZE);
	unsigned long long runs = 0;
	static uint8_t scratch[INPUT_MAX];
	uint8_t *memory, *end;
	size_t n, i;
	double until;

	if (argc != 2)
		return 1;
	memory = mmap(NULL, INPUT_MAX + (size_t)page, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED || mprotect(memory + INPUT_MAX, (size_t)page, PROT_NONE) < 0)
		return 1;
	end = memory + INPUT_MAX;
	signal(SIGSEGV, crashed);
	signal(SIGABRT, crashed);

	n = load_corpus(argv[1], samples);
	if (n == 0) {
		fprintf(stderr, "%s holds no samples\n", argv[1]);
		return 1;
	}
	printf("%zu samples, FUZZ_SEED=%llu\n", n, (unsigned long long)state);
	fflush(stdout);
	state = state * 2 + 1; /* never 0, where the generator would stay */
	for (i = 0; i < n; i++)
		run_flush(end, samples[i].data, samples[i].size);
	until = now() + (seconds ? strtod(seconds, NULL) : 2);
	while (now() < until) {
		for (i = 0; i < 100; i++, runs++) {
			const struct sample *from = &samples[next_random(&state) % n];
			const struct sample *other = &samples[next_random(&state) % n];

			run_flush(end, scratch, mutate(scratch, from, other, &state));
		}
	}
	printf("%llu random inputs\n", runs);
	for (i = 0; i < n; i++)
		free(samples[i].data);
	return 0;
}
