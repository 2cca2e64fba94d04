// SPDX-License-Identifier: MIT
/* Who the calling process is: capabilities, login, and what it is to do when it cannot audit (spec userspace 7.2). */

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/parse.h"
#include "client/client.h"
#include "client/connection.h"

#define FAILMODE_FILE "/etc/libaudit.conf"

/* By the system call: a program's state of libcap-ng is its own. */
static bool has_capability(unsigned nr)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capget, &head, data) == 0 && (data[nr / 32].effective >> (nr % 32) & 1);
}

/* A rootless engine asks for its own user, not for capabilities. */
static bool has_own_engine(void)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (connection_engine_path(&path, NULL) < 0 || stat(path, &st) < 0 ||
		st.st_uid != geteuid())
		return false;
	fd = connection_open_engine(path);
	return fd >= 0 && connection_is_own_engine(fd);
}

static int can(unsigned capability)
{
	int saved = errno, r = has_capability(capability) || has_own_engine();

	errno = saved;
	return r;
}

_public_ int audit_can_control(void)
{
	return can(CAP_AUDIT_CONTROL);
}

_public_ int audit_can_write(void)
{
	return can(CAP_AUDIT_WRITE);
}

_public_ int audit_can_read(void)
{
	return can(CAP_AUDIT_READ);
}

/* The one number in a small file. */
static int read_number(const char *path, uint32_t *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char text[16];
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, text, sizeof(text));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	while (n > 0 && text[n - 1] == '\n')
		n--;
	return parse_u32(text, (size_t)n, 10, ret);
}

_public_ uid_t audit_getloginuid(void)
{
	uint32_t uid;

	errno = 0;
	return read_number("/proc/self/loginuid", &uid) < 0 ? (uid_t)-1 : uid;
}

_public_ uint32_t audit_get_session(void)
{
	uint32_t session;

	errno = 0;
	return read_number("/proc/self/sessionid", &session) < 0 ? (uint32_t)-2 : session;
}

_public_ int audit_setloginuid(uid_t uid)
{
	_cleanup_close_ int fd = open("/proc/self/loginuid", O_NOFOLLOW | O_WRONLY | O_CLOEXEC);
	char text[16];
	ssize_t n;
	int len;

	errno = fd < 0 ? errno : 0;
	if (fd < 0) {
		int saved = errno;

		audit_msg(LOG_ERR, "Error opening /proc/self/loginuid");
		errno = saved;
		return 1;
	}
	len = snprintf(text, sizeof(text), "%u", uid);
	do
		n = write(fd, text, (size_t)len);
	while (n < 0 && errno == EINTR);
	if (n == len)
		return 0;
	audit_msg(LOG_ERR, "Error writing loginuid");
	return 1;
}

static const struct {
	const char *name;
	auditfail_t mode;
} failmodes[] = {
	{ "ignore", FAIL_IGNORE },
	{ "log", FAIL_LOG },
	{ "terminate", FAIL_TERMINATE },
};

/* failure_action = WORD; blank lines and comments. 0 or -EINVAL. */
static int failmode_line(char *line, unsigned nr, auditfail_t *mode)
{
	char *state, *key = strtok_r(line, " \t\r\n", &state), *equals, *value;
	size_t i;

	if (!key || *key == '#')
		return 0;
	equals = strtok_r(NULL, " \t\r\n", &state);
	value = strtok_r(NULL, " \t\r\n", &state);
	if (!equals || strcmp(equals, "=") != 0 || !value || strtok_r(NULL, " \t\r\n", &state)) {
		audit_msg(LOG_ERR, "%s:%u: expected KEYWORD = VALUE", FAILMODE_FILE, nr);
		return -EINVAL;
	}
	if (strcasecmp(key, "failure_action") != 0) {
		audit_msg(LOG_ERR, "%s:%u: unknown keyword \"%s\"", FAILMODE_FILE, nr, key);
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(failmodes); i++)
		if (strcasecmp(value, failmodes[i].name) == 0) {
			*mode = failmodes[i].mode;
			return 0;
		}
	audit_msg(LOG_ERR, "%s:%u: \"%s\" is none of ignore, log, terminate", FAILMODE_FILE, nr,
		value);
	return -EINVAL;
}

/* Others must not be able to say what programs of root do. */
static int check_failmode_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != 0)
		audit_msg(LOG_ERR, "Error - %s isn't owned by root", FAILMODE_FILE);
	else if (st.st_mode & S_IWOTH)
		audit_msg(LOG_ERR, "Error - %s is world writable", FAILMODE_FILE);
	else if (!S_ISREG(st.st_mode))
		audit_msg(LOG_ERR, "Error - %s is not a regular file", FAILMODE_FILE);
	else
		return 0;
	return -EINVAL;
}

_public_ int get_auditfail_action(auditfail_t *failmode)
{
	_cleanup_fclose_ FILE *file = NULL;
	_cleanup_close_ int fd = -1;
	char line[128];
	unsigned nr = 0;

	*failmode = FAIL_IGNORE;
	fd = open(FAILMODE_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ENOENT)
			return 0;
		audit_msg(LOG_ERR, "Error opening %s (%s)", FAILMODE_FILE, strerror(errno));
		return 1;
	}
	if (check_failmode_file(fd) < 0)
		return 1;
	file = fdopen(fd, "re");
	if (!file)
		return 1;
	(void)TAKE_FD(fd);
	while (fgets(line, sizeof(line), file)) {
		nr++;
		if (!strchr(line, '\n') && !feof(file)) {
			audit_msg(LOG_ERR, "%s:%u: the line is too long", FAILMODE_FILE, nr);
			return 1;
		}
		if (failmode_line(line, nr, failmode) < 0)
			return 1;
	}
	return 0;
}
