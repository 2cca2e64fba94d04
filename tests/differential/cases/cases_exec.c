/* SPDX-License-Identifier: MIT */
/* execve and execveat: programs, scripts, arguments of every shape. */
#include <sys/wait.h>

#include "cases.h"

static char *const no_env[] = { NULL };

/*
 * The new task's first call is the exec, so that the kernel remembers the new program's title of it: it goes on to show what it has
 * remembered when a task executes another program (exec_itself and others show that).
 */
static void exec_child(int dirfd, const char *path, char *const argv[], int flags, int is_at)
{
	int pid = (int)CALL(clone, SIGCHLD, 0, 0, 0, 0);
	int status;

	if (!pid) {
		if (is_at)
			CALL(execveat, dirfd, path, argv, no_env, flags);
		else
			CALL(execve, path, argv, no_env);
		_exit(1);
	}
	waitpid(pid, &status, 0);
}

static void run_argv(const char *path, char *const argv[])
{
	exec_child(AT_FDCWD, path, argv, 0, 0);
}

static void run_plain(const char *path)
{
	char *const argv[] = { "arg0", "one", "two", NULL };

	run_argv(path, argv);
}

static void exec_static(void)
{
	run_plain(program("args"));
}

static void exec_dynamic(void)
{
	run_plain(program("dyn"));
}

static void exec_itself(void)
{
	char *const argv[] = { "other name", "run", "no_names", NULL };

	CALL(execve, program("cases"), argv, no_env);
}

static void exec_script(void)
{
	run_plain("script");
	run_plain("./script_option");
	run_plain(absolute("script"));
}

static void exec_script_nested(void)
{
	run_plain("./script_nested");
	run_plain("./script_self");
}

static void exec_refused(void)
{
	run_plain("missing");
	run_plain("missing/program");
	run_plain("f");
	run_plain("d");
	run_plain("no_format");
	run_plain("empty_program");
	run_plain("script_missing");
	run_plain("f/program");
	run_plain("");
	run_plain("loop");
	run_plain("/dev/null");
}

static void exec_bad_pointers(void)
{
	char *const bad[] = { "x", BAD_POINTER, NULL };

	CALL(execve, BAD_POINTER, no_env, no_env);
	CALL(execve, program("args"), BAD_POINTER, no_env);
	CALL(execve, program("args"), bad, no_env);
	CALL(execve, program("args"), no_env, BAD_POINTER);
}

static void exec_argv(void)
{
	char *const argv[] = { "xt", "plain", "sp ace", "", "q\"uote", "tab\t", "u\xc3\xa4",
		"single'q", "back\\", "\xff", "a=b", NULL };
	char *const only_empty[] = { "", "", "", NULL };

	run_argv(program("args"), argv);
	run_argv(program("args"), only_empty);
}

static void exec_no_argv(void)
{
	char *const none[] = { NULL };

	run_argv(program("args"), none);
	run_argv(program("args"), NULL);
}

/* Lengths around the places where the EXECVE record changes its form (spec kernel 8.5). */
static void exec_long_argument(void)
{
	static const int lengths[] = { 7300, 7390, 7393, 7395, 7400, 7490, 7491, 7492, 7499, 7500,
		7501, 15000, 20000 };
	static char text[20001];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *const argv[] = { "xt", text, "last", NULL };

		memset(text, 'a', sizeof(text));
		text[lengths[i]] = '\0';
		run_argv(program("args"), argv);
	}
}

static void exec_long_hex(void)
{
	static const int lengths[] = { 3600, 3690, 3700, 3740, 3745, 3750, 3760, 7499, 9000 };
	static char text[10001];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		char *const argv[] = { "xt", text, NULL };

		memset(text, ' ', sizeof(text));
		text[lengths[i]] = '\0';
		run_argv(program("args"), argv);
	}
}

static void exec_many_arguments(void)
{
	static char *argv[2002];

	for (int i = 0; i < 2000; i++)
		argv[i] = i % 7 ? "argument" : "with space";
	argv[2000] = NULL;
	run_argv(program("args"), argv);
}

/* As many as the mission's users complain about, of all encodings, some of them longer than a record. */
static void exec_mixed_arguments(void)
{
	static char quoted[8000], hex[4000], *argv[2049];

	memset(quoted, 'q', sizeof(quoted) - 1);
	memset(hex, 'h', sizeof(hex) - 1);
	hex[17] = '"';
	for (int i = 0; i < 2048; i++)
		argv[i] = i % 400 == 399   ? quoted
			  : i % 300 == 299 ? hex
			  : i % 5 == 4     ? "\n"
			  : i % 11 == 10   ? ""
					   : "plain";
	argv[2048] = NULL;
	run_argv(program("args"), argv);
}

static void exec_long_middle(void)
{
	static char text[7301];
	char *const argv[] = { "xt", "1", text, "2", text, "3", "", NULL };

	memset(text, 'b', sizeof(text) - 1);
	run_argv(program("args"), argv);
}

static void execveat_calls(void)
{
	char *const argv[] = { "arg0", "one", NULL };
	int bin = CALL(openat, AT_FDCWD, program("."), O_PATH | O_DIRECTORY);
	int file = CALL(openat, AT_FDCWD, program("args"), O_PATH);
	int cloexec = CALL(openat, AT_FDCWD, "script", O_RDONLY | O_CLOEXEC);
	int script = CALL(openat, AT_FDCWD, "script", O_RDONLY);

	exec_child(bin, "args", argv, 0, 1);
	exec_child(file, "", argv, AT_EMPTY_PATH, 1);
	exec_child(AT_FDCWD, program("args"), argv, 0, 1);
	exec_child(script, "", argv, AT_EMPTY_PATH, 1);
	exec_child(cloexec, "", argv, AT_EMPTY_PATH, 1);
	exec_child(file, "", argv, 0, 1);
	exec_child(bin, "missing", argv, 0, 1);
	exec_child(AT_FDCWD, "lf", argv, AT_SYMLINK_NOFOLLOW, 1);
	exec_child(99, "args", argv, 0, 1);
	exec_child(bin, "args", argv, 0x8000000, 1);
}

static void exec_through_symlink(void)
{
	CALL(symlink, program("args"), "link_to_program");
	run_plain("link_to_program");
	run_plain("./link_to_program");
	CALL(symlink, "script", "link_to_script");
	run_plain("link_to_script");
}

static void exec_script_arguments(void)
{
	char *const argv[] = { "given zero", "sp ace", "", "q\"", NULL };

	run_argv("./script_option", argv);
}

static void exec_as_nobody_part(void)
{
	char *const argv[] = { "arg0", NULL };

	run_argv(program("args"), argv);
	run_argv("private/f", argv);
	run_argv("secret", argv);
}

static void exec_as_nobody(void)
{
	as_nobody(exec_as_nobody_part);
}

/* May be executed, not read: the kernel finds its loader all the same. */
static void exec_unreadable_part(void)
{
	run_plain(program("suid"));
}

static void exec_unreadable(void)
{
	CALL(chmod, program("suid"), 0711);
	as_nobody(exec_unreadable_part);
}

/* The machine's root owns it: to other users, also to those who trace it, the running program stays closed. */
static void exec_closed(void)
{
	char *const argv[] = { "closed", "open", NULL };

	run_argv(program("closed"), argv);
}

static void exec_set_uid(void)
{
	CALL(chown, program("suid"), 65533, 65533);
	CALL(chmod, program("suid"), 06755);
	run_plain(program("suid"));
}

static void exec_set_uid_root_part(void)
{
	run_plain(program("suid"));
}

static void exec_set_uid_root(void)
{
	CALL(chmod, program("suid"), 04755);
	as_nobody(exec_set_uid_root_part);
}

static void exec_file_capability(void)
{
	/* struct vfs_cap_data, revision 2: effective, permitted cap_net_raw */
	static const uint32_t cap[] = { 0x02000001, 1u << 13, 0, 0, 0 };

	CALL(setxattr, program("suid"), "security.capability", cap, sizeof(cap), 0);
	as_nobody(exec_set_uid_root_part);
}

static void exec_deleted_program(void)
{
	char *const argv[] = { "cases", "run", "stat", NULL };

	run_plain(program("gone"));
	if (!fork()) {
		CALL(execve, program("gone"), (char *const[]){ "gone", "unlink", NULL }, no_env);
		_exit(1);
	}
	wait(NULL);
	run_argv(program("gone"), argv);
}

static const struct diff_case exec_cases[] = {
	{ "exec_static", exec_static },
	{ "exec_dynamic", exec_dynamic },
	{ "exec_itself", exec_itself },
	{ "exec_script", exec_script },
	{ "exec_script_nested", exec_script_nested },
	{ "exec_script_arguments", exec_script_arguments },
	{ "exec_refused", exec_refused },
	{ "exec_bad_pointers", exec_bad_pointers },
	{ "exec_argv", exec_argv },
	{ "exec_no_argv", exec_no_argv },
	{ "exec_long_argument", exec_long_argument },
	{ "exec_long_hex", exec_long_hex },
	{ "exec_many_arguments", exec_many_arguments },
	{ "exec_mixed_arguments", exec_mixed_arguments },
	{ "exec_long_middle", exec_long_middle },
	{ "execveat", execveat_calls },
	{ "exec_through_symlink", exec_through_symlink },
	{ "exec_as_nobody", exec_as_nobody },
	{ "exec_unreadable", exec_unreadable },
	{ "exec_closed", exec_closed },
	{ "exec_set_uid", exec_set_uid },
	{ "exec_set_uid_root", exec_set_uid_root },
	{ "exec_file_capability", exec_file_capability },
	{ "exec_deleted_program", exec_deleted_program },
};
TOPIC(exec);
