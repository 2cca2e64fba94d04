/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/syscall.h>

#include "sequence.h"

/* What only some architectures have. */
#define ABSENT (-1)
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef SYS_setxattrat
#define SYS_setxattrat    463
#define SYS_getxattrat    464
#define SYS_listxattrat   465
#define SYS_removexattrat 466
#endif
#ifndef SYS_file_getattr
#define SYS_file_getattr 468
#endif
#ifndef SYS_open
#define SYS_open      ABSENT
#define SYS_creat     ABSENT
#define SYS_mkdir     ABSENT
#define SYS_mknod     ABSENT
#define SYS_rmdir     ABSENT
#define SYS_unlink    ABSENT
#define SYS_rename    ABSENT
#define SYS_link      ABSENT
#define SYS_symlink   ABSENT
#define SYS_readlink  ABSENT
#define SYS_chmod     ABSENT
#define SYS_chown     ABSENT
#define SYS_lchown    ABSENT
#define SYS_access    ABSENT
#define SYS_stat      ABSENT
#define SYS_lstat     ABSENT
#define SYS_utime     ABSENT
#define SYS_utimes    ABSENT
#define SYS_futimesat ABSENT
#define SYS_uselib    ABSENT
#define SYS_dup2      ABSENT
#endif
#ifndef SYS_renameat
#define SYS_renameat ABSENT
#endif
#ifndef SYS_newfstatat
#define SYS_newfstatat ABSENT
#endif
#ifndef SYS_fstatat64
#define SYS_fstatat64 ABSENT
#endif
#ifndef SYS_stat64
#define SYS_stat64     ABSENT
#define SYS_lstat64    ABSENT
#define SYS_truncate64 ABSENT
#endif
#ifndef SYS_chown32
#define SYS_chown32  ABSENT
#define SYS_lchown32 ABSENT
#define SYS_fchown32 ABSENT
#endif
#ifndef SYS_utimensat_time64
#define SYS_utimensat_time64 ABSENT
#endif

const struct seq_row seq_rows[] = {
#define SEQ_CALL(weight, name, ...)   { #name, SYS_##name, weight, { KINDS(__VA_ARGS__) } },
#define KINDS(...)                    KINDS_(__VA_ARGS__, NONE, NONE, NONE, NONE, NONE, NONE)
#define KINDS_(a, b, c, d, e, f, ...) SEQ_##a, SEQ_##b, SEQ_##c, SEQ_##d, SEQ_##e, SEQ_##f
#include "calls.def"
#undef SEQ_CALL
};
const size_t seq_n_rows = sizeof(seq_rows) / sizeof(seq_rows[0]);

const struct seq_row *seq_row_find(const char *name, size_t len)
{
	for (size_t i = 0; i < seq_n_rows; i++)
		if (strlen(seq_rows[i].name) == len && !memcmp(seq_rows[i].name, name, len))
			return &seq_rows[i];
	return NULL;
}
