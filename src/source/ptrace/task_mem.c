// SPDX-License-Identifier: MIT
#include "source/ptrace/task_mem.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define PAGE                                                                                       \
	((size_t)4096) /* no architecture has smaller ones: a read that stays in one cannot fail halfway */
#define STRING_CHUNK ((size_t)256) /* most names are shorter: one call reads them */

static ssize_t read_once(pid_t tid, uint64_t addr, void *to, size_t len)
{
	struct iovec local = { .iov_base = to, .iov_len = len };
	struct iovec remote = { .iov_base = (void *)(uintptr_t)addr, .iov_len = len };
	ssize_t n = process_vm_readv(tid, &local, 1, &remote, 1, 0);

	return n < 0 ? -errno : n;
}

static size_t to_page_end(uint64_t addr)
{
	return PAGE - (size_t)(addr % PAGE);
}

ssize_t task_mem_read_some(pid_t tid, uint64_t addr, void *to, size_t len)
{
	size_t done = 0;

	/* The call stops at the first page that is missing and says how far it came; only a first page that is
	 * missing makes it fail. */
	while (done < len) {
		ssize_t n = read_once(tid, addr + done, (char *)to + done, len - done);

		if (n <= 0)
			return done ? (ssize_t)done : (n ? n : -EFAULT);
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int task_mem_read(pid_t tid, uint64_t addr, void *to, size_t len)
{
	ssize_t n = task_mem_read_some(tid, addr, to, len);

	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EFAULT;
}

ssize_t task_mem_read_string(pid_t tid, uint64_t addr, char *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t want = to_page_end(addr + done);
		const char *end;
		ssize_t n;

		if (want > STRING_CHUNK && !done)
			want = STRING_CHUNK;
		if (want > size - done)
			want = size - done;
		n = read_once(tid, addr + done, to + done, want);
		if (n <= 0)
			return n ? n : -EFAULT;
		end = memchr(to + done, '\0', (size_t)n);
		if (end)
			return end - to;
		done += (size_t)n;
	}
	return -ENAMETOOLONG;
}
