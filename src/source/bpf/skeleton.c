// SPDX-License-Identifier: MIT
#include "source/bpf/skeleton.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "uaudit.skel.h"
#include "uaudit_casts.skel.h"

/* Says of what type an address is. */
#define CAST_FUNCTION "bpf_rdonly_cast"

/* That the kernel lets programs call it cannot be left to the loader: it would want to look through the modules, too. */
static bool kernel_has_casts(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has_casts = btf && btf__find_by_name_kind(btf, CAST_FUNCTION, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has_casts;
}

/* Maps and programs of the two are the same, and so are their skeletons but for the code. */
struct uaudit_bpf *skeleton_open(void)
{
	struct uaudit_bpf *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return NULL;
	r = uaudit_bpf__create_skeleton(s);
	if (r == 0 && kernel_has_casts())
		s->skeleton->data = (void *)uaudit_casts_bpf__elf_bytes(&s->skeleton->data_sz);
	if (r == 0)
		r = bpf_object__open_skeleton(s->skeleton, NULL);
	if (r == 0)
		return s;
	uaudit_bpf__destroy(s);
	errno = -r;
	return NULL;
}
