// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/ptrace/module_image.h"

#define SECTIONS_MAX 8

/* An image under construction: headers in front, contents and names behind. */
struct image {
	union {
		char bytes[4096];
		Elf64_Ehdr header;
	};
	size_t len;
	Elf64_Shdr *sections;
	unsigned n;
	char names[256];
	size_t names_len;
};

static void begin(struct image *image)
{
	memset(image, 0, sizeof(*image));
	memcpy(image->header.e_ident, ELFMAG, SELFMAG);
	image->header.e_ident[EI_CLASS] = ELFCLASS64;
	image->header.e_ident[EI_DATA] = ELFDATA2LSB;
	image->header.e_ident[EI_VERSION] = EV_CURRENT;
	image->header.e_type = ET_REL;
	image->header.e_machine = EM_X86_64;
	image->header.e_version = EV_CURRENT;
	image->header.e_ehsize = sizeof(Elf64_Ehdr);
	image->header.e_shentsize = sizeof(Elf64_Shdr);
	image->header.e_shoff = sizeof(Elf64_Ehdr);
	image->sections = (Elf64_Shdr *)(void *)(image->bytes + sizeof(Elf64_Ehdr));
	image->len = sizeof(Elf64_Ehdr) + SECTIONS_MAX * sizeof(Elf64_Shdr);
	image->n = 1;
	image->names_len = 1;
}

static void add(struct image *image, const char *name, uint32_t type, const void *data, size_t len)
{
	Elf64_Shdr *section = &image->sections[image->n++];

	section->sh_name = (uint32_t)image->names_len;
	section->sh_type = type;
	section->sh_flags = SHF_ALLOC;
	section->sh_offset = image->len;
	section->sh_size = len;
	section->sh_addralign = 1;
	memcpy(image->bytes + image->len, data, len);
	image->len += len;
	memcpy(image->names + image->names_len, name, strlen(name) + 1);
	image->names_len += strlen(name) + 1;
}

static int finish(struct image *image, char name[static MODULE_NAME_MAX])
{
	char names[sizeof(image->names)];

	image->header.e_shstrndx = (uint16_t)image->n;
	memcpy(names, image->names, sizeof(names));
	add(image, ".shstrtab", SHT_STRTAB, names, image->names_len + sizeof(".shstrtab"));
	memcpy(image->bytes + image->sections[image->n - 1].sh_offset, image->names,
		image->names_len);
	image->header.e_shnum = (uint16_t)image->n;
	return module_image_name(name, image->bytes, image->len);
}

static const char info[] = "license=GPL\0\0\0vname=no\0name=from_info\0depends=";
static const char module[1024] = { [24] = 'f', 'r', 'o', 'm', '_', 'm', 'o', 'd' };

static void test_both(void **state)
{
	char name[MODULE_NAME_MAX];
	struct image image;

	(void)state;
	begin(&image);
	add(&image, ".gnu.linkonce.this_module", SHT_PROGBITS, module, sizeof(module));
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	assert_int_equal(finish(&image, name), 0);
	assert_string_equal(name, "from_info");
}

static void test_module_only(void **state)
{
	char name[MODULE_NAME_MAX];
	struct image image;

	(void)state;
	begin(&image);
	add(&image, ".modinfo", SHT_PROGBITS, "vname=no", sizeof("vname=no"));
	add(&image, ".gnu.linkonce.this_module", SHT_PROGBITS, module, sizeof(module));
	assert_int_equal(finish(&image, name), 0);
	assert_string_equal(name, "from_mod");
}

static void test_none(void **state)
{
	char name[MODULE_NAME_MAX];
	struct image image;

	(void)state;
	begin(&image);
	add(&image, ".text", SHT_PROGBITS, "x", 1);
	assert_int_equal(finish(&image, name), -ENOEXEC);

	/* two of either are one too many */
	begin(&image);
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	assert_int_equal(finish(&image, name), -ENOEXEC);

	/* too short to have a name in it */
	begin(&image);
	add(&image, ".gnu.linkonce.this_module", SHT_PROGBITS, module, 24);
	assert_int_equal(finish(&image, name), -ENOEXEC);

	/* a program is no module */
	begin(&image);
	image.header.e_type = ET_EXEC;
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	assert_int_equal(finish(&image, name), -ENOEXEC);
	assert_int_equal(module_image_name(name, "text", 4), -ENOEXEC);
	assert_int_equal(module_image_name(name, "", 0), -ENOEXEC);
}

static void test_cut(void **state)
{
	char name[MODULE_NAME_MAX], text[200];
	struct image image;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "name=", 5);
	begin(&image);
	add(&image, ".modinfo", SHT_PROGBITS, text, sizeof(text));
	assert_int_equal(finish(&image, name), 0);
	assert_int_equal(strlen(name), MODULE_NAME_MAX - 1);
}

static void test_broken(void **state)
{
	char name[MODULE_NAME_MAX];
	struct image image;
	size_t whole;

	(void)state;
	begin(&image);
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	assert_int_equal(finish(&image, name), 0);
	whole = image.len;
	/* flush against the end of memory that may be read (the sanitizers see one byte too far) */
	for (size_t len = 0; len < whole; len += 7) {
		char *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, image.bytes, len);
		(void)module_image_name(name, copy, len);
		free(copy);
	}
	image.sections[1].sh_offset = UINT64_MAX - 3;
	assert_int_equal(module_image_name(name, image.bytes, whole), -ENOEXEC);
	image.header.e_shstrndx = 77;
	assert_int_equal(module_image_name(name, image.bytes, whole), -ENOEXEC);
}

static void test_file(void **state)
{
	char name[MODULE_NAME_MAX];
	struct image image;
	int fd = memfd_create("module", MFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(module_file_name(name, fd), -ENOEXEC);
	begin(&image);
	add(&image, ".modinfo", SHT_PROGBITS, info, sizeof(info));
	assert_int_equal(finish(&image, name), 0);
	assert_int_equal(write(fd, image.bytes, image.len), image.len);
	memset(name, 0, sizeof(name));
	assert_int_equal(module_file_name(name, fd), 0);
	assert_string_equal(name, "from_info");
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_module_only),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
