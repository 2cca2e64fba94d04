/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_DAEMON_DETACH_H
#define UAUDIT_CLI_DAEMON_DETACH_H

/* uaudit daemon --detach: the end of what an engine has left in the kernel. */

#include "engine/config.h"

/* Ends the engine of that run_dir, if there is one, and removes its BPF programs, with what they hold. 0, also where there was
 * nothing; a negative errno after a complaint. */
int daemon_detach(const struct config *config);

#endif
