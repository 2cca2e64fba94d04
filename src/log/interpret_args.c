// SPDX-License-Identifier: MIT
#include "log/interpret_types.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "log/log_call.h"
#include "log/values.h"

/* Arguments of system calls, and what else depends on the call: some mean something only beside another argument. */

static bool arg_value(const struct rendering *r, const char *name, uint64_t *ret)
{
	return log_record_u64(r->rec, name, 16, ret);
}

void render_syscall(struct rendering *r)
{
	uint64_t arch, a0;
	const char *name = NULL, *call = NULL;

	if (log_record_u64(r->rec, "arch", 16, &arch) && r->n <= INT32_MAX)
		name = syscall_name((uint32_t)arch, (int64_t)r->n);
	if (!name) {
		put_unknown(r, "syscall");
		return;
	}
	buf_puts(r->to, name);
	if (arg_value(r, "a0", &a0)) {
		if (strcmp(name, "socketcall") == 0)
			call = value_name(VALUES_SOCKETCALL, a0);
		else if (strcmp(name, "ipc") == 0)
			call = value_name(VALUES_IPC_CALL, a0);
	}
	if (call) {
		buf_putc(r->to, '(');
		buf_puts(r->to, call);
		buf_putc(r->to, ')');
	}
}

/* ---- flags that are more than their bits ---- */

void render_open(struct rendering *r)
{
	bool read_only = (r->n & O_ACCMODE) == O_RDONLY;

	if (read_only)
		buf_puts(r->to, "O_RDONLY");
	if (!value_flags(r->to, VALUES_OPEN, r->n, read_only) && !read_only)
		put_hex_as_written(r);
}

void render_prot(struct rendering *r)
{
	bool none = !(r->n & (PROT_READ | PROT_WRITE | PROT_EXEC));

	if (none)
		buf_puts(r->to, "PROT_NONE");
	if (!value_flags(r->to, VALUES_PROT, r->n, none) && !none)
		put_hex_as_written(r);
}

void render_mmap(struct rendering *r)
{
	bool file = !(r->n & MAP_TYPE);

	if (file)
		buf_puts(r->to, "MAP_FILE");
	if (!value_flags(r->to, VALUES_MMAP, r->n, file) && !file)
		put_hex_as_written(r);
}

void render_clone(struct rendering *r)
{
	bool any = value_flags(r->to, VALUES_CLONE, r->n & ~(uint64_t)CSIGNAL, false);
	unsigned sig = (unsigned)(r->n & CSIGNAL);

	if (sig && signal_name((int)sig)) {
		if (any)
			buf_putc(r->to, '|');
		buf_puts(r->to, signal_name((int)sig));
	} else if (!any) {
		put_hex_as_written(r);
	}
}

void render_sched(struct rendering *r)
{
	const uint64_t reset = 0x40000000; /* SCHED_RESET_ON_FORK */

	put_named(r, value_name(r->type->table, r->n & ~reset), r->type->word);
	if (r->n & reset)
		buf_puts(r->to, "|SCHED_RESET_ON_FORK");
}

/* ---- single values ---- */

void render_dirfd(struct rendering *r)
{
	if ((uint32_t)r->n == (uint32_t)AT_FDCWD)
		buf_puts(r->to, "AT_FDCWD");
	else
		put_hex_as_written(r);
}

/* The mode of open and openat means something only when the call may create a file. */
void render_arg_mode(struct rendering *r)
{
	uint32_t arch;
	uint64_t flags;
	int64_t nr;
	int at;
	char name[] = "a0";

	if (event_syscall(r->ev, &arch, &nr)) {
		at = syscall_arg(syscall_info(arch, nr), ARG_OFLAGS);
		if (at >= 0 && at <= 3) {
			name[1] = (char)('0' + at);
			if (arg_value(r, name, &flags) && !(flags & O_CREAT) &&
				(flags & O_TMPFILE) != O_TMPFILE) {
				put_hex_as_written(r);
				return;
			}
		}
	}
	render_short_mode(r);
}

void render_shmget(struct rendering *r)
{
	/* bits that are a flag here and another one of an object's mode; IPC_NOWAIT is SHM_HUGETLB */
	bool any = value_flags(r->to, VALUES_IPC_FLAG, r->n & 03000, false);

	any |= value_flags(r->to, VALUES_SHM_MODE, r->n & 014000, any);
	if (any)
		buf_putc(r->to, '|');
	buf_putc(r->to, '0');
	put_octal(r->to, r->n & 0777, 3);
}

void render_socklevel(struct rendering *r)
{
	if (r->n == 1)
		buf_puts(r->to, "SOL_SOCKET");
	else
		render_enum(r);
}

/* ---- by what another argument says ---- */

void render_fcntl_value(struct rendering *r)
{
	uint64_t cmd;

	if (!arg_value(r, "a1", &cmd))
		put_hex_as_written(r);
	else if ((uint32_t)cmd == F_SETOWN)
		render_uid(r);
	else if ((uint32_t)cmd == F_SETFD && r->n == FD_CLOEXEC)
		buf_puts(r->to, "FD_CLOEXEC");
	else if ((uint32_t)cmd == F_SETFL)
		render_open(r);
	else
		put_hex_as_written(r);
}

void render_prctl_value(struct rendering *r)
{
	uint64_t option;

	if (!arg_value(r, "a0", &option))
		put_hex_as_written(r);
	else if (option == PR_CAPBSET_READ || option == PR_CAPBSET_DROP)
		render_capability(r);
	else if (option == PR_SET_PDEATHSIG)
		render_signal(r);
	else
		put_hex_as_written(r);
}

void render_sockopt(struct rendering *r)
{
	static const struct {
		uint32_t level;
		enum value_table table;
	} levels[] = {
		{ 0, VALUES_IPOPT },
		{ 1, VALUES_SOCKOPT },
		{ 6, VALUES_TCPOPT },
		{ 41, VALUES_IP6OPT },
		{ 263, VALUES_PACKETOPT },
	};
	const char *name = NULL;
	uint64_t level;

	if (arg_value(r, "a1", &level))
		for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
			if (levels[i].level == level)
				name = value_name(levels[i].table, r->n);
	if (name)
		buf_puts(r->to, name);
	else
		put_hex_as_written(r);
}
