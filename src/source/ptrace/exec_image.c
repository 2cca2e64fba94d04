// SPDX-License-Identifier: MIT
#include "source/ptrace/exec_image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/macros.h"

#define BINPRM_BUF_SIZE                                                                            \
	256 /* include/uapi/linux/binfmts.h: what the kernel reads of a file to know its format */
#define CACHE_SLOTS   256
#define SETTLED_AFTER 2 /* seconds since the last change, as for capabilities */

enum image_kind { IMAGE_OTHER, IMAGE_SCRIPT, IMAGE_ELF, IMAGE_CLOSED };

struct image {
	enum image_kind kind;
	size_t interpreter_len; /* 0: none (a static program) */
	char interpreter[EXEC_INTERPRETER_LEN];
};

struct slot {
	uint64_t ino;
	uint32_t dev_major, dev_minor;
	struct timespec ctime;
	bool used;
	struct image image;
};

struct exec_image_cache {
	struct slot slots[CACHE_SLOTS];
};

int exec_image_cache_new(struct exec_image_cache **ret)
{
	(void)elf_version(EV_CURRENT);
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void exec_image_cache_free(struct exec_image_cache *cache)
{
	free(cache);
}

void exec_image_deinit(struct exec_image *image)
{
	for (size_t i = 0; i < image->n; i++)
		object_deinit(&image->interpreters[i].object);
	image->n = 0;
	object_deinit(&image->closed);
}

/* "#!" blanks, the interpreter, then a blank or the line's end; it must end within what the kernel reads. */
static void parse_script(struct image *image, const char *head, size_t len)
{
	size_t start = 2, end;

	while (start < len && (head[start] == ' ' || head[start] == '\t'))
		start++;
	for (end = start; end < len; end++)
		if (strchr(" \t\n", head[end])) /* NUL included */
			break;
	if (end == len && len == BINPRM_BUF_SIZE)
		return;
	image->kind = IMAGE_SCRIPT;
	image->interpreter_len = end - start;
	memcpy(image->interpreter, head + start, end - start);
}

static void parse_elf(struct image *image, int fd)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	size_t n_headers;

	image->kind = IMAGE_ELF;
	if (!elf)
		return;
	if (elf_getphdrnum(elf, &n_headers) == 0) {
		for (size_t i = 0; i < n_headers; i++) {
			GElf_Phdr header;
			ssize_t n;

			if (!gelf_getphdr(elf, (int)i, &header) || header.p_type != PT_INTERP)
				continue;
			if (header.p_filesz < 2 || header.p_filesz >= sizeof(image->interpreter))
				break;
			n = pread(fd, image->interpreter, header.p_filesz, (off_t)header.p_offset);
			if (n == (ssize_t)header.p_filesz)
				image->interpreter_len = strnlen(image->interpreter, (size_t)n);
			break;
		}
	}
	(void)elf_end(elf);
}

static void image_read(struct image *image, struct exec_image_cache *cache, const struct lookup *l,
	int dirfd, const char *path, const struct object *object)
{
	_cleanup_close_ int fd = -1;
	char head[BINPRM_BUF_SIZE];
	struct timespec now;
	struct slot *slot;
	struct stat st;
	ssize_t n;

	*image = (struct image){ .kind = IMAGE_OTHER };
	fd = lookup_open(l, dirfd, path, O_RDONLY);
	if (fd == -EACCES)
		image->kind = IMAGE_CLOSED;
	/* what was a program a moment ago may be anything now */
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	slot = &cache->slots[object->f.ino % CACHE_SLOTS];
	if (slot->used && slot->ino == object->f.ino && slot->dev_major == object->f.dev_major &&
		slot->dev_minor == object->f.dev_minor && slot->ctime.tv_sec == st.st_ctim.tv_sec &&
		slot->ctime.tv_nsec == st.st_ctim.tv_nsec) {
		*image = slot->image;
		return;
	}
	n = pread(fd, head, sizeof(head), 0);
	if (n >= 2 && head[0] == '#' && head[1] == '!')
		parse_script(image, head, (size_t)n);
	else if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		parse_elf(image, fd);
	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec - st.st_ctim.tv_sec < SETTLED_AFTER)
		return;
	*slot = (struct slot){
		.ino = object->f.ino,
		.dev_major = object->f.dev_major,
		.dev_minor = object->f.dev_minor,
		.ctime = st.st_ctim,
		.used = true,
		.image = *image,
	};
}

void exec_image_follow(struct exec_image *image, struct exec_image_cache *cache,
	const struct lookup *l, int dirfd, const char *path, const struct object *program)
{
	const struct object *object = program;

	image->n = 0;
	image->closed = (struct object){ .error = -ENOENT };
	while (image->n < EXEC_INTERPRETERS_MAX && object_found(object) &&
		S_ISREG(object->f.mode)) {
		struct exec_interpreter *next = &image->interpreters[image->n];
		struct image found;

		/* the loader of a program is read, not executed: only what is run must be executable */
		if (lookup_access(l, dirfd, path, X_OK) < 0)
			break;
		image_read(&found, cache, l, dirfd, path, object);
		if (found.kind == IMAGE_CLOSED) {
			struct lookup resolving = *l;

			resolving.want_resolved = true;
			lookup_path(&resolving, &image->closed, dirfd, path, 0);
		}
		if (!found.interpreter_len)
			break;
		memcpy(next->text, found.interpreter, found.interpreter_len);
		next->text[found.interpreter_len] = '\0';
		next->string =
			(struct name_string){ .text = next->text, .len = found.interpreter_len };
		next->object = (struct object){ .error = -ENOENT };
		lookup_path(l, &next->object, AT_FDCWD, next->text, 0);
		image->n++;
		if (found.kind == IMAGE_ELF)
			break;
		object = &next->object;
		path = next->text;
		dirfd = AT_FDCWD;
	}
}
