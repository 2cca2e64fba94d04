// SPDX-License-Identifier: MIT
/* -w, -W and -p (spec userspace 1.8). */

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "abi/abi.h"
#include "rule/rule_parser.h"

#define PERM_ALL (AUDIT_PERM_READ | AUDIT_PERM_WRITE | AUDIT_PERM_EXEC | AUDIT_PERM_ATTR)

static int check_path(struct rule_parser *p, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = strlen(path);
	int r;

	if (len >= PATH_MAX) {
		r = rule_fail(p, 0, "The path passed for the watch is too big");
		rule_hint(p, "a path has fewer than %d bytes", PATH_MAX);
		return r;
	}
	if (path[0] != '/') {
		r = rule_fail(p, 0, "The path must start with '/'");
		rule_hint(p, "'%s' is not absolute", path);
		return r;
	}
	if (strlen(base) > NAME_MAX) {
		r = rule_fail(p, (size_t)(base - path), "The base name of the path is too big");
		rule_hint(p, "a name has at most %d bytes", NAME_MAX);
		return r;
	}
	if (strstr(path, ".."))
		rule_say(p, "Warning - relative path notation is not supported");
	if (strpbrk(path, "*?"))
		rule_say(p, "Warning - wildcard notation is not supported");
	return 0;
}

/* The fields that a watch begins with. */
static int watch(struct rule_parser *p, const char *path)
{
	char trimmed[PATH_MAX];
	size_t len = strlen(path);
	uint32_t type;
	int r;

	r = check_path(p, path);
	if (r < 0)
		return r;
	if (p->data->field_count) {
		r = rule_fail(p, 0, "Rule is not empty");
		rule_hint(p,
			"a watch begins its rule: -w or -W before all -F and -C, and one of them only");
		return r;
	}
	while (len > 1 && path[len - 1] == '/')
		len--;
	memcpy(trimmed, path, len);
	trimmed[len] = '\0';
	type = p->env->is_directory && p->env->is_directory(p->env->userdata, trimmed) > 0
		       ? AUDIT_DIR
		       : AUDIT_WATCH;
	r = rule_append(p, type, AUDIT_EQUAL, (uint32_t)len, trimmed, path);
	if (r < 0)
		return r;
	memset(p->data->mask, 0xff, sizeof(p->data->mask));
	p->has_syscalls = true;
	return rule_append(p, AUDIT_PERM, AUDIT_EQUAL, PERM_ALL, NULL, path);
}

int rule_option_watch(struct rule_parser *p, const char *arg)
{
	int r;

	if (p->add != RULE_LIST_UNSET || p->del != RULE_LIST_UNSET) {
		r = rule_fail(p, 0, "watch option can't be given with a syscall");
		rule_hint(p, "'-w %s' is a rule of its own", arg);
		return r;
	}
	p->add = AUDIT_FILTER_EXIT;
	p->action = AUDIT_ALWAYS;
	return watch(p, arg);
}

int rule_option_unwatch(struct rule_parser *p, const char *arg)
{
	p->del = AUDIT_FILTER_EXIT;
	p->action = AUDIT_ALWAYS;
	return watch(p, arg);
}

int rule_option_perms(struct rule_parser *p, const char *arg)
{
	bool found = false;
	size_t bad = 0;
	uint32_t bits, i;
	int r;

	if (rule_list(p) == RULE_LIST_UNSET) {
		r = rule_fail(p, 0, "permission option needs a watch given prior to it");
		rule_hint(p, "first -w PATH, then -p %s", arg);
		return r;
	}
	if (strlen(arg) > RULE_PERM_LETTERS) {
		r = rule_fail(p, 0, "permission %s is too long", arg);
		rule_hint(p, "at most the four letters r, w, x, a");
		return r;
	}
	if (rule_perm_bits(arg, strlen(arg), &bits, &bad) < 0) {
		r = rule_fail(p, bad, "Permission %c isn't supported", arg[bad]);
		rule_hint(p,
			"the letters are r (read), w (write), x (execute), a (attribute change)");
		return r;
	}
	if (!bits) {
		/* auditctl takes this for a rule that matches nothing. */
		r = rule_fail_code(p, 0, ERRMSG_BAD_PERM, NULL);
		rule_hint(p, "-p needs at least one of r, w, x, a");
		return r;
	}
	if (!p->data->field_count) {
		r = rule_fail(p, 0, "Permissions should be preceeded by other fields");
		rule_hint(p, "-p belongs to a watch; in other rules say -F perm=%s", arg);
		return r;
	}
	for (i = 0; i < p->data->field_count; i++)
		if (p->data->fields[i] == AUDIT_PERM) {
			p->data->values[i] = bits;
			found = true;
		}
	if (found)
		return 0;
	if (p->data->field_count >= RULE_FIELDS_MAX)
		return rule_fail(p, 0, "Too many fields when adding permissions");
	return rule_append(p, AUDIT_PERM, AUDIT_EQUAL, bits, NULL, arg);
}
