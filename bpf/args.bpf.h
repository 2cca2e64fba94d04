/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_BPF_ARGS_H
#define UAUDIT_BPF_ARGS_H

/* What arguments point to, read at the entry as the call's row in abi/syscalls.def says (struct cap_shape). */

#include "chunk.bpf.h"
#include "facts.bpf.h"
#include "file.bpf.h"

#define MAP_ANONYMOUS_BIT 0x20u
#define OPEN_HOW_SIZE	  24u /* struct open_how, version 0 */
#define PATH_BYTES	  4096u

/* Without it the hooks of path lookup tell which strings were copied, and paths as arguments are left alone. */
const volatile __u32 takes_paths = 1;

/* Memory of the program as the payload of an item, behind `head` bytes of its own, which are zeroed. The payload, or NULL. */
static __always_inline void *put_memory(struct call *c, __u32 arg, __u16 type, __u32 head, __u64 from, __u32 len)
{
	__u8 *payload;

	HIDE_RANGE(len);
	len &= 255;
	payload = call_item(c, type, head + len);
	if (!payload)
		return NULL;
	if (bpf_probe_read_user(payload + head, len, (void *)from) == 0)
		return payload;
	c->missed |= 1u << (arg & 7);
	call_item_cut(c, payload, 0);
	c->used -= sizeof(struct evt_item);
	return NULL;
}

/* A string of the program that an argument points to. */
static __always_inline void put_string(struct call *c, __u32 arg, __u8 kind)
{
	__u64 pointer = c->passed[arg & 7];
	struct cap_arg *a = call_item(c, CAP_ITEM_ARG, sizeof(*a));
	long n;

	if (!a)
		return;
	*a = (struct cap_arg){ .arg = arg, .kind = kind, .pointer = pointer };
	n = bpf_probe_read_user_str(a + 1, CALL_STRING, (void *)pointer);
	if (n <= 0) {
		a->flags = CAP_F_FAULT;
		c->missed |= 1u << (arg & 7);
	} else if (n < CALL_STRING) {
		call_item_cut(c, a, sizeof(*a) + (__u32)n - 1);
	} else {
		a->nr = ++c->texts;
		a->flags = CAP_F_CHUNKS;
		/* it ends somewhere in there: the reader finds the NUL, or that there is none */
		send_text(c, a->nr, pointer, PATH_BYTES);
	}
}

static __always_inline int read_word(const struct call *c, __u64 from, __u64 *to)
{
	__u32 narrow = 0;
	long r;

	if (!c->is_compat)
		return bpf_probe_read_user(to, sizeof(*to), (void *)from);
	r = bpf_probe_read_user(&narrow, sizeof(narrow), (void *)from);
	*to = narrow;
	return r;
}

/* An address; whoever passes one that is too large is refused. */
static __always_inline void put_address(struct call *c, __u32 arg, __u64 from, __s32 len)
{
	if (from && len > 0 && len <= EVT_SOCKADDR_MAX)
		(void)put_memory(c, arg, EVT_ITEM_SOCKADDR, 0, from, len);
}

/* struct msghdr begins with the address and its length, an int in both word sizes; one that is too large is cut. */
static __always_inline void put_message_address(struct call *c, __u32 arg, __u64 message)
{
	__u64 name = 0;
	__s32 len = 0;

	if (read_word(c, message, &name) ||
		bpf_probe_read_user(&len, sizeof(len), (void *)(message + (c->is_compat ? 4 : 8)))) {
		c->missed |= 1u << (arg & 7);
		return;
	}
	put_address(c, arg, name, len > EVT_SOCKADDR_MAX ? EVT_SOCKADDR_MAX : len);
}

static __always_inline void put_mmap(struct call *c, __u32 arg)
{
	struct evt_mmap *mmap;

	if (c->passed[3] & MAP_ANONYMOUS_BIT)
		return;
	mmap = call_item(c, EVT_ITEM_MMAP, sizeof(*mmap));
	if (mmap)
		*mmap = (struct evt_mmap){ .fd = c->passed[4], .flags = c->passed[3] };
}

/* The object behind a descriptor, as it is before the call changes it. */
static __always_inline void put_object_of_fd(struct task_struct *task, struct call *c, __s32 fd)
{
	struct file *file = file_of(task, fd);
	struct cap_file *f;

	if (!file)
		return;
	call_fact(c, LOAD(file, f_path.dentry));
	c->knows_objects = 1;
	f = call_item(c, CAP_ITEM_FILE, sizeof(*f));
	if (!f)
		return;
	f->fd = fd;
	f->flags = 0;
	put_inode(&f->inode, LOAD(file, f_inode));
}

__noinline int put_arg(struct call *c, __u32 arg)
{
	__u64 value;

	if (!c || arg >= EVT_ARGS)
		return 0;
	value = c->passed[arg];
	switch (c->shape.args[arg]) {
	case ARG_PATH:
	case ARG_PATH2:
	case ARG_TEXT:
		if (takes_paths)
			put_string(c, arg, c->shape.args[arg]);
		break;
	case ARG_SOCKADDR:
		if (arg + 1 < EVT_ARGS)
			put_address(c, arg, value, (__s32)c->passed[arg + 1]);
		break;
	case ARG_MSGHDR:
		put_message_address(c, arg, value);
		break;
	case ARG_HOW:
		if (c->passed[3] >= OPEN_HOW_SIZE)
			(void)put_memory(c, arg, EVT_ITEM_OPENAT2, 0, value, sizeof(struct evt_openat2));
		break;
	case ARG_MMAP_FLAGS:
		put_mmap(c, arg);
		break;
	case ARG_FD:
		if (c->shape.effect == EFFECT_FD || c->shape.effect == EFFECT_QUEUE)
			put_object_of_fd(bpf_get_current_task_btf(), c, (__s32)value);
		break;
	}
	return 0;
}

/* ---- i386's multiplexer of socket calls ---- */

/* Of each sub-call: how many words it takes, and what the ones that matter are (net/socket.c). */
static __always_inline __u32 socketcall_words(__u32 which)
{
	switch (which) {
	case 4:	 /* listen */
	case 13: /* shutdown */
		return 2;
	case 1: /* socket */
	case 2: /* bind */
	case 3: /* connect */
	case 5: /* accept */
	case 6: /* getsockname */
	case 7: /* getpeername */
	case 16: /* sendmsg */
	case 17: /* recvmsg */
		return 3;
	case 8:	 /* socketpair */
	case 9:	 /* send */
	case 10: /* recv */
	case 18: /* accept4 */
	case 20: /* sendmmsg */
		return 4;
	case 14: /* setsockopt */
	case 15: /* getsockopt */
	case 19: /* recvmmsg */
		return 5;
	case 11: /* sendto */
	case 12: /* recvfrom */
		return 6;
	}
	return 0;
}

static __always_inline void set_socketcall_shape(struct call *c, __u32 which)
{
	struct cap_shape *shape = &c->shape;

	__builtin_memset(shape, 0, sizeof(*shape));
	shape->args[0] = ARG_FD;
	switch (which) {
	case 2:
	case 3:
		shape->effect = which == 2 ? EFFECT_BIND : EFFECT_CONNECT;
		shape->args[1] = ARG_SOCKADDR;
		break;
	case 5:
	case 6:
	case 7:
	case 18:
		shape->args[1] = ARG_SOCKADDR_OUT;
		break;
	case 8:
		shape->args[3] = ARG_FD_PAIR;
		break;
	case 11:
		shape->effect = EFFECT_CONNECT;
		shape->args[4] = ARG_SOCKADDR;
		break;
	case 12:
		shape->args[4] = ARG_SOCKADDR_OUT;
		break;
	case 16:
		shape->effect = EFFECT_CONNECT;
		shape->args[1] = ARG_MSGHDR;
		break;
	case 17:
		shape->args[1] = ARG_MSGHDR_OUT;
		break;
	case 19:
	case 20:
		shape->args[1] = which == 19 ? ARG_MMSGHDR_OUT : ARG_MMSGHDR;
		break;
	}
	cap_shape_sort(shape);
}

/* Puts the words that are passed behind the pointer, and makes the call look like the one that is meant. */
__noinline int unfold_socketcall(struct call *c)
{
	__u32 narrow[EVT_ARGS] = { 0 }, which, n;
	__u64 *wide;

	if (!c)
		return 0;
	which = c->args[0];
	n = socketcall_words(which);
	c->shape.args[0] = ARG_NONE;
	c->shape.reads = c->shape.files = 0;
	if (!n || bpf_probe_read_user(narrow, (n & 7) * sizeof(narrow[0]), (void *)c->args[1]))
		return 0;
	wide = call_item(c, EVT_ITEM_SOCKETCALL, sizeof(narrow) * 2);
	if (!wide)
		return 0;
	for (__u32 i = 0; i < EVT_ARGS; i++)
		wide[i] = c->passed[i] = narrow[i];
	call_item_cut(c, wide, n * sizeof(*wide));
	set_socketcall_shape(c, which);
	return 0;
}

/* ---- message queues: the memory as it is, which the reader understands ---- */

static __always_inline void put_raw(struct call *c, __u32 arg, __u32 len)
{
	__u64 pointer = c->passed[arg & 7];
	struct cap_arg *a;

	if (!pointer)
		return;
	a = put_memory(c, arg, CAP_ITEM_ARG, sizeof(*a), pointer, len);
	if (a)
		*a = (struct cap_arg){ .arg = arg, .kind = ARG_NONE, .pointer = pointer };
}

static __always_inline int has_raw_args(const struct call *c)
{
	return c->shape.about >= CAP_ABOUT_MQ_OPEN && c->shape.about <= CAP_ABOUT_MQ_SETATTR;
}

__noinline int put_about(struct call *c)
{
	if (!c)
		return 0;
	switch (c->shape.about) {
	case CAP_ABOUT_MQ_OPEN:
		put_raw(c, 3, c->is_compat ? 32 : 64);
		break;
	case CAP_ABOUT_MQ_TRANSFER:
		put_raw(c, 4, 16);
		break;
	case CAP_ABOUT_MQ_NOTIFY:
		put_raw(c, 1, c->is_compat ? 16 : 64);
		break;
	case CAP_ABOUT_MQ_SETATTR:
		put_raw(c, 1, c->is_compat ? 32 : 64);
		break;
	}
	return 0;
}

/* Everything that the call passes. */
static __always_inline void put_args(struct call *c)
{
	if (c->shape.about == CAP_ABOUT_SOCKETCALL)
		unfold_socketcall(c);
	if (has_raw_args(c))
		put_about(c);
	for (__u32 i = 0; i < EVT_ARGS; i++)
		if (c->shape.reads >> i & 1)
			put_arg(c, i);
}

/* What was not in memory at the entry is there now, if the kernel has read it. Memory for results is of no interest. */
static __always_inline void put_missed_args(struct call *c)
{
	__u8 missed = c->missed;

	if (!missed)
		return;
	put_about(c);
	for (__u32 i = 0; i < EVT_ARGS; i++)
		if (missed & 1u << i)
			put_arg(c, i);
}

#endif
