// SPDX-License-Identifier: MIT
/* Names and numbers, from the tables of src/abi in the conventions of this interface (spec userspace 7.6). */

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "abi/abi.h"
#include "client/client.h"

#define WORD_SIZE 16 /* longer than the names of all lists and actions */

_public_ int audit_name_to_field(const char *field)
{
	const struct rule_field *row = rule_field_by_name(field);

	return row ? (int)row->nr : -1;
}

_public_ const char *audit_field_to_name(int field)
{
	const struct rule_field *row = field < 0 ? NULL : rule_field_by_nr((uint32_t)field);

	return row ? row->name : NULL;
}

/* 0: unknown, as of the two that have no table (ia64, alpha). */
static uint32_t elf_of(int machine)
{
	const struct machine *row = machine_by_nr(machine);

	return row ? row->elf : 0;
}

_public_ int audit_name_to_syscall(const char *sc, int machine)
{
	if (machine == MACH_IO_URING)
		return uringop_nr(sc);
	return syscall_nr(elf_of(machine), sc);
}

_public_ const char *audit_syscall_to_name(int sc, int machine)
{
	if (machine == MACH_IO_URING)
		return audit_uringop_to_name(sc);
	return syscall_name(elf_of(machine), sc);
}

_public_ int audit_name_to_uringop(const char *uringop)
{
	return uringop_nr(uringop);
}

_public_ const char *audit_uringop_to_name(int uringop)
{
	return uringop < 0 ? NULL : uringop_name((uint32_t)uringop);
}

/* Rule text knows lists and actions in small letters only; this interface ignores case. */
static const char *lower(const char *name, char ret[static WORD_SIZE])
{
	size_t i;

	for (i = 0; name[i] && i < WORD_SIZE - 1; i++)
		ret[i] = (char)tolower((unsigned char)name[i]);
	ret[i] = '\0';
	return name[i] ? "" : ret;
}

_public_ int audit_name_to_flag(const char *flag)
{
	char word[WORD_SIZE];

	return list_nr(lower(flag, word));
}

_public_ const char *audit_flag_to_name(int flag)
{
	return flag < 0 ? NULL : list_name((uint32_t)flag);
}

/* No rule is made of it any more, but programs still name it. */
#define POSSIBLE "possible"

_public_ int audit_name_to_action(const char *action)
{
	char word[WORD_SIZE];

	return strcasecmp(action, POSSIBLE) == 0 ? AUDIT_POSSIBLE : action_nr(lower(action, word));
}

_public_ const char *audit_action_to_name(int action)
{
	if (action == AUDIT_POSSIBLE)
		return POSSIBLE;
	return action < 0 ? NULL : action_name((uint32_t)action);
}

_public_ int audit_name_to_msg_type(const char *msg_type)
{
	return record_type_nr(msg_type);
}

_public_ const char *audit_msg_type_to_name(int msg_type)
{
	const struct record_type *row = msg_type < 0 ? NULL : record_type_by_nr((uint32_t)msg_type);

	return row ? row->name : NULL;
}

_public_ int audit_name_to_machine(const char *machine)
{
	const struct machine *row = machine_by_name(machine);

	if (strcasecmp(machine, "uring") == 0)
		return MACH_IO_URING;
	return row ? row->nr : -1;
}

_public_ const char *audit_machine_to_name(int machine)
{
	const struct machine *row = machine_by_nr(machine);

	if (machine == MACH_IO_URING)
		return "uring";
	return row ? row->name : NULL;
}

_public_ unsigned int audit_machine_to_elf(int machine)
{
	return elf_of(machine);
}

_public_ int audit_elf_to_machine(unsigned int elf)
{
	const struct machine *row = machine_by_elf(elf);

	return row ? row->nr : -1;
}

_public_ int audit_detect_machine(void)
{
	struct utsname uts;

	return uname(&uts) == 0 ? audit_name_to_machine(uts.machine) : -1;
}

/* The machine itself, or the 32-bit one whose programs it runs too; -6: it has no such programs. */
static int machine_of_width(bool is_64)
{
	int machine = audit_detect_machine();
	const struct machine *row = machine_by_nr(machine);

	if (!row)
		return -4;
	if (is_64)
		return row->elf & __AUDIT_ARCH_64BIT ? machine : -6;
	if (!(row->elf & __AUDIT_ARCH_64BIT))
		return machine;
	row = machine == audit_elf_to_machine(machine_native_elf())
		      ? machine_by_elf(machine_native_compat_elf())
		      : NULL;
	return row ? row->nr : -6;
}

_public_ int audit_determine_machine(const char *arch)
{
	unsigned long elf;
	char *end;
	int machine;

	if (strcasecmp(arch, "b64") == 0 || strcasecmp(arch, "b32") == 0)
		return machine_of_width(arch[1] == '6');
	machine = audit_name_to_machine(arch);
	if (machine >= 0)
		return machine;
	elf = strtoul(arch, &end, 16);
	if (end == arch || *end || elf > UINT_MAX)
		return -4;
	machine = audit_elf_to_machine((unsigned int)elf);
	return machine < 0 ? -4 : machine;
}

_public_ const char *audit_operator_to_symbol(int op)
{
	return op_symbol((uint32_t)op);
}

_public_ int audit_name_to_errno(const char *error)
{
	return errno_nr(error);
}

_public_ const char *audit_errno_to_name(int error)
{
	return errno_name(error);
}

_public_ int audit_name_to_ftype(const char *name)
{
	return filetype_mode(name);
}

_public_ const char *audit_ftype_to_name(int ftype)
{
	/* filetype_name() looks at the type bits of any mode. */
	return ftype & ~S_IFMT ? NULL : filetype_name((uint32_t)ftype);
}

_public_ int audit_name_to_fstype(const char *name)
{
	return (int)fstype_magic(name);
}

_public_ const char *audit_fstype_to_name(int fstype)
{
	return fstype_name((uint32_t)fstype);
}
