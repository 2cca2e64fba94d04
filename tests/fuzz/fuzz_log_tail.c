// SPDX-License-Identifier: MIT
/* The end of a log that somebody else wrote: whatever it is, what is cut is whole lines at its end. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/macros.h"
#include "engine/log_tail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_close_ int fd = memfd_create("log", MFD_CLOEXEC);
	struct log_tail tail;
	uint32_t serial;
	uint64_t end;
	int64_t n;
	int r;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	tail = (struct log_tail){ .fd = dup(fd), .end = size };
	if (size && data[size - 1] != '\n') {
		/* as log_tail_open() leaves it: whole lines only */
		const uint8_t *newline = memrchr(data, '\n', size);

		tail.end = newline ? (uint64_t)(newline - data) + 1 : 0;
	}
	if (!log_tail_serial(&tail, &serial))
		serial = 1;
	n = log_tail_count(&tail, serial - 3, serial);
	if (n < 0)
		abort();
	end = tail.end;
	r = log_tail_cut(&tail, (uint64_t)n);
	if (r < 0 || tail.end > end || (tail.end && data[tail.end - 1] != '\n'))
		abort();
	log_tail_close(&tail);
	return 0;
}
