// SPDX-License-Identifier: MIT
/*
 * Calls a libaudit.so.1, ours or the distribution's, with the same arguments, and prints what it does as lines of
 * "question<TAB>answer"; tests/compat/libaudit compares. Compiled against the distribution's header.
 *
 * Nothing is sent: the library's calls of sendto, recvfrom and poll end up here, where each request is printed and
 * acknowledged.
 */

#include <errno.h>
#include <libaudit.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *question = "start";
static int error_to_answer;
static bool has_answer;

/* Arguments of which nothing may be changed and that must not show the address of the program. */
static void print_hex(const unsigned char *bytes, size_t n)
{
	while (n--)
		(void)printf("%02x", *bytes++);
}

ssize_t sendto(
	int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t len)
{
	const struct nlmsghdr *head = data;

	(void)fd, (void)flags, (void)to, (void)len;
	(void)printf("%s sends\t%u %x %u ", question, head->nlmsg_type, head->nlmsg_flags,
		head->nlmsg_len);
	if (head->nlmsg_type == AUDIT_USER || head->nlmsg_type >= AUDIT_FIRST_USER_MSG)
		(void)printf("%s\n", (const char *)(head + 1));
	else {
		print_hex((const unsigned char *)(head + 1), n - sizeof(*head));
		(void)printf("\n");
	}
	has_answer = true;
	return (ssize_t)n;
}

ssize_t recvfrom(int fd, void *restrict data, size_t n, int flags, struct sockaddr *restrict from,
	socklen_t *restrict len)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack = { .nlh = { .nlmsg_len = sizeof(ack), .nlmsg_type = NLMSG_ERROR } };

	(void)fd;
	if (!has_answer || n < sizeof(ack)) {
		errno = EAGAIN;
		return -1;
	}
	if (!(flags & MSG_PEEK))
		has_answer = false;
	ack.err.error = error_to_answer;
	memcpy(data, &ack, sizeof(ack));
	if (from && len) {
		memset(from, 0, sizeof(struct sockaddr_nl));
		from->sa_family = AF_NETLINK;
		*len = sizeof(struct sockaddr_nl);
	}
	return sizeof(ack);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	/* Our library waits for another process, too. */
	if (n != 1 || fds->fd != 3)
		return (int)syscall(SYS_poll, fds, n, timeout);
	fds->revents = has_answer ? POLLIN : 0;
	return has_answer;
}

/* Sequence numbers are only checked to be some. */
static void print_result(int r)
{
	(void)printf("%s returns\t%d\n", question, r > 0 ? 1 : r);
}

#define NO_TERMINAL "?"

static const struct message {
	const char *message, *hostname, *addr, *tty;
} messages[] = {
	{ "op=x", "host", "1.2.3.4", "tty1" },
	{ "op=x", NULL, NULL, "pts/3" },
	{ "op=x", NULL, NULL, "/dev/tty3" },
	{ "op=x", NULL, NULL, "/dev/pts/3" },
	{ "op=x", NULL, NULL, "ssh" },
	{ "op=x", "", "", "" },
	{ "op=x", NULL, NULL, NULL },
	{ "op=x", "localhost", NULL, "tty1" },
	{ "op=x", "127.0.0.1", NULL, "tty1" },
	{ "op=x", "::1", "", "tty1" },
	{ "op=x", "no-such-host.invalid", NULL, "tty1" },
	{ "op=x", "", "10.0.0.1", "tty1" },
	{ "op=x", "a host", "an address that is longer than all addresses there are, by far",
		"a tty" },
	{ "", "h", "1.1.1.1", "t" },
	{ "acct=\"a b\" \xc3\xa9", "h", "1.1.1.1", "t" },
};

static const char *const names[] = { "root", "a b", "", "quo\"te", "\xc3\xa9", "tab\there",
	"0123456789012345678901234567890", "01234567890123456789012345678901",
	"012345678901234567890123456789012", "01234567890123456789012345678901 3", NULL };

static const char *const programs[] = { "useradd", "\"useradd\"", "/usr/sbin/use radd", "" };

static const char *const commands[] = { "ls", "ls -l", "  ls", "ls \n", " \n", "", "a\"b",
	"\n\nls\n\n", " \t ls" };

static void all_messages(void)
{
	char label[64], *longest = malloc(20000), *text = malloc(9000);
	size_t i, k;
	int id;

#define ASK(...) ((void)snprintf(label, sizeof(label), __VA_ARGS__), question = label)
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const struct message *m = &messages[i];

		ASK("user_message %zu", i);
		print_result(audit_log_user_message(3, AUDIT_USYS_CONFIG, m->message, m->hostname,
			m->addr, m->tty, (int)i % 3));
		ASK("comm_message %zu", i);
		print_result(audit_log_user_comm_message(3, AUDIT_SERVICE_START, m->message,
			i % 2   ? "a comm"
			: i % 3 ? NULL
				: "comm",
			m->hostname, m->addr, m->tty, 1));
		ASK("avc_message %zu", i);
		print_result(audit_log_user_avc_message(
			3, AUDIT_USER_AVC, m->message, m->hostname, m->addr, m->tty, (uid_t)i - 1));
		ASK("acct_message tty %zu", i);
		print_result(audit_log_acct_message(3, AUDIT_ADD_USER, "p", "op", "n", (unsigned)-1,
			m->hostname, m->addr, m->tty, -1));
		ASK("semanage tty %zu", i);
		print_result(audit_log_semanage_message(3, AUDIT_ROLE_ASSIGN, "p", "op", "n",
			(unsigned)-1, "u", "", NULL, "o", "r", "s0:c1 c2", m->hostname, m->addr,
			m->tty, 1));
		ASK("command tty %zu", i);
		print_result(audit_log_user_command(3, AUDIT_USER_CMD, "id", m->tty, 1));
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (k = 0; k < sizeof(programs) / sizeof(programs[0]); k++)
			for (id = -1; id < 2; id++) {
				ASK("acct_message %zu %zu %d", i, k, id);
				print_result(audit_log_acct_message(3, AUDIT_DEL_USER, programs[k],
					"delete user", names[i], (unsigned)id, "h", "1.1.1.1", "t",
					0));
				ASK("semanage %zu %zu %d", i, k, id);
				print_result(audit_log_semanage_message(3, AUDIT_ROLE_REMOVE,
					programs[k], "delete user", names[i], (unsigned)id, NULL,
					NULL, NULL, NULL, NULL, NULL, "h", "1.1.1.1", "t", 0));
			}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		ASK("command %zu", i);
		print_result(audit_log_user_command(3, AUDIT_USER_CMD, commands[i], "t", 1));
	}
	memset(longest, 'x', 19999);
	longest[19999] = '\0';
	ASK("message of nothing");
	print_result(audit_log_user_message(3, AUDIT_USYS_CONFIG, NULL, "h", "1.1.1.1", "t", 1));
	ASK("op of nothing");
	print_result(audit_log_acct_message(
		3, AUDIT_ADD_USER, "p", NULL, "n", (unsigned)-1, "h", "1.1.1.1", "t", 1));
	ASK("long command");
	longest[5000] = '\0';
	print_result(audit_log_user_command(3, AUDIT_USER_CMD, longest, "t", 1));
	longest[1] = ' ';
	ASK("longer command in hex");
	print_result(audit_log_user_command(3, AUDIT_USER_CMD, longest, "t", 1));
	longest[1] = 'x';
	ASK("command of 4095");
	longest[4095] = '\0';
	print_result(audit_log_user_command(3, AUDIT_USER_CMD, longest, "t", 1));
	ASK("long command in hex");
	longest[1] = ' ';
	print_result(audit_log_user_command(3, AUDIT_USER_CMD, longest, "t", 1));
	/* What the kernel takes of a message: around that length. */
	for (i = 8000; i < 8990; i += 90) {
		memset(text, 'y', i);
		text[i] = '\0';
		ASK("message of %zu", i);
		print_result(
			audit_log_user_message(3, AUDIT_USER_LOGIN, text, "h", "1.1.1.1", "t", 1));
	}
	free(longest);
	free(text);
}

static void all_errors(void)
{
	static const int errors[] = { -EPERM, -EINVAL, -ECONNREFUSED, -ENOBUFS, -EIO, 7 };
	char label[64];
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		error_to_answer = errors[i];
		ASK("user_message errno %d", errors[i]);
		print_result(
			audit_log_user_message(3, AUDIT_USYS_CONFIG, "x", "h", "1.1.1.1", "t", 1));
		ASK("user_message 2112 errno %d", errors[i]);
		print_result(
			audit_log_user_message(3, AUDIT_ANOM_EXEC, "x", "h", "1.1.1.1", "t", 1));
		ASK("comm errno %d", errors[i]);
		print_result(
			audit_log_user_comm_message(3, 1130, "x", "c", "h", "1.1.1.1", "t", 1));
		ASK("acct errno %d", errors[i]);
		print_result(audit_log_acct_message(
			3, 1114, "p", "op", "n", (unsigned)-1, "h", "1.1.1.1", "t", 1));
		ASK("semanage errno %d", errors[i]);
		print_result(audit_log_semanage_message(3, 2301, "p", "op", "n", (unsigned)-1, NULL,
			NULL, NULL, NULL, NULL, NULL, "h", "1.1.1.1", "t", 1));
		ASK("command errno %d", errors[i]);
		print_result(audit_log_user_command(3, AUDIT_USER_CMD, "id", "t", 1));
		ASK("avc errno %d", errors[i]);
		print_result(audit_log_user_avc_message(3, 1107, "x", "h", "1.1.1.1", "t", 1));
		ASK("set enabled errno %d", errors[i]);
		print_result(audit_set_enabled(3, 1));
		ASK("set pid errno %d", errors[i]);
		print_result(audit_set_pid(3, 99, WAIT_NO));
		ASK("reset wait time errno %d", errors[i]);
		print_result(audit_reset_backlog_wait_time_actual(3));
		ASK("is enabled errno %d", errors[i]);
		if (errors[i] != 7)
			print_result(audit_is_enabled(3));
	}
	error_to_answer = 0;
	ASK("closed");
	print_result(audit_log_user_message(-1, 1111, "x", "h", "1.1.1.1", "t", 1));
	print_result(audit_log_user_command(-1, 1111, "x", "t", 1));
	print_result(audit_set_enabled(-1, 1));
	print_result(audit_is_enabled(-1));
}

static void all_requests(void)
{
	struct audit_rule_data *rule = audit_rule_create_data();
	char pair[] = "pid=77";
	char label[64];

#define REQUEST(call) ((void)ASK("%s", #call), print_result(call))
	REQUEST(audit_request_status(3));
	REQUEST(audit_set_enabled(3, 2));
	REQUEST(audit_set_failure(3, 1));
	REQUEST(audit_set_pid(3, 1234, WAIT_NO));
	REQUEST(audit_set_rate_limit(3, 0xffffffff));
	REQUEST(audit_set_backlog_limit(3, 8192));
	REQUEST(audit_set_backlog_wait_time(3, 1500));
	REQUEST(audit_reset_backlog_wait_time_actual(3));
	REQUEST(audit_set_feature(3, 0, 1, 0));
	REQUEST(audit_set_feature(3, 1, 0, 1));
	REQUEST(audit_set_feature(3, 31, 5, 5));
	REQUEST(audit_request_features(3));
	REQUEST(audit_set_loginuid_immutable(3));
	REQUEST(audit_request_rules_list_data(3));
	REQUEST(audit_request_signal_info(3));
	REQUEST(audit_trim_subtrees(3));
	REQUEST(audit_make_equivalent(3, "/mnt/a", "/b"));
	REQUEST(audit_make_equivalent(3, "", "/b"));
	REQUEST(audit_rule_fieldpair_data(&rule, pair, AUDIT_FILTER_EXIT));
	REQUEST(audit_add_rule_data(3, rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS));
	REQUEST(audit_add_rule_data(
		3, rule, AUDIT_FILTER_EXIT | AUDIT_FILTER_PREPEND, AUDIT_NEVER));
	REQUEST(audit_add_rule_data(3, rule, AUDIT_FILTER_ENTRY, AUDIT_ALWAYS));
	REQUEST(audit_delete_rule_data(3, rule, AUDIT_FILTER_EXIT, AUDIT_ALWAYS));
	REQUEST(audit_delete_rule_data(3, rule, AUDIT_FILTER_ENTRY, AUDIT_ALWAYS));
	audit_rule_free_data(rule);
}

static void name(const char *table, int nr, const char *text)
{
	(void)printf("%s %d\t%s\n", table, nr, text ? text : "-");
}

static void number(const char *table, const char *text, int nr)
{
	(void)printf("%s %s\t%d\n", table, text, nr);
}

/* Each name also in other letters. */
static void number_in_cases(const char *table, const char *text, int (*translate)(const char *))
{
	char other[64];
	size_t i;

	number(table, text, translate(text));
	for (i = 0; text[i] && i < sizeof(other) - 1; i++)
		other[i] =
			(char)(text[i] ^ ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'z' ? 32 : 0));
	other[i] = '\0';
	number(table, other, translate(other));
}

static void all_names(void)
{
	static const char *const machines[] = { "i386", "i486", "i586", "i686", "x86_64", "ppc",
		"ppc64", "ppc64le", "s390", "s390x", "arm", "armeb", "armv5tejl", "armv5tel",
		"armv6l", "armv7l", "aarch64", "armv8l", "ia64", "alpha", "b64", "b32", "foo", "",
		"c000003e", "0xc000003e", "40000003", "X86_64" };
	static const char *const lists[] = { "task", "exit", "user", "exclude", "filesystem",
		"entry", "watch", "io_uring", "Exit", "", "foo", "never", "possible", "always",
		"Always" };
	static const char *const more[] = { "UNKNOWN[1399]", "unknown[1399]", "1300", "UNKNOWN[]",
		"UNKNOWN[x]", "foo", "", "-ENOENT", "-enoent", "EWOULDBLOCK", "EDEADLOCK", "12",
		"loginuid" };
	static const unsigned elfs[] = { 0x40000003, 0xc000003e, 0x80000015, 0xc0000015, 0x14,
		0x80000016, 0x16, 0x40000028, 0xc00000b7, 0, 1, 0xc0000032, 0xffffffff };
	static const int machine_nrs[] = { MACH_X86, MACH_86_64, MACH_PPC64, MACH_PPC, MACH_S390X,
		MACH_S390, MACH_ARM, MACH_AARCH64, MACH_PPC64LE };
	const char *text;
	size_t i;
	int nr;

	for (nr = -5; nr < 3000; nr++) {
#define TABLE(kind, to_name, to_nr)                                                                \
	text = to_name(nr);                                                                        \
	name(kind, nr, text);                                                                      \
	if (text)                                                                                  \
	number_in_cases(kind, text, to_nr)
		TABLE("field", audit_field_to_name, audit_name_to_field);
		TABLE("flag", audit_flag_to_name, audit_name_to_flag);
		TABLE("action", audit_action_to_name, audit_name_to_action);
		TABLE("type", audit_msg_type_to_name, audit_name_to_msg_type);
		TABLE("machine", audit_machine_to_name, audit_name_to_machine);
		TABLE("errno", audit_errno_to_name, audit_name_to_errno);
		if (nr < 64)
			(void)printf("elf of %d\t%x\n", nr, audit_machine_to_elf(nr));
	}
	for (nr = 0; nr <= 0xffff; nr += 1024) {
		TABLE("ftype", audit_ftype_to_name, audit_name_to_ftype);
		name("ftype of mode", nr | 0644, audit_ftype_to_name(nr | 0644));
	}
	nr = 0x74726163;
	TABLE("fstype", audit_fstype_to_name, audit_name_to_fstype);
	nr = 0x64626720;
	TABLE("fstype", audit_fstype_to_name, audit_name_to_fstype);
	name("fstype", 5, audit_fstype_to_name(5));
	number("fstype", "foo", audit_name_to_fstype("foo"));
	for (i = 0; i < 0x800; i++)
		name("operator", (int)(i << 21), audit_operator_to_symbol((int)(i << 21)));
	for (i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		number("machine", machines[i], audit_name_to_machine(machines[i]));
		number("determine", machines[i], audit_determine_machine(machines[i]));
	}
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		number("flag", lists[i], audit_name_to_flag(lists[i]));
		number("action", lists[i], audit_name_to_action(lists[i]));
	}
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		number("type", more[i], audit_name_to_msg_type(more[i]));
		number("errno", more[i], audit_name_to_errno(more[i]));
		number("field", more[i], audit_name_to_field(more[i]));
		number("ftype", more[i], audit_name_to_ftype(more[i]));
	}
	for (i = 0; i < sizeof(elfs) / sizeof(elfs[0]); i++)
		name("elf", (int)elfs[i], audit_machine_to_name(audit_elf_to_machine(elfs[i])));
	for (i = 0; i < sizeof(machine_nrs) / sizeof(machine_nrs[0]); i++)
		for (nr = -1; nr < 600; nr++) {
			char table[32];

			(void)snprintf(table, sizeof(table), "syscall of %d", machine_nrs[i]);
			text = audit_syscall_to_name(nr, machine_nrs[i]);
			name(table, nr, text);
			if (text)
				number(table, text, audit_name_to_syscall(text, machine_nrs[i]));
		}
	(void)printf("detect\t%d\n", audit_detect_machine());
}

static void all_encodings(void)
{
	char final[600], all[256];
	unsigned i;
	char *nv;

	for (i = 0; i < 256; i++) {
		all[i] = (char)i;
		(void)printf("encoding of %u\t%d\n", i, audit_value_needs_encoding(&all[i], 1));
	}
	(void)printf("encode\t%s\n", audit_encode_value(final, all, 256));
	(void)printf("encode nothing\t%s\n", audit_encode_value(final, NULL, 5));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		nv = audit_encode_nv_string("n", names[i], 0);
		(void)printf("nv %u\t%s\n", i, nv);
		free(nv);
		nv = audit_encode_nv_string("n", names[i], 2);
		if (!names[i] || strlen(names[i]) >= 2)
			(void)printf("nv2 %u\t%s\n", i, nv);
		free(nv);
	}
	for (int code = -40; code < 2; code++) {
		(void)printf("errmsg %d\t", code);
		(void)fflush(stdout);
		audit_number_to_errmsg(code, "NAME");
		(void)fflush(stderr);
		(void)printf("\n");
	}
}

int main(void)
{
	/* The texts of audit_number_to_errmsg() in their place. */
	if (dup2(1, 2) < 0 || dup2(0, 3) < 0)
		return 1;
	all_messages();
	all_errors();
	all_requests();
	all_names();
	all_encodings();
	(void)printf("loginuid\t%u\nsession\t%u\ncan\t%d%d%d\n", audit_getloginuid(),
		audit_get_session(), audit_can_control(), audit_can_write(), audit_can_read());
	return 0;
}
