// SPDX-License-Identifier: MIT
/* What init_module() may be given. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "source/ptrace/module_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[MODULE_NAME_MAX];

	if (module_image_name(name, data, size) == 0 && strnlen(name, sizeof(name)) == sizeof(name))
		abort();
	return 0;
}
