// SPDX-License-Identifier: MIT
#include "source/bpf/labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "source/ptrace/proc_file.h"

#define REMEMBERED 256
#define LABEL_MAX  4096 /* bytes; what /proc says at most */
#define FRESH_NS   UINT64_C(1000000000)

#define ATTRIBUTE "attr/apparmor/current"

struct known {
	uint64_t label; /* 0: unused */
	uint64_t asked; /* when */
	char *name;
};

struct labels {
	int procfd;
	const __u64 *read;
	struct known known[REMEMBERED];
	char text[LABEL_MAX + 1];
};

int labels_new(struct labels **ret, int procfd, const __u64 *read)
{
	struct labels *labels = calloc(1, sizeof(*labels));

	if (!labels)
		return -ENOMEM;
	labels->procfd = procfd;
	labels->read = read;
	*ret = labels;
	return 0;
}

struct labels *labels_free(struct labels *labels)
{
	if (!labels)
		return NULL;
	for (size_t i = 0; i < REMEMBERED; i++)
		free(labels->known[i].name);
	free(labels);
	return NULL;
}

#define STACKED "//&" /* between the profiles of a label */

static bool begins_with(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* Bytes of a mode, " (enforce)", behind the name of a profile; 0: none is there. */
static size_t mode_at(const char *text, size_t len)
{
	size_t end = strlen(" (");

	if (!begins_with(text, len, " ("))
		return 0;
	while (end < len && text[end] >= 'a' && text[end] <= 'z')
		end++;
	if (end == len || text[end] != ')')
		return 0;
	end++;
	return end == len || begins_with(text + end, len - end, STACKED) ? end : 0;
}

/* Records do not show modes (unless somebody has set kernel.apparmor_display_secid_mode). */
static size_t strip_modes(char *text, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		size_t mode = mode_at(text + i, len - i);

		if (mode)
			i += mode;
		else
			text[to++] = text[i++];
	}
	return to;
}

/* Bytes of the name, without the line end; 0: none. Control characters would forge fields. */
static size_t ask(int procfd, pid_t tid, char *to, size_t size)
{
	ssize_t n = proc_read(procfd, tid, ATTRIBUTE, to, size);

	while (n > 0 && (to[n - 1] == '\n' || to[n - 1] == '\0'))
		n--;
	for (ssize_t i = 0; i < n; i++)
		if ((unsigned char)to[i] < ' ' || to[i] == 0x7f)
			return 0;
	return n > 0 ? strip_modes(to, (size_t)n) : 0;
}

void labels_learn(int procfd)
{
	char text[LABEL_MAX + 1];

	(void)ask(procfd, getpid(), text, sizeof(text));
}

static struct view name_of(const struct known *known)
{
	return (struct view){ known->name, known->name ? strlen(known->name) : 0 };
}

/* Labels are aligned: their addresses differ in the bits above. */
static struct known *place_of(struct labels *labels, uint64_t label)
{
	return &labels->known[(label >> 6 ^ label >> 14) % REMEMBERED];
}

struct view labels_get(struct labels *labels, uint64_t label, uint32_t tid, uint64_t now)
{
	struct known *known = place_of(labels, label);
	bool is_known = label && known->label == label && known->name;
	size_t len;

	if (!label || (is_known && now - known->asked < FRESH_NS))
		return is_known ? name_of(known) : (struct view){ 0 };
	len = ask(labels->procfd, (pid_t)tid, labels->text, sizeof(labels->text));
	/* who is gone cannot be asked: what the label was called */
	if (!len)
		return is_known ? name_of(known) : (struct view){ 0 };
	labels->text[len] = '\0';
	/* the task has another one by now, or its number is another task's */
	if (__atomic_load_n(labels->read, __ATOMIC_ACQUIRE) != label)
		return is_known ? name_of(known) : (struct view){ 0 };
	free(known->name);
	*known = (struct known){ .label = label, .asked = now, .name = strdup(labels->text) };
	return name_of(known);
}
