// SPDX-License-Identifier: MIT
#include "cli/daemon_detach.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "engine/sockets.h"
#include "source/bpf/bpf_source.h"

#define STEP_MS     10
#define PATIENCE_MS 20000 /* beyond what the engine takes for its queues */

/* It finds its programs gone, reads what they have captured, and ends. */
static int stop_engine(const struct config *config, pid_t pid)
{
	const struct timespec pause = { .tv_nsec = STEP_MS * 1000000 };
	uint64_t patience_ms = config->drain_timeout * 1000 + PATIENCE_MS;

	if (pid < 0 || kill(pid, SIGTERM) < 0) {
		complain(
			"'%s' is served by an engine that cannot be ended from here%s%s: end it first",
			config->run_dir, pid < 0 ? "" : ": ", pid < 0 ? "" : strerror(errno));
		return -EBUSY;
	}
	for (uint64_t waited = 0; run_dir_owner(config->run_dir) == pid; waited += STEP_MS) {
		if (waited > patience_ms) {
			complain(
				"the engine of '%s', process %d, does not end: kill it, and try again",
				config->run_dir, (int)pid);
			return -EBUSY;
		}
		(void)nanosleep(&pause, NULL);
	}
	return 0;
}

int daemon_detach(const struct config *config)
{
	pid_t pid = run_dir_owner(config->run_dir);
	uint64_t n_unread;
	int r = bpf_source_detach(config->pin_dir, &n_unread);

	if (r < 0 && r != -ENOENT) {
		complain("cannot remove what is pinned in '%s': %s%s", config->pin_dir,
			strerror(-r), r == -EACCES || r == -EPERM ? ": do it as root" : "");
		return r;
	}
	if (pid)
		return stop_engine(config, pid);
	if (r == -ENOENT)
		(void)printf("nothing of '%s' is in the kernel: there is no '%s'\n",
			config->run_dir, config->pin_dir);
	else
		(void)printf(
			"removed '%s'; it held %llu ring records that no engine had taken out\n",
			config->pin_dir, (unsigned long long)n_unread);
	return 0;
}
