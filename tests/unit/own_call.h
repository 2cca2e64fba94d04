/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_UNIT_OWN_CALL_H
#define UAUDIT_TESTS_UNIT_OWN_CALL_H

/* The test program plays the task: a call of its own, as the tracer would see it. After cmocka.h. */

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/ptrace/call.h"

static inline struct call own_call_nr(uint32_t arch, uint64_t nr, const uint64_t args[6])
{
	struct call call = {
		.regs = { .arch = arch, .nr = nr },
		.tid = getpid(),
		.tgid = getpid(),
		.is_compat = arch == ABI_ARCH_I386,
	};

	call.info = syscall_info(arch, (int64_t)nr);
	memcpy(call.regs.args, args, sizeof(call.regs.args));
	memcpy(call.args, args, sizeof(call.args));
	return call;
}

static inline struct call own_call(uint32_t arch, const char *name, const uint64_t args[6])
{
	return own_call_nr(arch, (uint64_t)syscall_nr(arch, name), args);
}

/* A page below 4 GiB, where a 32-bit program's pointers lead; what is behind it cannot be read. */
static inline void *low_page(void)
{
	char *at = mmap((void *)0x10000000, 8192, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	assert_int_equal(mprotect(at + 4096, 4096, PROT_NONE), 0);
	return at;
}

static inline void low_page_free(void *page)
{
	munmap(page, 8192);
}

/* The items that put() appends for the call, decoded into *ret, which is the caller's to deinit. */
static inline void own_event(struct event *ret, struct buf *out, struct call *call, int64_t value,
	void (*put)(struct call *call, int64_t value, struct event_writer *w))
{
	struct evt_hdr hdr = {
		.version = EVT_VERSION, .kind = EVT_SYSCALL, .arch = call->regs.arch
	};
	struct event_writer w;
	size_t used;

	*ret = (struct event){ 0 };
	buf_clear(out);
	event_begin(&w, out, &hdr);
	put(call, value, &w);
	assert_int_equal(event_finish(&w), 0);
	assert_int_equal(event_decode(ret, out->data, out->len, &used), 0);
}

#endif
