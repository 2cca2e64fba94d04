// SPDX-License-Identifier: MIT
/* audit_log_*: the messages of programs that log in, administer users, enforce policy (spec userspace 7.4). */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "base/buf.h"
#include "client/client.h"

#define ACCT_MAX         32   /* bytes of a name that is not trusted; longer ones are cut */
#define COMMAND_MAX      4096 /* bytes */
#define COMMAND_HEX_MAX  4095 /* of one that is written in hex */
#define OLD_KERNEL_FIRST 1100
#define OLD_KERNEL_LAST  1199

/* What a program without the capability gets to know. */
enum denied { DENIED_IS_FINE, DENIED_IS_ERROR, DENIED_GOES_TO_SYSLOG };

/* Programs that pass no text have always got this, and no crash. */
static void put_text(struct buf *to, const char *text)
{
	buf_puts(to, text ? text : "(null)");
}

static void put_result(struct buf *text, int result)
{
	buf_puts(text, result ? " res=success" : " res=failed");
}

static int denied(enum denied what, int type, const char *text)
{
	char fallback[20];

	if (audit_can_write() || what == DENIED_IS_ERROR)
		return -EPERM;
	if (what == DENIED_GOES_TO_SYSLOG)
		syslog(LOG_ERR, "Can't send to audit system: %s %s",
			record_type_name((uint32_t)type, fallback), text);
	return 0;
}

static int send_text(int fd, int type, struct buf *text, enum denied what)
{
	const char *bytes = buf_cstr(text);
	int r = buf_error(text);

	if (r == 0) {
		errno = 0;
		r = audit_send(fd, type, bytes, (unsigned int)text->len + 1);
		/* Kernels before 2.6.14 knew one type only. */
		if (r == -EINVAL && type >= OLD_KERNEL_FIRST && type <= OLD_KERNEL_LAST)
			r = audit_send(fd, AUDIT_USER, bytes, (unsigned int)text->len + 1);
	}
	if (r == -ECONNREFUSED)
		return 0;
	if (r == -EPERM)
		r = denied(what, type, bytes);
	if (r < 0) {
		audit_msg(LOG_ERR, "Error sending audit message (%s)", strerror(-r));
		errno = -r;
	}
	return r;
}

_public_ int audit_log_user_message(int audit_fd, int type, const char *message,
	const char *hostname, const char *addr, const char *tty, int result)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;

	if (audit_fd < 0)
		return 0;
	put_text(&text, message);
	buf_puts(&text, " exe=");
	parts_exe(&text);
	parts_origin(&text, hostname, addr, tty, true);
	put_result(&text, result);
	return send_text(audit_fd, type, &text, DENIED_IS_FINE);
}

_public_ int audit_log_user_comm_message(int audit_fd, int type, const char *message,
	const char *comm, const char *hostname, const char *addr, const char *tty, int result)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;

	if (audit_fd < 0)
		return 0;
	put_text(&text, message);
	buf_puts(&text, " comm=");
	parts_comm(&text, comm);
	buf_puts(&text, " exe=");
	parts_exe(&text);
	parts_origin(&text, hostname, addr, tty, true);
	put_result(&text, result);
	return send_text(audit_fd, type, &text, DENIED_IS_FINE);
}

/* op=OP acct="NAME", or op=OP id=ID where there is no name. */
static void put_account(struct buf *text, const char *op, const char *name, unsigned int id)
{
	char number[16];

	buf_puts(text, "op=");
	put_text(text, op);
	if (name) {
		buf_puts(text, " acct=");
		parts_untrusted(text, name, strnlen(name, ACCT_MAX));
		return;
	}
	(void)snprintf(number, sizeof(number), " id=%u", id);
	buf_puts(text, number);
}

/* The program's own word for itself. */
static void put_program(struct buf *text, const char *pgname, bool quote)
{
	buf_puts(text, " exe=");
	if (!pgname) {
		parts_exe(text);
	} else if (!quote || *pgname == '"') {
		buf_puts(text, pgname);
	} else {
		buf_putc(text, '"');
		buf_puts(text, pgname);
		buf_putc(text, '"');
	}
}

_public_ int audit_log_acct_message(int audit_fd, int type, const char *pgname, const char *op,
	const char *name, unsigned int id, const char *host, const char *addr, const char *tty,
	int result)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;

	if (audit_fd < 0)
		return 0;
	put_account(&text, op, id == UINT_MAX ? name : NULL, id);
	put_program(&text, pgname, true);
	parts_origin(&text, host, addr, tty, true);
	put_result(&text, result);
	return send_text(audit_fd, type, &text, DENIED_IS_ERROR);
}

_public_ int audit_log_user_avc_message(int audit_fd, int type, const char *message,
	const char *hostname, const char *addr, const char *tty, uid_t uid)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;
	char number[32];

	if (audit_fd < 0)
		return 0;
	put_text(&text, message);
	buf_puts(&text, " exe=");
	parts_exe(&text);
	(void)snprintf(number, sizeof(number), " sauid=%d", (int)uid);
	buf_puts(&text, number);
	parts_origin(&text, hostname, addr, tty, false);
	return send_text(audit_fd, type, &text, DENIED_GOES_TO_SYSLOG);
}

static void put_context(struct buf *text, const char *name, const char *value)
{
	buf_putc(text, ' ');
	buf_puts(text, name);
	buf_putc(text, '=');
	buf_puts(text, value && *value ? value : "?");
}

_public_ int audit_log_semanage_message(int audit_fd, int type, const char *pgname, const char *op,
	const char *name, unsigned int id, const char *new_seuser, const char *new_role,
	const char *new_range, const char *old_seuser, const char *old_role, const char *old_range,
	const char *host, const char *addr, const char *tty, int result)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;

	if (audit_fd < 0)
		return 0;
	put_account(&text, op, name && *name ? name : NULL, id);
	put_context(&text, "old-seuser", old_seuser);
	put_context(&text, "old-role", old_role);
	put_context(&text, "old-range", old_range);
	put_context(&text, "new-seuser", new_seuser);
	put_context(&text, "new-role", new_role);
	put_context(&text, "new-range", new_range);
	put_program(&text, pgname && *pgname ? pgname : NULL, false);
	parts_origin(&text, host, addr, tty, false);
	put_result(&text, result);
	return send_text(audit_fd, type, &text, DENIED_IS_ERROR);
}

_public_ int audit_log_user_command(
	int audit_fd, int type, const char *command, const char *tty, int result)
{
	_cleanup_(buf_deinit) struct buf text = BUF_NULL;
	char cwd[PATH_MAX], terminal[CLIENT_NAME_MAX];
	size_t len;

	if (audit_fd < 0)
		return 0;
	if (!getcwd(cwd, sizeof(cwd)))
		(void)strcpy(cwd, "unknown");
	command += strspn(command, " ");
	len = strnlen(command, COMMAND_MAX);
	while (len && (command[len - 1] == ' ' || command[len - 1] == '\n'))
		len--;
	if (len > COMMAND_HEX_MAX && audit_value_needs_encoding(command, (unsigned int)len))
		len = COMMAND_HEX_MAX;
	buf_puts(&text, "cwd=");
	parts_untrusted(&text, cwd, strlen(cwd));
	buf_puts(&text, " cmd=");
	parts_untrusted(&text, command, len);
	buf_puts(&text, " exe=");
	parts_exe(&text);
	buf_puts(&text, " terminal=");
	buf_puts(&text, parts_tty(tty, terminal));
	put_result(&text, result);
	return send_text(audit_fd, type, &text, DENIED_IS_FINE);
}
