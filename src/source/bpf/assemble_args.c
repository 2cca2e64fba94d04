// SPDX-License-Identifier: MIT
/*
 * The names of the tracepoint tier: the strings as they were passed, the files behind descriptors as the call had them
 * (assemble_known.c); everything else is looked up now, which is after the call (assemble_look.c), by whom the call itself cannot
 * be asked any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "abi/extra.h"
#include "base/macros.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/effects_look.h"
#include "source/ptrace/extras.h"
#include "source/ptrace/full_path.h"
#include "source/ptrace/mqueue.h"
#include "source/ptrace/sticky.h"

/* ---- what the call passed ---- */

static void take_socketcall(struct call *call, const struct raw *raw)
{
	for (size_t i = 0; i < raw->n_pass; i++) {
		const struct raw_item *item = &raw->pass[i];
		const struct syscall_info *info = extras_socketcall((uint32_t)call->regs.args[0]);
		uint64_t wide[EVT_ARGS] = { 0 };

		if (item->type != EVT_ITEM_SOCKETCALL || item->len > sizeof(wide) || !info)
			continue;
		memcpy(wide, item->data, item->len);
		memcpy(call->args, wide, sizeof(call->args));
		call->info = info;
	}
}

static void take_how(struct call *call, const struct raw *raw)
{
	struct evt_openat2 how;

	call->has_how = false;
	for (size_t i = 0; i < raw->n_pass; i++)
		if (raw->pass[i].type == EVT_ITEM_OPENAT2 &&
			raw_read(&raw->pass[i], &how, sizeof(how))) {
			call->has_how = true;
			call->how_flags = how.flags;
			call->how_mode = how.mode;
			call->how_resolve = how.resolve;
		}
}

/* What the kernel calls a program that execveat names by a descriptor: "/dev/fd/N" or "/dev/fd/N/path". */
static ssize_t strip_descriptor(const struct call *call, char path[PATH_MAX])
{
	size_t n = strlen("/dev/fd/");

	if (syscall_arg(call->info, ARG_DIRFD) >= 0 && strncmp(path, "/dev/fd/", n) == 0) {
		n += strspn(path + n, "0123456789");
		n += path[n] == '/';
		memmove(path, path + n, strlen(path + n) + 1);
	}
	return (ssize_t)strlen(path);
}

static struct view rest_of(const struct raw_item *item, size_t head)
{
	return (struct view){ item->data + head, item->len - head };
}

struct view assemble_text(const struct assembler *a, uint32_t flags, uint32_t nr, struct view bytes)
{
	if (flags & CAP_F_CUT)
		return (struct view){ 0 };
	if (flags & CAP_F_CHUNKS)
		bytes = chunks_find(
			a->chunks, &(struct chunk_key){ a->raw.h.tid, a->raw.origin.call, nr });
	if (bytes.p)
		bytes.len = strnlen(bytes.p, bytes.len);
	return bytes;
}

static ssize_t copy_text(struct assembler *a, struct view text, char to[PATH_MAX])
{
	if (!text.p) {
		a->call.event_flags |= EVT_F_TRUNCATED;
		return -EFAULT;
	}
	if (text.len >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(to, text.p, text.len);
	to[text.len] = '\0';
	return (ssize_t)text.len;
}

/* Bytes of the string, put to `to` with a NUL; negative errno as if it were copied from the program. */
static ssize_t take_string(struct assembler *a, const struct raw_item *item, char to[PATH_MAX])
{
	struct cap_arg arg;
	ssize_t n;

	if (!raw_read(item, &arg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags & CAP_F_FAULT) {
		/* the kernel could read it, unless it says so */
		if (a->raw.h.ret != -EFAULT)
			a->call.event_flags |= EVT_F_FAULT;
		return -EFAULT;
	}
	n = copy_text(a, assemble_text(a, arg.flags, arg.nr, rest_of(item, sizeof(arg))), to);
	return n > 0 && arg.flags & CAP_F_KERNEL ? strip_descriptor(&a->call, to) : n;
}

/* The same in the full tier: the string that the kernel has copied from there. */
static ssize_t take_copied(struct assembler *a, uint64_t pointer, char to[PATH_MAX])
{
	struct cap_string s;

	for (size_t i = 0; i < a->raw.n_hooks; i++) {
		const struct raw_item *item = &a->raw.hooks[i];

		if (item->type == CAP_ITEM_STRING && raw_read(item, &s, sizeof(s)) &&
			s.pointer == pointer)
			return copy_text(
				a, assemble_text(a, s.flags, s.nr, rest_of(item, sizeof(s))), to);
	}
	return -EFAULT;
}

static void take_path(struct assembler *a, struct path_arg *path, enum arg_kind kind)
{
	struct call *call = &a->call;
	int i = syscall_arg(call->info, kind);
	ssize_t n;

	if (i < 0) {
		path->present = false;
		return;
	}
	if (a->options.tier == BPF_TIER_FULL)
		n = take_copied(a, call->args[i], path->text);
	else
		n = take_string(a, &a->raw.strings[i], path->text);
	effect_take_path(call, path, kind, n);
}

static void take_text(struct assembler *a)
{
	struct call *call = &a->call;
	int i = syscall_arg(call->info, ARG_TEXT);

	call->has_text = i >= 0 && take_string(a, &a->raw.strings[i], call->paths[0].text) >= 0;
}

static void take_memory(struct call *call, const struct raw *raw)
{
	struct cap_arg arg;

	call->n_memory = 0;
	for (size_t i = 0; i < EVT_ARGS; i++)
		if (raw_read(&raw->memory[i], &arg, sizeof(arg)))
			call->memory[call->n_memory++] = (struct call_memory){
				.at = arg.pointer,
				.data = raw->memory[i].data + sizeof(arg),
				.len = raw->memory[i].len - sizeof(arg),
			};
}

static void take_call(struct assembler *a)
{
	const struct raw *raw = &a->raw;
	struct call *call = &a->call;

	call->regs.arch = raw->h.arch;
	call->regs.nr = (uint64_t)(uint32_t)raw->h.nr;
	memcpy(call->regs.args, raw->h.args, sizeof(call->regs.args));
	memcpy(call->args, raw->h.args, sizeof(call->args));
	/* what an operation does to names is known by the hooks alone */
	call->info = syscall_info(raw->h.arch, raw->h.kind == EVT_URING ? -1 : raw->h.nr);
	call->tid = (pid_t)raw->h.tid;
	call->tgid = (pid_t)raw->h.tgid;
	call->is_compat = raw->h.arch == ABI_ARCH_I386;
	call->is_half_done = call->has_ids_before = false;
	call->event_flags = raw->is_cut ? EVT_F_TRUNCATED : 0;
	call->anomaly = 0;
	call->image.n = 0;
	names_clear(&call->names);
	take_socketcall(call, raw);
	take_how(call, raw);
	take_memory(call, raw);
	call->sockaddr_len = 0;
	if (raw->sockaddr.len && raw->sockaddr.len <= sizeof(call->sockaddr)) {
		call->sockaddr_len = raw->sockaddr.len;
		memcpy(call->sockaddr, raw->sockaddr.data, raw->sockaddr.len);
	}
	for (size_t i = 0; i < ARRAY_SIZE(call->paths); i++) {
		/* their objects are nothing since the last call was done */
		call->paths[i].present = false;
	}
}

/* ---- what came of it ---- */

/* Opening ptmx has made a terminal, of which the programs tell. */
static void name_terminal(struct assembler *a)
{
	struct object parent, node;
	struct cap_child child;

	for (size_t i = 0; i < a->raw.n_hooks; i++) {
		if (a->raw.hooks[i].type != CAP_ITEM_CHILD ||
			!raw_read(&a->raw.hooks[i], &child, sizeof(child)))
			continue;
		object_of_inode(&parent, &child.dir);
		object_of_inode(&node, &child.inode);
		if (object_found(&parent) && object_found(&node))
			names_child(&a->call.names, &parent, "", 0, &node, EVT_NAME_CREATE);
	}
}

/* An open that says so: whatever is there now was not. */
static bool is_missing(const struct assembler *a)
{
	const struct call *call = &a->call;
	const struct path_arg *path = &call->paths[0];

	return call->info->effect == EFFECT_OPEN && a->raw.h.ret == -ENOENT &&
	       !(call->oflags & O_CREAT) && path->present && !path->error;
}

/* What the hooks have told; of a descriptor that a call is about they tell nothing. */
static void name_full(struct assembler *a)
{
	struct call *call = &a->call;

	if (call->info->effect == EFFECT_FD || call->info->effect == EFFECT_QUEUE) {
		effect_look(call, &a->env);
		effect_exit(call, &a->env, a->raw.h.ret);
	}
	assemble_names(a);
}

static void name_from_args(struct assembler *a)
{
	struct call *call = &a->call;

	if (call->info->effect == EFFECT_NONE || !(a->raw.h.flags & EVT_F_RETURNED))
		return;
	assemble_look(a);
	assemble_watched_before(a);
	if (is_missing(a))
		(void)names_string(&call->names, &call->paths[0].string);
	else
		effect_exit(call, &a->env, a->raw.h.ret);
	assemble_watched_after(a);
	name_terminal(a);
	sticky_exit(call, &a->env, a->raw.h.ret);
}

void assemble_args(struct assembler *a)
{
	struct call *call = &a->call;
	bool is_full = a->options.tier == BPF_TIER_FULL;

	take_call(a);
	mq_entry(call);
	if (!is_full && !(a->raw.h.flags & EVT_F_RETURNED))
		return;
	if (!a->raw.n_hooks && call->info->effect == EFFECT_NONE &&
		!(a->options.extra & EXTRA_PATHS))
		return;
	take_path(a, &call->paths[0], ARG_PATH);
	take_path(a, &call->paths[1], ARG_PATH2);
	if (!is_full)
		take_text(a);
	assemble_know(a);
	if (is_full)
		name_full(a);
	else
		name_from_args(a);
	if (a->options.extra & EXTRA_PATHS) {
		full_path_read_fds(call, &a->env.lookup);
		full_path_of_missing(call, &a->env.lookup);
	}
	if (call->names.cut)
		call->event_flags |= EVT_F_TRUNCATED;
}
