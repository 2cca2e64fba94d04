/* SPDX-License-Identifier: MIT */
/* Rules on their way into the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oracle.h"
#include "record.h"
#include "rule/rule_parse.h"

#define RULES_SIZE_MAX 65536
#define PID_WORD       "@PID@"

static int env_is_directory(void *userdata, const char *path)
{
	struct stat st;

	(void)userdata;
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int read_text(const char *path, char *text, size_t size, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size);
	close(fd);
	if (len < 0)
		return -EIO;
	*ret_len = (size_t)len;
	return (size_t)len == size ? -EFBIG : 0;
}

/* The text with @PID@ replaced. */
static char *expand_pid(const char *text, pid_t pid)
{
	char *expanded = xstrndup("", 0);
	const char *at;

	for (; (at = strstr(text, PID_WORD)); text = at + strlen(PID_WORD)) {
		char *more = xasprintf("%s%.*s%d", expanded, (int)(at - text), text, (int)pid);

		free(expanded);
		expanded = more;
	}
	at = xasprintf("%s%s", expanded, text);
	free(expanded);
	return (char *)at;
}

static int add_rules(struct audit_link *control, const char *path, const char *text)
{
	static const struct rule_env env = { .is_directory = env_is_directory };
	struct rule_error error;
	struct rule_request request;
	size_t len = strlen(text), at = 0;
	unsigned line = 1;
	int r;

	while ((r = rule_parse_line(&request, text, len, &at, &line, &env, &error)) == 1) {
		if (request.kind == RULE_REQUEST_ADD) {
			r = audit_link_request(
				control, AUDIT_ADD_RULE, request.data, request.data_len);
			if (r)
				complain("%s:%u: the kernel refuses the rule: %s", path, line,
					strerror(-r));
		}
		rule_request_deinit(&request);
		if (r < 0)
			return r;
	}
	if (r < 0)
		complain("%s:%u: %s", path, line, r == -EINVAL ? error.message : strerror(-r));
	return r;
}

int oracle_load_rules(struct audit_link *control, const char *path, pid_t pid)
{
	char text[RULES_SIZE_MAX] = "", *expanded;
	size_t len = 0;
	int r = read_text(path, text, sizeof(text) - 1, &len);

	if (r) {
		complain("%s: %s", path, strerror(-r));
		return r;
	}
	expanded = expand_pid(text, pid);
	r = add_rules(control, path, expanded);
	free(expanded);
	return r;
}
