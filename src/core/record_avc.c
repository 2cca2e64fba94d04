// SPDX-License-Identifier: MIT
/* Access decisions that a source reports (spec kernel 9); lsm_audit.c has those that are made in this process. */

#include <string.h>

#include "base/macros.h"
#include "core/lsm_audit.h"
#include "core/record.h"
#include "event/event_avc.h"

static struct lsm_object object_of(const struct event_avc *avc)
{
	return (struct lsm_object){
		.name = avc->name,
		.has_inode = avc->f->flags & EVT_AVC_INODE,
		.dev = avc->dev,
		.ino = avc->f->ino,
	};
}

static struct lsm_ends ends_of(const struct evt_avc_ends *e)
{
	struct lsm_ends ends = {
		.family = e->family, .here_port = e->here_port, .there_port = e->there_port
	};

	memcpy(ends.here, e->here, sizeof(ends.here));
	memcpy(ends.there, e->there, sizeof(ends.there));
	return ends;
}

static struct lsm_net net_of(const struct event_avc *avc)
{
	bool is_name = avc->f->flags & EVT_AVC_UNIX_NAME;

	return (struct lsm_net){
		.socket = ends_of(&avc->f->socket),
		.unix_path = is_name ? (struct view){ 0 } : avc->name,
		.unix_name = is_name ? avc->name : (struct view){ 0 },
		.packet = ends_of(&avc->f->packet),
		.netif = avc->dev.len ? avc->dev : (struct view){ 0 },
	};
}

static void data_of(struct common_audit_data *data, const struct event_avc *avc)
{
	int64_t value = avc->f->value;

	*data = (struct common_audit_data){ .kind = (uint8_t)avc->f->kind };
	switch (data->kind) {
	case LSM_AUDIT_DATA_PATH:
	case LSM_AUDIT_DATA_FILE:
	case LSM_AUDIT_DATA_INODE:
	case LSM_AUDIT_DATA_DENTRY:
		data->object = object_of(avc);
		break;
	case LSM_AUDIT_DATA_IOCTL_OP:
		data->ioctl.object = object_of(avc);
		data->ioctl.cmd = (uint16_t)value;
		break;
	case LSM_AUDIT_DATA_NET:
		data->net = net_of(avc);
		break;
	case LSM_AUDIT_DATA_CAP:
		data->cap = (int32_t)value;
		break;
	case LSM_AUDIT_DATA_IPC:
		data->ipc_key = (int32_t)value;
		break;
	case LSM_AUDIT_DATA_TASK:
		data->task.pid = (int32_t)value;
		data->task.comm = avc->name;
		break;
	case LSM_AUDIT_DATA_KEY:
		data->key.serial = (uint32_t)value;
		data->key.desc = avc->name;
		break;
	case LSM_AUDIT_DATA_KMOD:
		data->kmod = avc->name;
		break;
	case LSM_AUDIT_DATA_IBPKEY:
		data->ibpkey.pkey = (uint16_t)value;
		memcpy(data->ibpkey.subnet_prefix, avc->f->subnet_prefix,
			sizeof(data->ibpkey.subnet_prefix));
		break;
	case LSM_AUDIT_DATA_IBENDPORT:
		data->ibendport.dev = avc->dev;
		data->ibendport.port = (uint8_t)value;
		break;
	case LSM_AUDIT_DATA_LOCKDOWN:
		data->lockdown_reason = (uint32_t)value;
		break;
	case LSM_AUDIT_DATA_ANONINODE:
		data->anonclass = avc->name;
		break;
	case LSM_AUDIT_DATA_NLMSGTYPE:
		data->nlmsg_type = (uint16_t)value;
		break;
	}
}

void record_avc(struct audit_buffer *ab, const struct event *ev, const struct event_aside *aside)
{
	struct common_audit_data data;
	struct event_avc avc;

	_Static_assert(EVT_AVC_KINDS == _LSM_AUDIT_DATA_MAX - 1, "every kind can be reported");
	event_avc_read(&avc, aside->data);
	data_of(&data, &avc);
	ab_text(ab, avc.f->flags & EVT_AVC_GRANTED ? "avc:  granted  { " : "avc:  denied  { ");
	buf_put(&ab->text, avc.perms.p, avc.perms.len);
	ab_text(ab, " } for ");
	ab_i64(ab, " pid=", (int32_t)ev->h.tgid);
	ab_text(ab, " comm=");
	ab_untrusted(ab, ev->h.comm, strnlen(ev->h.comm, sizeof(ev->h.comm)));
	(void)lsm_audit_data(ab, &data);
	if (avc.tail.len) {
		buf_putc(&ab->text, ' ');
		buf_put(&ab->text, avc.tail.p, avc.tail.len);
	}
}
