// SPDX-License-Identifier: MIT
#include "source/ptrace/module_image.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "base/macros.h"

/* struct module begins with its state and a list; then comes the name. */
#define MODULE_NAME_OFFSET 24u

static void end_elf(Elf *elf)
{
	(void)elf_end(elf);
}

DEFINE_CLEANUP(Elf *, end_elf)

struct sections {
	Elf_Scn *info, *module;
	size_t n_info, n_module;
};

static int find_sections(Elf *elf, struct sections *ret)
{
	size_t names;
	Elf_Scn *scn = NULL;

	*ret = (struct sections){ 0 };
	if (elf_getshdrstrndx(elf, &names) < 0 || !names)
		return -ENOEXEC;
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr header;
		const char *name;

		if (!gelf_getshdr(scn, &header))
			return -ENOEXEC;
		name = elf_strptr(elf, names, header.sh_name);
		if (!name)
			return -ENOEXEC; /* one bad section and the kernel reads no further */
		if (!strcmp(name, ".modinfo")) {
			ret->info = scn;
			ret->n_info++;
		} else if (!strcmp(name, ".gnu.linkonce.this_module")) {
			ret->module = scn;
			ret->n_module++;
		}
	}
	return 0;
}

static const char *contents(Elf_Scn *scn, size_t *ret_len)
{
	Elf_Data *data = elf_rawdata(scn, NULL);

	if (!data || !data->d_buf)
		return NULL;
	*ret_len = data->d_size;
	return data->d_buf;
}

static int take(char name[static MODULE_NAME_MAX], const char *from, size_t room)
{
	size_t len = strnlen(from, room < MODULE_NAME_MAX - 1 ? room : MODULE_NAME_MAX - 1);

	memcpy(name, from, len);
	name[len] = '\0';
	return 0;
}

/* "name=..." among strings that each end with one NUL or more. */
static int from_info(char name[static MODULE_NAME_MAX], Elf_Scn *scn)
{
	static const char tag[] = "name=";
	size_t len = 0, at = 0;
	const char *info = contents(scn, &len);

	while (info && at < len) {
		size_t n = strnlen(info + at, len - at);

		if (n >= strlen(tag) && !memcmp(info + at, tag, strlen(tag)))
			return take(name, info + at + strlen(tag), len - at - strlen(tag));
		at += n;
		while (at < len && !info[at])
			at++;
	}
	return -ENOENT;
}

static int from_module(char name[static MODULE_NAME_MAX], Elf_Scn *scn)
{
	size_t len = 0;
	const char *module = contents(scn, &len);

	if (!module || len <= MODULE_NAME_OFFSET)
		return -ENOEXEC;
	return take(name, module + MODULE_NAME_OFFSET, len - MODULE_NAME_OFFSET);
}

static int name_of(char name[static MODULE_NAME_MAX], Elf *elf)
{
	struct sections sections;
	GElf_Ehdr header;
	int r;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header) ||
		header.e_type != ET_REL)
		return -ENOEXEC;
	r = find_sections(elf, &sections);
	if (r < 0)
		return r;
	if (sections.n_info > 1)
		return -ENOEXEC;
	if (sections.n_info && from_info(name, sections.info) == 0)
		return 0;
	return sections.n_module == 1 ? from_module(name, sections.module) : -ENOEXEC;
}

int module_image_name(char name[static MODULE_NAME_MAX], const void *image, size_t len)
{
	_cleanup_(end_elfp) Elf *elf = NULL;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -ENOEXEC;
	/* libelf writes into it only where it is told to change something */
	elf = elf_memory((char *)(uintptr_t)image, len);
	return name_of(name, elf);
}

int module_file_name(char name[static MODULE_NAME_MAX], int fd)
{
	_cleanup_(end_elfp) Elf *elf = NULL;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return -ENOEXEC;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	return name_of(name, elf);
}
