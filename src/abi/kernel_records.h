/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ABI_KERNEL_RECORDS_H
#define UAUDIT_ABI_KERNEL_RECORDS_H

/*
 * Types of records that parts of the kernel write by themselves, which nobody outside can put together: decisions of seccomp
 * filters and security modules, changes of their policies, integrity, device mapper (spec kernel 8.7, 8.8, 9, 10). Most of
 * them are written whether the kernel's audit is enabled or not. Whoever captures takes their text as it is; what a source
 * makes itself is not here. Compiled by cc and by clang -target bpf alike.
 */

/* First, last. */
#define KERNEL_RECORDS(RANGE)                                                                        \
	RANGE(1326, 1326) /* SECCOMP */                                                              \
	RANGE(1338, 1339) /* DM_CTRL, DM_EVENT */                                                    \
	RANGE(1400,                                                                                  \
		1424) /* AVC ... LANDLOCK_DOMAIN; 1425 and 1426 belong to the kernel's own events */ \
	RANGE(1500, 1599) /* AppArmor's */                                                           \
	RANGE(1800, 1899) /* INTEGRITY_* */

#define KERNEL_RECORD_TEXT_MAX 8970 /* bytes; MAX_AUDIT_MESSAGE_LENGTH in include/linux/audit.h */

static inline int is_kernel_record(unsigned int type)
{
#define KERNEL_RECORD_IS(first, last) || (type >= (first) && type <= (last))
	return 0 KERNEL_RECORDS(KERNEL_RECORD_IS);
#undef KERNEL_RECORD_IS
}

#endif
