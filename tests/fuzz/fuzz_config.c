// SPDX-License-Identifier: MIT
/* A file of settings. What is taken is within its bounds, and what is refused was complained about. */
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include "engine/config.h"

static void count(void *userdata, const char *line)
{
	if (!line[0] || strchr(line, '\n'))
		abort();
	++*(unsigned *)userdata;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;
	unsigned complaints = 0;
	int r;

	if (config_init(&config) < 0)
		return 0;
	r = config_parse(&config, "file", (const char *)data, size, count, &complaints);
	if ((r == 0) != (complaints == 0) || (r != 0 && r != -EINVAL))
		abort();
	if (config.enabled > 2 || config.failure > 2 || config.rate_limit > UINT32_MAX ||
		config.flush > 2 || config.spool_max > UINT64_C(1) << 40 || !config.source)
		abort();
	if (config.log_file && config.log_file[0] != '/')
		abort();
	config_deinit(&config);
	return 0;
}
