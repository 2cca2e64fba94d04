// SPDX-License-Identifier: MIT
#include "engine/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"

static const struct {
	uint8_t nr;
	const char *why;
} kept[] = {
	{ CAP_CHOWN, "the group of the log" },
	{ CAP_DAC_OVERRIDE, "log, spool and sockets in directories of others" },
	{ CAP_DAC_READ_SEARCH, "paths that rules name" },
	{ CAP_FOWNER, "the mode of a log that is there" },
	{ CAP_NET_ADMIN, "socket buffers for bursts of records" },
	{ CAP_SETGID, "the log's writer joins that group" },
	{ CAP_SETUID, "paths looked up as whoever named them finds them" },
	{ CAP_SETPCAP, "giving up the rest" },
	{ CAP_SYS_PTRACE, "exe and namespaces of senders in /proc" },
	{ CAP_SYS_RESOURCE, "outliving a shortage of memory" },
	{ CAP_PERFMON, "capture with BPF" },
	{ CAP_BPF, "capture with BPF" },
	{ CAP_AUDIT_CONTROL, "the kernel's audit as a source" },
	{ CAP_AUDIT_READ, "the kernel's audit as a source" },
};

static uint64_t kept_set(void)
{
	uint64_t set = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		set |= UINT64_C(1) << kept[i].nr;
	return set;
}

static int shrink_bounding_set(uint64_t set)
{
	for (unsigned long nr = 0; prctl(PR_CAPBSET_READ, nr, 0, 0, 0) >= 0; nr++)
		if (!(set >> nr & 1) && prctl(PR_CAPBSET_DROP, nr, 0, 0, 0) < 0 && errno != EPERM)
			return -errno;
	return 0;
}

int privileges_drop(bool programs_have_all)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2], now[2];
	const uint64_t set = kept_set();
	int r;

	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* EPERM: a user without CAP_SETPCAP, who has nothing to give up either */
	r = programs_have_all ? 0 : shrink_bounding_set(set);
	if (r < 0 || syscall(SYS_capget, &header, data) < 0)
		return r < 0 ? r : -errno;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(set >> i * 32);
		data[i].effective &= (uint32_t)(set >> i * 32);
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, data) < 0 || syscall(SYS_capget, &header, now) < 0)
		return -errno;
	return memcmp(now, data, sizeof(now)) == 0 ? 0 : -EPERM;
}

void privileges_outlive_memory_shortage(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "-1000\n", 6) != 6)
		return;
}
