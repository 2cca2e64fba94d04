/* SPDX-License-Identifier: MIT */
/* A line of a sequence becomes a system call. Every argument that is an address has one of its own, always the same. */
#include <ctype.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sequence.h"

#define TEXT_MAX    8192
#define BUFFER_SIZE 70000
#define BAD_ADDRESS 16

struct reader {
	const char *at, *tree;
	size_t last_len; /* of the text or address read last */
	long first_text; /* address of the first string; 0: none yet */
	bool failed;
};

static struct {
	char text[SEQ_ARGS][TEXT_MAX];
	struct sockaddr_un address;
	char behind_address[200];
	struct open_how how;
	char behind_how[6000];
	struct timespec times[2];
	struct {
		uint64_t value;
		uint32_t size, flags;
	} xargs;
	unsigned handle[2 + 64];
	char *argv[3];
	char buffer[BUFFER_SIZE];
} memory;

static bool starts(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(r->at, word, len) != 0)
		return false;
	r->at += len;
	return true;
}

static unsigned long long number(struct reader *r)
{
	char *end;
	unsigned long long value = strtoull(r->at, &end, 0);

	r->failed |= end == r->at;
	r->at = end;
	return value;
}

/* "a,b,c)" */
static void numbers(struct reader *r, unsigned long long *to, size_t n)
{
	for (size_t i = 0; i < n && !r->failed; i++) {
		to[i] = number(r);
		r->failed |= *r->at++ != (i + 1 < n ? ',' : ')');
	}
}

static char escaped(struct reader *r)
{
	char digits[3] = { 0 };

	if (*r->at != 'x')
		return *r->at++;
	r->at++;
	for (size_t i = 0; i < 2 && isxdigit((unsigned char)*r->at); i++)
		digits[i] = *r->at++;
	return (char)strtoul(digits, NULL, 16);
}

/* What stands behind the opening quote, at most size bytes. */
static size_t quoted(struct reader *r, char *to, size_t size)
{
	size_t len = 0, once;
	unsigned long long times = 1;

	while (*r->at && *r->at != '"' && len < size) {
		char c = *r->at++;

		to[len++] = c == '\\' ? escaped(r) : c;
	}
	r->failed |= *r->at++ != '"';
	if (!r->failed && *r->at == '*') {
		r->at++;
		times = number(r);
	}
	once = len;
	r->failed |= once * times > size;
	while (!r->failed && len < once * times) {
		memcpy(to + len, to, once);
		len += once;
	}
	return len;
}

/* ["text" or @"text"] */
static size_t text(struct reader *r, char *to, size_t size)
{
	size_t len = 0;

	if (*r->at == '@') {
		r->at++;
		len = strnlen(r->tree, size);
		memcpy(to, r->tree, len);
	}
	r->failed |= *r->at++ != '"';
	if (!r->failed)
		len += quoted(r, to + len, size - len);
	r->last_len = len;
	return len;
}

static long string(struct reader *r, size_t i)
{
	size_t len = text(r, memory.text[i], TEXT_MAX - 1);

	memory.text[i][len] = '\0';
	if (!r->first_text)
		r->first_text = (long)memory.text[i];
	return (long)memory.text[i];
}

static long address(struct reader *r)
{
	size_t len;

	memset(&memory.address, 0, sizeof(memory.address));
	memory.address.sun_family = AF_UNIX;
	/* a path that is too long for one is cut */
	len = text(r, memory.buffer, sizeof(memory.buffer));
	if (len > sizeof(memory.address.sun_path))
		len = sizeof(memory.address.sun_path);
	memcpy(memory.address.sun_path, memory.buffer, len);
	memset(memory.buffer, 0, r->last_len);
	r->last_len = offsetof(struct sockaddr_un, sun_path) + len;
	return (long)&memory.address;
}

static long how(struct reader *r)
{
	unsigned long long n[3] = { 0 };

	numbers(r, n, 3);
	memory.how = (struct open_how){ .flags = n[0], .mode = n[1], .resolve = n[2] };
	return (long)&memory.how;
}

static long times(struct reader *r)
{
	unsigned long long n[2] = { 0 };

	numbers(r, n, 2);
	memory.times[0] = (struct timespec){ .tv_sec = 1000000, .tv_nsec = (long)n[0] };
	memory.times[1] = (struct timespec){ .tv_sec = 2000000, .tv_nsec = (long)n[1] };
	return (long)memory.times;
}

static long handle(struct reader *r)
{
	unsigned long long n = 0;

	numbers(r, &n, 1);
	memory.handle[0] = (unsigned)n;
	return (long)memory.handle;
}

static long xargs(struct reader *r)
{
	static char value[] = "blue";
	unsigned long long flags = 0;

	numbers(r, &flags, 1);
	memory.xargs.value = (uint64_t)(uintptr_t)value;
	memory.xargs.size = 4;
	memory.xargs.flags = (uint32_t)flags;
	return (long)&memory.xargs;
}

static long arguments(void)
{
	static char zeroth[] = "argument", first[] = "one more";

	memory.argv[0] = zeroth;
	memory.argv[1] = first;
	return (long)memory.argv;
}

static long argument(struct reader *r, size_t i)
{
	if (*r->at == '"' || *r->at == '@')
		return string(r, i);
	if (starts(r, "^"))
		return r->first_text ? r->first_text : BAD_ADDRESS;
	if (starts(r, "sun"))
		return address(r);
	if (starts(r, "how("))
		return how(r);
	if (starts(r, "xargs("))
		return xargs(r);
	if (starts(r, "times("))
		return times(r);
	if (starts(r, "handle("))
		return handle(r);
	if (starts(r, "argv"))
		return arguments();
	if (starts(r, "len"))
		return (long)r->last_len;
	if (starts(r, "out"))
		return (long)memory.buffer;
	if (starts(r, "bad"))
		return BAD_ADDRESS;
	return (long)number(r);
}

int seq_make_call(const char *line, const char *tree)
{
	struct reader r = { .at = line, .tree = tree };
	size_t len = strcspn(line, " ");
	const struct seq_row *row = seq_row_find(line, len);
	long args[SEQ_ARGS] = { 0 };

	if (!row)
		return -1;
	r.at += len;
	for (size_t i = 0; *r.at && !r.failed; i++) {
		if (*r.at++ != ' ' || i == SEQ_ARGS)
			return -1;
		args[i] = argument(&r, i);
	}
	if (r.failed)
		return -1;
	if (row->nr >= 0)
		(void)syscall(row->nr, args[0], args[1], args[2], args[3], args[4], args[5]);
	return 0;
}
