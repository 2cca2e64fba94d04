/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_BPF_TAKEOVER_H
#define UAUDIT_SOURCE_BPF_TAKEOVER_H

/* What an earlier engine has left pinned in programs->pin_dir. */

#include "source/bpf/programs.h"

enum found {
	FOUND_NOTHING,
	FOUND_OURS,
	FOUND_FOREIGN, /* of a version whose maps and records this one does not know */
};

/* FOUND_OURS: control is mapped. */
enum found takeover_look(struct programs *programs);
/* Gives the skeleton their maps in place of new ones, and maps them: 0 or negative errno. */
int takeover_reuse(struct programs *programs);
/* Foreign programs, whose rings cannot be read: new ones are at work before those end. What the old rings hold is counted. */
void takeover_count_foreign(struct programs *programs);

#endif
