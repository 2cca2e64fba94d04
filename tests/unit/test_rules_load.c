// SPDX-License-Identifier: MIT
/* Rules from words and files into a set: all or nothing, every bad line reported, and the texts of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macros.h"
#include "cli/rules.h"
#include "fake_env.h"

#define WORDS_MAX 32
#define TEXT_MAX  8192

struct loading {
	struct rule_loader loader;
	char *said;
	size_t said_len;
};

static void begin(struct loading *l)
{
	*l = (struct loading){ .loader.env = &fake_env };
	assert_int_equal(rule_set_new(&l->loader.set), 0);
	l->loader.err = open_memstream(&l->said, &l->said_len);
	assert_non_null(l->loader.err);
}

static const char *said(struct loading *l)
{
	assert_int_equal(fflush(l->loader.err), 0);
	return l->said;
}

static void end(struct loading *l)
{
	rule_set_free(l->loader.set);
	(void)fclose(l->loader.err);
	free(l->said);
}

static void assert_listed(const struct rule_set *set, const char *want)
{
	struct buf text = BUF_NULL;

	assert_int_equal(rules_list(&text, set), 0);
	assert_string_equal(buf_cstr(&text), want);
	buf_deinit(&text);
}

static int add_words(struct loading *l, const char *line)
{
	static char text[TEXT_MAX];
	const char *words[WORDS_MAX];
	char *save = NULL, *word;
	size_t n = 0;

	(void)snprintf(text, sizeof(text), "%s", line);
	for (word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	return rules_add_words(&l->loader, words, n);
}

static int add_text(struct loading *l, const char *text)
{
	return rules_add_text(&l->loader, "x.rules", text, strlen(text));
}

static void several_rules_in_a_row(void **state)
{
	struct loading l;

	(void)state;
	begin(&l);
	assert_int_equal(
		add_words(&l,
			"-w /tmp/t/f -p wa -k a -A never,exit -F uid=0 -a always,exclude -F msgtype=CWD "
			"-w /tmp/t/d -k b -W /tmp/t/d -k b"),
		0);
	assert_listed(l.loader.set, "-a never,exit -S all -F uid=0\n"
				    "-w /tmp/t/f -p wa -k a\n"
				    "-a always,exclude -F msgtype=CWD\n");
	assert_int_equal(add_words(&l, "-D -k a -a never,task -F uid=1"), 0);
	assert_listed(l.loader.set, "-a never,task -F uid=1\n"
				    "-a never,exit -S all -F uid=0\n"
				    "-a always,exclude -F msgtype=CWD\n");
	assert_int_equal(add_words(&l, "-D"), 0);
	assert_listed(l.loader.set, "");
	assert_string_equal(said(&l), "");
	end(&l);
}

static void bad_words_are_shown(void **state)
{
	struct loading l;

	(void)state;
	begin(&l);
	assert_int_equal(
		add_words(&l, "-w /tmp/t/f -p wz -a always,exit -F uid=nosuch -w /nodir/x/y"),
		-EINVAL);
	assert_string_equal(said(&l),
		"uaudit: Permission z isn't supported\n"
		"    -w /tmp/t/f -p wz\n"
		"                    ^\n"
		"    the letters are r (read), w (write), x (execute), a (attribute change)\n"
		"uaudit: Unknown user: nosuch\n"
		"    -a always,exit -F uid=nosuch\n"
		"                          ^\n"
		"    uid takes the name of a user of this machine, a number, or unset (lower case)\n"
		"uaudit: Error sending add rule data request (No such file or directory)\n"
		"    -w /nodir/x/y\n"
		"       ^\n"
		"    path needs a directory that exists, which the file may be missing from\n");
	end(&l);
}

static const char mixed[] = "# a file made for auditctl\n"
			    "-D\n"
			    "-b 8192\n"
			    "--backlog_wait_time 60000\n"
			    "-f 1\n"
			    "-w /tmp/t/f -p wa\n"
			    "-w /tmp/t/f -p wa # again\n"
			    "  -w /tmp/t/f -p zz\n"
			    "-w /tmp/t/f -p wa\n"
			    "-W /tmp/t/d\n"
			    "-a never,exit -F uid=0\n"
			    "-e 2\n";

static const char mixed_errors[] =
	"x.rules:7:19: parameter passed without an option given\n"
	"    a comment needs a line of its own\n"
	"x.rules:8:18: Permission z isn't supported\n"
	"    the letters are r (read), w (write), x (execute), a (attribute change)\n"
	"x.rules:9:1: Error sending add rule data request (Rule exists)\n"
	"    the same rule is there already\n"
	"x.rules:10:1: Error sending delete rule data request (No such file or directory)\n"
	"    no rule equals it: list, action, syscalls, and all fields with their order and key must\n";

static void every_bad_line_is_reported(void **state)
{
	struct loading l;

	(void)state;
	begin(&l);
	assert_int_equal(add_text(&l, mixed), -EINVAL);
	assert_string_equal(said(&l), mixed_errors);
	end(&l);
}

static void i_and_c_leave_bad_lines_out(void **state)
{
	static const struct {
		const char *first;
		int want;
	} rows[] = { { "-i", 0 }, { "-c", 1 } };
	char text[TEXT_MAX];
	struct loading l;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(&l);
		/* in place of the comment, so that the lines keep their numbers */
		(void)snprintf(
			text, sizeof(text), "%s\n%s", rows[i].first, strchr(mixed, '\n') + 1);
		assert_int_equal(add_text(&l, text), rows[i].want);
		assert_string_equal(said(&l), mixed_errors);
		assert_listed(l.loader.set, "-w /tmp/t/f -p wa\n-a never,exit -S all -F uid=0\n");
		/* for the rest of that file only */
		assert_int_equal(add_text(&l, "-z\n"), -EINVAL);
		end(&l);
	}
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	struct loading l;

	(void)state;
	begin(&l);
	assert_int_equal(add_text(&l, "-w \x1b[31mred\n"), -EINVAL);
	assert_string_equal(said(&l), "x.rules:1:4: The path must start with '/'\n"
				      "    '\\033[31mred' is not absolute\n");
	end(&l);
}

/* A file of the text; the caller frees the path's file by unlink. */
static void write_file(char path[static 32], const char *text, mode_t mode)
{
	int fd;

	strcpy(path, "/tmp/uaudit-rules-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void files(void **state)
{
	char path[32];
	struct loading l;

	(void)state;
	write_file(path, "-w /tmp/t/f -p wa", 0600);
	begin(&l);
	assert_int_equal(rules_add_file(&l.loader, path), 0);
	assert_listed(l.loader.set, "-w /tmp/t/f -p wa\n");
	assert_int_equal(rules_add_file(&l.loader, "/nonexistent/rules"), -ENOENT);
	assert_non_null(
		strstr(said(&l), "uaudit: /nonexistent/rules: No such file or directory\n"));
	assert_int_equal(rules_add_file(&l.loader, "/tmp"), -EISDIR);
	assert_int_equal(chmod(path, 0602), 0);
	assert_int_equal(rules_add_file(&l.loader, path), -EPERM);
	end(&l);
	assert_int_equal(unlink(path), 0);
}

static void all_or_nothing(void **state)
{
	char path[32];
	struct rule_set *set = NULL;
	int status = -1, saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	write_file(path, "-w /tmp/t/f -p wa\n-w /tmp/t/f -p r -k k\n", 0600);
	assert_int_equal(
		rules_from_args(&set,
			(const char *const[]){ "-w", "/tmp/t/d", "-R", path, "-D", "-k", "k" }, 7,
			&fake_env, &status),
		0);
	assert_int_equal(status, 0);
	assert_listed(set, "-w /tmp/t/d -p rwxa\n-w /tmp/t/f -p wa\n");
	rule_set_free(set);
	set = NULL;
	/* -R as the argument of another option is none */
	assert_int_equal(
		rules_from_args(&set, (const char *const[]){ "-w", "/tmp/t/d", "-k", "-R" }, 4,
			&fake_env, &status),
		0);
	assert_listed(set, "-w /tmp/t/d -p rwxa -k -R\n");
	rule_set_free(set);
	set = NULL;

	/* what follows complains on stderr */
	assert_true(saved >= 0 && null >= 0 && dup2(null, STDERR_FILENO) >= 0);
	assert_int_equal(rules_from_args(&set, (const char *const[]){ "-w", "/tmp/t/d", "-z" }, 3,
				 &fake_env, &status),
		-EINVAL);
	assert_int_equal(status, 255);
	assert_int_equal(
		rules_from_args(&set, (const char *const[]){ "-R" }, 1, &fake_env, &status),
		-EINVAL);
	assert_int_equal(status, 255);
	assert_int_equal(unlink(path), 0);
	write_file(path, "-w /tmp/t/f\n-z\n", 0600);
	assert_int_equal(
		rules_from_args(&set, (const char *const[]){ "-w", "/tmp/t/d", "-R", path }, 4,
			&fake_env, &status),
		-EINVAL);
	assert_int_equal(status, 1);
	assert_null(set);
	assert_int_equal(unlink(path), 0);
	write_file(path, "-c\n-w /tmp/t/f\n-z\n", 0600);
	assert_int_equal(
		rules_from_args(&set, (const char *const[]){ "-R", path }, 2, &fake_env, &status),
		1);
	assert_int_equal(status, 1);
	assert_listed(set, "-w /tmp/t/f -p rwxa\n");
	rule_set_free(set);
	assert_int_equal(unlink(path), 0);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	(void)close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_rules_in_a_row),
		cmocka_unit_test(bad_words_are_shown),
		cmocka_unit_test(every_bad_line_is_reported),
		cmocka_unit_test(i_and_c_leave_bad_lines_out),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(files),
		cmocka_unit_test(all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
