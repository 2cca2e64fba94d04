/* SPDX-License-Identifier: MIT */
/* The tree that every case starts with, in the (empty) working directory. */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

enum kind { DIRECTORY, FILE_, SYMLINK, FIFO };

struct node {
	enum kind kind;
	const char *path;
	mode_t mode;
	const char *
		content; /* of a file, or a symlink's target; @ at the start of #! lines: the programs' directory */
};

/* Parents before children. */
static const struct node tree[] = {
	{ FILE_, "f", 0644, "content of f\n" },
	{ FILE_, "g", 0644, "content of g\n" },
	{ FILE_, "secret", 0600, "for root alone\n" },
	{ FILE_, "sp ace", 0644, "x" },
	{ FILE_, "quo\"te", 0644, "x" },
	{ FILE_, "tab\tnew\nline", 0644, "x" },
	{ FILE_, "b\xc3\xa4r", 0644, "x" },
	{ FILE_, "raw\xff\xfe\x01", 0644, "x" },
	{ FILE_, "back\\slash'=", 0644, "x" },
	{ DIRECTORY, "d", 0755, NULL },
	{ FILE_, "d/f", 0644, "content of d/f\n" },
	{ DIRECTORY, "d/sub", 0755, NULL },
	{ FILE_, "d/sub/deep", 0644, "deep\n" },
	{ DIRECTORY, "empty", 0755, NULL },
	{ DIRECTORY, "e2", 0755, NULL },
	{ DIRECTORY, "private", 0700, NULL },
	{ FILE_, "private/f", 0644, "x" },
	{ DIRECTORY, "sticky", 01777, NULL },
	{ FILE_, "sticky/f", 0644, "x" },
	{ DIRECTORY, "open", 0777, NULL },
	{ FIFO, "fifo", 0644, NULL },
	{ SYMLINK, "lf", 0, "f" },
	{ SYMLINK, "llf", 0, "lf" },
	{ SYMLINK, "ld", 0, "d" },
	{ SYMLINK, "d/up", 0, "../f" },
	{ SYMLINK, "dangling", 0, "nowhere" },
	{ SYMLINK, "dangling_in_d", 0, "d/nowhere" },
	{ SYMLINK, "loop", 0, "loop" },
	{ SYMLINK, "ldev", 0, "/dev/null" },
	{ FILE_, "script", 0755, "#!@args\n" },
	{ FILE_, "script_option", 0755, "#!@args -option with spaces\n" },
	{ FILE_, "script_nested", 0755, "#!./script_option\n" },
	{ FILE_, "script_missing", 0755, "#!/nonexistent/interpreter\n" },
	{ FILE_, "script_self", 0755, "#!./script_self\n" },
	{ FILE_, "no_format", 0755, "neither a script nor a program\n" },
	{ FILE_, "empty_program", 0755, "" },
};

static int make_file(const struct node *node, const char *programs)
{
	FILE *file = fopen(node->path, "we");
	const char *content = node->content;

	if (!file)
		return -1;
	if (!strncmp(content, "#!@", 3)) {
		fprintf(file, "#!%s/", programs);
		content += 3;
	}
	fputs(content, file);
	return fclose(file) || chmod(node->path, node->mode);
}

static int make_node(const struct node *node, const char *programs)
{
	switch (node->kind) {
	case DIRECTORY:
		return mkdir(node->path, 0700) || chmod(node->path, node->mode);
	case FILE_:
		return make_file(node, programs);
	case SYMLINK:
		return symlink(node->content, node->path);
	case FIFO:
		return mkfifo(node->path, node->mode);
	}
	return -1;
}

int setup_tree(const char *programs)
{
	umask(022);
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		if (make_node(&tree[i], programs)) {
			fprintf(stderr, "%s: %s\n", tree[i].path, strerror(errno));
			return -1;
		}
	}
	/* Not every file system has them; the calls then fail on both sides. */
	(void)setxattr("f", "user.colour", "blue", 4, 0);
	return 0;
}
