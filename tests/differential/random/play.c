/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../cases/setup.h"
#include "sequence.h"

#define NOBODY       65534
#define OWNER        65533
#define ALARM_S      10  /* a call that waits for ever */
#define TREE_IN_NAME "t" /* one directory further down: ".." stays the sequence's own */

/* ---- the file ---- */

struct sequence {
	char name[SEQ_NAME_MAX + 1], user[16];
	char *lines; /* up to script.at */
};

struct script {
	char *text;
	char *at;
};

static int script_read(struct script *script, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size = 0, len = 0, n;

	*script = (struct script){ 0 };
	if (!file) {
		perror(path);
		return -1;
	}
	do {
		size += 65536;
		script->text = realloc(script->text, size + 2);
		if (!script->text)
			abort();
		n = fread(script->text + len, 1, size - len, file);
		len += n;
	} while (n);
	fclose(file);
	script->text[len] = script->text[len + 1] = '\0';
	script->at = script->text;
	return 0;
}

/* 1: the next one; 0: there is none; -1 with a message. Cuts the text into lines. */
static int script_next(struct script *script, struct sequence *seq)
{
	char *end;

	if (!*script->at)
		return 0;
	if (sscanf(script->at, "sequence %15s %15s", seq->name, seq->user) != 2) {
		fprintf(stderr, "not the head of a sequence: %.60s\n", script->at);
		return -1;
	}
	script->at += strcspn(script->at, "\n");
	if (*script->at)
		*script->at++ = '\0';
	seq->lines = script->at;
	for (end = script->at; *end && strncmp(end, "sequence ", 9) != 0;) {
		end += strcspn(end, "\n");
		end += *end == '\n';
	}
	script->at = end;
	return 1;
}

/* The length of the sequence's part of the text. */
static size_t part_len(const struct script *script, const struct sequence *seq)
{
	return (size_t)(script->at - seq->lines);
}

/* ---- trees ---- */

/* Beyond what the cases have. */
static int add_more(void)
{
	static const char *const links[][2] = { { "/nowhere/n", "dangling_deep" },
		{ "d/none/", "dangling_dir" }, { ".", "ldot" }, { "d/", "lslash" } };
	char path[PATH_MAX + 2];
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "sock" };
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = sock < 0 || bind(sock, (struct sockaddr *)&name, sizeof(name));

	close(sock);
	for (size_t i = 0; !r && i < sizeof(links) / sizeof(links[0]); i++)
		r = symlink(links[i][0], links[i][1]);
	r = r || !getcwd(path, PATH_MAX);
	if (!r) {
		strcat(path, "/d");
		r = symlink(path, "labs");
	}
	r = r || mknod("null", S_IFCHR | 0644, 0x103) || chmod("null", 0644);
	r = r || mknod("sticky/mine", S_IFREG | 0644, 0) || chown("sticky/mine", NOBODY, NOBODY);
	r = r || mkdir("mnt", 0700) || mknod("mnt/under", S_IFREG | 0644, 0);
	if (r)
		perror("the tree of a sequence");
	return r ? -1 : 0;
}

static int mount_here(const char *mount_dir, const char *name)
{
	char dir[PATH_MAX], file[PATH_MAX + 8];
	int r;

	snprintf(dir, sizeof(dir), "%s/%s", mount_dir, name);
	r = mkdir(dir, 0777) || chmod(dir, 0777);
	snprintf(file, sizeof(file), "%s/f", dir);
	r = r || mknod(file, S_IFREG | 0644, 0);
	snprintf(file, sizeof(file), "%s/d", dir);
	r = r || mkdir(file, 0755);
	r = r || mount(dir, "mnt", NULL, MS_BIND, NULL);
	if (r)
		perror("mounting in the tree of a sequence");
	return r ? -1 : 0;
}

static int give_away(const char *dir)
{
	static const char command[] = "exec chown -hR 65533:65533 \"$1\"";
	int pid = fork(), status = -1;

	if (!pid) {
		execl("/bin/sh", "sh", "-c", command, "sh", dir, NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
}

static int set_up(const struct script *script, const struct sequence *seq, const char *mount_dir)
{
	int r;

	if (mkdir(seq->name, 0777) || chmod(seq->name, 0777) || chdir(seq->name) ||
		mkdir(TREE_IN_NAME, 0755) || chdir(TREE_IN_NAME)) {
		perror(seq->name);
		return -1;
	}
	umask(022);
	r = setup_tree("/nonexistent");
	r = r ? r : add_more();
	if (!r && !strcmp(seq->user, "owner"))
		r = give_away(".");
	if (!r && mount_dir && memmem(seq->lines, part_len(script, seq), "mnt", 3))
		r = mount_here(mount_dir, seq->name);
	return r || chdir("../..") ? -1 : 0;
}

int seq_setup(const char *file, const char *mount_dir)
{
	struct script script;
	struct sequence seq;
	int r = script_read(&script, file);

	while (!r && (r = script_next(&script, &seq)) == 1)
		r = set_up(&script, &seq, mount_dir);
	free(script.text);
	return r;
}

/* ---- the calls ---- */

static void put_at(int wanted, int fd)
{
	if (fd < 0 || dup2(fd, wanted) < 0) {
		perror("opening what sequences begin with");
		_exit(98);
	}
	close(fd);
}

/* Those that generate.c speaks of. They end up above all that the calls will be given. */
static void open_fixed(void)
{
	put_at(10, open("d", O_RDONLY | O_DIRECTORY));
	put_at(11, open("f", O_RDWR));
	put_at(12, open("d/sub", O_PATH));
	put_at(13, open("g", O_PATH));
	put_at(14, open("lf", O_PATH | O_NOFOLLOW));
	put_at(15, socket(AF_UNIX, SOCK_STREAM, 0));
	put_at(16, socket(AF_UNIX, SOCK_DGRAM, 0));
	put_at(17, inotify_init1(IN_NONBLOCK));
	if (mkdir("removed", 0777))
		_exit(98);
	put_at(18, open("removed", O_RDONLY | O_DIRECTORY));
	put_at(19, open("open", O_RDONLY | O_DIRECTORY));
	put_at(20, open("unlinked", O_RDWR | O_CREAT, 0644));
	put_at(21, socket(AF_INET, SOCK_DGRAM, 0));
	put_at(22, open("fifo", O_RDWR | O_NONBLOCK));
	put_at(23, open("/etc", O_RDONLY | O_DIRECTORY));
	put_at(24, open("/etc/passwd", O_RDONLY));
	if (rmdir("removed") || unlink("unlinked"))
		_exit(98);
}

static void become(const char *user)
{
	int id = !strcmp(user, "nobody") ? NOBODY : !strcmp(user, "owner") ? OWNER : 0;

	if (id && (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, id, id, id) ||
			  syscall(SYS_setresuid, id, id, id)))
		_exit(98);
}

static bool is_chroot(const char *line)
{
	return strncmp(line, "chroot ", 7) == 0;
}

/* A directory outside of the new root is another matter (docs/compatibility.md): what was left outside follows. */
static void follow_chroot(const struct stat *before)
{
	struct stat now;

	if (!stat("/", &now) && (now.st_ino != before->st_ino || now.st_dev != before->st_dev))
		(void)syscall(SYS_chdir, "/");
}

static void play_lines(char *lines, size_t len, const char *tree)
{
	char *end = lines + len;
	struct stat root;

	while (lines < end) {
		char *next = memchr(lines, '\n', (size_t)(end - lines));

		if (next)
			*next = '\0';
		else
			next = end;
		if (is_chroot(lines))
			stat("/", &root);
		if (seq_make_call(lines, tree)) {
			fprintf(stderr, "not a call: %s\n", lines);
			_exit(98);
		}
		if (is_chroot(lines))
			follow_chroot(&root);
		lines = next + 1;
	}
}

static int play(const struct script *script, const struct sequence *seq, const char *top)
{
	char tree[PATH_MAX];
	int pid = fork(), status;

	if (!pid) {
		snprintf(tree, sizeof(tree), "%s/%s/%s", top, seq->name, TREE_IN_NAME);
		if (chdir(tree)) {
			perror(tree);
			_exit(98);
		}
		open_fixed();
		become(seq->user);
		/* the launcher has set a limit; going beyond it is an error, not the end */
		signal(SIGXFSZ, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		alarm(ALARM_S);
		prctl(PR_SET_NAME, seq->name, 0, 0, 0);
		play_lines(seq->lines, part_len(script, seq), tree);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 98)
		return -1;
	if (status)
		printf("%s ends with %#x\n", seq->name, (unsigned)status);
	return 0;
}

int seq_play(const char *file)
{
	struct script script;
	struct sequence seq;
	char top[PATH_MAX / 2];
	int r = script_read(&script, file);

	if (!getcwd(top, sizeof(top)))
		return -1;
	setvbuf(stdout, NULL, _IONBF, 0);
	while (!r && (r = script_next(&script, &seq)) == 1)
		r = play(&script, &seq, top);
	free(script.text);
	return r;
}
