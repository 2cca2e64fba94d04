/* SPDX-License-Identifier: MIT */
#include "classes.h"

#include <stdlib.h>
#include <string.h>

#include "record.h"

void classes_add(struct classes *classes, char *name, char *example)
{
	for (size_t i = 0; i < classes->n; i++) {
		struct class *row = &classes->rows[i];

		if (strcmp(row->name, name) != 0)
			continue;
		row->n++;
		free(name);
		free(example);
		return;
	}
	classes->rows = xrealloc(classes->rows, classes->n + 1, sizeof(*classes->rows));
	classes->rows[classes->n++] = (struct class){ name, example, 1 };
}

static int by_count(const void *a, const void *b)
{
	const struct class *x = a, *y = b;

	return x->n != y->n ? (x->n < y->n ? 1 : -1) : strcmp(x->name, y->name);
}

void classes_print(struct classes *classes, FILE *to)
{
	if (classes->n)
		qsort(classes->rows, classes->n, sizeof(*classes->rows), by_count);
	for (size_t i = 0; i < classes->n; i++)
		fprintf(to, "%6zu  %-44s %s\n", classes->rows[i].n, classes->rows[i].name,
			classes->rows[i].example);
}

void classes_free(struct classes *classes)
{
	for (size_t i = 0; i < classes->n; i++) {
		free(classes->rows[i].name);
		free(classes->rows[i].example);
	}
	free(classes->rows);
}
