// SPDX-License-Identifier: MIT
/*
 * Layouts, constants and prototypes of libaudit.h: compiled against the distribution's header and against ours; both must
 * print the same. A prototype that differs does not compile (-Werror).
 */

#include <libaudit.h>
#include <stddef.h>
#include <stdio.h>

#define SIZE(type) (void)printf("sizeof %s %zu\n", #type, sizeof(type))
#define PLACE(type, member)                                                                        \
	(void)printf("offsetof %s %s %zu\n", #type, #member, offsetof(type, member))
#define NUMBER(constant) (void)printf("%s %lld\n", #constant, (long long)(constant))

/* Of the interface, as the specification states it. */
#define PROTOTYPE(ret, name, ...)                                                                  \
	{                                                                                          \
		ret (*const pointer)(__VA_ARGS__) = name;                                          \
		(void)printf("%s %d\n", #name, pointer != NULL);                                   \
	}

static void types(void)
{
	SIZE(struct audit_sig_info);
	PLACE(struct audit_sig_info, uid);
	PLACE(struct audit_sig_info, pid);
	PLACE(struct audit_sig_info, ctx);
	SIZE(struct audit_message);
	PLACE(struct audit_message, nlh);
	PLACE(struct audit_message, data);
	SIZE(struct audit_reply);
	PLACE(struct audit_reply, type);
	PLACE(struct audit_reply, len);
	PLACE(struct audit_reply, nlh);
	PLACE(struct audit_reply, msg);
	PLACE(struct audit_reply, status);
	PLACE(struct audit_reply, ruledata);
	PLACE(struct audit_reply, login);
	PLACE(struct audit_reply, message);
	PLACE(struct audit_reply, error);
	PLACE(struct audit_reply, signal_info);
	PLACE(struct audit_reply, conf);
	PLACE(struct audit_reply, features);
	SIZE(machine_t);
	SIZE(auditfail_t);
	SIZE(message_t);
	SIZE(debug_message_t);
	SIZE(reply_t);
	SIZE(rep_wait_t);
}

static void numbers(void)
{
	NUMBER(MACH_X86);
	NUMBER(MACH_86_64);
	NUMBER(MACH_IA64);
	NUMBER(MACH_PPC64);
	NUMBER(MACH_PPC);
	NUMBER(MACH_S390X);
	NUMBER(MACH_S390);
	NUMBER(MACH_ALPHA);
	NUMBER(MACH_ARM);
	NUMBER(MACH_AARCH64);
	NUMBER(MACH_PPC64LE);
	NUMBER(FAIL_IGNORE);
	NUMBER(FAIL_LOG);
	NUMBER(FAIL_TERMINATE);
	NUMBER(MSG_STDERR);
	NUMBER(MSG_SYSLOG);
	NUMBER(MSG_QUIET);
	NUMBER(DBG_NO);
	NUMBER(DBG_YES);
	NUMBER(GET_REPLY_BLOCKING);
	NUMBER(GET_REPLY_NONBLOCKING);
	NUMBER(WAIT_NO);
	NUMBER(WAIT_YES);
}

#define RULE struct audit_rule_data
#define TEXT const char *

static void names(void)
{
	PROTOTYPE(void, set_aumessage_mode, message_t, debug_message_t)
	PROTOTYPE(int, audit_open, void)
	PROTOTYPE(void, audit_close, int)
	PROTOTYPE(int, audit_get_reply, int, struct audit_reply *, reply_t, int)
	PROTOTYPE(uid_t, audit_getloginuid, void)
	PROTOTYPE(int, audit_setloginuid, uid_t)
	PROTOTYPE(uint32_t, audit_get_session, void)
	PROTOTYPE(int, audit_detect_machine, void)
	PROTOTYPE(int, audit_determine_machine, TEXT)
	PROTOTYPE(
		char *, audit_format_signal_info, char *, int, char *, struct audit_reply *, char *)
	PROTOTYPE(int, audit_name_to_field, TEXT)
	PROTOTYPE(TEXT, audit_field_to_name, int)
	PROTOTYPE(int, audit_name_to_syscall, TEXT, int)
	PROTOTYPE(TEXT, audit_syscall_to_name, int, int)
	PROTOTYPE(int, audit_name_to_flag, TEXT)
	PROTOTYPE(TEXT, audit_flag_to_name, int)
	PROTOTYPE(int, audit_name_to_action, TEXT)
	PROTOTYPE(TEXT, audit_action_to_name, int)
	PROTOTYPE(int, audit_name_to_msg_type, TEXT)
	PROTOTYPE(TEXT, audit_msg_type_to_name, int)
	PROTOTYPE(int, audit_name_to_machine, TEXT)
	PROTOTYPE(TEXT, audit_machine_to_name, int)
	PROTOTYPE(unsigned int, audit_machine_to_elf, int)
	PROTOTYPE(int, audit_elf_to_machine, unsigned int)
	PROTOTYPE(TEXT, audit_operator_to_symbol, int)
	PROTOTYPE(int, audit_name_to_errno, TEXT)
	PROTOTYPE(TEXT, audit_errno_to_name, int)
	PROTOTYPE(int, audit_name_to_ftype, TEXT)
	PROTOTYPE(TEXT, audit_ftype_to_name, int)
	PROTOTYPE(int, audit_name_to_fstype, TEXT)
	PROTOTYPE(TEXT, audit_fstype_to_name, int)
	PROTOTYPE(void, audit_number_to_errmsg, int, TEXT)
	PROTOTYPE(int, audit_request_status, int)
	PROTOTYPE(int, audit_is_enabled, int)
	PROTOTYPE(int, get_auditfail_action, auditfail_t *)
	PROTOTYPE(int, audit_request_features, int)
	PROTOTYPE(uint32_t, audit_get_features, void)
	PROTOTYPE(int, audit_set_pid, int, uint32_t, rep_wait_t)
	PROTOTYPE(int, audit_set_enabled, int, uint32_t)
	PROTOTYPE(int, audit_set_failure, int, uint32_t)
	PROTOTYPE(int, audit_set_rate_limit, int, uint32_t)
	PROTOTYPE(int, audit_set_backlog_limit, int, uint32_t)
	PROTOTYPE(int, audit_set_backlog_wait_time, int, uint32_t)
	PROTOTYPE(int, audit_reset_lost, int)
	PROTOTYPE(int, audit_reset_backlog_wait_time_actual, int)
	PROTOTYPE(int, audit_set_feature, int, unsigned, unsigned, unsigned)
	PROTOTYPE(int, audit_set_loginuid_immutable, int)
	PROTOTYPE(int, audit_request_rules_list_data, int)
	PROTOTYPE(int, audit_request_signal_info, int)
	PROTOTYPE(int, audit_update_watch_perms, RULE *, int)
	PROTOTYPE(int, audit_add_watch, RULE **, TEXT)
	PROTOTYPE(int, audit_add_watch_dir, int, RULE **, TEXT)
	PROTOTYPE(int, audit_trim_subtrees, int)
	PROTOTYPE(int, audit_make_equivalent, int, TEXT, TEXT)
	PROTOTYPE(int, audit_add_rule_data, int, RULE *, int, int)
	PROTOTYPE(int, audit_delete_rule_data, int, RULE *, int, int)
	PROTOTYPE(int, audit_value_needs_encoding, TEXT, unsigned int)
	PROTOTYPE(char *, audit_encode_value, char *, TEXT, unsigned int)
	PROTOTYPE(char *, audit_encode_nv_string, TEXT, TEXT, unsigned int)
	PROTOTYPE(int, audit_log_user_message, int, int, TEXT, TEXT, TEXT, TEXT, int)
	PROTOTYPE(int, audit_log_user_comm_message, int, int, TEXT, TEXT, TEXT, TEXT, TEXT, int)
	PROTOTYPE(int, audit_log_acct_message, int, int, TEXT, TEXT, TEXT, unsigned int, TEXT, TEXT,
		TEXT, int)
	PROTOTYPE(int, audit_log_user_avc_message, int, int, TEXT, TEXT, TEXT, TEXT, uid_t)
	PROTOTYPE(int, audit_log_semanage_message, int, int, TEXT, TEXT, TEXT, unsigned int, TEXT,
		TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, int)
	PROTOTYPE(int, audit_log_user_command, int, int, TEXT, TEXT, int)
	PROTOTYPE(RULE *, audit_rule_create_data, void)
	PROTOTYPE(void, audit_rule_init_data, RULE *)
	PROTOTYPE(void, audit_rule_free_data, RULE *)
	PROTOTYPE(int, audit_rule_syscallbyname_data, RULE *, TEXT)
	PROTOTYPE(int, audit_rule_fieldpair_data, RULE **, TEXT, int)
	PROTOTYPE(int, audit_rule_interfield_comp_data, RULE **, TEXT, int)
	PROTOTYPE(int, audit_can_control, void)
	PROTOTYPE(int, audit_can_write, void)
	PROTOTYPE(int, audit_can_read, void)
}

int main(void)
{
	types();
	numbers();
	names();
	return 0;
}
