// SPDX-License-Identifier: MIT
/* uaudit rules: what rules mean, without loading anything. */

#include "cli/rules.h"

#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "system/system_env.h"
#include "rule/rule_parse.h"

#define STATUS_NO_MEMORY 125

static const char help[] =
	"usage: uaudit rules list [RULE]... [-R FILE]...\n"
	"\n"
	"Checks audit rules and prints them in the canonical form of 'auditctl -l', one\n"
	"a line, in the order in which they are asked. Loads nothing, needs no\n"
	"privileges. Bad rules are all reported, with what would be right.\n"
	"\n"
	"  uaudit rules list -R /etc/audit/audit.rules\n"
	"  uaudit rules list -w /etc/shadow -p wa -k shadow\n"
	"  uaudit rules list -a always,exit -F arch=b64 -S openat -F success=0 -k denied \\\n"
	"                    -a never,exit -F uid=daemon\n"
	"      Several rules: each -a, -A, -d, -w or -W begins another one.\n"
	"\n"
	"A rule\n"
	"  -a LIST,ACTION         append; -A puts it first, -d removes the rule that is\n"
	"                         equal. Lists: exit (calls that return), task (forks),\n"
	"                         user, exclude (record types), filesystem, io_uring.\n"
	"                         Actions: always, never. The first match decides.\n"
	"  -S CALL[,CALL]...      names, numbers or all; arch must stand before it\n"
	"  -F FIELD OP VALUE      all must hold. OP: = != < <= > >= & &=\n"
	"       arch=b64 b32      architecture of the call\n"
	"       pid ppid uid euid suid fsuid gid egid sgid fsgid auid sessionid\n"
	"                         the process; names of users and groups are known\n"
	"       exe=PATH          the program that makes the call\n"
	"       path=PATH         the file; dir=PATH: the directory and all below it\n"
	"       perm=rwxa         kind of access: read, write, execute, attributes\n"
	"       success=0 or 1    failed or not; exit=-EACCES: how\n"
	"       a0 a1 a2 a3       arguments of the call\n"
	"       obj_uid obj_gid inode devmajor devminor filetype saddr_fam=inet\n"
	"       msgtype=TYPE      lists user and exclude; fstype: list filesystem\n"
	"  -C FIELD OP FIELD      compare: -C uid!=euid; OP: = !=\n"
	"  -k KEY                 label for searching; behind -S, a path or exe\n"
	"  -w PATH [-p rwxa] [-k KEY]\n"
	"                         watch a file, or a directory with all below it;\n"
	"                         -W removes a watch\n"
	"  -D [-k KEY]            remove all rules so far, or those with the key\n"
	"  -R FILE                a rule a line, as /etc/audit/audit.rules; # begins a\n"
	"                         comment line, '\\ ' is a space inside a word. Lines\n"
	"                         that set up a running audit system (-b -e -f -r ...)\n"
	"                         are skipped; behind a line -i or -c bad ones are too.\n"
	"\n"
	"Exit status: 0; 255 for a bad rule on the command line, 1 for a bad line of a\n"
	"file, as auditctl.\n";

static int complain_usage(const char *what)
{
	if (what)
		complain("'%s' is not something to do with rules: try 'uaudit rules list'", what);
	else
		complain(
			"what about the rules? 'uaudit rules list' prints them, 'uaudit rules --help' explains");
	return 255;
}

static int list_rules(const char *const *words, size_t n_words)
{
	struct rule_set *set;
	struct buf text = BUF_NULL;
	int r, status;

	r = rules_from_args(&set, words, n_words, &system_env, &status);
	if (r >= 0) {
		r = rules_list(&text, set);
		rule_set_free(set);
	}
	if (r == -ENOMEM)
		status = STATUS_NO_MEMORY;
	else if (text.len)
		(void)fwrite(text.data, 1, text.len, stdout);
	else if (r >= 0)
		(void)puts("No rules");
	buf_deinit(&text);
	return status;
}

static int run(int argc, char **argv)
{
	if (argc < 2)
		return complain_usage(NULL);
	if (strcmp(argv[1], "list") != 0)
		return complain_usage(argv[1]);
	if (argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
		(void)fputs(help, stdout);
		return 0;
	}
	return list_rules((const char *const *)argv + 2, (size_t)argc - 2);
}

const struct command command_rules = {
	.name = "rules",
	.summary = "check audit rules and print their canonical form",
	.help = help,
	.run = run,
};
