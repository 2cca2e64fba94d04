// SPDX-License-Identifier: MIT
#include "log/log_event.h"

#include <errno.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "base/parse.h"

#define ENRICHED_SEPARATOR '\x1d' /* spec userspace 3.4 */
#define CHUNK_SIZE         ((size_t)16 * 1024)
#define TYPE_NAME_MAX      64 /* bytes; the longest of the table has 25 */

struct log_chunk {
	struct log_chunk *next;
	size_t used, size;
	char data[];
};

/* ---- one record ---- */

static bool eat(struct view *at, const char *text)
{
	size_t len = strlen(text);

	if (at->len < len || memcmp(at->p, text, len) != 0)
		return false;
	at->p += len;
	at->len -= len;
	return true;
}

static bool eat_number(struct view *at, uint64_t max, uint64_t *ret)
{
	size_t used;

	if (parse_u64_prefix(at->p, at->len, 10, ret, &used) < 0 || *ret > max)
		return false;
	at->p += used;
	at->len -= used;
	return true;
}

/* "audit(S.MMM:N):" and the blank behind it, which an empty text may lack. */
static int parse_stamp(struct log_record *rec, struct view *at)
{
	uint64_t sec, msec, serial;

	if (!eat(at, "audit(") || !eat_number(at, INT64_MAX, &sec) || !eat(at, ".") ||
		!eat_number(at, 999, &msec) || !eat(at, ":") ||
		!eat_number(at, UINT32_MAX, &serial) || !eat(at, "):"))
		return -EBADMSG;
	(void)eat(at, " ");
	rec->time_sec = (int64_t)sec;
	rec->time_msec = (uint32_t)msec;
	rec->serial = (uint32_t)serial;
	return 0;
}

static int add_field(struct log_record *rec, const struct log_field *field)
{
	struct log_field *fields;
	size_t max;

	if (rec->n_fields == rec->fields_max) {
		if (rec->fields_max >= LOG_RECORD_FIELDS_MAX)
			return -EBADMSG;
		max = rec->fields_max ? rec->fields_max * 2 : 32;
		fields = reallocarray(rec->fields, max, sizeof(*fields));
		if (!fields)
			return -ENOMEM;
		rec->fields = fields;
		rec->fields_max = max;
	}
	rec->fields[rec->n_fields++] = *field;
	return 0;
}

/* Bytes of the value that begins at p. A quoted one ends at its second quote: the kernel never writes that byte inside
 * (spec kernel 7.1). msg='...' of programs may hold any byte and ends with the last quote of the record. */
static size_t value_len(const char *p, size_t len)
{
	const char *end;

	if (len > 1 && (p[0] == '"' || p[0] == '\'')) {
		end = p[0] == '"' ? memchr(p + 1, '"', len - 1) : memrchr(p + 1, '\'', len - 1);
		if (end)
			return (size_t)(end - p) + 1;
	}
	end = memchr(p, ' ', len);
	return end ? (size_t)(end - p) : len;
}

/* Words without "=" belong to no field (spec userspace 4.4). */
static int parse_fields(struct log_record *rec)
{
	const char *p = rec->text.p, *end = p + rec->text.len;
	struct log_field field;
	const char *name;
	size_t len;
	int r;

	while (p < end) {
		while (p < end && *p == ' ')
			p++;
		name = p;
		while (p < end && *p != ' ' && *p != '=')
			p++;
		if (p == end || *p == ' ' || p == name) {
			if (p < end)
				p++;
			continue;
		}
		field.name = (struct view){ name, (size_t)(p - name) };
		p++;
		len = value_len(p, (size_t)(end - p));
		field.value = (struct view){ p, len };
		field.quoted = len >= 2 && p[0] == '"' && p[len - 1] == '"';
		r = add_field(rec, &field);
		if (r < 0)
			return r;
		p += len;
	}
	return 0;
}

static int parse_stamp_and_fields(struct log_record *rec, struct view at)
{
	int r;

	r = parse_stamp(rec, &at);
	if (r < 0)
		return r;
	rec->text = at;
	rec->n_fields = 0;
	return parse_fields(rec);
}

int log_record_parse_text(struct log_record *rec, uint32_t type, const char *text, size_t len)
{
	rec->type = type;
	rec->node = (struct view){ 0 };
	return parse_stamp_and_fields(rec, (struct view){ text, len });
}

static struct view eat_word(struct view *at)
{
	const char *end = memchr(at->p, ' ', at->len);
	struct view word = { at->p, end ? (size_t)(end - at->p) : at->len };

	at->p += word.len;
	at->len -= word.len;
	(void)eat(at, " ");
	return word;
}

int log_record_parse_line(struct log_record *rec, const char *line, size_t len)
{
	struct view at = { line, len }, word;
	char name[TYPE_NAME_MAX];
	struct view node = { 0 };
	int type;

	if (at.len && at.p[at.len - 1] == '\n')
		at.len--;
	if (eat(&at, "node="))
		node = eat_word(&at);
	if (!eat(&at, "type="))
		return -EBADMSG;
	word = eat_word(&at);
	if (!word.len || word.len >= sizeof(name) || memchr(word.p, '\0', word.len))
		return -EBADMSG;
	memcpy(name, word.p, word.len);
	name[word.len] = '\0';
	type = record_type_nr(name);
	if (type < 0 || !eat(&at, "msg="))
		return -EBADMSG;
	word.p = memchr(at.p, ENRICHED_SEPARATOR, at.len);
	if (word.p)
		at.len = (size_t)(word.p - at.p);
	rec->type = (uint32_t)type;
	rec->node = node;
	return parse_stamp_and_fields(rec, at);
}

void log_record_deinit(struct log_record *rec)
{
	free(rec->fields);
	*rec = (struct log_record){ 0 };
}

const struct log_field *log_record_field(const struct log_record *rec, const char *name)
{
	for (size_t i = 0; i < rec->n_fields; i++)
		if (view_is(&rec->fields[i].name, name))
			return &rec->fields[i];
	return NULL;
}

bool log_record_u64(const struct log_record *rec, const char *name, unsigned base, uint64_t *ret)
{
	const struct log_field *field = log_record_field(rec, name);

	return field && parse_u64(field->value.p, field->value.len, base, ret) == 0;
}

/* ---- one event ---- */

void log_event_deinit(struct log_event *ev)
{
	struct log_chunk *next;

	for (size_t i = 0; i < ev->records_max; i++)
		free(ev->records[i].fields);
	free(ev->records);
	for (struct log_chunk *c = ev->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	*ev = (struct log_event){ 0 };
}

void log_event_clear(struct log_event *ev)
{
	for (struct log_chunk *c = ev->chunks; c; c = c->next)
		c->used = 0;
	ev->chunk_now = ev->chunks;
	ev->n_records = 0;
}

static char *copy_text(struct log_event *ev, const char *text, size_t len)
{
	struct log_chunk *c = ev->chunk_now;
	size_t size;
	char *to;

	while (c && c->size - c->used < len && c->next)
		c = c->next;
	if (!c || c->size - c->used < len) {
		struct log_chunk *more;

		size = len > CHUNK_SIZE ? len : CHUNK_SIZE;
		more = malloc(sizeof(*more) + size);
		if (!more)
			return NULL;
		*more = (struct log_chunk){ .size = size };
		if (c)
			c->next = more;
		else
			ev->chunks = more;
		c = more;
	}
	ev->chunk_now = c;
	to = c->data + c->used;
	if (len)
		memcpy(to, text, len);
	c->used += len;
	return to;
}

int log_event_add(struct log_event *ev, uint32_t type, const char *text, size_t len)
{
	struct log_record *records;
	size_t max;
	char *copy;
	int r;

	if (ev->n_records == ev->records_max) {
		max = ev->records_max ? ev->records_max * 2 : 8;
		records = reallocarray(ev->records, max, sizeof(*records));
		if (!records)
			return -ENOMEM;
		memset(records + ev->records_max, 0, (max - ev->records_max) * sizeof(*records));
		ev->records = records;
		ev->records_max = max;
	}
	copy = copy_text(ev, text, len);
	if (!copy)
		return -ENOMEM;
	r = log_record_parse_text(&ev->records[ev->n_records], type, copy, len);
	if (r < 0)
		return r;
	ev->n_records++;
	return 0;
}

const struct log_record *log_event_record(const struct log_event *ev, uint32_t type, size_t i)
{
	for (size_t n = 0; n < ev->n_records; n++)
		if (ev->records[n].type == type && i-- == 0)
			return &ev->records[n];
	return NULL;
}
