/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_KERNEL_KERNEL_LINK_H
#define UAUDIT_SOURCE_KERNEL_KERNEL_LINK_H

/* Requests to the kernel's audit by netlink, each with its answer (spec kernel 1). */

#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_MESSAGE_MAX 65536 /* bytes of a datagram; the longest record is far below it */

struct kernel_link {
	int fd;
	uint32_t seq;
};

int kernel_link_open(struct kernel_link *link);
void kernel_link_close(struct kernel_link *link);
/* 0, or the negative errno that the kernel answers. */
int kernel_link_request(struct kernel_link *link, uint16_t type, const void *payload, size_t len);
int kernel_link_status(struct kernel_link *link, struct audit_status *ret);
/* AUDIT_SET of the values that the mask names. */
int kernel_link_set(struct kernel_link *link, const struct audit_status *status);
/* Each loaded rule in wire form; a negative answer of each ends the calls and is returned. */
int kernel_link_each_rule(struct kernel_link *link,
	int (*each)(void *userdata, const struct audit_rule_data *rule, size_t len),
	void *userdata);

#endif
