/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_BASE_MACROS_H
#define UAUDIT_BASE_MACROS_H

/* The few macros that the rest of the code leans on: scope-bound ownership and array sizes. */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a)   (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(n, to) (((n) + ((to)-1)) & ~((__typeof__(n))(to)-1))
/* Not into a caller that is seldom in need of it, and would save registers for it each time. */
#define _noinline_           __attribute__((__noinline__))
#define _printf_(fmt, first) __attribute__((format(printf, fmt, first)))
#define _public_             __attribute__((visibility("default")))

/* A local that owns something is released when its scope ends: _cleanup_(x_freep) struct x *p = NULL; */
#define _cleanup_(f)     __attribute__((cleanup(f)))
#define _cleanup_free_   _cleanup_(free_pointer)
#define _cleanup_close_  _cleanup_(close_fdp)
#define _cleanup_fclose_ _cleanup_(fclose_filep)

/* Hands ownership on: the local no longer frees what it held. */
#define TAKE_PTR(p)                                                                                \
	({                                                                                         \
		__typeof__(p) *take_from = &(p);                                                   \
		__typeof__(p) taken = *take_from;                                                  \
		*take_from = NULL;                                                                 \
		taken;                                                                             \
	})
#define TAKE_FD(fd)                                                                                \
	({                                                                                         \
		int *take_from = &(fd);                                                            \
		int taken = *take_from;                                                            \
		*take_from = -1;                                                                   \
		taken;                                                                             \
	})

/* x_free(x *) as a cleanup handler x_freep(x **). */
#define DEFINE_CLEANUP(type, func)                                                                 \
	static inline void func##p(type *p)                                                        \
	{                                                                                          \
		if (*p)                                                                            \
			func(*p);                                                                  \
	}

static inline void free_pointer(void *p)
{
	free(*(void **)p);
}

static inline void close_fdp(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void fclose_filep(FILE **f)
{
	if (*f)
		(void)fclose(*f);
}

#endif
