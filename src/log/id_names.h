/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_LOG_ID_NAMES_H
#define UAUDIT_LOG_ID_NAMES_H

/* Names of users and groups, asked once each: a look-up may cost a round trip to a directory server. */

#include <stddef.h>
#include <stdint.h>

struct id_name {
	uint32_t id;
	char *name; /* NULL: the id has no name */
};

struct id_names {
	struct id_name *names; /* sorted by id */
	size_t n, max;
};

/* Borrowed until deinit; NULL if the id has no name (or memory is short). */
const char *id_names_user(struct id_names *names, uint32_t uid);
const char *id_names_group(struct id_names *names, uint32_t gid);
void id_names_deinit(struct id_names *names);

#endif
