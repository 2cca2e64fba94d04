/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_AUDIT_LINK_H
#define UAUDIT_TESTS_DIFFERENTIAL_AUDIT_LINK_H

/*
 * The kernel's audit by netlink, as much of it as the oracle needs. The socket that registers as the audit daemon
 * receives records from then on; requests go over another one, so that an answer is never behind a record.
 */

#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AUDIT_LINK_MSG_MAX                                                                         \
	65536 /* bytes of one datagram; the kernel's own records stay far below it */

struct audit_link {
	int fd;
	uint32_t seq;
};

#define AUDIT_LINK_NULL                                                                            \
	{                                                                                          \
		.fd = -1                                                                           \
	}

int audit_link_open(struct audit_link *link);
void audit_link_close(struct audit_link *link);

/* Sends a request and waits for its acknowledgement: 0 or the negative errno that the kernel answers. */
int audit_link_request(struct audit_link *link, uint16_t type, const void *payload, size_t len);
int audit_link_get(struct audit_link *link, struct audit_status *ret);
/* NULL if the kernel's audit is there and free to be used by a test, else why it is not. *ret: its state now. */
const char *audit_link_why_not(struct audit_status *ret);
/* AUDIT_SET of the one value that the mask bit names. */
int audit_link_set(struct audit_link *link, uint32_t mask_bit, uint32_t value);
/* Number of loaded rules, or negative errno. remove: delete each of them. */
int audit_link_rules(struct audit_link *link, int remove);

/* Every loaded rule, as the kernel lists it; a negative answer of each ends the calls and is returned. */
int audit_link_each_rule(struct audit_link *link,
	int (*each)(void *userdata, const void *rule, size_t len), void *userdata);

/* One record off the registered socket: its text length, with *ret_type; -EAGAIN if none is waiting. */
ssize_t audit_link_record(struct audit_link *link, uint16_t *ret_type, char *text, size_t size);

#endif
