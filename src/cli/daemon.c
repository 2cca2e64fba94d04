// SPDX-License-Identifier: MIT
/* uaudit daemon: settings, rules and signals of the engine. */

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>

#include "abi/abi.h"
#include "base/parse.h"
#include "cli/commands.h"
#include "cli/daemon_detach.h"
#include "cli/daemon_options.h"
#include "cli/daemon_records.h"
#include "cli/rules.h"
#include "engine/background.h"
#include "engine/engine.h"
#include "engine/notify.h"
#include "engine/privileges.h"
#include "system/system_env.h"

#define STATUS_FAILED 1
#define REPLAY_PREFIX "replay:"

static const char help[] =
#include "cli/help_daemon.inc"
	;

struct daemon {
	struct daemon_options options;
	struct config config;
	struct engine *engine;
	struct notify_sockets sockets;
	const char *notify_socket; /* NULL: nobody wants to be told */
	struct buf rules_text;     /* as it was loaded last */
	char *cgroup_text;         /* what cgroups point into */
	const char **cgroups;
	size_t n_cgroups;
	int ready_fd; /* in the background, until it is ready; -1 */
	bool uses_syslog;
};

/* ---- what people are told ---- */

static void notice(void *userdata, const char *text)
{
	const struct daemon *d = userdata;

	if (d->uses_syslog)
		syslog(LOG_NOTICE, "%s", text);
	else
		complain("%s", text);
}

static void tell_manager(const struct daemon *d, const char *text)
{
	(void)notify_send(d->notify_socket, text);
}

/* ---- rules ---- */

/* What was written to a stream of complaints, a notice a line. */
static void pass_on(struct daemon *d, char *text)
{
	static const char prefix[] = "uaudit: ";
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n")))
		if (line[0])
			notice(d, strncmp(line, prefix, sizeof(prefix) - 1) == 0
					  ? line + sizeof(prefix) - 1
					  : line);
}

static int parse_rules(struct rule_set **ret, struct buf *text, const char *path, FILE *err)
{
	struct rule_loader loader = { .env = &system_env, .err = err };
	int r = rule_set_new(&loader.set);

	if (r == 0 && path)
		r = rules_read_file(text, path, err);
	if (r == 0 && path)
		r = rules_add_text(&loader, path, text->data, text->len);
	if (r < 0) {
		rule_set_free(loader.set);
		return r;
	}
	*ret = loader.set; /* 1: without what the file's own -c leaves out */
	return 0;
}

/* path NULL: a set without rules. 0 and the text of the file, or a negative errno after complaints. */
static int load_rules_of(
	struct daemon *d, const char *path, struct rule_set **ret, struct buf *ret_text)
{
	_cleanup_free_ char *complaints = NULL;
	size_t size;
	FILE *err = open_memstream(&complaints, &size);
	int r;

	if (!err)
		return -ENOMEM;
	*ret_text = (struct buf)BUF_NULL;
	r = parse_rules(ret, ret_text, path, err);
	if (fclose(err) == 0)
		pass_on(d, complaints);
	if (r < 0)
		buf_deinit(ret_text);
	return r;
}

/* ---- settings ---- */

static int find_group(struct daemon *d, const char *name, uint32_t *ret)
{
	const struct group *group;

	*ret = UINT32_MAX;
	if (!name || parse_u32(name, strlen(name), 10, ret) == 0)
		return 0;
	group = getgrnam(name);
	if (!group) {
		char text[128];

		(void)snprintf(text, sizeof(text),
			"log_group = %s: there is no such group; 'getent group' lists them", name);
		notice(d, text);
		return -EINVAL;
	}
	*ret = group->gr_gid;
	return 0;
}

static const char *replay_file(const struct config *config)
{
	size_t len = strlen(REPLAY_PREFIX);

	return strncmp(config->source, REPLAY_PREFIX, len) == 0 ? config->source + len : NULL;
}

/* The control groups as an array; the strings are the config's, which is cut at the newlines between them. */
static int split_cgroups(struct daemon *d)
{
	size_t n = 1;

	if (!d->config.cgroup)
		return 0;
	for (const char *p = d->config.cgroup; *p; p++)
		n += *p == '\n';
	d->cgroup_text = strdup(d->config.cgroup);
	d->cgroups = calloc(n, sizeof(*d->cgroups));
	if (!d->cgroup_text || !d->cgroups)
		return -ENOMEM;
	for (char *p = d->cgroup_text; p;)
		d->cgroups[d->n_cgroups++] = strsep(&p, "\n");
	return 0;
}

static void set_panic(struct engine_settings *settings, const struct config *config)
{
	static const char exec[] = "exec ";

	settings->panic = ENGINE_PANIC_EXIT;
	if (strcmp(config->panic_action, "ignore") == 0)
		settings->panic = ENGINE_PANIC_IGNORE;
	if (strncmp(config->panic_action, exec, strlen(exec)) == 0) {
		settings->panic = ENGINE_PANIC_EXEC;
		settings->panic_program = config->panic_action + strlen(exec);
	}
}

/* Of the limits those whose bit is in keys; auditctl may have changed others meanwhile. */
static void set_limits(struct kauditd_limits *limits, const struct config *config, uint64_t keys)
{
	const struct {
		enum config_key key;
		uint32_t *to;
		uint64_t value;
	} all[] = {
		{ CONFIG_KEY_failure, &limits->failure, config->failure },
		{ CONFIG_KEY_rate_limit, &limits->rate_limit, config->rate_limit },
		{ CONFIG_KEY_backlog_limit, &limits->backlog_limit, config->backlog_limit },
		{ CONFIG_KEY_backlog_wait_time, &limits->backlog_wait_time,
			config->backlog_wait_time },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (keys >> all[i].key & 1)
			*all[i].to = (uint32_t)all[i].value;
}

/* The strings are the config's. */
static void make_settings(struct engine_settings *settings, const struct daemon *d)
{
	const struct config *config = &d->config;

	*settings = (struct engine_settings){
		.run_dir = config->run_dir,
		.state_dir = config->state_dir,
		.log_file = config->log_file,
		.source = replay_file(config) ? "replay" : config->source,
		.bpf = {
			.cgroups = d->cgroups,
			.n_cgroups = d->n_cgroups,
			.tree = (pid_t)config->tree,
			.ring_bytes = config->ring_size,
			.tier = (int)config->bpf_tier, /* the words are in that order */
			.ends = (enum capture_ends)config->capture_ends,
			.pin_dir = config->pin_dir,
		},
		.enabled = (uint32_t)config->enabled,
		.limits = KAUDITD_LIMITS_DEFAULT,
		.extra = (uint32_t)config->extra,
		.spool_max = config->spool_max,
		.flush = (enum log_flush)config->flush,
		.log_group = UINT32_MAX,
		.drain_ms = (uint32_t)config->drain_timeout * 1000,
		.control_fd = d->sockets.control_fd,
		.readlog_fd = d->sockets.readlog_fd,
	};
	set_panic(settings, config);
}

/* ---- signals ---- */

/* Of the engine's own log only: a daemon that registers writes such records itself. */
static void log_daemon(struct daemon *d, uint16_t type, struct buf *text)
{
	if (d->config.log_file && buf_error(text) == 0)
		engine_log(d->engine, type, buf_cstr(text));
	buf_deinit(text);
}

static void name_settings(struct daemon *d, uint64_t keys, const char *why)
{
	char text[512];

	for (int key = 0; key < _CONFIG_KEY_MAX; key++) {
		if (!(keys >> key & 1))
			continue;
		(void)snprintf(
			text, sizeof(text), "%s: %s", config_name((enum config_key)key), why);
		notice(d, text);
	}
}

/* The file of rules, if its text is another one than it was. 0, 1: they are as they were; a negative errno. */
static int load_changed_rules(
	struct daemon *d, const struct config *config, struct rule_set **ret, struct buf *ret_text)
{
	bool was_none = !d->config.rules_file;
	int r;

	if (was_none && !config->rules_file)
		return 1;
	r = load_rules_of(d, config->rules_file, ret, ret_text);
	if (r < 0 || was_none || !config->rules_file || ret_text->len != d->rules_text.len ||
		memcmp(ret_text->len ? ret_text->data : "",
			d->rules_text.len ? d->rules_text.data : "", ret_text->len) != 0)
		return r;
	rule_set_free(*ret);
	buf_deinit(ret_text);
	return 1;
}

/* Nothing has changed yet, and nothing can fail any more. rules NULL: they stay. */
static void take_config(
	struct daemon *d, struct config *config, struct rule_set *rules, struct buf *rules_text)
{
	const uint64_t changes = config_changes(&d->config, config);
	struct engine_settings settings;
	struct config old;

	name_settings(
		d, config_needs_start(changes), "the change takes effect with the next start");
	/* also where the text is the same: the engine has borrowed that of the old one */
	config_swap(config, &d->config, config_needs_start(~UINT64_C(0)));
	old = d->config;
	d->config = *config;
	make_settings(&settings, d);
	settings.limits = *engine_limits(d->engine);
	set_limits(&settings.limits, &d->config, changes);
	engine_reconfigure(d->engine, &settings);
	config_deinit(&old);
	if (!rules)
		return;
	engine_set_rules(d->engine, rules);
	buf_deinit(&d->rules_text);
	d->rules_text = *rules_text;
}

static int read_again(struct daemon *d)
{
	struct buf rules_text = BUF_NULL;
	struct rule_set *rules = NULL;
	struct config config;
	int r;

	if (engine_is_locked(d->engine)) {
		notice(d, "the settings stay as they are: the engine is locked (enabled 2)");
		return -EPERM;
	}
	r = daemon_config(&config, &d->options, notice, d);
	if (r < 0)
		return r;
	r = load_changed_rules(d, &config, &rules, &rules_text);
	if (r < 0) {
		config_deinit(&config);
		return r;
	}
	take_config(d, &config, r == 0 ? rules : NULL, &rules_text);
	return 0;
}

static void reload(void *userdata, pid_t sender)
{
	struct daemon *d = userdata;
	struct buf text = BUF_NULL;
	struct timespec now;
	char state[64];
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	tell_manager(d, state);
	r = read_again(d);
	if (r < 0) {
		notice(d, "SIGHUP: the settings stay as they were");
		engine_reopen_log(d->engine);
	}
	daemon_record_reconfigure(&text, sender, r == 0);
	log_daemon(d, AUDIT_DAEMON_CONFIG, &text);
	tell_manager(d, "READY=1");
}

static void stopping(void *userdata, pid_t sender)
{
	struct daemon *d = userdata;
	struct buf text = BUF_NULL;

	tell_manager(d, "STOPPING=1");
	daemon_record_end(&text, sender);
	log_daemon(d, AUDIT_DAEMON_END, &text);
}

/* ---- the start ---- */

static int start_engine(struct daemon *d, struct rule_set *rules)
{
	struct engine_settings settings;
	int r;

	make_settings(&settings, d);
	set_limits(&settings.limits, &d->config, ~UINT64_C(0));
	r = find_group(d, d->config.log_group, &settings.log_group);
	if (r < 0) {
		rule_set_free(rules);
		return r;
	}
	r = engine_new(&d->engine, &settings, rules, notice, d);
	/* those two are said by then */
	if (r < 0 && r != -EINVAL && r != -EBUSY)
		complain("the engine cannot start: %s", strerror(-r));
	return r;
}

static int start_source(struct daemon *d)
{
	const char *path = replay_file(&d->config);
	int r = path ? engine_replay(d->engine, path) : 0;

	if (r == -EBADMSG)
		complain(
			"'%s' is not a file that 'uaudit run --record' of this version and machine has written",
			path);
	else if (r < 0)
		complain("cannot read '%s': %s", path, strerror(-r));
	return r;
}

static int announce(struct daemon *d)
{
	struct buf text = BUF_NULL;
	int r;

	daemon_record_start(&text);
	log_daemon(d, AUDIT_DAEMON_START, &text);
	r = d->config.pid_file ? pid_file_write(d->config.pid_file) : 0;
	if (r < 0) {
		complain("cannot write the process id to '%s': %s", d->config.pid_file,
			strerror(-r));
		return r;
	}
	if (d->ready_fd >= 0) {
		openlog("uaudit", LOG_PID, LOG_DAEMON);
		d->uses_syslog = true;
		background_ready(TAKE_FD(d->ready_fd));
	}
	tell_manager(d, "READY=1");
	return 0;
}

static int run_engine(struct daemon *d)
{
	const struct engine_hooks hooks = { d, reload, stopping };
	int r;

	r = start_source(d);
	if (r == 0)
		r = announce(d);
	if (r < 0)
		return STATUS_FAILED;
	r = engine_run(d->engine, &hooks);
	if (d->config.pid_file)
		(void)unlink(d->config.pid_file);
	if (r < 0)
		notice(d, strerror(-r));
	return r < 0 ? STATUS_FAILED : engine_status(d->engine);
}

/* In the order of what depends on what: the terminal, rights, then everything that comes from outside. */
static int serve(struct daemon *d, struct rule_set *rules)
{
	bool runs_programs = strncmp(d->config.panic_action, "exec ", 5) == 0;
	int r, status = STATUS_FAILED;

	/* What clients are to find must not depend on who starts the engine. */
	(void)umask(022);
	r = d->options.background ? background_start(&d->ready_fd, STATUS_FAILED) : 0;
	if (r < 0)
		complain("cannot go to the background: %s", strerror(-r));
	privileges_outlive_memory_shortage();
	if (r == 0) {
		r = privileges_drop(runs_programs);
		if (r < 0)
			complain("cannot give up capabilities: %s", strerror(-r));
	}
	if (r < 0) {
		rule_set_free(rules);
		return status;
	}
	if (start_engine(d, rules) == 0)
		status = run_engine(d);
	d->engine = engine_free(d->engine);
	return status;
}

/* Sockets and notifications are meant for this process, not for those that it starts. */
static int take_environment(struct daemon *d)
{
	int r = notify_inherited(
		&d->sockets, getenv("LISTEN_PID"), getenv("LISTEN_FDS"), getpid(), NOTIFY_FIRST_FD);

	d->notify_socket = getenv("NOTIFY_SOCKET");
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
	if (r < 0)
		complain(
			"LISTEN_FDS: what was handed over are not listening SOCK_SEQPACKET sockets named "
			"control.sock and readlog.sock, once each");
	return r;
}

static int run_daemon(struct daemon *d)
{
	struct rule_set *rules;
	int r;

	r = daemon_config(&d->config, &d->options, notice, d);
	if (r < 0)
		return STATUS_FAILED;
	if (d->options.detach)
		return daemon_detach(&d->config) < 0 ? STATUS_FAILED : 0;
	r = split_cgroups(d);
	if (r == 0)
		r = take_environment(d);
	if (r == 0)
		r = load_rules_of(d, d->config.rules_file, &rules, &d->rules_text);
	if (r == -EINVAL && d->config.rules_file)
		complain("nothing was started: rules are loaded all or not at all");
	if (r == 0 && d->options.check_config)
		rule_set_free(rules);
	else if (r == 0)
		return serve(d, rules);
	return r < 0 ? STATUS_FAILED : 0;
}

static int main_daemon(int argc, char **argv)
{
	struct daemon d = {
		.sockets = { -1, -1 },
		.rules_text = BUF_NULL,
		.ready_fd = -1,
	};
	int status = STATUS_FAILED;

	if (daemon_options_parse(&d.options, argc, argv) == 0) {
		if (d.options.show_config) {
			daemon_show_config();
			status = 0;
		} else {
			status = run_daemon(&d);
		}
	}
	config_deinit(&d.config);
	free(d.cgroups);
	free(d.cgroup_text);
	buf_deinit(&d.rules_text);
	daemon_options_deinit(&d.options);
	return status;
}

const struct command command_daemon = {
	.name = "daemon",
	.summary = "the audit engine as a service",
	.help = help,
	.run = main_daemon,
};
