// SPDX-License-Identifier: MIT
#include "source/ptrace/full_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "source/ptrace/proc_file.h"

/* A directory descriptor is the object itself if the path behind it is empty. */
static bool stands_for_object(const struct call *call, enum arg_kind kind)
{
	const struct path_arg *arg = &call->paths[kind == ARG_DIRFD2];

	if (kind == ARG_FD)
		return true;
	return (kind == ARG_DIRFD || kind == ARG_DIRFD2) && arg->present && !arg->error &&
	       !arg->string.len;
}

void full_path_read_fds(struct call *call, const struct lookup *l)
{
	char path[PATH_MAX];

	/* the item of such a call has it */
	if (call->info->effect == EFFECT_FD)
		return;
	for (size_t i = 0; i < EVT_ARGS; i++) {
		int fd = (int)(int32_t)call->args[i];
		ssize_t n;

		if (fd < 0 || !stands_for_object(call, call->info->args[i]))
			continue;
		n = lookup_dirfd_path(l, fd, path);
		if (n < 0)
			continue;
		call->fds[call->n_fds].fd = fd;
		call->fds[call->n_fds].path = strdup(path);
		call->n_fds += call->fds[call->n_fds].path != NULL;
	}
}

void full_path_put_fds(const struct call *call, struct event_writer *w)
{
	for (size_t i = 0; i < call->n_fds; i++)
		event_put_fd_path(w, call->fds[i].fd, call->fds[i].path, strlen(call->fds[i].path));
}

/* The directory that a relative path begins at, "" for an absolute one, as the task sees it. */
static char *base_of(const struct path_arg *arg, const struct lookup *l)
{
	char path[PATH_MAX];
	ssize_t n;

	if (arg->text[0] == '/')
		return strdup("");
	n = lookup_dirfd_path(l, arg->dirfd, path);
	return n > 0 ? strdup(path) : NULL;
}

/* The directory of the last component, if there is one; else what the words say. */
static void complete(struct name_entry *entry, struct path_arg *arg, const struct lookup *l)
{
	char directory[PATH_MAX];
	size_t len = path_directory_len(arg->text, arg->string.len);

	if (!arg->string.len)
		return;
	if (arg->last_len && !object_found(&arg->parent)) {
		memcpy(directory, len ? arg->text : ".", len ? len : 1);
		directory[len ? len : 1] = '\0';
		lookup_path(l, &arg->parent, arg->dirfd, directory, 0);
	}
	if (arg->last_len && object_found(&arg->parent) && arg->parent.full) {
		names_set_full(entry, arg->parent.full, arg->last, arg->last_len);
		return;
	}
	/* several entries may borrow it */
	if (!arg->base)
		arg->base = base_of(arg, l);
	if (!arg->base)
		return;
	len = arg->text[0] == '/';
	names_set_full(entry, arg->base, arg->text + len, arg->string.len - len);
}

void full_path_of_missing(struct call *call, const struct lookup *l)
{
	for (size_t i = 0; i < call->names.n; i++) {
		struct name_entry *entry = &call->names.entries[i];

		/* a symlink's target is a string and no path of this call: its argument is not present */
		for (size_t j = 0; j < 2 && !entry->full; j++)
			if (entry->string == &call->paths[j].string && call->paths[j].present)
				complete(entry, &call->paths[j], l);
	}
}

void full_path_deinit(struct call *call)
{
	while (call->n_fds)
		free(call->fds[--call->n_fds].path);
	for (size_t i = 0; i < 2; i++) {
		free(call->paths[i].base);
		call->paths[i].base = NULL;
	}
}
