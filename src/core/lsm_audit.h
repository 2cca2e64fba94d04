/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CORE_LSM_AUDIT_H
#define UAUDIT_CORE_LSM_AUDIT_H

/*
 * Records of access decisions, for whoever makes such decisions (spec kernel 9): an AVC record is what the module says
 * first, who did it, on what, and what the module says last. docs/embedding.md shows how it is used.
 *
 * Nothing is looked up here: paths, devices, addresses are given as they are to be shown. A view without p is one that
 * there is none of.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/audit_buffer.h"
#include "core/kaudit.h"
#include "event/event.h"

/* The kernel's numbers (include/linux/lsm_audit.h). */
enum lsm_audit_kind {
	LSM_AUDIT_DATA_PATH = 1,
	LSM_AUDIT_DATA_NET,
	LSM_AUDIT_DATA_CAP,
	LSM_AUDIT_DATA_IPC,
	LSM_AUDIT_DATA_TASK,
	LSM_AUDIT_DATA_KEY,
	LSM_AUDIT_DATA_NONE,
	LSM_AUDIT_DATA_KMOD,
	LSM_AUDIT_DATA_INODE,
	LSM_AUDIT_DATA_DENTRY,
	LSM_AUDIT_DATA_IOCTL_OP,
	LSM_AUDIT_DATA_FILE,
	LSM_AUDIT_DATA_IBPKEY,
	LSM_AUDIT_DATA_IBENDPORT,
	LSM_AUDIT_DATA_LOCKDOWN,
	LSM_AUDIT_DATA_NOTIFICATION,
	LSM_AUDIT_DATA_ANONINODE,
	LSM_AUDIT_DATA_NLMSGTYPE,
	_LSM_AUDIT_DATA_MAX,
};

enum lockdown_reason {
#define ABI_LOCKDOWN(reason, text) LOCKDOWN_##reason,
#include "abi/lockdown.def"
#undef ABI_LOCKDOWN
	_LOCKDOWN_MAX,
};

struct lsm_object {
	struct view name; /* the whole path; DENTRY and INODE: the last component */
	bool has_inode;
	struct view dev; /* of its file system: sda1, tmpfs */
	uint64_t ino;
};

/* Two ends of a connection or of a packet. Ports in host order; what is 0 is not shown. */
struct lsm_ends {
	uint16_t family;                   /* AF_INET, AF_INET6; else nothing is shown */
	unsigned char here[16], there[16]; /* network order; the first 4 bytes of an IPv4 address */
	uint16_t here_port, there_port;
};

struct lsm_net {
	struct lsm_ends socket; /* laddr lport faddr fport; AF_UNIX: by one of the two below */
	struct view unix_path;  /* of a socket in the file system */
	struct view unix_name;  /* else its name as bound; abstract ones begin with a NUL */
	struct lsm_ends packet; /* saddr src daddr dest */
	struct view netif;
};

struct common_audit_data {
	uint8_t kind; /* enum lsm_audit_kind */
	union {
		struct lsm_object object; /* PATH, FILE, INODE, DENTRY */
		struct lsm_net net;
		int32_t cap;
		int32_t ipc_key;
		struct {
			int32_t pid; /* 0: none is given */
			struct view comm;
		} task;
		struct {
			uint32_t serial;
			struct view desc;
		} key;
		struct view kmod;
		struct {
			struct lsm_object object;
			uint16_t cmd;
		} ioctl;
		struct {
			unsigned char subnet_prefix[8]; /* network order */
			uint16_t pkey;
		} ibpkey;
		struct {
			struct view dev;
			uint8_t port;
		} ibendport;
		uint32_t lockdown_reason; /* enum lockdown_reason */
		struct view anonclass;
		uint16_t nlmsg_type;
	};
};

typedef void (*lsm_audit_fn)(struct audit_buffer *ab, void *userdata);

/*
 * An AVC record, whether audit is enabled or not: pre's text, " pid= comm=" of who, what data says, post's text. pre and
 * post may be NULL. 0, also when the exclude filter drops it; negative errno as kaudit_log_end(); -EINVAL: no such kind.
 */
int common_lsm_audit(struct kaudit *audit, const struct event *who,
	const struct common_audit_data *data, lsm_audit_fn pre, lsm_audit_fn post, void *userdata);

/* The data alone, for records of another type. -EINVAL: no such kind, and nothing was written. */
int lsm_audit_data(struct audit_buffer *ab, const struct common_audit_data *data);

#endif
