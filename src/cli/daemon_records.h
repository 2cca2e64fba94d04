/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_CLI_DAEMON_RECORDS_H
#define UAUDIT_CLI_DAEMON_RECORDS_H

/* The records that an audit daemon writes of itself into its log (spec userspace 3.5), without their stamps. */

#include <sys/types.h>

#include "base/buf.h"

/* op=start: of this process. */
void daemon_record_start(struct buf *to);
/* op=terminate: sender is who sent the signal; 0: nobody. */
void daemon_record_end(struct buf *to, pid_t sender);
/* op=reconfigure */
void daemon_record_reconfigure(struct buf *to, pid_t sender, bool is_changed);

#endif
