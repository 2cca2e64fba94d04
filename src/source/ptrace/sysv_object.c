// SPDX-License-Identifier: MIT
#include "source/ptrace/sysv_object.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "base/macros.h"

/* ---- what is there ---- */

union semctl_arg {
	struct semid_ds *buf;
};

/* The id of the object at index, or negative errno. */
static int stat_any(enum sysv_kind kind, int index, struct evt_ipc *ret)
{
	union {
		struct msqid_ds msg;
		struct semid_ds sem;
		struct shmid_ds shm;
	} u;
	const struct ipc_perm *perm = NULL;
	int id = -1;

	switch (kind) {
	case SYSV_MSG:
		id = msgctl(index, MSG_STAT_ANY, &u.msg);
		perm = &u.msg.msg_perm;
		break;
	case SYSV_SEM:
		id = semctl(index, 0, SEM_STAT_ANY, (union semctl_arg){ .buf = &u.sem });
		perm = &u.sem.sem_perm;
		break;
	case SYSV_SHM:
		id = shmctl(index, SHM_STAT_ANY, &u.shm);
		perm = &u.shm.shm_perm;
		break;
	case _SYSV_KIND_MAX:
		break;
	}
	if (id < 0 || !perm)
		return -errno;
	*ret = (struct evt_ipc){ .uid = perm->uid, .gid = perm->gid, .mode = perm->mode };
	return id;
}

int sysv_object_by_index(enum sysv_kind kind, int index, struct evt_ipc *ret)
{
	int id = index < 0 ? -EINVAL : stat_any(kind, index, ret);

	return id < 0 ? id : 0;
}

int sysv_object_by_id(enum sysv_kind kind, int id, struct evt_ipc *ret)
{
	/* the low bits of an id are the index; the others tell the present object there from earlier ones */
	int found = id < 0 ? -EINVAL : stat_any(kind, id, ret);

	if (found < 0)
		return found;
	return found == id ? 0 : -EIDRM;
}

int sysv_object_by_key(enum sysv_kind kind, int key, struct evt_ipc *ret)
{
	int id = -1;

	if (key == IPC_PRIVATE)
		return -ENOENT;
	/* who asks for no permission is refused none, and without IPC_CREAT nothing is made */
	switch (kind) {
	case SYSV_MSG:
		id = msgget(key, 0);
		break;
	case SYSV_SEM:
		id = semget(key, 0, 0);
		break;
	case SYSV_SHM:
		id = shmget(key, 0, 0);
		break;
	case _SYSV_KIND_MAX:
		break;
	}
	return id < 0 ? -errno : sysv_object_by_id(kind, id, ret);
}

/* ---- what is asked for ---- */

/*
 * Offsets in struct msqid64_ds, semid64_ds and shmid64_ds, which begin with a struct ipc64_perm, and in their 32-bit and
 * old forms (asm-generic/ipcbuf.h, msgbuf.h, asm/sembuf.h, asm-generic/shmbuf.h; compat_ipc64_perm and compat_ipc_perm in
 * asm-generic/compat.h, compat_msqid_ds in ipc/msg.c). A 32-bit caller's permissions are copied alone.
 */
static const struct layout {
	size_t len[_SYSV_KIND_MAX]; /* of the first copy */
	uint8_t uid, gid, id_width;
	uint8_t mode, qbytes, qbytes_width;
} layouts[] = {
	[SYSV_LAYOUT_64] = {
		.len = { [SYSV_MSG] = 120, [SYSV_SEM] = 104, [SYSV_SHM] = 112 },
		.uid = 4, .gid = 8, .id_width = 4, .mode = 20, .qbytes = 88, .qbytes_width = 8,
	},
	[SYSV_LAYOUT_COMPAT] = {
		.len = { 36, 36, 36 },
		.uid = 4, .gid = 8, .id_width = 4, .mode = 20, .qbytes = 68, .qbytes_width = 4,
	},
	[SYSV_LAYOUT_COMPAT_OLD] = {
		.len = { 16, 16, 16 },
		.uid = 4, .gid = 6, .id_width = 2, .mode = 12, .qbytes = 48, .qbytes_width = 2,
	},
};

static_assert(ARRAY_SIZE(layouts) == _SYSV_LAYOUT_MAX, "every layout has a row");

void sysv_set_spans(enum sysv_kind kind, enum sysv_layout layout, struct sysv_span ret[2])
{
	const struct layout *l = &layouts[layout];

	ret[0] = (struct sysv_span){ 0, l->len[kind] };
	ret[1] = (struct sysv_span){ 0, 0 };
	if (kind == SYSV_MSG && l->qbytes >= l->len[kind])
		ret[1] = (struct sysv_span){ l->qbytes, l->qbytes_width };
}

/* Only little-endian machines run 32-bit programs that we trace (x86). */
static uint64_t number_at(const unsigned char *bytes, size_t at, size_t width)
{
	uint64_t value = 0;

	memcpy(&value, bytes + at, width);
	return value;
}

void sysv_set_decode(enum sysv_kind kind, enum sysv_layout layout,
	const unsigned char bytes[static SYSV_SET_MAX], struct evt_ipc *ret)
{
	const struct layout *l = &layouts[layout];

	ret->has_perm = 1;
	ret->perm_uid = (uint32_t)number_at(bytes, l->uid, l->id_width);
	ret->perm_gid = (uint32_t)number_at(bytes, l->gid, l->id_width);
	/* the kernel keeps it in a umode_t, and shows that */
	ret->perm_mode = (uint32_t)number_at(bytes, l->mode, sizeof(uint16_t));
	ret->qbytes = 0;
	if (kind == SYSV_MSG)
		ret->qbytes = number_at(bytes, l->qbytes, l->qbytes_width);
}
