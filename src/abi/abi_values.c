// SPDX-License-Identifier: MIT
/* Values with names: errnos, file types, file systems, address families, capabilities, signals, io_uring operations. */

#include "abi/abi.h"

#include <assert.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/magic.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/macros.h"

/* Of rows that share a number the first gives the name; each name gives its number. */
struct value {
	uint32_t nr;
	const char *name;
};

static const struct value errnos[] = {
#define ABI_ERRNO(nr, name) { nr, #name },
#include "abi/errnos.def"
#undef ABI_ERRNO
};

#define ABI_ERRNO(nr, name) static_assert((nr) == (name), #name " moved");
#include "abi/errnos.def"
#undef ABI_ERRNO

static const struct value filetypes[] = {
#define ABI_FILETYPE(mode, name) { mode, name },
#include "abi/filetypes.def"
#undef ABI_FILETYPE
};

static const struct value fstypes[] = {
#define ABI_FSTYPE(magic, sym, name) { magic, name },
#include "abi/fstypes.def"
#undef ABI_FSTYPE
};

#define ABI_FSTYPE(magic, sym, name) static_assert((magic) == (sym), #sym " moved");
#include "abi/fstypes.def"
#undef ABI_FSTYPE

static const struct value families[] = {
#define ABI_FAMILY(nr, name) { nr, name },
#include "abi/families.def"
#undef ABI_FAMILY
};

static const struct value capabilities[] = {
#define ABI_CAP(nr, sym, name) { nr, name },
#include "abi/capabilities.def"
#undef ABI_CAP
};

#define ABI_CAP(nr, sym, name) static_assert((nr) == (sym), #sym " moved");
#include "abi/capabilities.def"
#undef ABI_CAP

static const struct value signals[] = {
#define ABI_SIGNAL(nr, name) { nr, name },
#include "abi/signals.def"
#undef ABI_SIGNAL
};

static const struct value uringops[] = {
#define ABI_URINGOP(nr, sym, name) { nr, name },
#define ABI_URINGOP_NEW(nr, name)  { nr, name },
#include "abi/uringops.def"
#undef ABI_URINGOP
#undef ABI_URINGOP_NEW
};

#define ABI_URINGOP(nr, sym, ...) static_assert((nr) == (sym), #sym " moved");
#define ABI_URINGOP_NEW(...)
#include "abi/uringops.def"
#undef ABI_URINGOP
#undef ABI_URINGOP_NEW

static const char *value_name(const struct value *values, size_t n, uint32_t nr)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (values[i].nr == nr)
			return values[i].name;
	return NULL;
}

static int64_t value_nr(const struct value *values, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcasecmp(values[i].name, name) == 0)
			return values[i].nr;
	return -1;
}

const char *errno_name(int nr)
{
	return nr > 0 ? value_name(errnos, ARRAY_SIZE(errnos), (uint32_t)nr) : NULL;
}

int errno_nr(const char *name)
{
	bool negative = *name == '-';
	int64_t nr = value_nr(errnos, ARRAY_SIZE(errnos), name + negative);

	if (nr < 0)
		return 0;
	return negative ? -(int)nr : (int)nr;
}

const char *errno_text(int nr)
{
	return strerrordesc_np(nr);
}

int filetype_mode(const char *name)
{
	return (int)value_nr(filetypes, ARRAY_SIZE(filetypes), name);
}

const char *filetype_name(uint32_t mode)
{
	return value_name(filetypes, ARRAY_SIZE(filetypes), mode & S_IFMT);
}

int64_t fstype_magic(const char *name)
{
	return value_nr(fstypes, ARRAY_SIZE(fstypes), name);
}

const char *fstype_name(uint32_t magic)
{
	return value_name(fstypes, ARRAY_SIZE(fstypes), magic);
}

const char *address_family_name(uint32_t family)
{
	return value_name(families, ARRAY_SIZE(families), family);
}

const char *capability_name(unsigned nr)
{
	return value_name(capabilities, ARRAY_SIZE(capabilities), nr);
}

const char *signal_name(int nr)
{
	return nr >= 0 ? value_name(signals, ARRAY_SIZE(signals), (uint32_t)nr) : NULL;
}

int uringop_nr(const char *name)
{
	return (int)value_nr(uringops, ARRAY_SIZE(uringops), name);
}

const char *uringop_name(uint32_t nr)
{
	return value_name(uringops, ARRAY_SIZE(uringops), nr);
}
