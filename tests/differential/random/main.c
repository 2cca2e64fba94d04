/* SPDX-License-Identifier: MIT */
/*
 *   sequence make SEED [SEQUENCES [CALLS]]   writes the sequences of SEED, SEED + 1 ... as text
 *   sequence setup FILE [MOUNT]              makes a tree for each sequence in FILE, in the working directory; MOUNT is a
 *                                            directory of another file system, for sequences that speak of mnt
 *   sequence play FILE                       makes the calls, each sequence in a child of its own in its own tree. Which
 *                                            one a record belongs to is said by the task's name
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "play.h"
#include "sequence.h"

#define DEFAULT_CALLS 20

static int make(int argc, char **argv)
{
	uint64_t seed = strtoull(argv[0], NULL, 0);
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	unsigned calls = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : DEFAULT_CALLS;

	for (unsigned long i = 0; i < n; i++)
		seq_generate(stdout, seed + i, calls);
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";

	if (!strcmp(verb, "make"))
		return make(argc - 2, argv + 2);
	if (!strcmp(verb, "setup"))
		return seq_setup(argv[2], argc > 3 ? argv[3] : NULL) ? 1 : 0;
	if (!strcmp(verb, "play"))
		return seq_play(argv[2]) ? 1 : 0;
	fputs("usage: sequence make SEED [SEQUENCES [CALLS]] | setup FILE [MOUNT] | play FILE\n",
		stderr);
	return 2;
}
