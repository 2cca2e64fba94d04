// SPDX-License-Identifier: MIT
#include "rule/rule_eval.h"

#include <fcntl.h>
#include <string.h>

#include "abi/abi.h"
#include "base/macros.h"

/*
 * One function a kind of field, found through a table indexed by field number. A field that has no data on the list or
 * event at hand does not match; spec kernel 6.7 has the list. Where uaudit means to differ from the kernel,
 * docs/compatibility.md says so, and the comment here why.
 */

#define SOCKETCALL_BIND 2 /* SYS_BIND in include/uapi/linux/net.h */

typedef bool (*field_match_fn)(const struct audit_field *f, const struct event *ev, size_t item);

/* One test of one path item. */
typedef bool (*item_match_fn)(const struct audit_field *f, const struct event_path *path);

bool rule_compare_u32(uint32_t left, uint32_t op, uint32_t right)
{
	switch (op) {
	case AUDIT_EQUAL:
		return left == right;
	case AUDIT_NOT_EQUAL:
		return left != right;
	case AUDIT_LESS_THAN:
		return left < right;
	case AUDIT_GREATER_THAN:
		return left > right;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return left <= right;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return left >= right;
	case AUDIT_BIT_MASK:
		return left & right;
	case AUDIT_BIT_TEST:
		return (left & right) == right;
	default:
		return false;
	}
}

static bool compare_i64(int64_t left, uint32_t op, int64_t right)
{
	switch (op) {
	case AUDIT_LESS_THAN:
		return left < right;
	case AUDIT_GREATER_THAN:
		return left > right;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return left <= right;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return left >= right;
	default:
		return rule_compare_u32((uint32_t)left, op, (uint32_t)right);
	}
}

static bool is_call(const struct event *ev)
{
	return ev->h.kind == EVT_SYSCALL;
}

/* A call or an io_uring operation that has a result. */
static bool has_returned(const struct event *ev)
{
	return (is_call(ev) || ev->h.kind == EVT_URING) && (ev->h.flags & EVT_F_RETURNED);
}

/* ---- fields that are numbers in the header ---- */

/* Offset of a field's number in struct evt_hdr plus one, 0: the field is not there. */
static const uint8_t header_fields[] = {
#define HEADER(field, member) [field] = offsetof(struct evt_hdr, member) + 1
	HEADER(AUDIT_UID, uid),
	HEADER(AUDIT_EUID, euid),
	HEADER(AUDIT_SUID, suid),
	HEADER(AUDIT_FSUID, fsuid),
	HEADER(AUDIT_GID, gid),
	HEADER(AUDIT_EGID, egid),
	HEADER(AUDIT_SGID, sgid),
	HEADER(AUDIT_FSGID, fsgid),
	HEADER(AUDIT_LOGINUID, auid),
	HEADER(AUDIT_SESSIONID, ses),
	HEADER(AUDIT_PERS, pers),
	HEADER(AUDIT_ARCH, arch),
	HEADER(AUDIT_PPID, ppid),
	HEADER(AUDIT_PID, tgid),
#undef HEADER
};

static uint32_t header_value(const struct event *ev, uint32_t field)
{
	uint32_t value;

	memcpy(&value, (const char *)&ev->h + header_fields[field] - 1, sizeof(value));
	return value;
}

static bool match_header(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	return rule_compare_u32(header_value(ev, f->type), f->op, f->val);
}

/* Facts that a task which is just being made has not got. */
static bool match_call_header(const struct audit_field *f, const struct event *ev, size_t item)
{
	return is_call(ev) && match_header(f, ev, item);
}

static bool match_pid(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	return rule_compare_u32(
		ev->h.kind == EVT_TASK_NEW ? ev->h.ppid : ev->h.tgid, f->op, f->val);
}

static bool in_groups(const struct event *ev, uint32_t gid)
{
	for (size_t i = 0; i < ev->n_groups; i++)
		if (ev->groups[i] == gid)
			return true;
	return false;
}

/* gid and egid: a supplementary group counts too, for = and != only. */
static bool match_gid(const struct audit_field *f, const struct event *ev, size_t item)
{
	bool result = match_header(f, ev, item);

	if (f->op == AUDIT_EQUAL)
		return result || in_groups(ev, f->val);
	if (f->op == AUDIT_NOT_EQUAL)
		return result && !in_groups(ev, f->val);
	return result;
}

static bool match_loginuid_set(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	return rule_compare_u32(ev->h.auid != (uint32_t)-1, f->op, f->val);
}

/*
 * The kernel compares the low half of the value unsigned, so that exit<0 never matches and exit>100 matches every
 * error. Ordered operators compare signed and in full width here (docs/compatibility.md).
 */
static bool match_exit(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	if (!has_returned(ev))
		return false;
	return compare_i64(event_return_code(ev), f->op, (int32_t)f->val);
}

static bool match_success(const struct audit_field *f, const struct event *ev, size_t item)
{
	/* AUDITSC_SUCCESS and AUDITSC_FAILURE in kernel/audit.h: the order matters for < and > */
	static const uint32_t success = 1, failure = 2;

	(void)item;
	if (!has_returned(ev))
		return false;
	return rule_compare_u32(
		event_succeeded(ev) ? success : failure, f->op, f->val ? success : failure);
}

static bool match_arg(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	return is_call(ev) &&
	       rule_compare_u32((uint32_t)ev->h.args[f->type - AUDIT_ARG0], f->op, f->val);
}

static bool match_saddr_fam(const struct audit_field *f, const struct event *ev, size_t item)
{
	uint16_t family;

	(void)item;
	if (ev->sockaddr.len < sizeof(family))
		return false;
	memcpy(&family, ev->sockaddr.p, sizeof(family));
	return rule_compare_u32(family, f->op, f->val);
}

/* ---- labels ---- */

/*
 * Part n of user:role:type:low[-high], the form of SELinux: levels hold colons of their own, the parts before them do
 * not. False: the label has another form.
 */
static bool label_part(struct view label, unsigned n, struct view *ret)
{
	const char *at = label.p, *end = label.p + label.len, *stop;

	for (unsigned i = 0; i < n && i < 3; i++) {
		stop = memchr(at, ':', (size_t)(end - at));
		if (!stop)
			return false;
		at = stop + 1;
	}
	stop = memchr(at, n < 3 ? ':' : '-', (size_t)(end - at));
	if (n == 4) { /* a range of one level has its low end for its high one */
		at = stop ? stop + 1 : at;
		stop = NULL;
	}
	*ret = (struct view){ at, (size_t)((stop ? stop : end) - at) };
	return n == 3 || n == 4 || stop;
}

/*
 * The kernel asks its security module, whose policy is not ours to read: equality of the parts as written is what can
 * be told without it. The order of levels cannot.
 */
static bool match_subject(const struct audit_field *f, const struct event *ev, size_t item)
{
	struct view part;
	bool equal;

	(void)item;
	if (!ev->subj.p || !label_part(ev->subj, f->type - AUDIT_SUBJ_USER, &part))
		return false;
	equal = part.len == f->val && memcmp(part.p, f->str, part.len) == 0;
	return f->op == AUDIT_EQUAL ? equal : f->op == AUDIT_NOT_EQUAL && !equal;
}

/* ---- path items ---- */

static bool any_item(
	const struct audit_field *f, const struct event *ev, size_t item, item_match_fn match)
{
	if (item != RULE_ANY_ITEM)
		return match(f, &ev->paths[item]);
	for (size_t i = 0; i < ev->n_paths; i++)
		if (match(f, &ev->paths[i]))
			return true;
	return false;
}

static bool has_inode(const struct event_path *path)
{
	return path->f.flags & EVT_PATH_INODE;
}

/* Numbers of an item whose object is not known are 0, as in the kernel's zeroed entry. */
static uint32_t inode_value(const struct event_path *path, uint32_t value)
{
	return has_inode(path) ? value : 0;
}

static bool item_devmajor(const struct audit_field *f, const struct event_path *path)
{
	return rule_compare_u32(inode_value(path, path->f.dev_major), f->op, f->val) ||
	       rule_compare_u32(inode_value(path, path->f.rdev_major), f->op, f->val);
}

static bool item_devminor(const struct audit_field *f, const struct event_path *path)
{
	return rule_compare_u32(inode_value(path, path->f.dev_minor), f->op, f->val) ||
	       rule_compare_u32(inode_value(path, path->f.rdev_minor), f->op, f->val);
}

/* An unknown inode is all ones in the kernel; the value of a rule has 32 bits. */
static bool item_inode(const struct audit_field *f, const struct event_path *path)
{
	return rule_compare_u32(
		has_inode(path) ? (uint32_t)path->f.ino : UINT32_MAX, f->op, f->val);
}

static bool item_uid(const struct audit_field *f, const struct event_path *path)
{
	return rule_compare_u32(inode_value(path, path->f.uid), f->op, f->val);
}

static bool item_gid(const struct audit_field *f, const struct event_path *path)
{
	return rule_compare_u32(inode_value(path, path->f.gid), f->op, f->val);
}

static bool match_devmajor(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_devmajor);
}

static bool match_devminor(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_devminor);
}

static bool match_inode(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_inode);
}

static bool match_obj_uid(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_uid);
}

static bool match_obj_gid(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_gid);
}

/* Always any item, also for an inode rule. */
static bool match_filetype(const struct audit_field *f, const struct event *ev, size_t item)
{
	bool found = false;

	(void)item;
	for (size_t i = 0; i < ev->n_paths && !found; i++)
		found = has_inode(&ev->paths[i]) && (ev->paths[i].f.mode & S_IFMT) == f->val;
	return f->op == AUDIT_NOT_EQUAL ? !found : found;
}

/* ---- paths of rules ---- */

bool rule_mark_is(
	const struct rule_mark *mark, uint64_t ino, uint32_t dev_major, uint32_t dev_minor)
{
	return (mark->bound && mark->ino == ino && mark->dev_major == dev_major &&
		       mark->dev_minor == dev_minor) ||
	       (mark->was_bound && mark->was_ino == ino && mark->was_dev_major == dev_major &&
		       mark->was_dev_minor == dev_minor);
}

static bool mark_is_item(const struct rule_mark *mark, const struct event_path *path)
{
	return has_inode(path) &&
	       rule_mark_is(mark, path->f.ino, path->f.dev_major, path->f.dev_minor);
}

static bool item_watch(const struct audit_field *f, const struct event_path *path)
{
	return f->mark && mark_is_item(f->mark, path);
}

static bool match_watch(const struct audit_field *f, const struct event *ev, size_t item)
{
	return any_item(f, ev, item, item_watch);
}

/* Whether path is root or stands below it. */
static bool is_below(struct view path, const char *root)
{
	size_t len = root ? strlen(root) : 0;

	while (len > 0 && root[len - 1] == '/')
		len--;
	if (!root || !*root || path.len < len || memcmp(path.p, root, len) != 0)
		return false;
	return path.len == len || path.p[len] == '/';
}

struct view rule_tree_path(const struct event_path *path)
{
	return path->tree.p ? path->tree : path->resolved;
}

/* Only objects that were found belong to a tree: a failed lookup below it has collected no reference. */
bool rule_mark_holds(const struct rule_mark *mark, const struct event_path *path)
{
	struct view at;

	if (!has_inode(path))
		return false;
	if (mark_is_item(mark, path))
		return true;
	at = rule_tree_path(path);
	return at.p && ((mark->bound && is_below(at, mark->present)) ||
			       (mark->was_bound && is_below(at, mark->was_present)));
}

static bool item_dir(const struct audit_field *f, const struct event_path *path)
{
	return f->mark && rule_mark_holds(f->mark, path);
}

static bool match_dir(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)item;
	return any_item(f, ev, RULE_ANY_ITEM, item_dir);
}

/* A task that is just being made has no executable yet. */
static bool match_exe(const struct audit_field *f, const struct event *ev, size_t item)
{
	bool same = ev->h.kind != EVT_TASK_NEW && f->mark && ev->exe.p &&
		    rule_mark_is(f->mark, ev->exe_inode.ino, ev->exe_inode.dev_major,
			    ev->exe_inode.dev_minor);

	(void)item;
	return f->op == AUDIT_NOT_EQUAL ? !same : same;
}

/* ---- the rest ---- */

/* What an access mode asks for, as PERM bits; 3 is the mode of device drivers that want neither (open(2)). */
static uint32_t access_perm(uint64_t flags)
{
	static const uint32_t perms[] = {
		[O_RDONLY] = AUDIT_PERM_READ,
		[O_WRONLY] = AUDIT_PERM_WRITE,
		[O_RDWR] = AUDIT_PERM_READ | AUDIT_PERM_WRITE,
		[O_ACCMODE] = AUDIT_PERM_READ | AUDIT_PERM_WRITE,
	};

	return perms[flags & O_ACCMODE];
}

uint32_t rule_perms(const struct event *ev)
{
	const struct syscall_info *info;
	uint32_t perms = 0;
	int arg;

	if (!is_call(ev))
		return 0;
	info = syscall_info(ev->h.arch, ev->h.nr);
	if (info->effect == EFFECT_EXEC)
		return AUDIT_PERM_EXEC;
	if (info->effect == EFFECT_OPEN && syscall_arg(info, ARG_HOW) >= 0)
		return access_perm(
			ev->specials & EVENT_ITEM_BIT(EVT_ITEM_OPENAT2) ? ev->openat2.flags : 0);
	if (info->effect == EFFECT_OPEN) {
		arg = syscall_arg(info, ARG_OFLAGS);
		return arg >= 0 ? access_perm(ev->h.args[arg]) : 0;
	}
	arg = syscall_arg(info, ARG_SOCKETCALL);
	if (arg >= 0)
		return (uint32_t)ev->h.args[arg] == SOCKETCALL_BIND ? AUDIT_PERM_WRITE : 0;
	if (info->flags & (SC_WRITE | SC_DIRS))
		perms |= AUDIT_PERM_WRITE;
	if (info->flags & SC_READ)
		perms |= AUDIT_PERM_READ;
	if (info->flags & SC_ATTR)
		perms |= AUDIT_PERM_ATTR;
	return perms;
}

bool rule_perm_matches(const struct event *ev, uint32_t perm)
{
	return perm & rule_perms(ev);
}

static bool match_perm(const struct audit_field *f, const struct event *ev, size_t item)
{
	bool matches = rule_perm_matches(ev, f->val);

	(void)item;
	return f->op == AUDIT_NOT_EQUAL ? !matches : matches;
}

static bool match_compare(const struct audit_field *f, const struct event *ev, size_t item)
{
	const struct field_compare *compare = field_compare_by_code(f->val);
	struct audit_field with = { .op = f->op };
	item_match_fn match;
	uint32_t left;

	if (!compare)
		return false;
	left = header_value(ev, compare->left);
	if (compare->right != AUDIT_OBJ_UID && compare->right != AUDIT_OBJ_GID)
		return rule_compare_u32(left, f->op, header_value(ev, compare->right));
	/* = and != are symmetric, so the object may stand on the left; any item will do, also for an inode rule. */
	(void)item;
	match = compare->right == AUDIT_OBJ_UID ? item_uid : item_gid;
	with.val = left;
	return any_item(&with, ev, RULE_ANY_ITEM, match);
}

static bool match_always(const struct audit_field *f, const struct event *ev, size_t item)
{
	(void)f;
	(void)ev;
	(void)item;
	return true;
}

static const field_match_fn field_matches[] = {
	[AUDIT_PID] = match_pid,
	[AUDIT_UID] = match_header,
	[AUDIT_EUID] = match_header,
	[AUDIT_SUID] = match_header,
	[AUDIT_FSUID] = match_header,
	[AUDIT_GID] = match_gid,
	[AUDIT_EGID] = match_gid,
	[AUDIT_SGID] = match_header,
	[AUDIT_FSGID] = match_header,
	[AUDIT_LOGINUID] = match_header,
	[AUDIT_PERS] = match_header,
	[AUDIT_ARCH] = match_call_header,
	[AUDIT_SUBJ_USER] = match_subject,
	[AUDIT_SUBJ_ROLE] = match_subject,
	[AUDIT_SUBJ_TYPE] = match_subject,
	[AUDIT_SUBJ_SEN] = match_subject,
	[AUDIT_SUBJ_CLR] = match_subject,
	[AUDIT_PPID] = match_call_header,
	[AUDIT_LOGINUID_SET] = match_loginuid_set,
	[AUDIT_SESSIONID] = match_header,
	[AUDIT_DEVMAJOR] = match_devmajor,
	[AUDIT_DEVMINOR] = match_devminor,
	[AUDIT_INODE] = match_inode,
	[AUDIT_EXIT] = match_exit,
	[AUDIT_SUCCESS] = match_success,
	[AUDIT_WATCH] = match_watch,
	[AUDIT_PERM] = match_perm,
	[AUDIT_DIR] = match_dir,
	[AUDIT_FILETYPE] = match_filetype,
	[AUDIT_OBJ_UID] = match_obj_uid,
	[AUDIT_OBJ_GID] = match_obj_gid,
	[AUDIT_FIELD_COMPARE] = match_compare,
	[AUDIT_EXE] = match_exe,
	[AUDIT_SADDR_FAM] = match_saddr_fam,
	[AUDIT_ARG0] = match_arg,
	[AUDIT_ARG1] = match_arg,
	[AUDIT_ARG2] = match_arg,
	[AUDIT_ARG3] = match_arg,
	[AUDIT_FILTERKEY] = match_always,
};

bool rule_match(const struct audit_krule *rule, const struct event *ev, size_t item)
{
	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];
		field_match_fn match =
			f->type < ARRAY_SIZE(field_matches) ? field_matches[f->type] : NULL;

		/* MSGTYPE, FSTYPE and labels of objects: no data here */
		if (!match || !match(f, ev, item))
			return false;
	}
	return true;
}

bool rule_selects_nr(const struct audit_krule *rule, const struct event *ev)
{
	return rule_mask_has(rule->mask, ev->h.nr);
}

int rule_match_simple(const struct audit_krule *rule, const struct event *ev, uint32_t record_type)
{
	bool tested = false;

	for (uint32_t i = 0; i < rule->n_fields; i++) {
		const struct audit_field *f = &rule->fields[i];
		bool result;

		switch (f->type) {
		case AUDIT_MSGTYPE:
			result = rule_compare_u32(record_type, f->op, f->val);
			break;
		case AUDIT_GID: /* supplementary groups do not count on these lists */
			result = match_header(f, ev, RULE_ANY_ITEM);
			break;
		case AUDIT_PID:
		case AUDIT_UID:
		case AUDIT_LOGINUID:
		case AUDIT_LOGINUID_SET:
		case AUDIT_SUBJ_USER:
		case AUDIT_SUBJ_ROLE:
		case AUDIT_SUBJ_TYPE:
		case AUDIT_SUBJ_SEN:
		case AUDIT_SUBJ_CLR:
		case AUDIT_EXE:
			result = field_matches[f->type](f, ev, RULE_ANY_ITEM);
			break;
		case AUDIT_FILTERKEY: /* a label, not a test: the kernel stops here (docs/compatibility.md) */
			continue;
		default:
			return -1;
		}
		if (!result)
			return 0;
		tested = true;
	}
	return tested;
}
