// SPDX-License-Identifier: MIT
/* Machines: the architectures that rules and records name. */

#include "abi/abi.h"

#include <string.h>
#include <strings.h>

#include "base/macros.h"

static const struct {
	struct machine machine;
	const char *aliases; /* blanks between them */
} machines[] = {
#define ABI_MACHINE(nr, elf, name, aliases) { { nr, elf, name }, aliases },
#include "abi/machines.def"
#undef ABI_MACHINE
};

static bool words_contain(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && strncasecmp(words, word, n) == 0)
			return true;
		words += n;
		words += strspn(words, " ");
	}
	return false;
}

const struct machine *machine_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (strcasecmp(machines[i].machine.name, name) == 0 ||
			words_contain(machines[i].aliases, name))
			return &machines[i].machine;
	return NULL;
}

const struct machine *machine_by_elf(uint32_t elf)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine.elf == elf)
			return &machines[i].machine;
	return NULL;
}

const struct machine *machine_by_nr(int nr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine.nr == nr)
			return &machines[i].machine;
	return NULL;
}

uint32_t machine_native_elf(void)
{
#if defined(__x86_64__)
	return ABI_ARCH_X86_64;
#elif defined(__i386__)
	return ABI_ARCH_I386;
#elif defined(__aarch64__)
	return ABI_ARCH_AARCH64;
#else
#error "name the AUDIT_ARCH_* token of this machine here"
#endif
}

uint32_t machine_native_compat_elf(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return ABI_ARCH_I386;
#else
	return 0x40000028u; /* arm */
#endif
}
