/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_CAPTURE_AUDITCTL_H
#define UAUDIT_TESTS_CAPTURE_AUDITCTL_H

/*
 * Runs the installed auditctl and takes the request that it is about to send to the kernel out of its memory. The
 * request itself never leaves: auditctl is ended while it stands at the entry of the system call. Requests that only
 * read (AUDIT_GET and the like) go through, because auditctl wants to know what the kernel can do.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_BYTES_MAX 16384
#define CAPTURE_TEXT_MAX  8192

struct capture {
	bool sent;     /* a request that changes something was about to leave */
	uint16_t type; /* of that request: AUDIT_ADD_RULE ... */
	size_t len;    /* bytes of its payload */
	unsigned char bytes[CAPTURE_BYTES_MAX];
	char text[CAPTURE_TEXT_MAX]; /* standard output and error, NUL-terminated */
	int status;                  /* exit status, when nothing was sent */
};

/* argv[0] is the program's path. 0, or a negative errno when the program could not be traced. */
int capture_auditctl(struct capture *ret, char *const *argv);

#endif
