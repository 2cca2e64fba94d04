// SPDX-License-Identifier: MIT
#include "cli/daemon_records.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/parse.h"

/* The text of a file below /proc/PID, as far as it fits. false: the process is gone. */
static bool read_proc(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, size - 1);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* The number at the start of text, or unset. */
static uint32_t number(const char *text)
{
	uint64_t value;
	size_t used;

	return parse_u64_prefix(text, strlen(text), 10, &value, &used) == 0 ? (uint32_t)value
									    : UINT32_MAX;
}

static uint32_t proc_number(pid_t pid, const char *name)
{
	char text[32];

	return pid && read_proc(pid, name, text, sizeof(text)) ? number(text) : UINT32_MAX;
}

static uint32_t proc_uid(pid_t pid)
{
	char text[4096];
	const char *at = NULL;

	if (pid && read_proc(pid, "status", text, sizeof(text)))
		at = strstr(text, "\nUid:\t");
	return at ? number(at + strlen("\nUid:\t")) : UINT32_MAX;
}

static void put_field(struct buf *to, const char *name, uint64_t value)
{
	buf_puts(to, name);
	buf_u64(to, value);
}

/* fallback: where no security module labels processes; "" for no field then. */
static void put_label(struct buf *to, pid_t pid, const char *fallback)
{
	char label[256];

	if (!pid || !read_proc(pid, "attr/current", label, sizeof(label)))
		(void)snprintf(label, sizeof(label), "%s", fallback);
	label[strcspn(label, "\n")] = '\0';
	if (!label[0])
		return;
	buf_puts(to, " subj=");
	buf_puts(to, label);
}

void daemon_record_start(struct buf *to)
{
	struct utsname name = { 0 };

	(void)uname(&name);
	buf_puts(to, "op=start ver=" UAUDIT_VERSION " format=raw kernel=");
	buf_puts(to, name.release);
	put_field(to, " auid=", proc_number(getpid(), "loginuid"));
	put_field(to, " pid=", (uint64_t)getpid());
	put_field(to, " uid=", getuid());
	put_field(to, " ses=", proc_number(getpid(), "sessionid"));
	put_label(to, getpid(), "");
	buf_puts(to, " res=success");
}

void daemon_record_end(struct buf *to, pid_t sender)
{
	buf_puts(to, "op=terminate");
	put_field(to, " auid=", proc_number(sender, "loginuid"));
	put_field(to, " uid=", proc_uid(sender));
	put_field(to, " ses=", proc_number(sender, "sessionid"));
	put_field(to, " pid=", (uint64_t)sender);
	put_label(to, sender, "");
	buf_puts(to, " res=success");
}

void daemon_record_reconfigure(struct buf *to, pid_t sender, bool is_changed)
{
	buf_puts(
		to, is_changed ? "op=reconfigure state=changed" : "op=reconfigure state=no-change");
	put_field(to, " auid=", proc_number(sender, "loginuid"));
	put_field(to, " pid=", (uint64_t)sender);
	put_label(to, sender, "?");
	buf_puts(to, is_changed ? " res=success" : " res=failed");
}
