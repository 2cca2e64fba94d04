// SPDX-License-Identifier: MIT
#include "core/lsm_audit.h"

#include <errno.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "core/kaudit_log.h"

static void put_untrusted(struct audit_buffer *ab, const char *name, struct view v)
{
	ab_text(ab, name);
	ab_untrusted(ab, v.p, v.len);
}

static void put_raw(struct audit_buffer *ab, const char *name, struct view v)
{
	ab_text(ab, name);
	buf_put(&ab->text, v.p, v.len);
}

/* ---- addresses ---- */

static void put_ipv4(struct audit_buffer *ab, const unsigned char *a)
{
	kaudit_log_format(ab, "%u.%u.%u.%u", a[0], a[1], a[2], a[3]);
}

static unsigned group_at(const unsigned char *a, unsigned i)
{
	return (unsigned)a[2 * i] << 8 | a[2 * i + 1];
}

/* ::ffff:1.2.3.4, and ISATAP interface ids: the kernel shows the last four bytes of both as IPv4 (lib/vsprintf.c). */
static bool ends_as_ipv4(const unsigned char *a)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a, mapped, sizeof(mapped)) == 0 ||
	       ((a[8] | 0x02) == 0x02 && a[9] == 0 && a[10] == 0x5e && a[11] == 0xfe);
}

/* The longest run of zero groups, the first of several; one group is no run. */
static void find_zeros(const unsigned char *a, unsigned n, unsigned *ret_at, unsigned *ret_len)
{
	*ret_at = n;
	*ret_len = 1;
	for (unsigned i = 0; i < n; i++) {
		unsigned len = 0;

		while (i + len < n && group_at(a, i + len) == 0)
			len++;
		if (len > *ret_len) {
			*ret_at = i;
			*ret_len = len;
		}
	}
}

static void put_ipv6(struct audit_buffer *ab, const unsigned char *a)
{
	unsigned n = ends_as_ipv4(a) ? 6 : 8, zeros, n_zeros;
	bool needs_colon = false;

	find_zeros(a, n, &zeros, &n_zeros);
	for (unsigned i = 0; i < n; i++) {
		if (i == zeros) {
			ab_text(ab, "::");
			needs_colon = false;
			i += n_zeros - 1;
			continue;
		}
		ab_hex(ab, needs_colon ? ":" : "", group_at(a, i));
		needs_colon = true;
	}
	if (n == 6) {
		ab_text(ab, needs_colon ? ":" : "");
		put_ipv4(ab, a + 12);
	}
}

static void put_end(struct audit_buffer *ab, uint16_t family, const unsigned char *a, uint16_t port,
	const char *addr_name, const char *port_name)
{
	static const unsigned char any[16];

	if (memcmp(a, any, family == AF_INET ? 4 : 16) != 0) {
		ab_text(ab, addr_name);
		if (family == AF_INET)
			put_ipv4(ab, a);
		else
			put_ipv6(ab, a);
	}
	if (port)
		ab_u64(ab, port_name, port);
}

static void put_ends(struct audit_buffer *ab, const struct lsm_ends *e, const char *const names[4])
{
	if (e->family != AF_INET && e->family != AF_INET6)
		return;
	put_end(ab, e->family, e->here, e->here_port, names[0], names[1]);
	put_end(ab, e->family, e->there, e->there_port, names[2], names[3]);
}

/* ---- kinds ---- */

static void put_inode(struct audit_buffer *ab, const struct lsm_object *o)
{
	put_untrusted(ab, " dev=", o->dev);
	ab_u64(ab, " ino=", o->ino);
}

static void put_object(struct audit_buffer *ab, const char *name, const struct lsm_object *o)
{
	put_untrusted(ab, name, o->name);
	if (o->has_inode)
		put_inode(ab, o);
}

static void put_path(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_object(ab, " path=", &data->object);
}

static void put_dentry(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_object(ab, " name=", &data->object);
}

/* The name is one of perhaps several, or none. */
static void put_inode_kind(struct audit_buffer *ab, const struct common_audit_data *data)
{
	if (data->object.name.p)
		put_untrusted(ab, " name=", data->object.name);
	put_inode(ab, &data->object);
}

static void put_ioctl(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_object(ab, " path=", &data->ioctl.object);
	ab_hex(ab, " ioctlcmd=0x", data->ioctl.cmd);
}

static void put_unix(struct audit_buffer *ab, const struct lsm_net *net)
{
	struct view name = net->unix_name;

	if (net->unix_path.p) {
		put_untrusted(ab, " path=", net->unix_path);
	} else if (name.p && name.len > 0 && name.p[0]) {
		put_untrusted(ab, " path=", (struct view){ name.p, strnlen(name.p, name.len) });
	} else if (name.p) {
		ab_text(ab, " path=");
		buf_hex_bytes(&ab->text, name.p, name.len);
	}
}

static void put_net(struct audit_buffer *ab, const struct common_audit_data *data)
{
	static const char *const of_socket[] = { " laddr=", " lport=", " faddr=", " fport=" };
	static const char *const of_packet[] = { " saddr=", " src=", " daddr=", " dest=" };
	const struct lsm_net *net = &data->net;

	if (net->socket.family == AF_UNIX)
		put_unix(ab, net);
	else
		put_ends(ab, &net->socket, of_socket);
	put_ends(ab, &net->packet, of_packet);
	if (net->netif.p)
		put_raw(ab, " netif=", net->netif);
}

/* These two end with a blank, as the kernel's do. */
static void put_cap(struct audit_buffer *ab, const struct common_audit_data *data)
{
	kaudit_log_format(ab, " capability=%d ", data->cap);
}

static void put_ipc(struct audit_buffer *ab, const struct common_audit_data *data)
{
	kaudit_log_format(ab, " ipc_key=%d ", data->ipc_key);
}

static void put_task(struct audit_buffer *ab, const struct common_audit_data *data)
{
	if (!data->task.pid)
		return;
	ab_i64(ab, " opid=", data->task.pid);
	put_untrusted(ab, " ocomm=", data->task.comm);
}

static void put_key(struct audit_buffer *ab, const struct common_audit_data *data)
{
	ab_u64(ab, " key_serial=", data->key.serial);
	if (data->key.desc.p)
		put_untrusted(ab, " key_desc=", data->key.desc);
}

static void put_kmod(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_untrusted(ab, " kmod=", data->kmod);
}

static void put_ibpkey(struct audit_buffer *ab, const struct common_audit_data *data)
{
	unsigned char prefix[16] = { 0 };

	memcpy(prefix, data->ibpkey.subnet_prefix, sizeof(data->ibpkey.subnet_prefix));
	ab_hex(ab, " pkey=0x", data->ibpkey.pkey);
	ab_text(ab, " subnet_prefix=");
	put_ipv6(ab, prefix);
}

static void put_ibendport(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_raw(ab, " device=", data->ibendport.dev);
	ab_u64(ab, " port_num=", data->ibendport.port);
}

static void put_lockdown(struct audit_buffer *ab, const struct common_audit_data *data)
{
	static const char *const reasons[] = {
#define ABI_LOCKDOWN(reason, text) text,
#include "abi/lockdown.def"
#undef ABI_LOCKDOWN
	};

	ab_text(ab, " lockdown_reason=\"");
	if (data->lockdown_reason < ARRAY_SIZE(reasons))
		ab_text(ab, reasons[data->lockdown_reason]);
	buf_putc(&ab->text, '"');
}

static void put_anoninode(struct audit_buffer *ab, const struct common_audit_data *data)
{
	put_raw(ab, " anonclass=", data->anonclass);
}

static void put_nlmsgtype(struct audit_buffer *ab, const struct common_audit_data *data)
{
	ab_u64(ab, " nl-msgtype=", data->nlmsg_type);
}

static void put_nothing(struct audit_buffer *ab, const struct common_audit_data *data)
{
	(void)ab;
	(void)data;
}

static void (*const kinds[_LSM_AUDIT_DATA_MAX])(
	struct audit_buffer *ab, const struct common_audit_data *data) = {
	[LSM_AUDIT_DATA_PATH] = put_path,
	[LSM_AUDIT_DATA_NET] = put_net,
	[LSM_AUDIT_DATA_CAP] = put_cap,
	[LSM_AUDIT_DATA_IPC] = put_ipc,
	[LSM_AUDIT_DATA_TASK] = put_task,
	[LSM_AUDIT_DATA_KEY] = put_key,
	[LSM_AUDIT_DATA_NONE] = put_nothing,
	[LSM_AUDIT_DATA_KMOD] = put_kmod,
	[LSM_AUDIT_DATA_INODE] = put_inode_kind,
	[LSM_AUDIT_DATA_DENTRY] = put_dentry,
	[LSM_AUDIT_DATA_IOCTL_OP] = put_ioctl,
	[LSM_AUDIT_DATA_FILE] = put_path,
	[LSM_AUDIT_DATA_IBPKEY] = put_ibpkey,
	[LSM_AUDIT_DATA_IBENDPORT] = put_ibendport,
	[LSM_AUDIT_DATA_LOCKDOWN] = put_lockdown,
	[LSM_AUDIT_DATA_NOTIFICATION] = put_nothing,
	[LSM_AUDIT_DATA_ANONINODE] = put_anoninode,
	[LSM_AUDIT_DATA_NLMSGTYPE] = put_nlmsgtype,
};

static bool is_kind(const struct common_audit_data *data)
{
	return data->kind < ARRAY_SIZE(kinds) && kinds[data->kind];
}

int lsm_audit_data(struct audit_buffer *ab, const struct common_audit_data *data)
{
	if (!is_kind(data))
		return -EINVAL;
	kinds[data->kind](ab, data);
	return 0;
}

int common_lsm_audit(struct kaudit *audit, const struct event *who,
	const struct common_audit_data *data, lsm_audit_fn pre, lsm_audit_fn post, void *userdata)
{
	struct audit_buffer *ab;

	if (!is_kind(data))
		return -EINVAL;
	ab = kaudit_log_start(audit, who, AUDIT_AVC);
	if (!ab)
		return 0;
	if (pre)
		pre(ab, userdata);
	ab_i64(ab, " pid=", (int32_t)who->h.tgid);
	ab_text(ab, " comm=");
	ab_untrusted(ab, who->h.comm, strnlen(who->h.comm, sizeof(who->h.comm)));
	kinds[data->kind](ab, data);
	if (post)
		post(ab, userdata);
	return kaudit_log_end(ab);
}
