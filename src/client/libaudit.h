/* SPDX-License-Identifier: MIT */
#ifndef _LIBAUDIT_H_
#define _LIBAUDIT_H_

/*
 * The client library of the Linux audit system: compatible in source and binary with the libaudit.so.1 of audit 3.0.9,
 * and with what 4.2 adds. What is sent goes to uaudit's engine where there is one, and to the kernel otherwise.
 *
 * Unless said otherwise a function that sends returns the sequence number of its request (> 0) or a negative errno.
 * Not safe for use by several threads at once, as ever.
 */

#include <asm/types.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <syslog.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Record types that linux/audit.h leaves to user space, by number. Each is guarded, because the kernel's header gains
 * some of them.
 */
/* clang-format off */
#ifndef AUDIT_USER_AUTH
#define AUDIT_USER_AUTH 1100
#endif
#ifndef AUDIT_USER_ACCT
#define AUDIT_USER_ACCT 1101
#endif
#ifndef AUDIT_USER_MGMT
#define AUDIT_USER_MGMT 1102
#endif
#ifndef AUDIT_CRED_ACQ
#define AUDIT_CRED_ACQ 1103
#endif
#ifndef AUDIT_CRED_DISP
#define AUDIT_CRED_DISP 1104
#endif
#ifndef AUDIT_USER_START
#define AUDIT_USER_START 1105
#endif
#ifndef AUDIT_USER_END
#define AUDIT_USER_END 1106
#endif
#ifndef AUDIT_USER_CHAUTHTOK
#define AUDIT_USER_CHAUTHTOK 1108
#endif
#ifndef AUDIT_USER_ERR
#define AUDIT_USER_ERR 1109
#endif
#ifndef AUDIT_CRED_REFR
#define AUDIT_CRED_REFR 1110
#endif
#ifndef AUDIT_USYS_CONFIG
#define AUDIT_USYS_CONFIG 1111
#endif
#ifndef AUDIT_USER_LOGIN
#define AUDIT_USER_LOGIN 1112
#endif
#ifndef AUDIT_USER_LOGOUT
#define AUDIT_USER_LOGOUT 1113
#endif
#ifndef AUDIT_ADD_USER
#define AUDIT_ADD_USER 1114
#endif
#ifndef AUDIT_DEL_USER
#define AUDIT_DEL_USER 1115
#endif
#ifndef AUDIT_ADD_GROUP
#define AUDIT_ADD_GROUP 1116
#endif
#ifndef AUDIT_DEL_GROUP
#define AUDIT_DEL_GROUP 1117
#endif
#ifndef AUDIT_DAC_CHECK
#define AUDIT_DAC_CHECK 1118
#endif
#ifndef AUDIT_CHGRP_ID
#define AUDIT_CHGRP_ID 1119
#endif
#ifndef AUDIT_TEST
#define AUDIT_TEST 1120
#endif
#ifndef AUDIT_TRUSTED_APP
#define AUDIT_TRUSTED_APP 1121
#endif
#ifndef AUDIT_USER_SELINUX_ERR
#define AUDIT_USER_SELINUX_ERR 1122
#endif
#ifndef AUDIT_USER_CMD
#define AUDIT_USER_CMD 1123
#endif
#ifndef AUDIT_CHUSER_ID
#define AUDIT_CHUSER_ID 1125
#endif
#ifndef AUDIT_GRP_AUTH
#define AUDIT_GRP_AUTH 1126
#endif
#ifndef AUDIT_SYSTEM_BOOT
#define AUDIT_SYSTEM_BOOT 1127
#endif
#ifndef AUDIT_SYSTEM_SHUTDOWN
#define AUDIT_SYSTEM_SHUTDOWN 1128
#endif
#ifndef AUDIT_SYSTEM_RUNLEVEL
#define AUDIT_SYSTEM_RUNLEVEL 1129
#endif
#ifndef AUDIT_SERVICE_START
#define AUDIT_SERVICE_START 1130
#endif
#ifndef AUDIT_SERVICE_STOP
#define AUDIT_SERVICE_STOP 1131
#endif
#ifndef AUDIT_GRP_MGMT
#define AUDIT_GRP_MGMT 1132
#endif
#ifndef AUDIT_GRP_CHAUTHTOK
#define AUDIT_GRP_CHAUTHTOK 1133
#endif
#ifndef AUDIT_MAC_CHECK
#define AUDIT_MAC_CHECK 1134
#endif
#ifndef AUDIT_ACCT_LOCK
#define AUDIT_ACCT_LOCK 1135
#endif
#ifndef AUDIT_ACCT_UNLOCK
#define AUDIT_ACCT_UNLOCK 1136
#endif
#ifndef AUDIT_USER_DEVICE
#define AUDIT_USER_DEVICE 1137
#endif
#ifndef AUDIT_SOFTWARE_UPDATE
#define AUDIT_SOFTWARE_UPDATE 1138
#endif
#ifndef AUDIT_DAEMON_RECONFIG
#define AUDIT_DAEMON_RECONFIG 1204
#endif
#ifndef AUDIT_DAEMON_ROTATE
#define AUDIT_DAEMON_ROTATE 1205
#endif
#ifndef AUDIT_DAEMON_RESUME
#define AUDIT_DAEMON_RESUME 1206
#endif
#ifndef AUDIT_DAEMON_ACCEPT
#define AUDIT_DAEMON_ACCEPT 1207
#endif
#ifndef AUDIT_DAEMON_CLOSE
#define AUDIT_DAEMON_CLOSE 1208
#endif
#ifndef AUDIT_DAEMON_ERR
#define AUDIT_DAEMON_ERR 1209
#endif
#ifndef AUDIT_AA
#define AUDIT_AA 1500
#endif
#ifndef AUDIT_APPARMOR_AUDIT
#define AUDIT_APPARMOR_AUDIT 1501
#endif
#ifndef AUDIT_APPARMOR_ALLOWED
#define AUDIT_APPARMOR_ALLOWED 1502
#endif
#ifndef AUDIT_APPARMOR_DENIED
#define AUDIT_APPARMOR_DENIED 1503
#endif
#ifndef AUDIT_APPARMOR_HINT
#define AUDIT_APPARMOR_HINT 1504
#endif
#ifndef AUDIT_APPARMOR_STATUS
#define AUDIT_APPARMOR_STATUS 1505
#endif
#ifndef AUDIT_APPARMOR_ERROR
#define AUDIT_APPARMOR_ERROR 1506
#endif
#ifndef AUDIT_APPARMOR_KILL
#define AUDIT_APPARMOR_KILL 1507
#endif
#ifndef AUDIT_ANOM_LOGIN_FAILURES
#define AUDIT_ANOM_LOGIN_FAILURES 2100
#endif
#ifndef AUDIT_ANOM_LOGIN_TIME
#define AUDIT_ANOM_LOGIN_TIME 2101
#endif
#ifndef AUDIT_ANOM_LOGIN_SESSIONS
#define AUDIT_ANOM_LOGIN_SESSIONS 2102
#endif
#ifndef AUDIT_ANOM_LOGIN_ACCT
#define AUDIT_ANOM_LOGIN_ACCT 2103
#endif
#ifndef AUDIT_ANOM_LOGIN_LOCATION
#define AUDIT_ANOM_LOGIN_LOCATION 2104
#endif
#ifndef AUDIT_ANOM_MAX_DAC
#define AUDIT_ANOM_MAX_DAC 2105
#endif
#ifndef AUDIT_ANOM_MAX_MAC
#define AUDIT_ANOM_MAX_MAC 2106
#endif
#ifndef AUDIT_ANOM_AMTU_FAIL
#define AUDIT_ANOM_AMTU_FAIL 2107
#endif
#ifndef AUDIT_ANOM_RBAC_FAIL
#define AUDIT_ANOM_RBAC_FAIL 2108
#endif
#ifndef AUDIT_ANOM_RBAC_INTEGRITY_FAIL
#define AUDIT_ANOM_RBAC_INTEGRITY_FAIL 2109
#endif
#ifndef AUDIT_ANOM_CRYPTO_FAIL
#define AUDIT_ANOM_CRYPTO_FAIL 2110
#endif
#ifndef AUDIT_ANOM_ACCESS_FS
#define AUDIT_ANOM_ACCESS_FS 2111
#endif
#ifndef AUDIT_ANOM_EXEC
#define AUDIT_ANOM_EXEC 2112
#endif
#ifndef AUDIT_ANOM_MK_EXEC
#define AUDIT_ANOM_MK_EXEC 2113
#endif
#ifndef AUDIT_ANOM_ADD_ACCT
#define AUDIT_ANOM_ADD_ACCT 2114
#endif
#ifndef AUDIT_ANOM_DEL_ACCT
#define AUDIT_ANOM_DEL_ACCT 2115
#endif
#ifndef AUDIT_ANOM_MOD_ACCT
#define AUDIT_ANOM_MOD_ACCT 2116
#endif
#ifndef AUDIT_ANOM_ROOT_TRANS
#define AUDIT_ANOM_ROOT_TRANS 2117
#endif
#ifndef AUDIT_ANOM_LOGIN_SERVICE
#define AUDIT_ANOM_LOGIN_SERVICE 2118
#endif
#ifndef AUDIT_ANOM_LOGIN_ROOT
#define AUDIT_ANOM_LOGIN_ROOT 2119
#endif
#ifndef AUDIT_ANOM_ORIGIN_FAILURES
#define AUDIT_ANOM_ORIGIN_FAILURES 2120
#endif
#ifndef AUDIT_ANOM_SESSION
#define AUDIT_ANOM_SESSION 2121
#endif
#ifndef AUDIT_RESP_ANOMALY
#define AUDIT_RESP_ANOMALY 2200
#endif
#ifndef AUDIT_RESP_ALERT
#define AUDIT_RESP_ALERT 2201
#endif
#ifndef AUDIT_RESP_KILL_PROC
#define AUDIT_RESP_KILL_PROC 2202
#endif
#ifndef AUDIT_RESP_TERM_ACCESS
#define AUDIT_RESP_TERM_ACCESS 2203
#endif
#ifndef AUDIT_RESP_ACCT_REMOTE
#define AUDIT_RESP_ACCT_REMOTE 2204
#endif
#ifndef AUDIT_RESP_ACCT_LOCK_TIMED
#define AUDIT_RESP_ACCT_LOCK_TIMED 2205
#endif
#ifndef AUDIT_RESP_ACCT_UNLOCK_TIMED
#define AUDIT_RESP_ACCT_UNLOCK_TIMED 2206
#endif
#ifndef AUDIT_RESP_ACCT_LOCK
#define AUDIT_RESP_ACCT_LOCK 2207
#endif
#ifndef AUDIT_RESP_TERM_LOCK
#define AUDIT_RESP_TERM_LOCK 2208
#endif
#ifndef AUDIT_RESP_SEBOOL
#define AUDIT_RESP_SEBOOL 2209
#endif
#ifndef AUDIT_RESP_EXEC
#define AUDIT_RESP_EXEC 2210
#endif
#ifndef AUDIT_RESP_SINGLE
#define AUDIT_RESP_SINGLE 2211
#endif
#ifndef AUDIT_RESP_HALT
#define AUDIT_RESP_HALT 2212
#endif
#ifndef AUDIT_RESP_ORIGIN_BLOCK
#define AUDIT_RESP_ORIGIN_BLOCK 2213
#endif
#ifndef AUDIT_RESP_ORIGIN_BLOCK_TIMED
#define AUDIT_RESP_ORIGIN_BLOCK_TIMED 2214
#endif
#ifndef AUDIT_RESP_ORIGIN_UNBLOCK_TIMED
#define AUDIT_RESP_ORIGIN_UNBLOCK_TIMED 2215
#endif
#ifndef AUDIT_USER_ROLE_CHANGE
#define AUDIT_USER_ROLE_CHANGE 2300
#endif
#ifndef AUDIT_ROLE_ASSIGN
#define AUDIT_ROLE_ASSIGN 2301
#endif
#ifndef AUDIT_ROLE_REMOVE
#define AUDIT_ROLE_REMOVE 2302
#endif
#ifndef AUDIT_LABEL_OVERRIDE
#define AUDIT_LABEL_OVERRIDE 2303
#endif
#ifndef AUDIT_LABEL_LEVEL_CHANGE
#define AUDIT_LABEL_LEVEL_CHANGE 2304
#endif
#ifndef AUDIT_USER_LABELED_EXPORT
#define AUDIT_USER_LABELED_EXPORT 2305
#endif
#ifndef AUDIT_USER_UNLABELED_EXPORT
#define AUDIT_USER_UNLABELED_EXPORT 2306
#endif
#ifndef AUDIT_DEV_ALLOC
#define AUDIT_DEV_ALLOC 2307
#endif
#ifndef AUDIT_DEV_DEALLOC
#define AUDIT_DEV_DEALLOC 2308
#endif
#ifndef AUDIT_FS_RELABEL
#define AUDIT_FS_RELABEL 2309
#endif
#ifndef AUDIT_USER_MAC_POLICY_LOAD
#define AUDIT_USER_MAC_POLICY_LOAD 2310
#endif
#ifndef AUDIT_ROLE_MODIFY
#define AUDIT_ROLE_MODIFY 2311
#endif
#ifndef AUDIT_USER_MAC_CONFIG_CHANGE
#define AUDIT_USER_MAC_CONFIG_CHANGE 2312
#endif
#ifndef AUDIT_USER_MAC_STATUS
#define AUDIT_USER_MAC_STATUS 2313
#endif
#ifndef AUDIT_CRYPTO_TEST_USER
#define AUDIT_CRYPTO_TEST_USER 2400
#endif
#ifndef AUDIT_CRYPTO_PARAM_CHANGE_USER
#define AUDIT_CRYPTO_PARAM_CHANGE_USER 2401
#endif
#ifndef AUDIT_CRYPTO_LOGIN
#define AUDIT_CRYPTO_LOGIN 2402
#endif
#ifndef AUDIT_CRYPTO_LOGOUT
#define AUDIT_CRYPTO_LOGOUT 2403
#endif
#ifndef AUDIT_CRYPTO_KEY_USER
#define AUDIT_CRYPTO_KEY_USER 2404
#endif
#ifndef AUDIT_CRYPTO_FAILURE_USER
#define AUDIT_CRYPTO_FAILURE_USER 2405
#endif
#ifndef AUDIT_CRYPTO_REPLAY_USER
#define AUDIT_CRYPTO_REPLAY_USER 2406
#endif
#ifndef AUDIT_CRYPTO_SESSION
#define AUDIT_CRYPTO_SESSION 2407
#endif
#ifndef AUDIT_CRYPTO_IKE_SA
#define AUDIT_CRYPTO_IKE_SA 2408
#endif
#ifndef AUDIT_CRYPTO_IPSEC_SA
#define AUDIT_CRYPTO_IPSEC_SA 2409
#endif
#ifndef AUDIT_VIRT_CONTROL
#define AUDIT_VIRT_CONTROL 2500
#endif
#ifndef AUDIT_VIRT_RESOURCE
#define AUDIT_VIRT_RESOURCE 2501
#endif
#ifndef AUDIT_VIRT_MACHINE_ID
#define AUDIT_VIRT_MACHINE_ID 2502
#endif
#ifndef AUDIT_VIRT_INTEGRITY_CHECK
#define AUDIT_VIRT_INTEGRITY_CHECK 2503
#endif
#ifndef AUDIT_VIRT_CREATE
#define AUDIT_VIRT_CREATE 2504
#endif
#ifndef AUDIT_VIRT_DESTROY
#define AUDIT_VIRT_DESTROY 2505
#endif
#ifndef AUDIT_VIRT_MIGRATE_IN
#define AUDIT_VIRT_MIGRATE_IN 2506
#endif
#ifndef AUDIT_VIRT_MIGRATE_OUT
#define AUDIT_VIRT_MIGRATE_OUT 2507
#endif

/* Blocks of numbers. */
#ifndef AUDIT_FIRST_DAEMON
#define AUDIT_FIRST_DAEMON 1200
#endif
#ifndef AUDIT_LAST_DAEMON
#define AUDIT_LAST_DAEMON 1299
#endif
#ifndef AUDIT_FIRST_EVENT
#define AUDIT_FIRST_EVENT 1300
#endif
#ifndef AUDIT_LAST_EVENT
#define AUDIT_LAST_EVENT 1399
#endif
#ifndef AUDIT_FIRST_SELINUX
#define AUDIT_FIRST_SELINUX 1400
#endif
#ifndef AUDIT_LAST_SELINUX
#define AUDIT_LAST_SELINUX 1499
#endif
#ifndef AUDIT_FIRST_APPARMOR
#define AUDIT_FIRST_APPARMOR 1500
#endif
#ifndef AUDIT_LAST_APPARMOR
#define AUDIT_LAST_APPARMOR 1599
#endif
#ifndef AUDIT_FIRST_KERN_CRYPTO_MSG
#define AUDIT_FIRST_KERN_CRYPTO_MSG 1600
#endif
#ifndef AUDIT_LAST_KERN_CRYPTO_MSG
#define AUDIT_LAST_KERN_CRYPTO_MSG 1699
#endif
#ifndef AUDIT_INTEGRITY_FIRST_MSG
#define AUDIT_INTEGRITY_FIRST_MSG 1800
#endif
#ifndef AUDIT_INTEGRITY_LAST_MSG
#define AUDIT_INTEGRITY_LAST_MSG 1899
#endif
#ifndef AUDIT_FIRST_ANOM_MSG
#define AUDIT_FIRST_ANOM_MSG 2100
#endif
#ifndef AUDIT_LAST_ANOM_MSG
#define AUDIT_LAST_ANOM_MSG 2199
#endif
#ifndef AUDIT_FIRST_ANOM_RESP
#define AUDIT_FIRST_ANOM_RESP 2200
#endif
#ifndef AUDIT_LAST_ANOM_RESP
#define AUDIT_LAST_ANOM_RESP 2299
#endif
#ifndef AUDIT_FIRST_USER_LSPP_MSG
#define AUDIT_FIRST_USER_LSPP_MSG 2300
#endif
#ifndef AUDIT_LAST_USER_LSPP_MSG
#define AUDIT_LAST_USER_LSPP_MSG 2399
#endif
#ifndef AUDIT_FIRST_CRYPTO_MSG
#define AUDIT_FIRST_CRYPTO_MSG 2400
#endif
#ifndef AUDIT_LAST_CRYPTO_MSG
#define AUDIT_LAST_CRYPTO_MSG 2499
#endif
#ifndef AUDIT_FIRST_VIRT_MSG
#define AUDIT_FIRST_VIRT_MSG 2500
#endif
#ifndef AUDIT_LAST_VIRT_MSG
#define AUDIT_LAST_VIRT_MSG 2599
#endif
/* clang-format on */

/* The list in audit_rule_data.flags, without AUDIT_FILTER_PREPEND; and "none yet". */
#ifndef AUDIT_FILTER_MASK
#define AUDIT_FILTER_MASK 0x07
#endif
#ifndef AUDIT_FILTER_UNSET
#define AUDIT_FILTER_UNSET 0x80
#endif
/* Newer than some kernel headers. */
#ifndef AUDIT_FILTER_EXCLUDE
#define AUDIT_FILTER_EXCLUDE AUDIT_FILTER_TYPE
#endif
#ifndef AUDIT_FILTER_URING_EXIT
#define AUDIT_FILTER_URING_EXIT 0x07
#endif

/* Between the keys of one rule. */
#define AUDIT_KEY_SEPARATOR 0x01
/* Between a record and what the log daemon adds to it in words. */
#define AUDIT_INTERP_SEPARATOR 0x1D

/* Versions of the header that plugins of the log daemon read. */
#define AUDISP_PROTOCOL_VER  0
#define AUDISP_PROTOCOL_VER2 1

/* Bytes of the longest payload. */
#define MAX_AUDIT_MESSAGE_LENGTH 8970

/* Answer to AUDIT_SIGNAL_INFO: who sent the log daemon a signal; ctx is not NUL-terminated. */
struct audit_sig_info {
	uid_t uid;
	pid_t pid;
	char ctx[0];
};

/* A message as it is on the socket. */
struct audit_message {
	struct nlmsghdr nlh;
	char data[MAX_AUDIT_MESSAGE_LENGTH];
};

struct daemon_conf; /* the log daemon's own */

/* A message that was received; the pointer that fits its type points into msg, the others are not set. */
struct audit_reply {
	int type; /* nlmsg_type */
	int len;  /* nlmsg_len */
	struct nlmsghdr *nlh;
	struct audit_message msg;
	union {
		struct audit_status *status;
		struct audit_rule_data *ruledata;
		struct audit_login *login;
		char *message;
		struct nlmsgerr *error;
		struct audit_sig_info *signal_info;
		struct daemon_conf *conf;
		struct audit_features *features;
	};
};

typedef enum {
	MACH_X86 = 0,
	MACH_86_64 = 1,
	MACH_IA64 = 2, /* no longer supported; the number stays */
	MACH_PPC64 = 3,
	MACH_PPC = 4,
	MACH_S390X = 5,
	MACH_S390 = 6,
	MACH_ALPHA = 7, /* likewise */
	MACH_ARM = 8,
	MACH_AARCH64 = 9,
	MACH_PPC64LE = 10,
	MACH_IO_URING = 11, /* operations of io_uring in place of system calls */
	MACH_RISCV32 = 12,
	MACH_RISCV64 = 13
} machine_t;

/* What a program is to do that cannot write audit records (/etc/libaudit.conf). */
typedef enum { FAIL_IGNORE = 0, FAIL_LOG = 1, FAIL_TERMINATE = 2 } auditfail_t;

/* ---- diagnostics of this library: none, unless the program asks for them ---- */

typedef enum { MSG_STDERR, MSG_SYSLOG, MSG_QUIET } message_t;
typedef enum { DBG_NO, DBG_YES } debug_message_t;
void set_aumessage_mode(message_t mode, debug_message_t debug);
void audit_msg(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- connection ---- */

typedef enum { GET_REPLY_BLOCKING = 0, GET_REPLY_NONBLOCKING } reply_t;
typedef enum { WAIT_NO, WAIT_YES } rep_wait_t;

/* A descriptor, -1 and errno otherwise. */
int audit_open(void);
void audit_close(int fd);
/* peek: 0 or MSG_PEEK. The length of the message, or a negative errno. */
int audit_get_reply(int fd, struct audit_reply *rep, reply_t block, int peek);
int audit_send(int fd, int type, const void *data, unsigned int size);
/* 0 or a negative errno; *seq is the sequence number. */
int __audit_send(int fd, int type, const void *data, unsigned int size, int *seq);

/* ---- the calling process ---- */

/* Whether it has the capability to control audit, write to it, read from it: 1 or 0. */
int audit_can_control(void);
int audit_can_write(void);
int audit_can_read(void);
uid_t audit_getloginuid(void);                   /* (uid_t)-1: unset, or an error */
int audit_setloginuid(uid_t uid);                /* 0, or 1 and errno */
uint32_t audit_get_session(void);                /* (uint32_t)-2: an error */
int get_auditfail_action(auditfail_t *failmode); /* 0, or 1: the file is not as it should be */

/* ---- names and numbers: -1 or NULL where there is none ---- */

int audit_name_to_field(const char *field);
const char *audit_field_to_name(int field);
int audit_name_to_syscall(const char *sc, int machine);
const char *audit_syscall_to_name(int sc, int machine);
int audit_name_to_uringop(const char *uringop);
const char *audit_uringop_to_name(int uringop);
int audit_name_to_flag(const char *flag);
const char *audit_flag_to_name(int flag);
int audit_name_to_action(const char *action);
const char *audit_action_to_name(int action);
int audit_name_to_msg_type(const char *msg_type);
const char *audit_msg_type_to_name(int msg_type);
int audit_name_to_machine(const char *machine);
const char *audit_machine_to_name(int machine);
unsigned int audit_machine_to_elf(int machine); /* 0: unknown */
int audit_elf_to_machine(unsigned int elf);
int audit_detect_machine(void);
/* Also b64, b32 and numbers; -4: unknown, -6: this machine has no such programs. */
int audit_determine_machine(const char *arch);
const char *audit_operator_to_symbol(int op);
int audit_name_to_errno(const char *error); /* 0: unknown */
const char *audit_errno_to_name(int error);
int audit_name_to_ftype(const char *name);
const char *audit_ftype_to_name(int ftype);
int audit_name_to_fstype(const char *name);
const char *audit_fstype_to_name(int fstype);
/* Says on stderr what a code of the functions that build rules means. */
void audit_number_to_errmsg(int errnumber, const char *opt);

/* ---- status and settings ---- */

int audit_request_status(int fd);
int audit_is_enabled(int fd); /* 0, 1, 2; -1: unknown */
int audit_set_enabled(int fd, uint32_t enabled);
int audit_set_failure(int fd, uint32_t failure);
int audit_set_pid(int fd, uint32_t pid, rep_wait_t wmode); /* 1 or a negative errno */
int audit_set_rate_limit(int fd, uint32_t limit);
int audit_set_backlog_limit(int fd, uint32_t limit);
int audit_set_backlog_wait_time(int fd, uint32_t bwt);
int audit_reset_lost(int fd);                     /* the counter as it was */
int audit_reset_backlog_wait_time_actual(int fd); /* likewise */
int audit_request_features(int fd);
uint32_t audit_get_features(void); /* AUDIT_FEATURE_BITMAP_*, 0: none */
int audit_set_feature(int fd, unsigned feature, unsigned value, unsigned lock);
int audit_set_loginuid_immutable(int fd);
int audit_request_signal_info(int fd);
/* buf has len bytes; returns buf. */
char *audit_format_signal_info(char *buf, int len, char *op, struct audit_reply *rep, char *res);

/* ---- rules ---- */

int audit_request_rules_list_data(int fd);
int audit_add_rule_data(int fd, struct audit_rule_data *rule, int flags, int action);
int audit_delete_rule_data(int fd, struct audit_rule_data *rule, int flags, int action);
int audit_trim_subtrees(int fd);
int audit_make_equivalent(int fd, const char *mount_point, const char *subtree);

struct audit_rule_data *audit_rule_create_data(void);
void audit_rule_init_data(struct audit_rule_data *rule);
void audit_rule_free_data(struct audit_rule_data *rule);
int audit_rule_syscall_data(struct audit_rule_data *rule, int scall);
int audit_rule_syscallbyname_data(struct audit_rule_data *rule, const char *scall);
int audit_rule_io_uringbyname_data(struct audit_rule_data *rule, const char *scall);
/* pair ("uid=0") is written to although it is const; *rulep may move. 0, or a code of audit_number_to_errmsg. */
int audit_rule_fieldpair_data(struct audit_rule_data **rulep, const char *pair, int flags);
int audit_rule_interfield_comp_data(struct audit_rule_data **rulep, const char *pair, int flags);
int audit_add_watch(struct audit_rule_data **rulep, const char *path);
int audit_add_watch_dir(int type, struct audit_rule_data **rulep, const char *path);
int audit_update_watch_perms(struct audit_rule_data *rule, int perms);

/* ---- messages of programs ---- */

int audit_value_needs_encoding(const char *str, unsigned int size);
/* final has room for 2 * size + 1 bytes; returns final. */
char *audit_encode_value(char *final, const char *buf, unsigned int size);
/* name="value" or name=HEX, to be released with free(). */
char *audit_encode_nv_string(const char *name, const char *value, unsigned int vlen);

int audit_log_user_message(int audit_fd, int type, const char *message, const char *hostname,
	const char *addr, const char *tty, int result);
int audit_log_user_comm_message(int audit_fd, int type, const char *message, const char *comm,
	const char *hostname, const char *addr, const char *tty, int result);
int audit_log_acct_message(int audit_fd, int type, const char *pgname, const char *op,
	const char *name, unsigned int id, const char *host, const char *addr, const char *tty,
	int result);
int audit_log_user_avc_message(int audit_fd, int type, const char *message, const char *hostname,
	const char *addr, const char *tty, uid_t uid);
int audit_log_semanage_message(int audit_fd, int type, const char *pgname, const char *op,
	const char *name, unsigned int id, const char *new_seuser, const char *new_role,
	const char *new_range, const char *old_seuser, const char *old_role, const char *old_range,
	const char *host, const char *addr, const char *tty, int result);
int audit_log_user_command(
	int audit_fd, int type, const char *command, const char *tty, int result);

#ifdef __cplusplus
}
#endif

#endif
