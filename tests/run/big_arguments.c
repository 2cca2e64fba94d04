// SPDX-License-Identifier: MIT
/* Arguments and environment near the limits, and descriptors that do not survive an execve. */
#include "run_test.h"

#include <fcntl.h>
#include <limits.h>

#define WORDS    8000
#define WORD_LEN 60
#define LONG_LEN (120 * 1024) /* bytes; MAX_ARG_STRLEN is 128 KiB */

static unsigned long sum_of(char **words, size_t *count)
{
	unsigned long sum = 5381;

	for (*count = 0; words[*count]; ++*count)
		for (const char *c = words[*count]; *c; c++)
			sum = sum * 33 + (unsigned char)*c;
	return sum;
}

static char **make(const char *prefix)
{
	char **words = calloc(WORDS + 2, sizeof(*words));

	MUST(words);
	for (int i = 0; i < WORDS; i++) {
		words[i] = malloc(WORD_LEN + 1);
		MUST(words[i]);
		(void)snprintf(words[i], WORD_LEN + 1, "%s%0*d", prefix, WORD_LEN - 2, i);
	}
	words[WORDS] = malloc(LONG_LEN + 1);
	MUST(words[WORDS]);
	memset(words[WORDS], prefix[0], LONG_LEN);
	words[WORDS][LONG_LEN] = '\0';
	return words;
}

int main(int argc, char **argv, char **envp)
{
	size_t n;

	if (argc > 2) {
		unsigned long sum = sum_of(argv, &n);

		printf("%zu arguments, sum %lx\n", n, sum);
		sum = sum_of(envp, &n);
		printf("%zu variables, sum %lx\n", n, sum);
		printf("close-on-exec: %s\n", fcntl(200, F_GETFD) < 0 ? "closed" : "open");
		printf("inherited: %s\n", fcntl(201, F_GETFD) < 0 ? "closed" : "open");
		return 0;
	}
	MUST(dup3(STDOUT_FILENO, 200, O_CLOEXEC) == 200);
	MUST(dup3(STDOUT_FILENO, 201, 0) == 201);
	execve("/proc/self/exe", make("a="), make("e="));
	return 98;
}
