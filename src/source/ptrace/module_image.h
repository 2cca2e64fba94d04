/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_PTRACE_MODULE_IMAGE_H
#define UAUDIT_SOURCE_PTRACE_MODULE_IMAGE_H

/* The name of a kernel module, out of its image (an ELF object), found as the kernel finds it (spec kernel 4.6,
 * KERN_MODULE). The image is what some program hands in: anything. */

#include <stddef.h>

#define MODULE_NAME_MAX 64 /* bytes with the NUL; MODULE_NAME_LEN of a 64-bit kernel is 56 */

/* 0 and the name, cut to fit; -ENOEXEC: the kernel gives up before it knows one. */
int module_image_name(char name[static MODULE_NAME_MAX], const void *image, size_t len);
/* ... of a file that is open for reading. Also -errno of the file. */
int module_file_name(char name[static MODULE_NAME_MAX], int fd);

#endif
