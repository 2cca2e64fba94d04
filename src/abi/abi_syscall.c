// SPDX-License-Identifier: MIT
/*
 * Syscalls of each architecture: number <-> name and the properties of the call.
 *
 * Numbers come from libseccomp by scanning (asked by name it answers pseudo numbers for the calls that i386 multiplexes),
 * spelling differences and newer calls from syscall_numbers.def, properties by name from syscalls.def. A table is built
 * when its architecture is first asked for, and lives until the process ends.
 */

#include "abi/abi.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"

#define SYSCALLS_MAX 1024 /* numbers below; Linux 6.18 has 470, and x32 (bit 30) carries no names */

static const struct syscall_info known[] = {
#define ABI_SYSCALL(name, flags, effect, ...) { #name, flags, effect, { __VA_ARGS__ } },
#define ABI_SYSCALL_ON(...)
#include "abi/syscalls.def"
#undef ABI_SYSCALL
#undef ABI_SYSCALL_ON
};

static const struct {
	uint32_t arch;
	struct syscall_info info;
} known_on[] = {
#define ABI_SYSCALL(...)
#define ABI_SYSCALL_ON(arch, name, flags, effect, ...)                                             \
	{ arch, { #name, flags, effect, { __VA_ARGS__ } } },
#include "abi/syscalls.def"
#undef ABI_SYSCALL
#undef ABI_SYSCALL_ON
};

#define EVERY_ARCH 0
static const struct {
	uint32_t arch;
	int nr;
	const char *name;
} numbers[] = {
#define ABI_SYSCALL_NR(arch, nr, name) { arch, nr, #name },
#define ABI_SYSCALL_NR_ALL(nr, name)   { EVERY_ARCH, nr, #name },
#include "abi/syscall_numbers.def"
#undef ABI_SYSCALL_NR
#undef ABI_SYSCALL_NR_ALL
};

struct syscall_table {
	uint32_t arch; /* 0: the slot is free */
	int n_names;
	struct syscall_info info[SYSCALLS_MAX]; /* by number; a NULL name: no such call */
	int by_name[SYSCALLS_MAX];              /* numbers, sorted by name without regard to case */
};

/* One slot a row of machines.def; a slot is filled once and never changes again. */
static struct syscall_table *tables[16];

static int compare_known(const void *name, const void *row)
{
	return strcmp(name, ((const struct syscall_info *)row)->name);
}

static struct syscall_info properties(uint32_t arch, const char *name)
{
	const struct syscall_info *row = NULL;
	struct syscall_info info = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known_on) && !row; i++)
		if (known_on[i].arch == arch && strcmp(known_on[i].info.name, name) == 0)
			row = &known_on[i].info;
	if (!row)
		row = bsearch(name, known, ARRAY_SIZE(known), sizeof(known[0]), compare_known);
	if (row)
		info = *row;
	info.name = name;
	return info;
}

static int compare_names(const void *a, const void *b, void *table)
{
	const struct syscall_table *t = table;

	return strcasecmp(t->info[*(const int *)a].name, t->info[*(const int *)b].name);
}

static void fill(struct syscall_table *t)
{
	int nr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].arch == t->arch || numbers[i].arch == EVERY_ARCH)
			t->info[numbers[i].nr] = properties(t->arch, numbers[i].name);
	for (nr = 0; nr < SYSCALLS_MAX; nr++) {
		if (!t->info[nr].name) {
			/* Ours to free; the table keeps it. */
			char *name = seccomp_syscall_resolve_num_arch(t->arch, nr);

			if (!name)
				continue;
			t->info[nr] = properties(t->arch, name);
		}
		t->by_name[t->n_names++] = nr;
	}
	qsort_r(t->by_name, (size_t)t->n_names, sizeof(t->by_name[0]), compare_names, t);
}

/* NULL: no such architecture here (or no memory: then every call of it is unknown). */
static const struct syscall_table *table_of(uint32_t arch)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables) && tables[i]; i++)
		if (tables[i]->arch == arch)
			return tables[i];
	if (i == ARRAY_SIZE(tables) || !machine_by_elf(arch))
		return NULL;
	tables[i] = calloc(1, sizeof(*tables[i]));
	if (!tables[i])
		return NULL;
	tables[i]->arch = arch;
	fill(tables[i]);
	return tables[i];
}

const struct syscall_info *syscall_info(uint32_t arch, int64_t nr)
{
	static const struct syscall_info unknown;
	const struct syscall_table *t = table_of(arch);

	if (!t || nr < 0 || nr >= SYSCALLS_MAX)
		return &unknown;
	return &t->info[nr];
}

const char *syscall_name(uint32_t arch, int64_t nr)
{
	return syscall_info(arch, nr)->name;
}

int syscall_nr(uint32_t arch, const char *name)
{
	const struct syscall_table *t = table_of(arch);
	int low = 0, high = t ? t->n_names : 0;

	while (low < high) {
		int mid = low + (high - low) / 2;
		int order = strcasecmp(name, t->info[t->by_name[mid]].name);

		if (order == 0)
			return t->by_name[mid];
		if (order > 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

bool syscall_in_class(uint32_t arch, int64_t nr, uint32_t sc_flag)
{
	if (sc_flag == SC_WRITE)
		sc_flag |= SC_DIRS;
	return syscall_info(arch, nr)->flags & sc_flag;
}
