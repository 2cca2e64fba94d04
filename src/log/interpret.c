// SPDX-License-Identifier: MIT
#include "log/interpret.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "abi/abi.h"
#include "base/macros.h"
#include "base/parse.h"
#include "log/id_names.h"
#include "log/inode_names.h"
#include "log/log_path.h"
#include "log/saddr.h"
#include "log/values.h"

/*
 * A field's name gives its type (fields.def, a few exceptions by record type), an argument's type comes from its
 * syscall (args.def, else the kinds of abi/syscalls.def); a type is one row of types[]: a renderer, the base of its
 * numbers in fields (arguments are always hex), and what the renderer needs.
 */

struct interpreter {
	struct id_names users, groups;
	struct inode_names inodes;
	struct buf scratch; /* the value before escaping */
	struct buf bytes;   /* a decoded string */
};

struct value_type;

struct rendering {
	struct interpreter *in;
	struct buf *to;
	const struct log_event *ev;
	const struct log_record *rec;
	const struct log_field *field;
	const struct value_type *type;
	uint64_t n; /* for types with a base */
};

struct value_type {
	void (*render)(struct rendering *r);
	unsigned base; /* 0: the value is text */
	enum value_table table;
	const char *word; /* the name of 0, or of what is unknown */
};

#define ADDR_NO_RANDOMIZE_BIT ((uint64_t)ADDR_NO_RANDOMIZE)
#define SECCOMP_ACTION_MASK   0x7fff0000u /* spec userspace 6.3: kill-process shows as kill */
#define INT_MASK              0xffffffffu /* int arguments in 64-bit registers */

int interpreter_new(struct interpreter **ret)
{
	struct interpreter *in = calloc(1, sizeof(*in));

	if (!in)
		return -ENOMEM;
	buf_init(&in->scratch, BUF_MAX_DEFAULT);
	buf_init(&in->bytes, BUF_MAX_DEFAULT);
	*ret = in;
	return 0;
}

void interpreter_free(struct interpreter *in)
{
	if (!in)
		return;
	id_names_deinit(&in->users);
	id_names_deinit(&in->groups);
	inode_names_deinit(&in->inodes);
	buf_deinit(&in->scratch);
	buf_deinit(&in->bytes);
	free(in);
}

struct inode_names *interpreter_inodes(struct interpreter *in)
{
	return &in->inodes;
}

/* ---- strings ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool decode_hex(struct buf *to, struct view text)
{
	if (!text.len || text.len % 2)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (hex_digit(text.p[i]) < 0)
			return false;
	for (size_t i = 0; i < text.len; i += 2)
		buf_putc(to, (char)(hex_digit(text.p[i]) << 4 | hex_digit(text.p[i + 1])));
	return true;
}

void interpret_untrusted(struct buf *to, const struct log_field *field)
{
	if (field->quoted)
		buf_put(to, field->value.p + 1, field->value.len - 2);
	else if (!decode_hex(to, field->value))
		buf_put(to, field->value.p, field->value.len);
}

static struct view decoded(struct rendering *r)
{
	buf_clear(&r->in->bytes);
	interpret_untrusted(&r->in->bytes, r->field);
	return (struct view){ r->in->bytes.data, r->in->bytes.len };
}

static void render_plain(struct rendering *r)
{
	buf_put(r->to, r->field->value.p, r->field->value.len);
}

static void render_escaped(struct rendering *r)
{
	struct view v = decoded(r);

	if (v.len && !v.p[0]) { /* an abstract name */
		v.p++;
		v.len--;
	}
	buf_put(r->to, v.p, v.len ? strnlen(v.p, v.len) : 0);
}

static void render_maybe_escaped(struct rendering *r)
{
	if (r->field->quoted || r->field->value.len > 1)
		render_escaped(r);
	else
		render_plain(r);
}

static void render_key(struct rendering *r)
{
	struct view v = decoded(r);

	buf_put(r->to, v.p, v.len);
}

static void render_proctitle(struct rendering *r)
{
	struct view v = decoded(r);

	for (size_t i = 0; i < v.len; i++)
		buf_putc(r->to, v.p[i] ? v.p[i] : ' ');
}

static bool is_null(const struct log_field *field)
{
	return view_is(&field->value, "(null)");
}

static void render_name(struct rendering *r)
{
	struct view name = decoded(r), cwd;
	struct buf dir = BUF_NULL;
	int fd;

	if (is_null(r->field) || (name.len && name.p[0] == '/') ||
		!event_path_from_cwd(r->ev, false, &fd) || !event_cwd(&dir, r->ev)) {
		buf_put(r->to, name.p, name.len);
	} else {
		cwd = (struct view){ dir.data, dir.len };
		path_join(r->to, cwd, name);
	}
	buf_deinit(&dir);
}

/* ---- ids ---- */

static void put_id(struct buf *to, uint32_t id, const char *name)
{
	if (id == UINT32_MAX) {
		buf_puts(to, "unset");
	} else if (name) {
		buf_puts(to, name);
	} else {
		buf_puts(to, "unknown(");
		buf_u64(to, id);
		buf_putc(to, ')');
	}
}

void interpret_user(struct interpreter *in, struct buf *to, uint32_t uid)
{
	put_id(to, uid,
		uid == 0            ? "root"
		: uid == UINT32_MAX ? NULL
				    : id_names_user(&in->users, uid));
}

void interpret_group(struct interpreter *in, struct buf *to, uint32_t gid)
{
	put_id(to, gid,
		gid == 0            ? "root"
		: gid == UINT32_MAX ? NULL
				    : id_names_group(&in->groups, gid));
}

static void render_uid(struct rendering *r)
{
	interpret_user(r->in, r->to, (uint32_t)r->n);
}

static void render_gid(struct rendering *r)
{
	interpret_group(r->in, r->to, (uint32_t)r->n);
}

static void render_session(struct rendering *r)
{
	if (r->n == UINT32_MAX)
		buf_puts(r->to, "unset");
	else
		render_plain(r);
}

/* ---- numbers with names ---- */

static void put_unknown(struct rendering *r, const char *what)
{
	buf_puts(r->to, "unknown-");
	buf_puts(r->to, what);
	buf_putc(r->to, '(');
	render_plain(r);
	buf_putc(r->to, ')');
}

static void put_named(struct rendering *r, const char *name, const char *what)
{
	if (name)
		buf_puts(r->to, name);
	else
		put_unknown(r, what);
}

static void put_hex_as_written(struct rendering *r)
{
	buf_puts(r->to, "0x");
	render_plain(r);
}

static void render_hex(struct rendering *r)
{
	put_hex_as_written(r);
}

static void render_enum(struct rendering *r)
{
	put_named(r, value_name(r->type->table, r->n), r->type->word);
}

static void render_flags(struct rendering *r)
{
	if (r->n == 0 && r->type->word)
		buf_puts(r->to, r->type->word);
	else if (!value_flags(r->to, r->type->table, r->n, false))
		put_hex_as_written(r);
}

static void render_open(struct rendering *r)
{
	bool read_only = (r->n & O_ACCMODE) == O_RDONLY;

	if (read_only)
		buf_puts(r->to, "O_RDONLY");
	if (!value_flags(r->to, VALUES_OPEN, r->n, read_only) && !read_only)
		put_hex_as_written(r);
}

static void render_prot(struct rendering *r)
{
	bool none = !(r->n & (PROT_READ | PROT_WRITE | PROT_EXEC));

	if (none)
		buf_puts(r->to, "PROT_NONE");
	if (!value_flags(r->to, VALUES_PROT, r->n, none) && !none)
		put_hex_as_written(r);
}

static void render_mmap(struct rendering *r)
{
	bool file = !(r->n & MAP_TYPE);

	if (file)
		buf_puts(r->to, "MAP_FILE");
	if (!value_flags(r->to, VALUES_MMAP, r->n, file) && !file)
		put_hex_as_written(r);
}

static void render_clone(struct rendering *r)
{
	bool any = value_flags(r->to, VALUES_CLONE, r->n & ~(uint64_t)CSIGNAL, false);
	unsigned sig = (unsigned)(r->n & CSIGNAL);

	if (sig && signal_name((int)sig)) {
		if (any)
			buf_putc(r->to, '|');
		buf_puts(r->to, signal_name((int)sig));
	} else if (!any) {
		put_hex_as_written(r);
	}
}

static void put_special_bits(struct buf *to, uint64_t mode)
{
	if (mode & S_ISUID)
		buf_puts(to, "suid,");
	if (mode & S_ISGID)
		buf_puts(to, "sgid,");
	if (mode & S_ISVTX)
		buf_puts(to, "sticky,");
}

static void put_octal(struct buf *to, uint64_t v, unsigned width)
{
	for (unsigned i = width; i-- > 0;)
		buf_putc(to, (char)('0' + (v >> 3 * i & 7)));
}

static void render_mode(struct rendering *r)
{
	const char *type = filetype_name((uint32_t)r->n & S_IFMT);

	if (type)
		buf_puts(r->to, type);
	else
		put_octal(r->to, (r->n & S_IFMT) >> 9, 3);
	buf_putc(r->to, ',');
	put_special_bits(r->to, r->n);
	put_octal(r->to, r->n, 3);
}

static void render_short_mode(struct rendering *r)
{
	put_special_bits(r->to, r->n);
	buf_putc(r->to, '0');
	put_octal(r->to, r->n, 3);
}

static void render_caps(struct rendering *r)
{
	bool any = false;

	for (unsigned i = 0; i < 64; i++) {
		const char *name = r->n >> i & 1 ? capability_name(i) : NULL;

		if (!name)
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, name);
		any = true;
	}
	if (!any)
		buf_puts(r->to, "none");
}

static void render_capability(struct rendering *r)
{
	put_named(r, r->n < 64 ? capability_name((unsigned)r->n) : NULL, "capability");
}

static void render_signal(struct rendering *r)
{
	put_named(r, r->n <= INT32_MAX ? signal_name((int)r->n) : NULL, "signal");
}

static void render_family(struct rendering *r)
{
	put_named(r, address_family_name((uint32_t)r->n), "family");
}

static void render_socktype(struct rendering *r)
{
	put_named(r, value_name(VALUES_SOCKTYPE, r->n & 0xf), r->type->word);
}

static void render_list(struct rendering *r)
{
	put_named(r, list_name((uint32_t)r->n), "list");
}

static void render_arch(struct rendering *r)
{
	const struct machine *machine = machine_by_elf((uint32_t)r->n);

	put_named(r, machine ? machine->name : NULL, "elf-type");
}

static void render_perm(struct rendering *r)
{
	static const char *const names[] = { "exec", "write", "read", "attr" };
	static const unsigned char order[] = { 2, 1, 0, 3 }; /* as printed */
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (r->n && !(r->n >> order[i] & 1))
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, names[order[i]]);
		any = true;
	}
}

static void render_personality(struct rendering *r)
{
	put_named(r, value_name(VALUES_PERSONALITY, r->n & PER_MASK), r->type->word);
	if (r->n & ADDR_NO_RANDOMIZE_BIT)
		buf_puts(r->to, "|~ADDR_NO_RANDOMIZE");
}

static void render_seccomp(struct rendering *r)
{
	uint64_t action = r->n & SECCOMP_ACTION_MASK;

	put_named(r, action ? value_name(VALUES_SECCOMP, action) : "kill", r->type->word);
}

static void render_promisc(struct rendering *r)
{
	buf_puts(r->to, r->n ? "yes" : "no");
}

static void render_trust(struct rendering *r)
{
	buf_puts(r->to, r->n == 0 ? "no" : r->n == 1 ? "yes" : "unknown");
}

static void render_fan_type(struct rendering *r)
{
	buf_puts(r->to, r->n == 0 ? "none" : r->n == 1 ? "rule_info" : "unknown");
}

static void render_fanotify(struct rendering *r)
{
	buf_puts(r->to, r->n == 1 ? "allow" : r->n == 2 ? "deny" : "unknown");
}

static void render_macproto(struct rendering *r)
{
	buf_puts(r->to, r->n == 0x800   ? "IP"
			: r->n == 0x806 ? "ARP"
					: "UNKNOWN"); /* ETH_P_IP, ETH_P_ARP */
}

static void render_nlmcgrp(struct rendering *r)
{
	buf_puts(r->to, r->n == 1 ? "audit-netlink-multicast" : "audit-none");
}

static void render_success(struct rendering *r)
{
	buf_puts(r->to, r->n == 1 ? "yes" : r->n == 0 ? "no" : "unset");
}

static void render_errno(struct rendering *r)
{
	const char *name = r->n <= INT32_MAX ? errno_name((int)r->n) : NULL;

	buf_puts(r->to, name ? name : "UNKNOWN");
}

static void render_exit(struct rendering *r)
{
	const char *name;
	int64_t exit;

	if (parse_i64(r->field->value.p, r->field->value.len, 10, &exit) < 0 || exit >= 0 ||
		exit < INT32_MIN + 1) {
		render_plain(r);
		return;
	}
	name = errno_name((int)-exit);
	if (!name) {
		render_plain(r);
		return;
	}
	buf_puts(r->to, name);
	buf_putc(r->to, '(');
	buf_puts(r->to, errno_text((int)-exit));
	buf_putc(r->to, ')');
}

/* As the machine's /etc/protocols has it; not every machine has one. */
static bool put_protocol(struct rendering *r)
{
	struct protoent entry, *found = NULL;
	char space[1024];

	if (r->n > INT32_MAX ||
		getprotobynumber_r((int)r->n, &entry, space, sizeof(space), &found) != 0 || !found)
		return false;
	buf_puts(r->to, found->p_name);
	return true;
}

static void render_protocol(struct rendering *r)
{
	if (!put_protocol(r))
		buf_puts(r->to, "undefined protocol");
}

/* socket(2)'s, in hex as all arguments are. */
static void render_protocol_arg(struct rendering *r)
{
	if (!put_protocol(r))
		put_unknown(r, r->type->word);
}

/* ---- values that need the rest of the record ---- */

static bool arg_value(const struct rendering *r, const char *name, uint64_t *ret)
{
	return log_record_u64(r->rec, name, 16, ret);
}

static void render_syscall(struct rendering *r)
{
	uint64_t arch, a0;
	const char *name = NULL, *call = NULL;

	if (log_record_u64(r->rec, "arch", 16, &arch) && r->n <= INT32_MAX)
		name = syscall_name((uint32_t)arch, (int64_t)r->n);
	if (!name) {
		put_unknown(r, "syscall");
		return;
	}
	buf_puts(r->to, name);
	if (arg_value(r, "a0", &a0)) {
		if (strcmp(name, "socketcall") == 0)
			call = value_name(VALUES_SOCKETCALL, a0);
		else if (strcmp(name, "ipc") == 0)
			call = value_name(VALUES_IPC_CALL, a0);
	}
	if (call) {
		buf_putc(r->to, '(');
		buf_puts(r->to, call);
		buf_putc(r->to, ')');
	}
}

static void put_short_address(struct buf *to, const char *family)
{
	buf_puts(to, "{ saddr_fam=");
	buf_puts(to, family);
	buf_puts(to, strcmp(family, "inet6") == 0     ? " sockaddr6 len too short }"
		     : strcmp(family, "netlink") == 0 ? " len too short }"
						      : " sockaddr len too short }");
}

static void put_address(struct buf *to, const struct saddr *s, const char *family)
{
	buf_puts(to, "{ saddr_fam=");
	buf_puts(to, family);
	switch (s->kind) {
	case SADDR_LOCAL:
		buf_puts(to, " path=");
		buf_put(to, s->path.p, s->path.len);
		break;
	case SADDR_INET:
	case SADDR_INET6:
		buf_puts(to, " laddr=");
		buf_puts(to, s->host);
		buf_puts(to, " lport=");
		buf_u64(to, s->port);
		break;
	case SADDR_NETLINK:
		buf_puts(to, " nlnk-fam=");
		buf_u64(to, s->family);
		buf_puts(to, " nlnk-pid=");
		buf_u64(to, s->netlink_pid);
		break;
	default:
		buf_puts(to, " (unsupported)");
	}
	buf_puts(to, " }");
}

static void render_saddr(struct rendering *r)
{
	struct saddr s;
	const char *family;
	struct view v;

	buf_clear(&r->in->bytes);
	if (!decode_hex(&r->in->bytes, r->field->value)) {
		render_plain(r);
		return;
	}
	v = (struct view){ r->in->bytes.data, r->in->bytes.len };
	if (saddr_parse(&s, v.p, v.len) < 0) {
		buf_puts(r->to, "malformed-host(");
		render_plain(r);
		buf_putc(r->to, ')');
		return;
	}
	family = address_family_name(s.family);
	if (!family) {
		buf_puts(r->to, "unknown-family(");
		buf_u64(r->to, s.family);
		buf_putc(r->to, ')');
	} else if (s.kind == SADDR_SHORT) {
		put_short_address(r->to, family);
	} else {
		put_address(r->to, &s, family);
	}
}

static void render_dirfd(struct rendering *r)
{
	if ((uint32_t)r->n == (uint32_t)AT_FDCWD)
		buf_puts(r->to, "AT_FDCWD");
	else
		put_hex_as_written(r);
}

/* The mode of open and openat means something only when the call may create a file. */
static void render_arg_mode(struct rendering *r)
{
	uint32_t arch;
	uint64_t flags;
	int64_t nr;
	int at;
	char name[] = "a0";

	if (event_syscall(r->ev, &arch, &nr)) {
		at = syscall_arg(syscall_info(arch, nr), ARG_OFLAGS);
		if (at >= 0 && at <= 3) {
			name[1] = (char)('0' + at);
			if (arg_value(r, name, &flags) && !(flags & O_CREAT) &&
				(flags & O_TMPFILE) != O_TMPFILE) {
				put_hex_as_written(r);
				return;
			}
		}
	}
	render_short_mode(r);
}

static void render_exit_status(struct rendering *r)
{
	buf_puts(r->to, r->n == 0 ? "EXIT_SUCCESS" : r->n == 1 ? "EXIT_FAILURE" : "UNKNOWN");
}

static void render_shmget(struct rendering *r)
{
	bool any = value_flags(r->to, VALUES_IPC_FLAG, r->n, false);

	any |= value_flags(r->to, VALUES_SHM_MODE, r->n & ~(uint64_t)03000, any);
	if (any)
		buf_putc(r->to, '|');
	render_short_mode(r);
}

static void render_fcntl_value(struct rendering *r)
{
	uint64_t cmd;

	if (!arg_value(r, "a1", &cmd))
		put_hex_as_written(r);
	else if ((uint32_t)cmd == F_SETOWN)
		render_uid(r);
	else if ((uint32_t)cmd == F_SETFD && r->n == FD_CLOEXEC)
		buf_puts(r->to, "FD_CLOEXEC");
	else if ((uint32_t)cmd == F_SETFL)
		render_open(r);
	else
		put_hex_as_written(r);
}

static void render_prctl_value(struct rendering *r)
{
	uint64_t option;

	if (!arg_value(r, "a0", &option))
		put_hex_as_written(r);
	else if (option == PR_CAPBSET_READ || option == PR_CAPBSET_DROP)
		render_capability(r);
	else if (option == PR_SET_PDEATHSIG)
		render_signal(r);
	else
		put_hex_as_written(r);
}

static void render_sockopt(struct rendering *r)
{
	static const struct {
		uint32_t level;
		enum value_table table;
	} levels[] = {
		{ 0, VALUES_IPOPT },
		{ 1, VALUES_SOCKOPT },
		{ 6, VALUES_TCPOPT },
		{ 41, VALUES_IP6OPT },
		{ 263, VALUES_PACKETOPT },
	};
	const char *name = NULL;
	uint64_t level;

	if (arg_value(r, "a1", &level))
		for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
			if (levels[i].level == level)
				name = value_name(levels[i].table, r->n);
	if (name)
		buf_puts(r->to, name);
	else
		put_hex_as_written(r);
}

static void render_socklevel(struct rendering *r)
{
	if (r->n == 1)
		buf_puts(r->to, "SOL_SOCKET");
	else
		render_enum(r);
}

static void render_sched(struct rendering *r)
{
	const uint64_t reset = 0x40000000; /* SCHED_RESET_ON_FORK */

	put_named(r, value_name(VALUES_SCHED, r->n & ~reset), r->type->word);
	if (r->n & reset)
		buf_puts(r->to, "|SCHED_RESET_ON_FORK");
}

static void render_ioctl(struct rendering *r)
{
	const char *name = value_name(VALUES_IOCTL, r->n);

	if (name)
		buf_puts(r->to, name);
	else
		put_hex_as_written(r);
}

static void render_inode_flags(struct rendering *r)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ 1, "follow" },
		{ 2, "directory" },
		{ 4, "continue" },
		{ 0x10, "parent" },
		{ 0x20, "noalt" },
		{ 0x40, "atomic" },
		{ 0x100, "open" },
		{ 0x200, "create" },
		{ 0x400, "access" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(r->n & names[i].bit))
			continue;
		if (any)
			buf_putc(r->to, ',');
		buf_puts(r->to, names[i].name);
		any = true;
	}
	if (!any)
		buf_puts(r->to, "none");
}

/* ---- the types ---- */

enum type_id {
	TYPE_PLAIN,
	TYPE_ARG0,
	TYPE_ARG1,
	TYPE_ARG2,
	TYPE_ARG3,
	TYPE_HEX,
	TYPE_UID,
	TYPE_GID,
	TYPE_SESSION,
	TYPE_SYSCALL,
	TYPE_ARCH,
	TYPE_EXIT,
	TYPE_ERRNO,
	TYPE_ESCAPED,
	TYPE_MAYBE_ESCAPED,
	TYPE_NAME,
	TYPE_KEY,
	TYPE_PROCTITLE,
	TYPE_PERM,
	TYPE_MODE,
	TYPE_SHORT_MODE,
	TYPE_ARG_MODE,
	TYPE_SOCKADDR,
	TYPE_INODE_FLAGS,
	TYPE_PROMISC,
	TYPE_CAPABILITY,
	TYPE_CAPS,
	TYPE_SUCCESS,
	TYPE_SIGNAL,
	TYPE_LIST,
	TYPE_NFPROTO,
	TYPE_ICMP,
	TYPE_PROTOCOL,
	TYPE_PROTOCOL_ARG,
	TYPE_PERSONALITY,
	TYPE_SECCOMP,
	TYPE_OFLAG,
	TYPE_MMAP,
	TYPE_HOOK,
	TYPE_NETACTION,
	TYPE_MACPROTO,
	TYPE_IOCTL,
	TYPE_FANOTIFY,
	TYPE_FAN_TYPE,
	TYPE_TRUST,
	TYPE_NLMCGRP,
	TYPE_RESOLVE,
	/* only in arguments */
	TYPE_DIRFD,
	TYPE_OPEN,
	TYPE_ACCESS,
	TYPE_FACCESSAT,
	TYPE_AT,
	TYPE_PROT,
	TYPE_CLONE,
	TYPE_PTRACE,
	TYPE_FAMILY,
	TYPE_SOCKTYPE,
	TYPE_SOCKLEVEL,
	TYPE_SOCKOPT,
	TYPE_PRCTL,
	TYPE_PRCTL_VALUE,
	TYPE_MOUNT,
	TYPE_UMOUNT,
	TYPE_MSG,
	TYPE_RLIMIT,
	TYPE_BPF,
	TYPE_FSCONFIG,
	TYPE_SEEK,
	TYPE_SCHED,
	TYPE_CLOCK,
	TYPE_EPOLL,
	TYPE_FCNTL,
	TYPE_FCNTL_VALUE,
	TYPE_SHMGET,
	TYPE_IPC_CALL,
	TYPE_SOCKETCALL,
	TYPE_EXIT_STATUS,
	_TYPE_MAX,
};

/* clang-format off */
static const struct value_type types[_TYPE_MAX] = {
	[TYPE_PLAIN] = { render_plain },
	[TYPE_HEX] = { render_hex },
	[TYPE_UID] = { render_uid, 10 },
	[TYPE_GID] = { render_gid, 10 },
	[TYPE_SESSION] = { render_session, 10 },
	[TYPE_SYSCALL] = { render_syscall, 10 },
	[TYPE_ARCH] = { render_arch, 16 },
	[TYPE_EXIT] = { render_exit },
	[TYPE_ERRNO] = { render_errno, 10 },
	[TYPE_ESCAPED] = { render_escaped },
	[TYPE_MAYBE_ESCAPED] = { render_maybe_escaped },
	[TYPE_NAME] = { render_name },
	[TYPE_KEY] = { render_key },
	[TYPE_PROCTITLE] = { render_proctitle },
	[TYPE_PERM] = { render_perm, 10 },
	[TYPE_MODE] = { render_mode, 8 },
	[TYPE_SHORT_MODE] = { render_short_mode, 8 },
	[TYPE_ARG_MODE] = { render_arg_mode, 16 },
	[TYPE_SOCKADDR] = { render_saddr },
	[TYPE_INODE_FLAGS] = { render_inode_flags, 16 },
	[TYPE_PROMISC] = { render_promisc, 10 },
	[TYPE_CAPABILITY] = { render_capability, 10 },
	[TYPE_CAPS] = { render_caps, 16 },
	[TYPE_SUCCESS] = { render_success, 10 },
	[TYPE_SIGNAL] = { render_signal, 10 },
	[TYPE_LIST] = { render_list, 10 },
	[TYPE_NFPROTO] = { render_enum, 10, VALUES_NFPROTO, "netfilter-protocol" },
	[TYPE_ICMP] = { render_enum, 10, VALUES_ICMP, "icmp-type" },
	[TYPE_PROTOCOL] = { render_protocol, 10 },
	[TYPE_PROTOCOL_ARG] = { render_protocol_arg, 16, 0, "proto" },
	[TYPE_PERSONALITY] = { render_personality, 16, 0, "personality" },
	[TYPE_SECCOMP] = { render_seccomp, 16, 0, "seccomp-code" },
	[TYPE_OFLAG] = { render_open, 16 },
	[TYPE_MMAP] = { render_mmap, 16 },
	[TYPE_HOOK] = { render_enum, 16, VALUES_HOOK, "hook" },
	[TYPE_NETACTION] = { render_enum, 16, VALUES_NETACTION, "action" },
	[TYPE_MACPROTO] = { render_macproto, 16 },
	[TYPE_IOCTL] = { render_ioctl, 16 },
	[TYPE_FANOTIFY] = { render_fanotify, 10 },
	[TYPE_FAN_TYPE] = { render_fan_type, 10 },
	[TYPE_TRUST] = { render_trust, 10 },
	[TYPE_NLMCGRP] = { render_nlmcgrp, 10 },
	[TYPE_RESOLVE] = { render_flags, 16, VALUES_RESOLVE },
	[TYPE_DIRFD] = { render_dirfd, 16 },
	[TYPE_OPEN] = { render_open, 16 },
	[TYPE_ACCESS] = { render_flags, 16, VALUES_ACCESS, "F_OK" },
	[TYPE_FACCESSAT] = { render_flags, 16, VALUES_FACCESSAT },
	[TYPE_AT] = { render_flags, 16, VALUES_AT },
	[TYPE_PROT] = { render_prot, 16 },
	[TYPE_CLONE] = { render_clone, 16 },
	[TYPE_PTRACE] = { render_enum, 16, VALUES_PTRACE, "ptrace" },
	[TYPE_FAMILY] = { render_family, 16 },
	[TYPE_SOCKTYPE] = { render_socktype, 16, 0, "type" },
	[TYPE_SOCKLEVEL] = { render_socklevel, 16, VALUES_SOCKLEVEL, "sockopt-level" },
	[TYPE_SOCKOPT] = { render_sockopt, 16 },
	[TYPE_PRCTL] = { render_enum, 16, VALUES_PRCTL, "prctl-option" },
	[TYPE_PRCTL_VALUE] = { render_prctl_value, 16 },
	[TYPE_MOUNT] = { render_flags, 16, VALUES_MOUNT },
	[TYPE_UMOUNT] = { render_flags, 16, VALUES_UMOUNT },
	[TYPE_MSG] = { render_flags, 16, VALUES_MSG },
	[TYPE_RLIMIT] = { render_enum, 16, VALUES_RLIMIT, "rlimit" },
	[TYPE_BPF] = { render_enum, 16, VALUES_BPF, "bpf-command" },
	[TYPE_FSCONFIG] = { render_enum, 16, VALUES_FSCONFIG, "fsconfig" },
	[TYPE_SEEK] = { render_enum, 16, VALUES_SEEK, "whence" },
	[TYPE_SCHED] = { render_sched, 16, 0, "scheduler-policy" },
	[TYPE_CLOCK] = { render_enum, 16, VALUES_CLOCK, "clk_id" },
	[TYPE_EPOLL] = { render_enum, 16, VALUES_EPOLL, "operation" },
	[TYPE_FCNTL] = { render_enum, 16, VALUES_FCNTL, "fcntl-command" },
	[TYPE_FCNTL_VALUE] = { render_fcntl_value, 16 },
	[TYPE_SHMGET] = { render_shmget, 16 },
	[TYPE_IPC_CALL] = { render_enum, 16, VALUES_IPC_CALL, "ipccall" },
	[TYPE_SOCKETCALL] = { render_enum, 16, VALUES_SOCKETCALL, "socketcall" },
	[TYPE_EXIT_STATUS] = { render_exit_status, 16 },
};

static const struct {
	const char *name;
	enum type_id type;
} fields[] = {
#define FIELD(name, type) { name, TYPE_##type },
#include "log/fields.def"
#undef FIELD
};

static const struct {
	const char *syscall;
	unsigned index;
	enum type_id type;
} args[] = {
#define ARG(syscall, index, type) { syscall, index, TYPE_##type },
#include "log/args.def"
#undef ARG
};

/* How the kinds of the syscall table are rendered; 0: as hex. */
static const uint8_t type_of_arg_kind[] = {
	[ARG_DIRFD] = TYPE_DIRFD,
	[ARG_DIRFD2] = TYPE_DIRFD,
	[ARG_OFLAGS] = TYPE_OPEN,
	[ARG_MODE] = TYPE_ARG_MODE,
	[ARG_ATFLAGS] = TYPE_AT,
	[ARG_ACCESS] = TYPE_ACCESS,
	[ARG_SIGNAL] = TYPE_SIGNAL,
	[ARG_UID] = TYPE_UID,
	[ARG_GID] = TYPE_GID,
	[ARG_PROT] = TYPE_PROT,
	[ARG_MMAP_FLAGS] = TYPE_MMAP,
	[ARG_CLONE_FLAGS] = TYPE_CLONE,
	[ARG_PTRACE] = TYPE_PTRACE,
	[ARG_FAMILY] = TYPE_FAMILY,
	[ARG_SOCKTYPE] = TYPE_SOCKTYPE,
	[ARG_PRCTL] = TYPE_PRCTL,
	[ARG_MOUNT_FLAGS] = TYPE_MOUNT,
	[ARG_UMOUNT_FLAGS] = TYPE_UMOUNT,
	[ARG_RESOURCE] = TYPE_RLIMIT,
	[ARG_BPF] = TYPE_BPF,
	[ARG_PERSONALITY] = TYPE_PERSONALITY,
	[ARG_MSG_FLAGS] = TYPE_MSG,
	[ARG_PROTOCOL] = TYPE_PROTOCOL_ARG,
	[ARG_SOCKLEVEL] = TYPE_SOCKLEVEL,
	[ARG_SOCKOPT] = TYPE_SOCKOPT,
	[ARG_SOCKETCALL] = TYPE_SOCKETCALL,
	[ARG_IPCCALL] = TYPE_IPC_CALL,
	[ARG_FCNTL] = TYPE_FCNTL,
	[ARG_FCNTL_ARG] = TYPE_FCNTL_VALUE,
	[ARG_IOCTL] = TYPE_IOCTL,
	[ARG_SEEK] = TYPE_SEEK,
	[ARG_EPOLL_OP] = TYPE_EPOLL,
	[ARG_CLOCK] = TYPE_CLOCK,
	[ARG_SCHED] = TYPE_SCHED,
	[ARG_SHM_FLAGS] = TYPE_SHMGET,
	[ARG_EXIT_STATUS] = TYPE_EXIT_STATUS,
};

/* The same name in records where it means something else (spec userspace 6.2). */
static const struct {
	uint32_t record; /* 0: any */
	const char *name;
	enum type_id type;
} exceptions[] = {
	{ AUDIT_AVC, "saddr", TYPE_PLAIN },
	{ AUDIT_USER_TTY, "msg", TYPE_ESCAPED },
	{ AUDIT_NETFILTER_PKT, "saddr", TYPE_PLAIN },
	{ 0, "acct", TYPE_MAYBE_ESCAPED },
	{ AUDIT_PATH, "flags", TYPE_INODE_FLAGS },
	{ AUDIT_MQ_OPEN, "mode", TYPE_SHORT_MODE },
	{ AUDIT_KERN_MODULE, "name", TYPE_ESCAPED },
};
/* clang-format on */

/* ---- which type ---- */

static enum type_id type_by_name(const struct view *name)
{
	size_t low = 0, high = ARRAY_SIZE(fields), middle, len;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		len = strlen(fields[middle].name);
		order = memcmp(fields[middle].name, name->p, len < name->len ? len : name->len);
		if (order == 0)
			order = len < name->len ? -1 : len > name->len;
		if (order == 0)
			return fields[middle].type;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return TYPE_PLAIN;
}

/* a0, a1[0] ... but neither argc nor a0_len. */
static bool is_exec_argument(const struct view *name)
{
	return name->len > 1 && name->p[0] == 'a' && name->p[1] >= '0' && name->p[1] <= '9' &&
	       !(name->len > 4 && memcmp(name->p + name->len - 4, "_len", 4) == 0);
}

static enum type_id type_of_argument(const struct log_event *ev, unsigned index)
{
	const struct syscall_info *info;
	uint32_t arch;
	int64_t nr;
	uint8_t kind;

	if (!event_syscall(ev, &arch, &nr))
		return TYPE_HEX;
	info = syscall_info(arch, nr);
	if (info->name)
		for (size_t i = 0; i < ARRAY_SIZE(args); i++)
			if (args[i].index == index && strcmp(args[i].syscall, info->name) == 0)
				return args[i].type;
	kind = info->args[index];
	if (kind < ARRAY_SIZE(type_of_arg_kind) && type_of_arg_kind[kind])
		return (enum type_id)type_of_arg_kind[kind];
	return TYPE_HEX;
}

static enum type_id type_of(
	const struct log_event *ev, const struct log_record *rec, const struct log_field *field)
{
	enum type_id type;

	if (rec->type == AUDIT_EXECVE && is_exec_argument(&field->name))
		return TYPE_ESCAPED;
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		if ((!exceptions[i].record || exceptions[i].record == rec->type) &&
			view_is(&field->name, exceptions[i].name))
			return exceptions[i].type;
	type = type_by_name(&field->name);
	if (type >= TYPE_ARG0 && type <= TYPE_ARG3)
		return rec->type == AUDIT_SYSCALL ? type_of_argument(ev, type - TYPE_ARG0)
						  : TYPE_HEX;
	return type;
}

/* ---- rendering ---- */

/* "0..." is octal, as OPENAT2 writes it and 4.x reads it; 0x... and bare digits (MQ_OPEN) are hex. */
static unsigned open_flags_base(const struct view *v)
{
	return v->len > 1 && v->p[0] == '0' && v->p[1] != 'x' ? 8 : 16;
}

static bool parse_number(struct rendering *r, unsigned base)
{
	struct view v = r->field->value;
	int error;

	if (v.len == 2 && memcmp(v.p, "-1", 2) == 0) {
		r->n = UINT32_MAX;
		return true;
	}
	if (base == 16 && v.len > 2 && v.p[0] == '0' && v.p[1] == 'x') {
		v.p += 2;
		v.len -= 2;
	}
	error = parse_u64(v.p, v.len, base, &r->n);
	if (error == 0)
		return true;
	if (error == -ERANGE) {
		buf_puts(r->to, "conversion error(");
		render_plain(r);
		buf_putc(r->to, ')');
	} else {
		render_plain(r); /* (null), ?, success */
	}
	return false;
}

static bool is_argument(const struct rendering *r)
{
	return r->rec->type == AUDIT_SYSCALL && r->field->name.len == 2 &&
	       r->field->name.p[0] == 'a';
}

void interpret_bytes(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field)
{
	enum type_id id = type_of(ev, rec, field);
	struct rendering r = { in, to, ev, rec, field, &types[id], 0 };
	unsigned base = r.type->base;

	if (base) {
		if (is_argument(&r))
			base = 16;
		else if (id == TYPE_OFLAG)
			base = open_flags_base(&field->value);
		if (!parse_number(&r, base))
			return;
		/* ids and flags of int arguments: the upper half of the register means nothing */
		if (is_argument(&r) && id != TYPE_CLONE && id != TYPE_MOUNT)
			r.n &= INT_MASK;
	}
	r.type->render(&r);
}

void interpret_field(struct interpreter *in, struct buf *to, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *field)
{
	struct buf *s = &in->scratch;

	buf_clear(s);
	interpret_bytes(in, s, ev, rec, field);
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->data[i];

		if (c < 0x20) {
			buf_putc(to, '\\');
			put_octal(to, c, 3);
		} else {
			buf_putc(to, (char)c);
		}
	}
	if (buf_error(s))
		to->error = buf_error(s);
}

/* ---- the event around a field ---- */

bool event_syscall(const struct log_event *ev, uint32_t *ret_arch, int64_t *ret_nr)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_SYSCALL, 0);
	uint64_t arch, nr;

	if (!rec || !log_record_u64(rec, "arch", 16, &arch) || arch > UINT32_MAX ||
		!log_record_u64(rec, "syscall", 10, &nr) || nr > INT32_MAX)
		return false;
	*ret_arch = (uint32_t)arch;
	*ret_nr = (int64_t)nr;
	return true;
}

bool event_cwd(struct buf *to, const struct log_event *ev)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_CWD, 0);
	const struct log_field *field = rec ? log_record_field(rec, "cwd") : NULL;

	if (!field || is_null(field))
		return false;
	interpret_untrusted(to, field);
	return true;
}

bool event_path_from_cwd(const struct log_event *ev, bool second, int *ret_fd)
{
	const struct log_record *rec = log_event_record(ev, AUDIT_SYSCALL, 0);
	char name[] = "a0";
	uint64_t fd;
	uint32_t arch;
	int64_t nr;
	int at;

	if (!event_syscall(ev, &arch, &nr))
		return true;
	at = syscall_arg(syscall_info(arch, nr), second ? ARG_DIRFD2 : ARG_DIRFD);
	if (at < 0 || at > 3)
		return true;
	name[1] = (char)('0' + at);
	if (!log_record_u64(rec, name, 16, &fd) || (uint32_t)fd == (uint32_t)AT_FDCWD)
		return true;
	*ret_fd = (int)(uint32_t)fd;
	return false;
}

bool interpret_tables_are_sorted(void)
{
	for (size_t i = 1; i < ARRAY_SIZE(fields); i++)
		if (strcmp(fields[i - 1].name, fields[i].name) >= 0)
			return false;
	return values_are_sorted();
}
