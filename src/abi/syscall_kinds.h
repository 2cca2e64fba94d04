/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_ABI_SYSCALL_KINDS_H
#define UAUDIT_ABI_SYSCALL_KINDS_H

/* The words of the columns of abi/syscalls.def, for cc and for clang -target bpf alike. */

/* What an argument is: what a source reads and how -i shows it. */
enum arg_kind {
	ARG_NONE = 0, /* unused, or a plain number or pointer */
	ARG_FD,
	ARG_DIRFD,
	ARG_PATH,  /* the path of the call */
	ARG_PATH2, /* the second one: the new name of rename and link, symlink's link name */
	ARG_DIRFD2,
	ARG_TEXT, /* a string copied like a path but never looked up (symlink's target) */
	ARG_OFLAGS,
	ARG_MODE,
	ARG_ATFLAGS,
	ARG_ACCESS,
	ARG_SOCKADDR, /* pointer to an address */
	ARG_SOCKADDR_LEN,
	ARG_MSGHDR,
	ARG_HOW, /* struct open_how */
	ARG_ARGV,
	ARG_ENVP,
	ARG_PID,
	ARG_SIGNAL,
	ARG_UID,
	ARG_GID,
	ARG_PROT,
	ARG_MMAP_FLAGS,
	ARG_CLONE_FLAGS,
	ARG_PTRACE,
	ARG_FAMILY,
	ARG_SOCKTYPE,
	ARG_PRCTL,
	ARG_MOUNT_FLAGS,
	ARG_UMOUNT_FLAGS,
	ARG_RENAME_FLAGS,
	ARG_RESOURCE,
	ARG_BPF,
	ARG_PERSONALITY,
	ARG_DEV,
	ARG_SIZE,
	ARG_FD_PAIR,       /* pointer to two ints that the call fills */
	ARG_SOCKADDR_OUT,  /* pointer to an address that the call fills */
	ARG_SOCKADDR_LENP, /* pointer to its length (socklen_t), which the call updates */
	ARG_MSGHDR_OUT,    /* msghdr that the call fills */
	ARG_MSG_FLAGS,
	ARG_PROTOCOL, /* of socket(2) */
	ARG_SOCKLEVEL,
	ARG_SOCKOPT,    /* means what the level says */
	ARG_SOCKETCALL, /* sub-call of the i386 multiplexer */
	ARG_IPCCALL,    /* the same of ipc(); the tools show it with the call, not here */
	ARG_FCNTL,
	ARG_FCNTL_ARG, /* means what the command says */
	ARG_IOCTL,
	ARG_SEEK,
	ARG_EPOLL_OP,
	ARG_CLOCK,
	ARG_SCHED,
	ARG_SHM_FLAGS,
	ARG_EXIT_STATUS,
	ARG_MMSGHDR,
	ARG_MMSGHDR_OUT,
	ARG_TIMEX, /* pointer to a struct timex */
};

/* What a call does to paths: decides its names list (spec kernel 5). */
enum path_effect {
	EFFECT_NONE = 0,
	EFFECT_LOOKUP, /* looks up ARG_PATH, follows a final symlink unless AT_SYMLINK_NOFOLLOW is passed */
	EFFECT_LOOKUP_NOFOLLOW, /* ... never follows */
	EFFECT_MOUNT, /* looks up ARG_PATH2; the source is a path for some flags and file systems */
	EFFECT_OPEN,  /* ARG_OFLAGS or ARG_HOW decide */
	EFFECT_OPENED, /* opens ARG_PATH for itself (swapon, acct) */
	EFFECT_BDEV, /* looks the device at ARG_PATH up, under a name of the kernel's own (quotactl) */
	EFFECT_CREAT,  /* open with O_CREAT|O_WRONLY|O_TRUNC */
	EFFECT_CREATE, /* mkdir, mknod */
	EFFECT_SYMLINK,
	EFFECT_LINK,
	EFFECT_UNLINK, /* AT_REMOVEDIR in ARG_ATFLAGS makes it an rmdir */
	EFFECT_RMDIR,
	EFFECT_RENAME,
	EFFECT_EXEC,
	EFFECT_FD,          /* the object behind ARG_FD, without a name (fchmod) */
	EFFECT_UMOUNT,      /* a lookup whose capabilities are not evaluated */
	EFFECT_BIND,        /* an AF_UNIX path in ARG_SOCKADDR is created */
	EFFECT_CONNECT,     /* ... is looked up (connect, sendto, sendmsg) */
	EFFECT_LOOKUP_BOTH, /* looks up ARG_PATH, then ARG_PATH2 (pivot_root) */
	EFFECT_MOVE_MOUNT,  /* ARG_PATH2, then ARG_PATH; which may be descriptors, the flags say */
	EFFECT_QUEUE,       /* the message queue behind ARG_FD, without a name */
	EFFECT_QUEUE_OPEN,  /* ARG_PATH is the name of a message queue; ARG_OFLAGS decide */
	EFFECT_QUEUE_UNLINK,
};

#endif
