/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_ENVIRONMENT_H
#define UAUDIT_TESTS_DIFFERENTIAL_ENVIRONMENT_H

/*
 * Where programs under test run: as root of the machine; as a user without any privilege; or in a container: user, mount,
 * pid, network, ipc and host name namespaces of their own, where they are root. Only root can make the latter two.
 */

#include <stdbool.h>
#include <sys/types.h>

struct environment {
	const char *name;
	bool has_namespaces;
	bool no_new_privs; /* as uaudit run sets it for who has no privileges */
	uid_t owner; /* who the program is, in the initial user namespace; its group likewise */
};

/* The container's ids 0 to CONTAINER_IDS - 1 are these of the initial user namespace. */
#define CONTAINER_FIRST 1000000
#define CONTAINER_IDS   65536

/* NULL: no environment has that name. */
const struct environment *environment_find(const char *name);

/*
 * Puts the calling process into the environment. A container needs processes of its own: there the call returns in a
 * grandchild, process 2 of the container, while the caller waits for it and ends as it does; process 1 collects orphans and
 * ends with the last process of the container. 0 or negative errno; an error of a grandchild has been printed and ends the
 * caller with status 125.
 */
int environment_enter(const struct environment *env);

#endif
