// SPDX-License-Identifier: MIT
/* Every data kind of access decisions, and the order of the record's parts (spec kernel 9). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "core/kaudit_log.h"
#include "core/lsm_audit.h"
#include "kaudit_fixture.h"

#define VIEW(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
#define STAMP(serial) "audit(1700000000.123:" #serial "): "

static const struct {
	struct common_audit_data data;
	const char *text;
} rows[] = {
	{ { .kind = LSM_AUDIT_DATA_PATH,
		  .object = { VIEW("/etc/hostname"), true, VIEW("sda1"), 42 } },
		" path=\"/etc/hostname\" dev=\"sda1\" ino=42" },
	{ { .kind = LSM_AUDIT_DATA_PATH, .object = { .name = VIEW("/a b (deleted)") } },
		" path=2F6120622028"
		"64656C6574656429" },
	{ { .kind = LSM_AUDIT_DATA_CAP, .cap = 21 }, " capability=21 " },
	{ { .kind = LSM_AUDIT_DATA_IPC, .ipc_key = -5 }, " ipc_key=-5 " },
	{ { .kind = LSM_AUDIT_DATA_TASK, .task = { 77, VIEW("a b") } }, " opid=77 ocomm=612062" },
	{ { .kind = LSM_AUDIT_DATA_TASK, .task = { 0, VIEW("x") } }, "" },
	{ { .kind = LSM_AUDIT_DATA_KEY, .key = { 4000000000u, VIEW("user;1") } },
		" key_serial=4000000000 key_desc=\"user;1\"" },
	{ { .kind = LSM_AUDIT_DATA_KEY, .key = { 7, { 0 } } }, " key_serial=7" },
	{ { .kind = LSM_AUDIT_DATA_NONE }, "" },
	{ { .kind = LSM_AUDIT_DATA_NOTIFICATION }, "" },
	{ { .kind = LSM_AUDIT_DATA_KMOD, .kmod = VIEW("fat") }, " kmod=\"fat\"" },
	{ { .kind = LSM_AUDIT_DATA_INODE, .object = { VIEW("f"), true, VIEW("tmpfs"), 9 } },
		" name=\"f\" dev=\"tmpfs\" ino=9" },
	{ { .kind = LSM_AUDIT_DATA_INODE, .object = { { 0 }, true, VIEW("tmpfs"), UINT64_MAX } },
		" dev=\"tmpfs\" ino=18446744073709551615" },
	{ { .kind = LSM_AUDIT_DATA_DENTRY, .object = { VIEW("f"), true, VIEW("tmpfs"), 9 } },
		" name=\"f\" dev=\"tmpfs\" ino=9" },
	{ { .kind = LSM_AUDIT_DATA_DENTRY, .object = { .name = VIEW("f") } }, " name=\"f\"" },
	{ { .kind = LSM_AUDIT_DATA_IOCTL_OP,
		  .ioctl = { { VIEW("/dev/x"), true, VIEW("dev"), 3 }, 0x5401 } },
		" path=\"/dev/x\" dev=\"dev\" ino=3 ioctlcmd=0x5401" },
	{ { .kind = LSM_AUDIT_DATA_FILE, .object = { VIEW("/f"), true, VIEW("sda1"), 1 } },
		" path=\"/f\" dev=\"sda1\" ino=1" },
	{ { .kind = LSM_AUDIT_DATA_IBPKEY, .ibpkey = { { 0xfe, 0x80 }, 0xffff } },
		" pkey=0xffff subnet_prefix=fe80::" },
	{ { .kind = LSM_AUDIT_DATA_IBENDPORT, .ibendport = { VIEW("mlx4_0"), 2 } },
		" device=mlx4_0 port_num=2" },
	{ { .kind = LSM_AUDIT_DATA_LOCKDOWN, .lockdown_reason = LOCKDOWN_MODULE_SIGNATURE },
		" lockdown_reason=\"unsigned module loading\"" },
	{ { .kind = LSM_AUDIT_DATA_LOCKDOWN, .lockdown_reason = LOCKDOWN_XFRM_SECRET },
		" lockdown_reason=\"xfrm SA secret\"" },
	{ { .kind = LSM_AUDIT_DATA_LOCKDOWN, .lockdown_reason = _LOCKDOWN_MAX },
		" lockdown_reason=\"\"" },
	{ { .kind = LSM_AUDIT_DATA_ANONINODE, .anonclass = VIEW("[userfaultfd]") },
		" anonclass=[userfaultfd]" },
	{ { .kind = LSM_AUDIT_DATA_NLMSGTYPE, .nlmsg_type = 65535 }, " nl-msgtype=65535" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { AF_INET, { 127, 0, 0, 1 }, { 10, 1, 2, 3 }, 80, 65535 },
			  .packet = { AF_INET6, { [15] = 1 }, { 0x20, 1, 0xd, 0xb8, [15] = 0x10 },
				  1, 0 },
			  .netif = VIEW("eth0") } },
		" laddr=127.0.0.1 lport=80 faddr=10.1.2.3 fport=65535 saddr=::1 src=1 daddr=2001:db8::10 "
		"netif=eth0" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { .family = AF_INET6, .there_port = 5 } } },
		" fport=5" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { .family = AF_PACKET, .there_port = 5 } } },
		"" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { .family = AF_UNIX },
			  .unix_path = VIEW("/run/s"),
			  .unix_name = VIEW("s") } },
		" path=\"/run/s\"" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { .family = AF_UNIX }, .unix_name = VIEW("rel\0junk") } },
		" path=\"rel\"" },
	{ { .kind = LSM_AUDIT_DATA_NET,
		  .net = { .socket = { .family = AF_UNIX }, .unix_name = VIEW("\0ab") } },
		" path=006162" },
	{ { .kind = LSM_AUDIT_DATA_NET, .net = { .socket = { .family = AF_UNIX } } }, "" },
};

static void kinds(void **state)
{
	uint32_t seen = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct audit_buffer ab = { .text = BUF_NULL };

		assert_int_equal(lsm_audit_data(&ab, &rows[i].data), 0);
		assert_string_equal(buf_cstr(&ab.text), rows[i].text);
		buf_deinit(&ab.text);
		seen |= 1u << rows[i].data.kind;
	}
	assert_int_equal(seen, (1u << _LSM_AUDIT_DATA_MAX) - 2);
}

static void addresses(void **state)
{
	static const struct {
		unsigned char address[16];
		const char *text;
	} cases[] = {
		{ { [10] = 0xff, 0xff, 1, 2, 3, 4 }, "::ffff:1.2.3.4" },
		{ { [12] = 1, 2, 3, 4 }, "::102:304" },
		{ { 0xfe, 0x80, [10] = 0x5e, 0xfe, 1, 2, 3, 4 }, "fe80::5efe:1.2.3.4" },
		{ { 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0 }, "100:0:200::300:400:0" },
		{ { 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1 }, "1::1:0:0:1:1" },
		{ { 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0 }, "1:2:3:4:5:6:7:0" },
		{ { 0xab, 0xcd, [15] = 0 }, "abcd::" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct audit_buffer ab = { .text = BUF_NULL };
		struct common_audit_data data = { .kind = LSM_AUDIT_DATA_NET,
			.net = { .packet = { .family = AF_INET6 } } };

		memcpy(data.net.packet.here, cases[i].address, 16);
		assert_int_equal(lsm_audit_data(&ab, &data), 0);
		assert_string_equal(buf_cstr(&ab.text) + strlen(" saddr="), cases[i].text);
		buf_deinit(&ab.text);
	}
}

static void say_first(struct audit_buffer *ab, void *userdata)
{
	kaudit_log_format(ab, "avc:  denied  { %s } for ", (const char *)userdata);
}

static void say_last(struct audit_buffer *ab, void *userdata)
{
	(void)userdata;
	kaudit_log_format(ab, " tclass=%s permissive=%u", "file", 0);
}

static void whole_record(void **state)
{
	struct common_audit_data data = { .kind = LSM_AUDIT_DATA_KMOD, .kmod = VIEW("fat") };
	struct kaudit_fixture f;
	struct event who = { .h = builder_header(0, 0) };
	struct audit_krule *rule;

	(void)state;
	fixture_init(&f);
	assert_int_equal(
		common_lsm_audit(f.audit, &who, &data, say_first, say_last, (void *)"load"), 0);
	assert_int_equal(common_lsm_audit(f.audit, &who, &data, NULL, NULL, NULL), 0);
	assert_string_equal(fixture_log(&f),
		"[1400] " STAMP(1) "avc:  denied  { load } for  pid=101 comm=\"demo\" kmod=\"fat\" "
				   "tclass=file permissive=0\n"
				   "[1400] " STAMP(2) " pid=101 comm=\"demo\" kmod=\"fat\"\n");
	/* no such kind: no record, no serial */
	data.kind = 0;
	assert_int_equal(common_lsm_audit(f.audit, &who, &data, NULL, NULL, NULL), -EINVAL);
	data.kind = _LSM_AUDIT_DATA_MAX;
	assert_int_equal(common_lsm_audit(f.audit, &who, &data, NULL, NULL, NULL), -EINVAL);
	assert_int_equal(kaudit_next_serial(f.audit), 3);
	/* the exclude filter knows the type */
	rule = fixture_rule(AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS, NULL);
	rule_field(rule, AUDIT_MSGTYPE, AUDIT_EQUAL, AUDIT_AVC);
	fixture_add(&f, rule);
	data.kind = LSM_AUDIT_DATA_NONE;
	assert_int_equal(common_lsm_audit(f.audit, &who, &data, NULL, NULL, NULL), 0);
	assert_string_equal(fixture_log(&f), "");
	fixture_deinit(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(addresses),
		cmocka_unit_test(whole_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
