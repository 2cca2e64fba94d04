// SPDX-License-Identifier: MIT
#include "source/bpf/chunks.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"

#define TEXTS_MAX 128
#define TEXT_MAX  ((size_t)2 * 1024 * 1024) /* bytes; ARGV_MAX of bpf/exec.bpf.h */
#define HELD_MAX  ((size_t)16 * 1024 * 1024)

struct text {
	struct chunk_key key;
	struct buf bytes;
	uint64_t age; /* when its last piece came; 0: unused */
	uint32_t next;
	bool is_over; /* a piece was missing */
	bool was_read;
};

struct chunks {
	uint64_t now, orphans;
	size_t held; /* bytes */
	struct text texts[TEXTS_MAX];
};

int chunks_new(struct chunks **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct chunks *chunks_free(struct chunks *chunks)
{
	for (size_t i = 0; chunks && i < TEXTS_MAX; i++)
		buf_deinit(&chunks->texts[i].bytes);
	free(chunks);
	return NULL;
}

static bool is_of(const struct text *text, const struct chunk_key *key)
{
	return text->age && text->key.tid == key->tid && text->key.call == key->call &&
	       text->key.nr == key->nr;
}

static void drop(struct chunks *chunks, struct text *text)
{
	if (!text->was_read)
		chunks->orphans++;
	chunks->held -= text->bytes.len;
	buf_deinit(&text->bytes);
	*text = (struct text){ 0 };
}

static struct text *oldest(struct chunks *chunks)
{
	struct text *found = NULL;

	for (size_t i = 0; i < TEXTS_MAX; i++) {
		struct text *text = &chunks->texts[i];

		if (text->age && (!found || text->age < found->age))
			found = text;
	}
	return found;
}

static struct text *find_or_begin(struct chunks *chunks, const struct chunk_key *key)
{
	struct text *unused = NULL;

	for (size_t i = 0; i < TEXTS_MAX; i++) {
		if (is_of(&chunks->texts[i], key))
			return &chunks->texts[i];
		if (!chunks->texts[i].age)
			unused = &chunks->texts[i];
	}
	if (!unused) {
		unused = oldest(chunks);
		drop(chunks, unused);
	}
	*unused = (struct text){ .key = *key };
	buf_init(&unused->bytes, TEXT_MAX);
	return unused;
}

int chunks_add(struct chunks *chunks, const struct chunk_key *key, uint32_t seq, const char *data,
	size_t len)
{
	struct text *text = find_or_begin(chunks, key);

	text->age = ++chunks->now;
	if (seq != text->next || text->is_over || len > TEXT_MAX - text->bytes.len) {
		text->is_over = true;
		return 0;
	}
	text->next++;
	buf_put(&text->bytes, data, len);
	if (buf_error(&text->bytes)) {
		drop(chunks, text);
		return -ENOMEM;
	}
	chunks->held += len;
	while (chunks->held > HELD_MAX) {
		struct text *old = oldest(chunks);

		if (old == text)
			break;
		drop(chunks, old);
	}
	return 0;
}

struct view chunks_find(struct chunks *chunks, const struct chunk_key *key)
{
	for (size_t i = 0; i < TEXTS_MAX; i++) {
		struct text *text = &chunks->texts[i];

		if (!is_of(text, key) || !text->bytes.len)
			continue;
		text->was_read = true;
		return (struct view){ text->bytes.data, text->bytes.len };
	}
	return (struct view){ 0 };
}

void chunks_forget(struct chunks *chunks, uint32_t tid, uint32_t call)
{
	if (!chunks->now)
		return;
	for (size_t i = 0; i < TEXTS_MAX; i++) {
		struct text *text = &chunks->texts[i];

		if (text->age && text->key.tid == tid && text->key.call <= call)
			drop(chunks, text);
	}
}

uint64_t chunks_orphans(const struct chunks *chunks)
{
	return chunks->orphans;
}
