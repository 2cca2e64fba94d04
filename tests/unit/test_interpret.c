// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/buf.h"
#include "log/interpret.h"
#include "log_sample.h"

struct row {
	const char *type, *text, *field, *want;
};

/* spec userspace 6.2, 6.3, 6.6 */
static const struct row rows[] = {
	{ "SYSCALL", "arch=c000003e syscall=257", "arch", "x86_64" },
	{ "SYSCALL", "arch=c000003e syscall=257", "syscall", "openat" },
	{ "SYSCALL", "arch=40000003 syscall=102 a0=3", "syscall", "socketcall(connect)" },
	{ "SYSCALL", "arch=40000003 syscall=117 a0=17", "syscall", "ipc(shmget)" },
	{ "SYSCALL", "arch=40000003 syscall=117 a0=17", "a0", "0x17" },
	{ "SYSCALL", "arch=40000003 syscall=117 a0=1000c", "syscall", "ipc" },
	{ "SYSCALL", "arch=c000003e syscall=29 a0=0 a1=0 a2=7fff", "a2",
		"IPC_CREAT|IPC_EXCL|SHM_HUGETLB|SHM_NORESERVE|0777" },
	{ "SYSCALL", "arch=c000003e syscall=29 a0=0 a1=0 a2=0", "a2", "0000" },
	{ "SYSCALL", "arch=c000003e syscall=1999", "syscall", "unknown-syscall(1999)" },
	{ "SYSCALL", "arch=deadbeef syscall=1", "arch", "unknown-elf-type(deadbeef)" },
	{ "SYSCALL", "arch=c000003e syscall=41 a0=2 a1=2 a2=fa", "a2", "unknown-proto(fa)" },
	{ "NETFILTER_PKT", "proto=250", "proto", "undefined protocol" },
	{ "URINGOP", "uring_op=18", "uring_op", "openat" },
	{ "URINGOP", "uring_op=999", "uring_op", "unknown-operation(999)" },
	{ "TTY", "data=6C73200D", "data", "\"ls \",<ret>" },
	{ "TTY", "data=1B5B41611B5B3B7F1B", "data", "<up>,\"a\",<esc>,\"[;\",<backspace>,<esc>" },
	{ "TTY", "data=1B5B316E1B5B31317E04", "data", "<esc>,\"[1n\",<F1>,<^D>" },
	{ "TTY", "data=225C00C31F1A", "data", "\"\\\"\\\\\\000\\303\\037\",<^Z>" },
	{ "USER_TTY", "data=6", "data", "6" },
	{ "SYSCALL", "exit=-2", "exit", "ENOENT(No such file or directory)" },
	{ "SYSCALL", "exit=-13", "exit", "EACCES(Permission denied)" },
	{ "SYSCALL", "exit=6", "exit", "6" },
	{ "SYSCALL", "success=yes", "success", "yes" },
	{ "CONFIG_CHANGE", "res=1", "res", "yes" },
	{ "ANOM_PROMISCUOUS", "prom=0", "prom", "no" },
	{ "ANOM_PROMISCUOUS", "prom=256", "prom", "yes" },
	{ "FANOTIFY", "resp=2 fan_type=1 subj_trust=7", "resp", "deny" },
	{ "FANOTIFY", "resp=2 fan_type=1 subj_trust=7", "fan_type", "rule_info" },
	{ "FANOTIFY", "resp=2 fan_type=1 subj_trust=7", "subj_trust", "unknown" },
	{ "NETFILTER_PKT", "macproto=0806", "macproto", "ARP" },
	{ "SYSCALL", "auid=4294967295", "auid", "unset" },
	{ "OBJ_PID", "ouid=-1", "ouid", "unset" },
	{ "SYSCALL", "uid=0", "uid", "root" },
	{ "SYSCALL", "uid=3999999999", "uid", "unknown(3999999999)" },
	{ "SYSCALL", "gid=0", "gid", "root" },
	{ "SYSCALL", "uid=99999999999999999999999", "uid",
		"conversion error(99999999999999999999999)" },
	{ "SYSCALL", "ses=4294967295", "ses", "unset" },
	{ "SYSCALL", "ses=12", "ses", "12" },
	{ "SYSCALL", "per=40000", "per", "PER_LINUX|~ADDR_NO_RANDOMIZE" },
	{ "SYSCALL", "comm=\"a\"", "comm", "a" },
	{ "SYSCALL", "exe=2F612062", "exe", "/a b" },
	{ "SYSCALL", "exe=(null)", "exe", "(null)" },
	{ "SYSCALL", "key=(null)", "key", "(null)" },
	{ "SYSCALL", "key=61016263", "key", "a\\001bc" },
	{ "SYSCALL", "tty=pts0", "tty", "pts0" },
	{ "PATH",
		"name=776520697264"
		"0A6E616D65",
		"name", "we ird\\012name" },
	{ "PATH", "name=\"/tmp/../a//b/.\"", "name", "/tmp/../a//b/." },
	{ "PATH", "mode=0100644", "mode", "file,644" },
	{ "PATH", "mode=041777", "mode", "dir,sticky,777" },
	{ "PATH", "mode=0104755", "mode", "file,suid,755" },
	{ "PATH", "mode=0600", "mode", "000,600" },
	{ "PATH", "cap_fp=0000000000002000", "cap_fp", "net_raw" },
	{ "PATH", "cap_fp=0", "cap_fp", "none" },
	{ "PATH", "cap_fp=?", "cap_fp", "?" },
	{ "PATH", "flags=101", "flags", "follow,open" },
	{ "MMAP", "flags=0x22", "flags", "MAP_PRIVATE|MAP_ANONYMOUS" },
	{ "EXECVE", "argc=2 a0=\"x\" a1=6120FF", "a1", "a \xff" },
	{ "EXECVE", "argc=2 a0_len=12 a0[0]=6161", "a0[0]", "aa" },
	{ "EXECVE", "argc=2 a0_len=12", "a0_len", "12" },
	{ "PROCTITLE", "proctitle=636174002F746D70", "proctitle", "cat /tmp" },
	{ "PROCTITLE", "proctitle=\"ls\"", "proctitle", "ls" },
	{ "OPENAT2", "oflag=02400101 mode=00 resolve=0x8", "oflag",
		"O_WRONLY|O_CREAT|O_NOFOLLOW|O_CLOEXEC" },
	{ "OPENAT2", "oflag=02 mode=00 resolve=0x8", "resolve", "RESOLVE_BENEATH" },
	{ "CAPSET", "cap_pe=0000000000000003", "cap_pe", "chown,dac_override" },
	{ "SOCKADDR", "saddr=020000097F0000010000000000000000", "saddr",
		"{ saddr_fam=inet laddr=127.0.0.1 lport=9 }" },
	{ "SOCKADDR",
		"saddr=0A0000500000000000000000000000000000000000000001"
		"00000000",
		"saddr", "{ saddr_fam=inet6 laddr=::1 lport=80 }" },
	{ "SOCKADDR", "saddr=01002F72756E2F7800", "saddr", "{ saddr_fam=local path=/run/x }" },
	{ "SOCKADDR", "saddr=0100006162", "saddr", "{ saddr_fam=local path=ab }" },
	{ "SOCKADDR", "saddr=100000000000000000000000", "saddr",
		"{ saddr_fam=netlink nlnk-fam=16 nlnk-pid=0 }" },
	{ "SOCKADDR", "saddr=0200", "saddr", "{ saddr_fam=inet sockaddr len too short }" },
	{ "SOCKADDR", "saddr=0A00", "saddr", "{ saddr_fam=inet6 sockaddr6 len too short }" },
	{ "SOCKADDR", "saddr=2800", "saddr", "{ saddr_fam=vsock (unsupported) }" },
	{ "SOCKADDR", "saddr=FF00", "saddr", "unknown-family(255)" },
	{ "SOCKADDR", "saddr=FF", "saddr", "malformed-host(FF)" },
	{ "SECCOMP", "code=7ffc0000", "code", "log" },
	{ "SECCOMP", "sig=31", "sig", "SIGSYS" },
	{ "CONFIG_CHANGE", "list=4 res=1", "list", "exit" },
	{ "CONFIG_CHANGE", "list=4 res=1", "res", "yes" },
	{ "USER_LOGIN", "acct=\"root\"", "acct", "root" },
};

/* spec userspace 6.4 */
#define CALL(nr, args) "SYSCALL", "arch=c000003e syscall=" nr " success=yes exit=0 " args
static const struct row args[] = {
	{ CALL("257", "a0=ffffff9c a1=7ffc a2=241 a3=1a4"), "a0", "AT_FDCWD" },
	{ CALL("257", "a0=ffffffffffffff9c a1=7ffc a2=241 a3=1a4"), "a0", "AT_FDCWD" },
	{ CALL("257", "a0=5 a1=7ffc a2=241 a3=1a4"), "a0", "0x5" },
	{ CALL("257", "a0=5 a1=7ffc a2=241 a3=1a4"), "a1", "0x7ffc" },
	{ CALL("257", "a0=5 a1=7ffc a2=241 a3=1a4"), "a2", "O_WRONLY|O_CREAT|O_TRUNC" },
	{ CALL("257", "a0=5 a1=7ffc a2=241 a3=1a4"), "a3", "0644" },
	{ CALL("257", "a0=5 a1=7ffc a2=10000 a3=0"), "a2", "O_RDONLY|O_DIRECTORY" },
	{ CALL("257", "a0=5 a1=7ffc a2=0 a3=77"), "a3", "0x77" },
	{ CALL("257", "a0=5 a1=7ffc a2=10000 a3=0"), "a3", "0x0" },
	{ CALL("257", "a0=5 a1=7ffc a2=410002 a3=180"), "a3", "0600" },
	{ CALL("257", "a0=5 a1=7ffc a2=0 a3=77"), "a2", "O_RDONLY" },
	{ CALL("90", "a0=7ffc a1=9ed"), "a1", "suid,0755" },
	{ CALL("62", "a0=12 a1=9"), "a1", "SIGKILL" },
	{ CALL("234", "a0=12 a1=12 a2=f"), "a2", "SIGTERM" },
	{ CALL("105", "a0=0"), "a0", "root" },
	{ CALL("105", "a0=ffffffff"), "a0", "unset" },
	{ CALL("101", "a0=10 a1=3e"), "a0", "PTRACE_ATTACH" },
	{ CALL("101", "a0=9999 a1=3e"), "a0", "unknown-ptrace(0x9999)" },
	{ CALL("62", "a0=1 a1=63"), "a1", "unknown-signal(0x63)" },
	{ CALL("41", "a0=63 a1=1 a2=0"), "a0", "unknown-family(0x63)" },
	{ CALL("72", "a0=3 a1=63"), "a1", "unknown-fcntl-command(99)" },
	{ CALL("233", "a0=3 a1=c"), "a1", "unknown-epoll_ctl-operation(12)" },
	{ CALL("321", "a0=63"), "a0", "unknown-bpf-cmd(63)" },
	{ CALL("41", "a0=2 a1=80801 a2=6"), "a0", "inet" },
	{ CALL("41", "a0=2 a1=80801 a2=6"), "a1", "SOCK_STREAM" },
	{ CALL("157", "a0=26"), "a0", "PR_SET_NO_NEW_PRIVS" },
	{ CALL("157", "a0=18 a1=15"), "a1", "sys_admin" },
	{ CALL("9", "a0=0 a1=1000 a2=3 a3=22"), "a2", "PROT_READ|PROT_WRITE" },
	{ CALL("9", "a0=0 a1=1000 a2=0 a3=22"), "a2", "PROT_NONE" },
	{ CALL("9", "a0=0 a1=1000 a2=3 a3=22"), "a3", "MAP_PRIVATE|MAP_ANONYMOUS" },
	{ CALL("56", "a0=1200011 a1=0"), "a0", "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD" },
	{ CALL("8", "a0=1 a1=0 a2=1"), "a2", "SEEK_CUR" },
	{ CALL("72", "a0=1 a1=2 a2=1"), "a1", "F_SETFD" },
	{ CALL("72", "a0=1 a1=2 a2=1"), "a2", "FD_CLOEXEC" },
	{ CALL("54", "a0=1 a1=1 a2=2"), "a2", "SO_REUSEADDR" },
	{ CALL("54", "a0=1 a1=6 a2=1"), "a2", "TCP_NODELAY" },
	{ CALL("21", "a0=7ffc a1=4"), "a1", "R_OK" },
	{ CALL("21", "a0=7ffc a1=0"), "a1", "F_OK" },
	{ CALL("165", "a0=1 a1=2 a2=3 a3=1021"), "a3", "MS_RDONLY|MS_REMOUNT|MS_BIND" },
	{ CALL("231", "a0=0"), "a0", "EXIT_SUCCESS" },
	{ CALL("321", "a0=5"), "a0", "BPF_PROG_LOAD" },
};

static void check_rows(const struct row *table, size_t n)
{
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };
	struct buf got = BUF_NULL;
	const struct log_field *field;
	char text[512];
	int len;

	assert_int_equal(interpreter_new(&in), 0);
	for (size_t i = 0; i < n; i++) {
		log_event_clear(&ev);
		len = snprintf(text, sizeof(text), "%s%s", STAMP, table[i].text);
		assert_int_equal(log_event_add(&ev, (uint32_t)record_type_nr(table[i].type), text,
					 (size_t)len),
			0);
		field = log_record_field(&ev.records[0], table[i].field);
		assert_non_null(field);
		buf_clear(&got);
		interpret_field(in, &got, &ev, &ev.records[0], field);
		assert_string_equal(buf_cstr(&got), table[i].want);
	}
	buf_deinit(&got);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void fields_as_the_tools_show_them(void **state)
{
	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void arguments_by_syscall(void **state)
{
	(void)state;
	check_rows(args, sizeof(args) / sizeof(args[0]));
}

static void relative_names_are_joined(void **state)
{
	static const struct {
		const char *call, *name, *want;
	} cases[] = {
		{ SYSCALL("2 success=yes exit=3 a0=1 a1=0 a2=0 a3=0"), "\"../x/./y\"", "/srv/x/y" },
		{ SYSCALL("257 success=yes exit=3 a0=ffffff9c a1=0 a2=0 a3=0"), "\"f\"",
			"/srv/w/f" },
		/* a message queue's */
		{ SYSCALL("240 success=yes exit=3 a0=1 a1=0 a2=0 a3=0"), "\"q\"", "q" },
		/* relative to a descriptor: the cwd has nothing to do with it */
		{ SYSCALL("257 success=yes exit=3 a0=7 a1=0 a2=0 a3=0"), "\"f\"", "f" },
	};
	struct interpreter *in = NULL;
	struct log_event ev = { 0 };
	struct buf got = BUF_NULL;
	char text[2048];

	(void)state;
	assert_int_equal(interpreter_new(&in), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s%stype=PATH msg=" STAMP "item=0 name=%s\n",
			cases[i].call, CWD("\"/srv/w\""), cases[i].name);
		assert_int_equal(sample_add(&ev, text), 0);
		buf_clear(&got);
		interpret_field(
			in, &got, &ev, &ev.records[2], log_record_field(&ev.records[2], "name"));
		assert_string_equal(buf_cstr(&got), cases[i].want);
	}
	buf_deinit(&got);
	log_event_deinit(&ev);
	interpreter_free(in);
}

static void tables_are_sorted(void **state)
{
	(void)state;
	assert_true(interpret_tables_are_sorted());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_as_the_tools_show_them),
		cmocka_unit_test(arguments_by_syscall),
		cmocka_unit_test(relative_names_are_joined),
		cmocka_unit_test(tables_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
