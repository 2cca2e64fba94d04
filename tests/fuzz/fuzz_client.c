// SPDX-License-Identifier: MIT
/* What comes to the client library from a socket, and the words of rules that programs hand to it. */
#include "fuzz.h"

#include <string.h>
#include <sys/socket.h>

#include "abi/control.h"
#include "client/client.h"

static volatile uint32_t seen;

/* As programs read a reply: all of what its lengths say is there. */
static void use(struct audit_reply *rep)
{
	char text[512];
	uint32_t i;
	int at;

	if (rep->type == AUDIT_GET)
		seen += rep->status->backlog_wait_time_actual;
	else if (rep->type == AUDIT_LIST_RULES)
		for (i = 0; i < rep->ruledata->buflen; i++)
			seen += (unsigned char)rep->ruledata->buf[i];
	else if (rep->type == AUDIT_SIGNAL_INFO)
		(void)audit_format_signal_info(text, sizeof(text), "x", rep, "success");
	else if (rep->type == NLMSG_ERROR)
		seen += (uint32_t)rep->error->error + rep->error->msg.nlmsg_type;
	else if (rep->message)
		for (at = 0; at < rep->len - (int)sizeof(*rep->nlh); at++)
			seen += (unsigned char)rep->message[at];
}

static void receive(const uint8_t *data, size_t size)
{
	/* On the heap and no longer than it is, so that a sanitizer sees what is read behind it. */
	struct audit_reply *rep = malloc(sizeof(*rep));
	int fds[2];

	if (rep && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0) {
		memset(rep, 0xff, sizeof(*rep));
		if (size && send(fds[1], data, size, MSG_DONTWAIT) == (ssize_t)size &&
			audit_get_reply(fds[0], rep, GET_REPLY_NONBLOCKING, 0) > 0)
			use(rep);
		(void)close(fds[0]);
		(void)close(fds[1]);
	}
	free(rep);
}

/* One word a line; the first byte of each says which function takes it, and the list. */
static void build(char *words)
{
	struct audit_rule_data *rule = audit_rule_create_data();
	char *state, *word;

	_audit_permadded = _audit_archadded = _audit_syscalladded = _audit_exeadded = 0;
	_audit_filterfsadded = 0;
	_audit_elf = 0;
	for (word = strtok_r(words, "\n", &state); rule && word;
		word = strtok_r(NULL, "\n", &state)) {
		if (*word == 'S')
			(void)_audit_parse_syscall(word + 1, rule);
		else if (*word == 'C')
			(void)audit_rule_interfield_comp_data(&rule, word + 1, AUDIT_FILTER_EXIT);
		else if (*word == 'w')
			(void)audit_add_watch(&rule, word + 1);
		else
			(void)audit_rule_fieldpair_data(&rule, word + 1, *word & 7);
	}
	audit_rule_free_data(rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *words;

	/* What a kernel can do is not asked here. */
	(void)setenv(CONTROL_ENV, "/nonexistent", 1);
	if (!size)
		return 0;
	if (*data & 1) {
		receive(data + 1, size - 1);
		return 0;
	}
	words = calloc(1, size);
	if (!words)
		return 0;
	memcpy(words, data + 1, size - 1);
	build(words);
	free(words);
	return 0;
}
