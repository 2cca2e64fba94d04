// SPDX-License-Identifier: MIT
/* The command line of run: words that end with NUL. Complaints are formatted and dropped. */
#include "fuzz.h"

#include <stdarg.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/run_options.h"

#define WORDS_MAX 64

void complain(const char *format, ...)
{
	char line[4096];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS_MAX + 1] = { (char[]){ "run" } }, *text = malloc(size + 1);
	struct run_options options = { 0 };
	int argc = 1;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t at = 0; at < size && argc < WORDS_MAX; at += strlen(text + at) + 1)
		argv[argc++] = text + at;
	if (run_options_parse(&options, argc, argv, size % 2) == 0 &&
		options.n_words > (size_t)argc * 2)
		abort();
	run_options_deinit(&options);
	free(text);
	return 0;
}
