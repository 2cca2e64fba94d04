// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/ptrace/task_mem.h"

/* Two pages, the second of which cannot be read: strings of this test end flush against it. */
static char *edge(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(munmap(pages + 4096, 4096), 0);
	return pages + 4096;
}

static void string_up_to_the_edge(void **state)
{
	char *end = edge(), text[4096];

	(void)state;
	memcpy(end - 4, "abc", 4);
	assert_int_equal(
		task_mem_read_string(getpid(), (uintptr_t)(end - 4), text, sizeof(text)), 3);
	assert_string_equal(text, "abc");
}

static void string_without_end_faults(void **state)
{
	char *end = edge(), text[4096];

	(void)state;
	memset(end - 300, 'x', 300);
	assert_int_equal(task_mem_read_string(getpid(), (uintptr_t)(end - 300), text, sizeof(text)),
		-EFAULT);
	assert_int_equal(
		task_mem_read_string(getpid(), (uintptr_t)end, text, sizeof(text)), -EFAULT);
	assert_int_equal(task_mem_read_string(getpid(), 0, text, sizeof(text)), -EFAULT);
}

static void long_string_is_refused(void **state)
{
	static char source[6000];
	char text[4096];

	(void)state;
	memset(source, 'x', sizeof(source) - 1);
	assert_int_equal(task_mem_read_string(getpid(), (uintptr_t)source, text, sizeof(text)),
		-ENAMETOOLONG);
	source[4095] = '\0';
	assert_int_equal(
		task_mem_read_string(getpid(), (uintptr_t)source, text, sizeof(text)), 4095);
}

static void partial_read_says_how_much(void **state)
{
	char *end = edge(), to[64];

	(void)state;
	assert_int_equal(task_mem_read_some(getpid(), (uintptr_t)(end - 10), to, sizeof(to)), 10);
	assert_int_equal(task_mem_read(getpid(), (uintptr_t)(end - 10), to, sizeof(to)), -EFAULT);
	assert_int_equal(task_mem_read(getpid(), (uintptr_t)(end - 10), to, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(string_up_to_the_edge),
		cmocka_unit_test(string_without_end_faults),
		cmocka_unit_test(long_string_is_refused),
		cmocka_unit_test(partial_read_says_how_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
