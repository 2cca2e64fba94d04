// SPDX-License-Identifier: MIT
/* What follows the words of a message: who speaks, and from where (spec userspace 7.4). */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "client/client.h"

void parts_untrusted(struct buf *to, const char *text, size_t len)
{
	if (audit_value_needs_encoding(text, (unsigned int)len)) {
		buf_hex_bytes(to, text, len);
		return;
	}
	buf_putc(to, '"');
	buf_put(to, text, len);
	buf_putc(to, '"');
}

/* Not cached: after exec() in a child that vfork()ed, or by a preloaded library, the answer is another one. */
void parts_exe(struct buf *to)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n < 0)
		buf_puts(to, "\"?\"");
	else
		parts_untrusted(to, path, (size_t)n);
}

void parts_comm(struct buf *to, const char *comm)
{
	_cleanup_close_ int fd = -1;
	char own[CLIENT_NAME_MAX];
	ssize_t n;

	if (comm) {
		parts_untrusted(to, comm, strlen(comm));
		return;
	}
	fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, own, sizeof(own));
	if (n > 0 && own[n - 1] == '\n')
		n--;
	if (n <= 0)
		buf_puts(to, "\"?\"");
	else
		parts_untrusted(to, own, (size_t)n);
}

const char *parts_tty(const char *tty, char ret[static CLIENT_NAME_MAX])
{
	char name[CLIENT_NAME_MAX];
	int fd;

	if (tty)
		return *tty ? tty : "?";
	for (fd = 0; fd <= 2; fd++) {
		if (ttyname_r(fd, name, sizeof(name)) != 0)
			continue;
		(void)strcpy(ret, strncmp(name, "/dev/", 5) == 0 ? name + 5 : name);
		return ret;
	}
	return "?";
}

static bool is_local_login(const char *tty)
{
	return strncmp(tty, "pts", 3) == 0 || strncmp(tty, "tty", 3) == 0 ||
	       strncmp(tty, "/dev/tty", 8) == 0;
}

static const char *own_hostname(char ret[static CLIENT_NAME_MAX])
{
	if (gethostname(ret, CLIENT_NAME_MAX) < 0)
		return "?";
	ret[CLIENT_NAME_MAX - 1] = '\0';
	return *ret ? ret : "?";
}

void parts_origin(
	struct buf *to, const char *hostname, const char *addr, const char *tty, bool guess)
{
	char host[CLIENT_NAME_MAX], address[RESOLVE_ADDR_SIZE], terminal[CLIENT_NAME_MAX];

	tty = parts_tty(tty, terminal);
	if (hostname && !*hostname)
		hostname = NULL;
	if (!addr || !*addr)
		addr = hostname && resolve_address(hostname, address) == 0 ? address : "?";
	if (!hostname)
		hostname = guess && is_local_login(tty) ? own_hostname(host) : "?";
	buf_puts(to, " hostname=");
	buf_puts(to, hostname);
	buf_puts(to, " addr=");
	/* An address, however long: others have room for no more than the longest of IPv6. */
	buf_put(to, addr, strnlen(addr, RESOLVE_ADDR_SIZE - 1));
	buf_puts(to, " terminal=");
	buf_puts(to, tty);
}
