/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLIENT_CLIENT_H
#define UAUDIT_CLIENT_CLIENT_H

/*
 * What the files of the library share; nobody else includes this. Functions that libaudit.h declares are its interface and
 * follow the conventions of spec userspace 7.1 (a negative errno, and errno set); all others those of the project.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"
#include "client/libaudit.h"

/* rule.c: exported for auditctl, in no header of the interface. */
extern int _audit_permadded, _audit_archadded, _audit_syscalladded, _audit_exeadded,
	_audit_filterfsadded;
extern unsigned int _audit_elf;
int _audit_parse_syscall(const char *list, struct audit_rule_data *rule); /* of 4.2 */

/* diagnostics.c: as audit_msg(), at LOG_DEBUG where the error only says that there is no audit (spec userspace 7.1). */
void client_failed(int error, const char *format, ...) _printf_(2, 3);

/* acks.c: a registered daemon's acknowledgements, which it does not know of (abi/control.h CONTROL_ACKS). */
void acks_register(int fd); /* before SET pid */
void acks_forget(int fd);
/* Whatever was returned so far has been dealt with. -EAGAIN: the engine has no room to be told, although it was waited for
 * (has_time: as long as it takes); no further record may be taken then. */
int acks_flush(int fd, bool has_time);
/* One more message is to be returned (n bytes long). True: it is not, it stands in the log already. */
bool acks_returned(int fd, const struct nlmsghdr *message, size_t n);
/* The engine is gone: holds up a daemon that would ask again and again. */
void acks_over(int fd);

/* written.c: whether a record's text is among the last lines of a file that this process has open for appending. */
bool written_by_another(const char *text, size_t len);

/* transport.c: waits up to timeout_ms for something to read; > 0: there is. */
int client_wait(int fd, int timeout_ms);

/* message_parts.c: the words behind a message (spec userspace 7.4). */
#define CLIENT_NAME_MAX 64 /* bytes with the NUL */
struct buf;
void parts_exe(struct buf *to);
void parts_untrusted(struct buf *to, const char *text, size_t len); /* quoted or in hex */
void parts_comm(struct buf *to, const char *comm);
/* hostname, addr, terminal; guess: take the machine's name where a login has none. */
void parts_origin(
	struct buf *to, const char *hostname, const char *addr, const char *tty, bool guess);
const char *parts_tty(const char *tty, char ret[static CLIENT_NAME_MAX]);

/* resolve.c */
#define RESOLVE_TIMEOUT_MS 1000
#define RESOLVE_ADDR_SIZE  46 /* INET6_ADDRSTRLEN */
/* The numeric address of host. -ENOENT, or -ETIMEDOUT when the answer took too long. */
int resolve_address(const char *host, char ret[static RESOLVE_ADDR_SIZE]);

#endif
