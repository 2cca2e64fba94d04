/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_IDENTITY_H
#define UAUDIT_ENGINE_IDENTITY_H

/*
 * Who sent a message: the kernel says which process (SCM_CREDENTIALS), /proc says the rest. What a process says of itself
 * does not count. Reading /proc costs more than all else that a user message needs, so what was read of a client stands
 * for a clock tick, as it does in the tracer; and when the process has ended since, as it was when it sent the message,
 * which nobody but the engine made wait.
 */

#include <limits.h>
#include <sys/socket.h>

#include "core/control.h"

/* Whom the engine serves; one for all clients. */
struct identities {
	int procfd;
	uint32_t own_uid;
	bool is_rootless; /* then its own user may do everything, others nothing */
	bool has_labels;  /* a security module labels processes */
	uint64_t own_userns_dev, own_userns_ino, own_pidns_dev, own_pidns_ino;
};

int identities_init(struct identities *ids);
void identities_deinit(struct identities *ids);

#define IDENTITY_LABEL_MAX 256

/* What is known of the process that a client's last message came from. Starts zeroed but for opener_euid. */
struct identity {
	struct audit_sender sender; /* borrows what follows */
	uint64_t read_ns;           /* coarse monotonic time; 0: nothing is known */
	uint32_t opener_euid; /* SO_PEERCRED: the effective user of who connected, at that time */
	uint32_t uid, gid;    /* of the credentials when it was read */
	char exe[PATH_MAX];
	char tty[32];
	char label[IDENTITY_LABEL_MAX];
};

/* Borrowed from id until the next call. Never NULL: of a process that was gone before the first look little is known, and
 * nothing is allowed. */
const struct audit_sender *identity_of(
	struct identity *id, const struct identities *ids, const struct ucred *cred);

#endif
