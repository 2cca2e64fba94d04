// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>

#include "event/event.h"
#include "source/bpf/assembly.h"
#include "source/ptrace/extras.h"

static void put_execve(struct assembler *a, struct event_writer *w)
{
	const struct raw_item *item = &a->raw.argv;
	struct view text = { 0 };
	struct cap_argv argv;
	uint32_t argc = 0;

	if (!raw_read(item, &argv, sizeof(argv)))
		return;
	if (argv.flags & CAP_F_FAULT)
		a->call.event_flags |= EVT_F_FAULT;
	else if (argv.flags & CAP_F_CHUNKS)
		text = chunks_find(a->chunks,
			&(struct chunk_key){ a->raw.h.tid, a->raw.origin.call, argv.nr });
	else
		text = (struct view){ item->data + sizeof(argv), item->len - sizeof(argv) };
	if (argv.flags & CAP_F_CUT || text.len < argv.len)
		a->call.event_flags |= EVT_F_TRUNCATED;
	if (text.len > argv.len)
		text.len = argv.len;
	/* the program has not run yet: all of them end with a NUL, unless they were cut */
	while (text.len && text.p[text.len - 1] != '\0')
		text.len--;
	for (size_t i = 0; i < text.len; i++)
		argc += text.p[i] == '\0';
	if (argc)
		event_put_execve(w, argc, text.p, text.len);
}

static void ids_of_cred(struct task_ids *ids, const struct cap_cred *cred)
{
	ids->uid = cred->uid;
	ids->euid = cred->euid;
	ids->cap_permitted = cred->permitted;
	ids->cap_inheritable = cred->inheritable;
	ids->cap_effective = cred->effective;
	ids->cap_ambient = cred->ambient;
}

/* The capabilities of the program that runs now: of a script, its interpreter. */
static struct inode_caps caps_of_program(const struct assembler *a)
{
	const struct call *call = &a->call;
	const struct object *program = &call->paths[0].object;
	struct evt_exe exe;

	if (!raw_read(&a->raw.exe, &exe, sizeof(exe)))
		return (struct inode_caps){ 0 };
	for (size_t i = 0; object_found(program) && program->f.ino != exe.ino && i < call->image.n;
		i++)
		program = &call->image.interpreters[i].object;
	if (!object_found(program) || program->f.ino != exe.ino)
		return (struct inode_caps){ 0 };
	return (struct inode_caps){
		.permitted = program->f.cap_fp,
		.inheritable = program->f.cap_fi,
		.version = program->f.cap_fver,
		.rootid = program->f.cap_frootid,
		.effective = program->f.cap_fe,
	};
}

static void put_new_privileges(struct assembler *a, struct event_writer *w)
{
	struct task_ids before = { 0 }, after = { 0 };
	struct inode_caps caps;
	struct cap_bprm bprm;

	if (!raw_read(&a->raw.bprm, &bprm, sizeof(bprm)))
		return;
	ids_of_cred(&before, &bprm.before);
	ids_of_cred(&after, &bprm.after);
	caps = caps_of_program(a);
	extras_put_bprm_fcaps(&before, &after, &caps, w);
}

void assemble_exec(struct assembler *a, struct event_writer *w)
{
	if (a->call.info->effect != EFFECT_EXEC || a->raw.h.ret != 0)
		return;
	put_new_privileges(a, w);
	put_execve(a, w);
}
