// SPDX-License-Identifier: MIT
#include "source/ptrace/module.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/module.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/macros.h"
#include "event/event.h"
#include "source/ptrace/call.h"
#include "source/ptrace/proc_file.h"
#include "source/ptrace/task_mem.h"

#define NAME_LEN_MAX 55u /* bytes; MODULE_NAME_LEN of a 64-bit kernel without the NUL */
#define IMAGE_MAX                                                                                  \
	((uint64_t)256 * 1024 * 1024) /* bytes; more than any module, less than our memory */
#define UNKNOWN_NAME "?"

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif
#define FLAGS_KNOWN                                                                                \
	(MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC | MODULE_INIT_COMPRESSED_FILE)

/* ---- entry ---- */

static void set_name(struct module_call *module, const char *name)
{
	module->is_read = true;
	(void)strncpy(module->name, name, sizeof(module->name) - 1);
	module->name[sizeof(module->name) - 1] = '\0';
}

static void delete_entry(struct call *call)
{
	struct module_call *module = &call->module;
	ssize_t n = task_mem_read_string(call->tid, call->args[0], module->name, NAME_LEN_MAX + 1);

	module->is_read = n > 0;
}

/* The whole image: the kernel copies it, too, before it looks at anything. */
static void init_entry(struct call *call)
{
	struct module_call *module = &call->module;
	uint64_t len = call->args[1];
	_cleanup_free_ char *image = NULL;
	char name[MODULE_NAME_MAX];

	if (len < sizeof(Elf64_Ehdr) || len > IMAGE_MAX)
		return;
	image = malloc((size_t)len);
	if (!image) {
		call->event_flags |= EVT_F_TRUNCATED;
		return;
	}
	if (task_mem_read(call->tid, call->args[0], image, (size_t)len) < 0)
		return;
	set_name(module, module_image_name(name, image, (size_t)len) < 0 ? UNKNOWN_NAME : name);
}

/* A compressed image is named as its file is, as depmod and modprobe do. */
static void name_by_file(struct module_call *module, int procfd, const char *link)
{
	char path[PATH_MAX];
	ssize_t n = readlinkat(procfd, link, path, sizeof(path) - 1);
	char *name, *end;

	if (n < 0) {
		set_name(module, UNKNOWN_NAME);
		return;
	}
	path[n] = '\0';
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	end = strstr(name, ".ko");
	if (end)
		*end = '\0';
	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	set_name(module, *name ? name : UNKNOWN_NAME);
}

static void finit_entry(struct call *call, int procfd)
{
	struct module_call *module = &call->module;
	uint32_t flags = (uint32_t)call->args[2];
	char link[PROC_NAME_MAX], name[MODULE_NAME_MAX];
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (flags & ~(uint32_t)FLAGS_KNOWN)
		return;
	proc_name_fd(link, call->tid, (int)call->args[0]);
	/* what is no regular file is refused unread; to open it might do something */
	if ((int32_t)call->args[0] < 0 || fstatat(procfd, link, &st, 0) < 0 ||
		!S_ISREG(st.st_mode) || !st.st_size)
		return;
	if (flags & MODULE_INIT_COMPRESSED_FILE) {
		name_by_file(module, procfd, link);
		return;
	}
	fd = openat(procfd, link, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		call->event_flags |= EVT_F_FAULT;
	set_name(module, fd < 0 || module_file_name(name, fd) < 0 ? UNKNOWN_NAME : name);
}

void module_entry(struct call *call, int procfd, const struct task_ids *ids)
{
	const char *name = call->info->name;

	call->module.is_read = false;
	if (!(ids->cap_effective & UINT64_C(1) << CAP_SYS_MODULE))
		return;
	if (!strcmp(name, "delete_module"))
		delete_entry(call);
	else if (!strcmp(name, "init_module"))
		init_entry(call);
	else
		finit_entry(call, procfd);
}

/* ---- exit ---- */

/* Whether the call got as far as to note the name: not without the privilege, nor in a kernel without modules, nor with
 * a descriptor that it cannot read from. */
static bool came_to_name(const struct call *call, int64_t ret)
{
	switch (ret) {
	case -EPERM:
	case -ENOSYS:
	case -EBADF:
	case -ETXTBSY:
	case -EOPNOTSUPP: /* compressed files in a kernel that knows none */
		return false;
	default:
		return call->module.is_read;
	}
}

/* Of an image with a bad signature the name is not looked for. */
static bool has_bad_signature(int64_t ret)
{
	return ret == -EKEYREJECTED || ret == -EBADMSG || ret == -ENOKEY || ret == -ENOPKG;
}

void module_exit(const struct call *call, int64_t ret, struct event_writer *w)
{
	char item[2 * sizeof(uint32_t) + MODULE_NAME_MAX] = { 0 };
	const char *name = has_bad_signature(ret) ? UNKNOWN_NAME : call->module.name;
	const uint32_t head[2] = { 1, 0 };

	if (!came_to_name(call, ret))
		return;
	memcpy(item, head, sizeof(head));
	memcpy(item + sizeof(head), name, strlen(name));
	event_put(w, EVT_ITEM_KERN_MODULE, item, sizeof(head) + strlen(name));
}
