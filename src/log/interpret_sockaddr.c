// SPDX-License-Identifier: MIT
#include "log/interpret_types.h"

#include <string.h>

#include "abi/abi.h"
#include "log/saddr.h"

/* The address of a SOCKADDR record. */

static void put_short_address(struct buf *to, const char *family)
{
	buf_puts(to, "{ saddr_fam=");
	buf_puts(to, family);
	buf_puts(to, strcmp(family, "inet6") == 0     ? " sockaddr6 len too short }"
		     : strcmp(family, "netlink") == 0 ? " len too short }"
						      : " sockaddr len too short }");
}

static void put_address(struct buf *to, const struct saddr *s, const char *family)
{
	buf_puts(to, "{ saddr_fam=");
	buf_puts(to, family);
	switch (s->kind) {
	case SADDR_LOCAL:
		buf_puts(to, " path=");
		buf_put(to, s->path.p, s->path.len);
		break;
	case SADDR_INET:
	case SADDR_INET6:
		buf_puts(to, " laddr=");
		buf_puts(to, s->host);
		buf_puts(to, " lport=");
		buf_u64(to, s->port);
		break;
	case SADDR_NETLINK:
		buf_puts(to, " nlnk-fam=");
		buf_u64(to, s->family);
		buf_puts(to, " nlnk-pid=");
		buf_u64(to, s->netlink_pid);
		break;
	default:
		buf_puts(to, " (unsupported)");
	}
	buf_puts(to, " }");
}

void render_saddr(struct rendering *r)
{
	struct saddr s;
	const char *family;
	struct view v;

	buf_clear(&r->in->bytes);
	if (!decode_hex(&r->in->bytes, r->field->value)) {
		render_plain(r);
		return;
	}
	v = (struct view){ r->in->bytes.data, r->in->bytes.len };
	if (saddr_parse(&s, v.p, v.len) < 0) {
		buf_puts(r->to, "malformed-host(");
		render_plain(r);
		buf_putc(r->to, ')');
		return;
	}
	family = address_family_name(s.family);
	if (!family) {
		buf_puts(r->to, "unknown-family(");
		buf_u64(r->to, s.family);
		buf_putc(r->to, ')');
	} else if (s.kind == SADDR_SHORT) {
		put_short_address(r->to, family);
	} else {
		put_address(r->to, &s, family);
	}
}
