// SPDX-License-Identifier: MIT
/* Answers that uaudit ctl gets, also bad ones: a socket whose other end has them ready. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "abi/control.h"
#include "cli/commands.h"
#include "cli/ctl.h"

const struct command command_ctl = { .name = "ctl", .help = "" };

struct side {
	struct ctl ctl;
	int other;
};

static void side_init(struct side *s)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	*s = (struct side){ .ctl = { .fd = fds[0], .is_engine = true }, .other = fds[1] };
}

static void side_deinit(struct side *s)
{
	(void)close(s->ctl.fd);
	(void)close(s->other);
}

static void answer(struct side *s, uint16_t type, const void *payload, size_t len)
{
	char bytes[MAX_AUDIT_MESSAGE_LENGTH + NLMSG_HDRLEN] = { 0 };
	struct nlmsghdr head = { .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len), .nlmsg_type = type };

	assert_true(len <= MAX_AUDIT_MESSAGE_LENGTH);
	memcpy(bytes, &head, sizeof(head));
	if (len)
		memcpy(bytes + NLMSG_HDRLEN, payload, len);
	assert_int_equal(send(s->other, bytes, NLMSG_HDRLEN + len, 0), NLMSG_HDRLEN + len);
}

static void acknowledge(struct side *s, int error)
{
	struct nlmsgerr ack = { .error = error };

	answer(s, NLMSG_ERROR, &ack, sizeof(ack));
}

/* Standard output of what runs between the two. */
static int capture_begin(int *ret_saved)
{
	int fd = memfd_create("out", MFD_CLOEXEC);

	(void)fflush(stdout);
	*ret_saved = dup(1);
	assert_true(fd >= 0 && *ret_saved >= 0);
	assert_int_equal(dup2(fd, 1), 1);
	return fd;
}

static void capture_end(int fd, int saved, char *text, size_t size)
{
	ssize_t n;

	(void)fflush(stdout);
	assert_int_equal(dup2(saved, 1), 1);
	(void)close(saved);
	n = pread(fd, text, size - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	(void)close(fd);
}

static void status_as_text(void **state)
{
	uint32_t status[11] = { 0, 1, 2, 77, 5, 64, 9, 3, 0x7f, 15000, 12 };
	struct side s;
	char text[1024];
	int fd, saved;

	(void)state;
	side_init(&s);
	fd = capture_begin(&saved);
	answer(&s, AUDIT_GET, status, sizeof(status));
	(void)ctl_print_status(&s.ctl, false);
	/* an older kernel's has no last counter */
	answer(&s, AUDIT_GET, status, 40);
	(void)ctl_print_status(&s.ctl, true);
	/* an error, behind an acknowledgement that came late */
	acknowledge(&s, 0);
	acknowledge(&s, -EPERM);
	(void)ctl_print_status(&s.ctl, false);
	capture_end(fd, saved, text, sizeof(text));
	assert_string_equal(text,
		"enabled 1\nfailure 2\npid 77\nrate_limit 5\nbacklog_limit 64\nlost 9\nbacklog 3\n"
		"backlog_wait_time 15000\nbacklog_wait_time_actual 12\n"
		"enabled enabled\nfailure panic\npid 77\nrate_limit 5\nbacklog_limit 64\nlost 9\nbacklog 3\n"
		"backlog_wait_time 15000\n"
		"NLMSG_ERROR 1 (Operation not permitted)\n");
	side_deinit(&s);
}

/* Fields on the wire, then two strings. */
static size_t make_rule(struct audit_rule_data *rule, uint32_t buflen)
{
	memset(rule, 0, sizeof(*rule));
	rule->flags = AUDIT_FILTER_EXIT;
	rule->action = AUDIT_ALWAYS;
	memset(rule->mask, 0xff, sizeof(rule->mask));
	rule->field_count = 2;
	rule->fields[0] = AUDIT_EXE;
	rule->values[0] = 4;
	rule->fieldflags[0] = AUDIT_EQUAL;
	rule->fields[1] = AUDIT_FILTERKEY;
	rule->values[1] = 4;
	rule->fieldflags[1] = AUDIT_EQUAL;
	rule->buflen = buflen;
	memcpy(rule->buf, "/a/bsome", 8);
	return sizeof(*rule) + 8;
}

static void rules_with_lengths_that_lie(void **state)
{
	_Alignas(8) char bytes[sizeof(struct audit_rule_data) + 64] = { 0 };
	struct audit_rule_data *rule = (struct audit_rule_data *)bytes;
	struct ctl_rules rules;
	struct side s;
	size_t len;

	(void)state;
	side_init(&s);
	acknowledge(&s, 0);
	len = make_rule(rule, 8);
	answer(&s, AUDIT_LIST_RULES, rule, len + 4); /* padded */
	len = make_rule(rule, UINT32_MAX);
	answer(&s, AUDIT_LIST_RULES, rule, len);
	answer(&s, AUDIT_LIST_RULES, rule, sizeof(*rule) - 1); /* cut */
	answer(&s, NLMSG_DONE, NULL, 0);
	assert_int_equal(ctl_get_rules(&s.ctl, &rules), 0);
	/* The client library hands out no message that says more than it has. */
	assert_int_equal(rules.n, 1);
	assert_int_equal(rules.len[0], len);
	assert_true(rule_data_has_key(rules.rule[0], rules.len[0], "om"));
	ctl_rules_deinit(&rules);
	/* an error in the middle */
	acknowledge(&s, 0);
	answer(&s, AUDIT_LIST_RULES, rule, len);
	acknowledge(&s, -EPERM);
	assert_int_equal(ctl_get_rules(&s.ctl, &rules), -EPERM);
	side_deinit(&s);
}

static void queues_as_a_table(void **state)
{
	struct {
		struct control_queues queues;
		struct control_stream streams[2];
	} said = { .queues = { .records = 7, .events = 3, .n_streams = 200 } };
	char text[2048];
	struct side s;
	int fd, saved;

	(void)state;
	/* No NUL in the names, and more streams than there are. */
	memset(said.queues.source, 's', sizeof(said.queues.source));
	memset(said.streams[0].name, 'n', sizeof(said.streams[0].name));
	memcpy(said.streams[1].name, "log", 4);
	said.streams[1].offered = 10;
	said.streams[1].delivered = 6;
	said.streams[1].lost_records = 4;
	side_init(&s);
	fd = capture_begin(&saved);
	acknowledge(&s, 0);
	answer(&s, CONTROL_QUEUES, &said, sizeof(said));
	ctl_print_queues(&s.ctl);
	/* who does not know the request */
	acknowledge(&s, -EINVAL);
	ctl_print_queues(&s.ctl);
	capture_end(fd, saved, text, sizeof(text));
	assert_ptr_equal(
		strstr(text, "source sssssssssssssss\nrecords 7\nevents 3\nevents_lost 0\n"), text);
	assert_non_null(strstr(text, "\nnnnnnnnnnnnnnnnn         0 "));
	assert_non_null(strstr(text, "\nlog              0           10            6 "));
	assert_null(strstr(strstr(text, "\nlog") + 4, "\nlog"));
	side_deinit(&s);
}

static void capture_in_words(void **state)
{
	struct {
		struct control_queues queues;
		struct control_stream streams[1];
		struct control_capture capture;
	} said = { .queues = { .n_streams = 1, .source = "bpf" },
		.capture = { .scope = "cgroups",
			.n_cgroups = 2,
			.n_rings = 4,
			.ring_bytes = 4096,
			.lost_ring = 12,
			.lost_missed = 13,
			.cut_texts = 14,
			.left_texts = 15,
			.n_losers = 1000 } };
	char text[4096];
	struct side s;
	int fd, saved;

	(void)state;
	memset(said.capture.tier, 't', sizeof(said.capture.tier)); /* no NUL */
	said.capture.losers[1].cgroup_id = 77;
	said.capture.losers[1].lost = 12;
	side_init(&s);
	fd = capture_begin(&saved);
	acknowledge(&s, 0);
	answer(&s, CONTROL_QUEUES, &said, sizeof(said));
	ctl_print_queues(&s.ctl);
	capture_end(fd, saved, text, sizeof(text));
	assert_non_null(strstr(text, "\ntier tttttttttttttttt\nscope cgroups 2\nrings 4\n"));
	assert_non_null(strstr(text, "\nlost_no_room 12\n"));
	assert_non_null(strstr(text, "\nlost_missed 13\ntexts_cut 14\ntexts_left 15\n"));
	assert_non_null(strstr(text, "\nlost_cgroup 77 12\n"));
	/* part of one is none */
	fd = capture_begin(&saved);
	acknowledge(&s, 0);
	answer(&s, CONTROL_QUEUES, &said, sizeof(said) - 8);
	ctl_print_queues(&s.ctl);
	capture_end(fd, saved, text, sizeof(text));
	assert_null(strstr(text, "tier"));
	assert_non_null(strstr(text, "source bpf\n"));
	side_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_as_text),
		cmocka_unit_test(rules_with_lengths_that_lie),
		cmocka_unit_test(queues_as_a_table),
		cmocka_unit_test(capture_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
