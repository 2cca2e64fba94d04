/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef UAUDIT_ABI_EVT_H
#define UAUDIT_ABI_EVT_H

/*
 * The syscall event: the one format between capture and core. A BPF ring, the ptrace source, a replay file and the
 * spool all hold these bytes: a fixed header, then items (type, flags, length, payload), each padded to EVT_ALIGN.
 * Host byte order: events do not leave the machine that captured them other than inside a file that says its order.
 *
 * Whoever reads events treats them as untrusted (event/event.h). Compiled by cc and by clang -target bpf alike: only
 * fixed-width types, no pointers, padding spelled out.
 */

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

/* Columns are by hand. */
/* clang-format off */

#define EVT_VERSION  1
#define EVT_ALIGN    8
#define EVT_LEN_MAX  (4u * 1024 * 1024) /* bytes; 2 MiB of arguments (the kernel's ARG_MAX / 3) and the rest */
#define EVT_ARGS     6
#define EVT_COMM_LEN 16 /* with the NUL, TASK_COMM_LEN in include/linux/sched.h */

enum evt_kind {
	EVT_SYSCALL = 1, /* a syscall that returned, or that never will (EVT_F_RETURNED is unset) */
	EVT_TASK_NEW,	 /* fork, vfork, clone: tid and tgid are the child's, ppid is the forking process's tgid, which
			  * pid= means on the task list; all else is the parent's */
	EVT_TASK_FREE,	 /* the task is gone; its context can be forgotten */
	EVT_MARK,	 /* a watch, tree or exe mark of a rule is bound to another inode: EVT_ITEM_MARK */
	EVT_LOST,	 /* the source could not hand over events: EVT_ITEM_LOST */
	EVT_URING,	 /* an io_uring operation outside of any syscall: nr is the opcode, ret what its issue returned */
	EVT_ASIDE,	 /* records of their own, of no syscall: one for each item of records written aside */
	_EVT_KIND_MAX,
};

enum evt_flag {
	EVT_F_RETURNED = 1u << 0,  /* ret is valid */
	EVT_F_TRUNCATED = 1u << 1, /* some item is shorter than what the program passed */
	EVT_F_FAULT = 1u << 2,	   /* some memory of the program could not be read */
	EVT_F_TOCTOU = 1u << 3,	   /* another task may have changed what a path meant while the call ran */
};

enum evt_source { EVT_SRC_REPLAY, EVT_SRC_PTRACE, EVT_SRC_BPF, EVT_SRC_KERNEL };

struct evt_hdr {
	__u32 len;	/* bytes of the whole event, header, items and padding */
	__u16 version;	/* EVT_VERSION */
	__u16 kind;	/* enum evt_kind */
	__u32 flags;	/* enum evt_flag */
	__u32 arch;	/* AUDIT_ARCH_* token of the call */
	__s64 time_sec; /* CLOCK_REALTIME_COARSE at syscall entry */
	__u32 time_nsec;
	__s32 nr;
	__s64 ret; /* as the kernel returned it; restart codes (-512...) are not yet turned into -EINTR */
	__u64 args[EVT_ARGS];
	__u32 tid, tgid, ppid;
	/* credentials at syscall exit, in the initial user namespace where the source can tell */
	__u32 uid, gid, euid, suid, fsuid, egid, sgid, fsgid;
	__u32 auid, ses; /* (__u32)-1 is unset */
	__u32 pers;	 /* personality(2) */
	__u32 source;	 /* enum evt_source */
	__u32 reserved;
	__u64 cgroup;	 /* cgroup v2 id, 0 unknown; only with EVT_ITEM_CGROUP */
	char comm[EVT_COMM_LEN];
};

struct evt_item {
	__u16 type; /* enum evt_item_type */
	__u16 flags;
	__u32 len; /* payload bytes, without this header and without the padding */
};

/* Repeated items come in the order of their records. New types go at the end: readers skip what they do not know. */
enum evt_item_type {
	EVT_ITEM_CWD = 1,   /* bytes */
	EVT_ITEM_PATH,	    /* struct evt_path, name bytes, resolved bytes (absolute, as the task sees it); repeated */
	EVT_ITEM_EXE,	    /* struct evt_exe, path bytes; absent: no executable (a kernel thread) */
	EVT_ITEM_TTY,	    /* bytes: pts0, tty1; absent: (none) */
	EVT_ITEM_PROCTITLE, /* bytes of the argument area, at most EVT_PROCTITLE_MAX; absent: could not be read */
	EVT_ITEM_EXECVE,    /* __u32 argc, __u32 0, then the NUL-terminated strings of the new program */
	EVT_ITEM_SOCKADDR,  /* bytes as passed, at most EVT_SOCKADDR_MAX */
	EVT_ITEM_FD_PAIR,   /* __s32 fd0, fd1 */
	EVT_ITEM_MMAP,	    /* struct evt_mmap */
	EVT_ITEM_OPENAT2,   /* struct evt_openat2 */
	EVT_ITEM_BPRM_FCAPS,/* struct evt_bprm_fcaps */
	EVT_ITEM_OBJ_PID,   /* struct evt_obj_pid; repeated, in the order the targets were signalled */
	EVT_ITEM_GROUPS,    /* __u32 supplementary group ids; only where a rule tests a gid */
	EVT_ITEM_SUBJ,	    /* bytes: security label of the task */
	EVT_ITEM_SOCKETCALL,/* __u64 arguments of the i386 multiplexer, 1 to 6 */
	EVT_ITEM_MARK,	    /* struct evt_mark, rule path bytes, present path bytes */
	EVT_ITEM_LOST,	    /* struct evt_lost */

	/* The kernel has one place for these and SOCKETCALL, MMAP, OPENAT2, EXECVE: the last item is the one reported (spec
	 * kernel 4.6). */
	EVT_ITEM_IPC,	    /* struct evt_ipc */
	EVT_ITEM_MQ_OPEN,   /* struct evt_mq_open */
	EVT_ITEM_MQ_SENDRECV, /* struct evt_mq_sendrecv */
	EVT_ITEM_MQ_NOTIFY, /* struct evt_mq_notify */
	EVT_ITEM_MQ_GETSETATTR, /* struct evt_mq_getsetattr */
	EVT_ITEM_CAPSET,    /* struct evt_capset */
	EVT_ITEM_KERN_MODULE, /* __u32 whether there is a name, __u32 0, name bytes */
	EVT_ITEM_TIME_OFFSET, /* struct evt_time_offset; takes the place only if it is free */
	EVT_ITEM_NTP,	    /* struct evt_ntp; repeated, in the order of enum evt_ntp_op */

	/* Records written aside, while the call runs: before SYSCALL, in the order of the items; repeated (spec kernel 3.4). */
	EVT_ITEM_LOGIN,	    /* struct evt_login */
	EVT_ITEM_TTY_INPUT, /* struct evt_tty_input, bytes read */
	EVT_ITEM_BPF,	    /* struct evt_bpf */
	EVT_ITEM_EVENT_LISTENER, /* struct evt_event_listener */
	EVT_ITEM_FANOTIFY,  /* struct evt_fanotify */
	EVT_ITEM_SECCOMP,   /* struct evt_seccomp */
	EVT_ITEM_ANOM_ABEND, /* __u64 signal */
	EVT_ITEM_ANOM_LINK, /* __u64 enum evt_anom_link */
	EVT_ITEM_ANOM_CREAT, /* __u64 enum evt_anom_creat */
	EVT_ITEM_URINGOP,   /* struct evt_uringop: an operation carried out inside the call */

	/* Beyond the original's records, only where that is asked for (abi/extra.h). */
	EVT_ITEM_FULL_PATH, /* bytes: the absolute path of the PATH item before it, as the task sees it */
	EVT_ITEM_FD_PATH,   /* struct evt_fd_path, path bytes; repeated: what a descriptor argument stands for */
	EVT_ITEM_TIMES,	    /* struct evt_times */
	EVT_ITEM_CGROUP,    /* bytes: path of the task's control group */

	EVT_ITEM_AVC,	    /* struct evt_avc, its strings; written aside, repeated */
	EVT_ITEM_ANOM_PROMISCUOUS, /* struct evt_anom_promiscuous; written aside, like those above */
	EVT_ITEM_NAMESPACES, /* struct evt_namespaces; beyond the original, with CGROUP */
	EVT_ITEM_KERNEL_RECORD, /* struct evt_kernel_record, text; written aside, repeated */
	EVT_ITEM_TREE_PATH, /* bytes: where rules about trees find the PATH item before it, if not at its resolved path; empty: nowhere */
	_EVT_ITEM_MAX,
};

#define EVT_PROCTITLE_MAX 128 /* bytes; MAX_PROCTITLE_AUDIT_LEN in kernel/auditsc.c */
#define EVT_SOCKADDR_MAX  128 /* bytes; sizeof(struct sockaddr_storage) */
#define EVT_PATHS_MAX	  1024 /* items of one event that a reader accepts; the kernel has no limit */
#define EVT_ASIDES_MAX	  1024 /* records written aside of one event */
#define EVT_FD_PATHS_MAX  1024 /* descriptors of one event */
#define EVT_NAME_FULL	  (-1) /* evt_path.shown_len: the whole name */

enum evt_nametype { EVT_NAME_UNKNOWN, EVT_NAME_NORMAL, EVT_NAME_PARENT, EVT_NAME_DELETE, EVT_NAME_CREATE };

enum evt_path_flag {
	EVT_PATH_NAMED = 1u << 0,     /* a string was passed; it may be empty. Unset: name=(null) */
	EVT_PATH_INODE = 1u << 1,     /* the inode block is known */
	EVT_PATH_NO_CAPS = 1u << 2,   /* capabilities were not evaluated (umount): printed as ? */
	EVT_PATH_HIDDEN = 1u << 3,    /* not printed; the kernel counts it in items= */
	EVT_PATH_RESOLVED = 1u << 4,  /* the absolute path of the object follows the name */
};

struct evt_path {
	__u64 ino;
	__u64 cap_fp, cap_fi; /* file capabilities: permitted, inheritable */
	__u32 dev_major, dev_minor;
	__u32 rdev_major, rdev_minor;
	__u32 mode; /* full st_mode */
	__u32 uid, gid;
	__u32 fs_magic;	 /* statfs f_type, 0 unknown; only where a rule of the filesystem list asks */
	__u32 cap_fver;	 /* 0 none, 2, 3 */
	__s32 cap_frootid;
	__s32 shown_len; /* bytes of the name that are printed; 0: the cwd instead; EVT_NAME_FULL (spec kernel 5.4) */
	__u16 name_len;	 /* bytes behind this struct; no NUL */
	__u16 resolved_len;
	__u8 nametype; /* enum evt_nametype */
	__u8 cap_fe;
	__u16 flags; /* enum evt_path_flag */
	__u32 reserved;
};

struct evt_exe {
	__u64 ino;
	__u32 dev_major, dev_minor;
};

struct evt_bprm_fcaps {
	__u64 fp, fi;
	__u64 old_pp, old_pi, old_pe, old_pa;
	__u64 pp, pi, pe, pa;
	__u32 fver;
	__u32 fe;
	__s32 frootid;
	__u32 reserved;
};

struct evt_obj_pid {
	__s32 pid;
	__u32 auid, uid, ses;
	char comm[EVT_COMM_LEN];
};

enum evt_mark_kind { EVT_MARK_WATCH = 1, EVT_MARK_TREE, EVT_MARK_EXE };

/*
 * Rules name paths; events carry inodes. A source looks after the link between the two and reports each change just
 * before the event that made it, so that the core itself never looks at a file system. While that next event is
 * filtered, both the previous and the new inode match (a deletion is seen by the watch that it unbinds); unless the change is
 * known to have been over before.
 */
struct evt_mark {
	__u64 ino;
	__u32 dev_major, dev_minor;
	__u32 kind;	  /* enum evt_mark_kind */
	__u32 bound;	  /* 0: nothing is there now; ino and dev are void */
	__u16 rule_len;	  /* the path as the rule has it: which mark this is */
	__u16 present_len; /* trees: the root's absolute path now, which rename may have changed */
	__u32 is_over;	  /* the next event came after the change: the previous inode counts no more */
};

struct evt_lost {
	__u64 count;
	__u16 reason; /* errno */
	__u16 cpu;    /* on which they were lost, + 1; 0: unknown. The header's cgroup is whose they were, 0: unknown */
	__u32 after;  /* serial of the records behind which they were lost; 0: just now */
};

/* ---- the special place ---- */

struct evt_mmap {
	__s32 fd, flags;
};

struct evt_openat2 {
	__u64 flags, mode, resolve;
};

/* A System V object as it was when the call found it; IPC_SET: what the call asks for as well. */
struct evt_ipc {
	__u32 uid, gid, mode;
	__u32 has_perm; /* the rest is set */
	__u64 qbytes;
	__u32 perm_uid, perm_gid, perm_mode;
	__u32 reserved;
};

struct evt_mq_attr {
	__s64 flags, maxmsg, msgsize, curmsgs;
};

struct evt_mq_open {
	__u32 oflag, mode;
	struct evt_mq_attr attr;
};

struct evt_mq_sendrecv {
	__s32 mqdes;
	__u32 msg_prio;
	__s64 msg_len; /* bytes */
	__s64 timeout_sec, timeout_nsec;
};

struct evt_mq_notify {
	__s32 mqdes, signo;
};

struct evt_mq_getsetattr {
	__s32 mqdes;
	__u32 reserved;
	struct evt_mq_attr attr;
};

struct evt_capset {
	__s32 pid;
	__u32 reserved;
	__u64 inheritable, permitted, effective, ambient;
};

struct evt_time_offset {
	__s64 sec, nsec; /* what was added to the clock */
};

enum evt_ntp_op { EVT_NTP_OFFSET, EVT_NTP_FREQ, EVT_NTP_STATUS, EVT_NTP_TAI, EVT_NTP_TICK, EVT_NTP_ADJUST, _EVT_NTP_MAX };

struct evt_ntp {
	__u32 op; /* enum evt_ntp_op */
	__u32 reserved;
	__s64 old, now; /* as the kernel keeps them */
};

/* ---- written aside ---- */

struct evt_login {
	__u32 old_auid, auid; /* of a refused change: what was asked for */
	__u32 old_ses, ses;
	__u32 res; /* 1: done */
	__u32 reserved;
};

#define EVT_TTY_INPUT_MAX 4096 /* bytes; TTY_AUDIT buffer in drivers/tty/tty_audit.c */

struct evt_tty_input {
	__u32 major, minor;
	__u32 is_tiocsti; /* one byte pushed in, rather than input that was read */
	__u32 reserved;
};

enum evt_bpf_op { EVT_BPF_LOAD, EVT_BPF_UNLOAD, _EVT_BPF_MAX };

struct evt_bpf {
	__u32 prog_id;
	__u32 op; /* enum evt_bpf_op */
};

struct evt_event_listener {
	__s32 group;
	__u32 is_connect; /* 0: disconnect */
	__u32 res;	  /* 1: done */
	__u32 reserved;
};

struct evt_fanotify {
	__u32 resp, fan_type, fan_info;
	__u32 subj_trust, obj_trust;
	__u32 reserved;
};

struct evt_seccomp {
	__s64 sig;
	__u32 arch;
	__s32 nr;
	__u32 compat; /* 1: a 32-bit call on a 64-bit kernel */
	__u32 code;   /* SECCOMP_RET_* without its data */
	__u64 ip;
};

enum evt_anom_link { EVT_ANOM_FOLLOW_LINK, EVT_ANOM_LINKAT, _EVT_ANOM_LINK_MAX };

enum evt_anom_creat {
	EVT_ANOM_STICKY_CREATE,
	EVT_ANOM_STICKY_CREATE_FIFO,
	EVT_ANOM_STICKY_CREATE_REGULAR,
	_EVT_ANOM_CREAT_MAX,
};

struct evt_anom_promiscuous {
	char device[16];    /* IFNAMSIZ in linux/if.h; NUL-terminated */
	__u32 is_now, was;  /* promiscuous: 0 or 1 */
};

struct evt_uringop {
	__s32 op;
	__u32 reserved;
	__s64 ret; /* of the issue, not of the completion */
};

/* What the kernel has written by itself (abi/kernel_records.h), without its stamp; no control characters. */
struct evt_kernel_record {
	__u32 type;
	__u32 reserved;
};

/* ---- beyond the original ---- */

struct evt_fd_path {
	__s32 fd;
	__u32 reserved;
};

struct evt_times {
	__s64 sec; /* CLOCK_REALTIME at syscall entry: not behind the header's coarse time */
	__u32 nsec;
	__u32 has_duration; /* 0: the call did not return */
	__u64 duration_nsec; /* CLOCK_MONOTONIC, from entry to exit as the source saw them */
};

/* Inode numbers, as in /proc/PID/ns; pid: of what the task's children get. */
struct evt_namespaces {
	__u32 mnt, pid, net, user, ipc, uts, cgroup;
	__u32 reserved;
};

enum evt_avc_flag {
	EVT_AVC_GRANTED = 1u << 0,   /* else denied */
	EVT_AVC_NAME = 1u << 1,	     /* there is a name; it may be empty */
	EVT_AVC_INODE = 1u << 2,     /* dev and ino are known */
	EVT_AVC_UNIX_NAME = 1u << 3, /* NET: the name is what the socket is bound to, an abstract one begins with a NUL; else
				      * a path */
};

/* Two ends of a connection or packet; addresses in network order, 4 or 16 bytes, ports in host order; 0: not shown. */
struct evt_avc_ends {
	__u16 family; /* AF_INET, AF_INET6; of a socket also AF_UNIX, whose name follows; 0: nothing is known */
	__u16 here_port, there_port;
	__u16 reserved;
	__u8 here[16], there[16];
};

/*
 * A decision of an access control module (spec kernel 9). Behind it, without NULs: the permissions ("read write"), the
 * name, the device, what the module adds at the end ("scontext=... tclass=file").
 *
 *   name   PATH, FILE, IOCTL_OP: path; INODE, DENTRY: last component; TASK: comm; KEY: description; KMOD; ANONINODE: class;
 *          NET: of an AF_UNIX socket
 *   dev    of the inode; NET: interface; IBENDPORT: device
 */
struct evt_avc {
	__u64 ino;
	__u32 kind; /* the kernel's number, include/linux/lsm_audit.h, 1 to EVT_AVC_KINDS */
	__u32 flags; /* enum evt_avc_flag */
	__s64 value; /* CAP, IPC: key, TASK: pid, KEY: serial, IOCTL_OP: command, IBPKEY: key, IBENDPORT: port, LOCKDOWN:
		      * reason, NLMSGTYPE */
	struct evt_avc_ends socket, packet; /* NET */
	__u8 subnet_prefix[8]; /* IBPKEY, network order */
	__u16 perms_len, name_len, dev_len, tail_len; /* bytes */
};

#define EVT_AVC_KINDS 18

#ifndef __bpf__
_Static_assert(sizeof(struct evt_avc) == 120, "wire layout");
_Static_assert(sizeof(struct evt_hdr) == 176, "wire layout of the event header");
_Static_assert(sizeof(struct evt_item) == 8, "wire layout");
_Static_assert(sizeof(struct evt_path) == 80, "wire layout");
_Static_assert(sizeof(struct evt_bprm_fcaps) == 96, "wire layout");
_Static_assert(sizeof(struct evt_obj_pid) == 32, "wire layout");
_Static_assert(sizeof(struct evt_mark) == 32, "wire layout");
_Static_assert(sizeof(struct evt_ipc) == 40, "wire layout");
_Static_assert(sizeof(struct evt_mq_open) == 40, "wire layout");
_Static_assert(sizeof(struct evt_mq_sendrecv) == 32, "wire layout");
_Static_assert(sizeof(struct evt_mq_getsetattr) == 40, "wire layout");
_Static_assert(sizeof(struct evt_capset) == 40, "wire layout");
_Static_assert(sizeof(struct evt_ntp) == 24, "wire layout");
_Static_assert(sizeof(struct evt_login) == 24, "wire layout");
_Static_assert(sizeof(struct evt_tty_input) == 16, "wire layout");
_Static_assert(sizeof(struct evt_fanotify) == 24, "wire layout");
_Static_assert(sizeof(struct evt_seccomp) == 32, "wire layout");
_Static_assert(sizeof(struct evt_uringop) == 16, "wire layout");
_Static_assert(sizeof(struct evt_kernel_record) == 8, "wire layout");
_Static_assert(sizeof(struct evt_fd_path) == 8, "wire layout");
_Static_assert(sizeof(struct evt_namespaces) == 32, "wire layout");
_Static_assert(sizeof(struct evt_times) == 24, "wire layout");
#endif

/* clang-format on */

#endif
