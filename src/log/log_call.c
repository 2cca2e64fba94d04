// SPDX-License-Identifier: MIT
#include "log/log_call.h"

#include <fcntl.h>
#include <linux/audit.h>

#include "abi/abi.h"
#include "log/interpret.h"

bool event_syscall(const struct log_event *ev, uint32_t *ret_arch, int64_t *ret_nr)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_SYSCALL, 0);
	uint64_t arch, nr;

	if (!rec || !log_record_u64(rec, "arch", 16, &arch) || arch > UINT32_MAX ||
		!log_record_u64(rec, "syscall", 10, &nr) || nr > INT32_MAX)
		return false;
	*ret_arch = (uint32_t)arch;
	*ret_nr = (int64_t)nr;
	return true;
}

bool event_cwd(struct buf *to, const struct log_event *ev)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_CWD, 0);
	const struct log_field *field = rec ? log_record_field(rec, "cwd") : NULL;

	if (!field || view_is(&field->value, "(null)"))
		return false;
	interpret_untrusted(to, field);
	return true;
}

bool event_path_from_cwd(const struct log_event *ev, bool second, int *ret_fd)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_SYSCALL, 0);
	char name[] = "a0";
	uint64_t fd;
	uint32_t arch;
	int64_t nr;
	int at;

	if (!event_syscall(ev, &arch, &nr))
		return true;
	at = syscall_arg(syscall_info(arch, nr), second ? ARG_DIRFD2 : ARG_DIRFD);
	if (at < 0 || at > 3)
		return true;
	name[1] = (char)('0' + at);
	if (!log_record_u64(rec, name, 16, &fd) || (uint32_t)fd == (uint32_t)AT_FDCWD)
		return true;
	*ret_fd = (int)(uint32_t)fd;
	return false;
}

bool event_names_queues(const struct log_event *ev)
{
	uint32_t arch;
	int64_t nr;
	uint8_t effect;

	if (!event_syscall(ev, &arch, &nr))
		return false;
	effect = syscall_info(arch, nr)->effect;
	return effect == EFFECT_QUEUE_OPEN || effect == EFFECT_QUEUE_UNLINK;
}
