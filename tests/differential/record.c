/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *xrealloc(void *p, size_t n, size_t size)
{
	void *q = reallocarray(p, n, size);

	if (!q) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return q;
}

char *xstrndup(const char *s, size_t len)
{
	char *copy = xrealloc(NULL, len + 1, 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	va_end(args);
	return text;
}

static void add_field(struct rec *rec, const char *word, size_t len)
{
	const char *eq = memchr(word, '=', len);
	size_t name_len = eq ? (size_t)(eq - word) : len;
	struct rec_field *field;

	rec->fields = xrealloc(rec->fields, rec->n_fields + 1, sizeof(*rec->fields));
	field = &rec->fields[rec->n_fields++];
	field->name = xstrndup(word, name_len);
	field->value = eq ? xstrndup(eq + 1, len - name_len - 1) : xstrndup("", 0);
}

/* The kernel's encoding leaves no space inside a value (spec kernel 7.1), so that words are fields. */
static void add_fields(struct rec *rec, const char *text, const char *end)
{
	while (text < end) {
		const char *space = memchr(text, ' ', (size_t)(end - text));
		const char *word_end = space ? space : end;

		if (word_end > text)
			add_field(rec, text, (size_t)(word_end - text));
		text = word_end + 1;
	}
}

int rec_add(struct rec_list *list, const char *line, size_t len)
{
	char *copy = xstrndup(line, len);
	struct rec rec = { 0 };
	char type[33];
	int body = 0;

	if (sscanf(copy, "type=%32s msg=audit(%lld.%3u:%u):%n", type, &rec.sec, &rec.msec,
		    &rec.serial, &body) != 4 ||
		!body) {
		free(copy);
		return -1;
	}
	rec.type = xstrndup(type, strlen(type));
	add_fields(&rec, copy + body, copy + len);
	free(copy);

	list->recs = xrealloc(list->recs, list->n + 1, sizeof(*list->recs));
	list->recs[list->n++] = rec;
	return 0;
}

int rec_read(struct rec_list *list, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, line_nr = 0;
	ssize_t len;
	int r = 0;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -1;
	}
	while ((len = getline(&line, &size, file)) > 0) {
		line_nr++;
		if (line[len - 1] == '\n')
			len--;
		if (rec_add(list, line, (size_t)len)) {
			fprintf(stderr, "%s:%zu: not a record: %.*s\n", path, line_nr, (int)len,
				line);
			r = -1;
		}
	}
	free(line);
	fclose(file);
	return r;
}

void rec_list_free(struct rec_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		for (size_t j = 0; j < list->recs[i].n_fields; j++) {
			free(list->recs[i].fields[j].name);
			free(list->recs[i].fields[j].value);
		}
		free(list->recs[i].fields);
		free(list->recs[i].type);
	}
	free(list->recs);
	*list = (struct rec_list){ 0 };
}

const char *rec_get(const struct rec *rec, const char *name)
{
	for (size_t i = 0; i < rec->n_fields; i++)
		if (!strcmp(rec->fields[i].name, name))
			return rec->fields[i].value;
	return NULL;
}

long long rec_num(const struct rec *rec, const char *name, int base, long long fallback)
{
	const char *value = rec_get(rec, name);
	long long n;
	char *end;

	if (!value || !*value)
		return fallback;
	n = base == 16 ? (long long)strtoull(value, &end, 16) : strtoll(value, &end, base);
	return *end ? fallback : n;
}
