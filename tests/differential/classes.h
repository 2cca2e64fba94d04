/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_DIFFERENTIAL_CLASSES_H
#define UAUDIT_TESTS_DIFFERENTIAL_CLASSES_H

/* Differences by kind: which field of which record of which call, how often, and where for example. */

#include <stddef.h>
#include <stdio.h>

struct class
{
	char *name, *example;
	size_t n;
};

struct classes {
	struct class *rows;
	size_t n;
};

/* name: compared; example: kept if it is the first. Both are taken. */
void classes_add(struct classes *classes, char *name, char *example);
/* The most frequent first. */
void classes_print(struct classes *classes, FILE *to);
void classes_free(struct classes *classes);

#endif
