// SPDX-License-Identifier: MIT
#include "log/json.h"

#include <errno.h>
#include <json-c/json.h>
#include <linux/audit.h>
#include <time.h>

#include "abi/abi.h"
#include "abi/extra.h"
#include "base/parse.h"
#include "base/utf8.h"

#define NAME_MAX_BYTES 256 /* of a member; longer names of fields are cut */

/* A member that is already there turns into an array of all its values. */
static void add(struct json_object *to, const char *name, struct json_object *value)
{
	struct json_object *old = NULL, *array;

	if (!json_object_object_get_ex(to, name, &old)) {
		(void)json_object_object_add(to, name, value);
	} else if (json_object_is_type(old, json_type_array)) {
		(void)json_object_array_add(old, value);
	} else {
		array = json_object_new_array();
		(void)json_object_array_add(array, json_object_get(old));
		(void)json_object_array_add(array, value);
		(void)json_object_object_add(to, name, array);
	}
}

static struct json_object *text_of(const char *p, size_t len)
{
	struct buf clean = BUF_NULL;
	struct json_object *text;
	size_t n;

	if (utf8_is_valid(p, len))
		return json_object_new_string_len(p ? p : "", (int)len);
	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_character(p + i, len - i);
		if (n)
			buf_put(&clean, p + i, n);
		else
			buf_puts(&clean, "\xef\xbf\xbd");
	}
	text = json_object_new_string_len(buf_cstr(&clean), (int)clean.len);
	buf_deinit(&clean);
	return text;
}

static void add_bytes(struct json_object *to, const char *name, const char *p, size_t len)
{
	struct buf hex = BUF_NULL, hex_name = BUF_NULL;

	add(to, name, text_of(p, len));
	if (!utf8_is_valid(p, len)) {
		buf_puts(&hex_name, name);
		buf_puts(&hex_name, "_hex");
		buf_hex_bytes(&hex, p, len);
		add(to, buf_cstr(&hex_name),
			json_object_new_string_len(buf_cstr(&hex), (int)hex.len));
	}
	buf_deinit(&hex);
	buf_deinit(&hex_name);
}

static void add_text(struct json_object *to, const char *name, const char *text)
{
	add(to, name, text ? json_object_new_string(text) : NULL);
}

static void add_time(struct json_object *to, const struct log_record *rec)
{
	time_t sec = (time_t)rec->time_sec;
	struct buf text = BUF_NULL;
	char whole[64];
	struct tm tm;

	if (!gmtime_r(&sec, &tm) || !strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm)) {
		add(to, "time", NULL);
		return;
	}
	buf_puts(&text, whole);
	buf_putc(&text, '.');
	buf_u64_width(&text, rec->time_msec, 3);
	buf_putc(&text, 'Z');
	add_text(to, "time", buf_cstr(&text));
	buf_deinit(&text);
}

static void add_decoded(struct json_object *to, const char *name, struct interpreter *in,
	const struct log_event *ev, const struct log_record *rec, const struct log_field *field)
{
	struct buf value = BUF_NULL;

	interpret_bytes(in, &value, ev, rec, field);
	add_bytes(to, name, buf_cstr(&value), value.len);
	buf_deinit(&value);
}

static void field_name(char name[static NAME_MAX_BYTES], const struct log_field *field)
{
	size_t len = field->name.len < NAME_MAX_BYTES ? field->name.len : NAME_MAX_BYTES - 1;

	for (size_t i = 0; i < len; i++)
		name[i] =
			field->name.p[i] > ' ' && field->name.p[i] < 0x7f ? field->name.p[i] : '?';
	name[len] = '\0';
}

static struct json_object *record_of(
	struct interpreter *in, const struct log_event *ev, const struct log_record *rec)
{
	struct json_object *object = json_object_new_object(), *fields = json_object_new_object(),
			   *raw = json_object_new_object();
	char fallback[20], name[NAME_MAX_BYTES];

	add_text(object, "type", record_type_name(rec->type, fallback));
	for (size_t i = 0; i < rec->n_fields; i++) {
		field_name(name, &rec->fields[i]);
		add_decoded(fields, name, in, ev, rec, &rec->fields[i]);
		add_bytes(raw, name, rec->fields[i].value.p, rec->fields[i].value.len);
	}
	add(object, "fields", fields);
	add(object, "raw", raw);
	return object;
}

static struct json_object *subject_of(
	struct interpreter *in, const struct description *d, const struct log_event *ev)
{
	static const char *const strings[] = { "comm", "exe" };
	static const char *const numbers[] = { "pid", "ppid", "uid", "euid" };
	const struct log_record *call = log_event_record(ev, AUDIT_SYSCALL, 0);
	struct json_object *subject;
	const struct log_field *field;
	struct buf user = BUF_NULL;
	uint64_t n;

	if (!call || !d->has_subject)
		return NULL;
	subject = json_object_new_object();
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		field = log_record_field(call, strings[i]);
		if (field)
			add_decoded(subject, strings[i], in, ev, call, field);
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (log_record_u64(call, numbers[i], 10, &n))
			add(subject, numbers[i], json_object_new_int64((int64_t)n));
	interpret_user(in, &user, d->uid);
	add_bytes(subject, "user", buf_cstr(&user), user.len);
	buf_deinit(&user);
	return subject;
}

static struct json_object *argv_of(const struct description *d)
{
	struct json_object *argv = json_object_new_array();
	const char *p = d->argv.data, *end = p + d->argv.len, *nul;

	for (; p && p < end && (nul = memchr(p, '\0', (size_t)(end - p))); p = nul + 1)
		(void)json_object_array_add(argv, text_of(p, (size_t)(nul - p)));
	return argv;
}

static void add_call(struct json_object *to, struct interpreter *in, const struct log_event *ev)
{
	const struct log_record *call = log_event_record(ev, AUDIT_SYSCALL, 0);
	const struct log_field *field = call ? log_record_field(call, "syscall") : NULL;

	if (field)
		add_decoded(to, "syscall", in, ev, call, field);
}

static void add_result(struct json_object *to, const struct description *d)
{
	add_text(to, "result", d->result < 0 ? NULL : d->result ? "success" : "failure");
	if (d->result >= 0)
		add(to, "exit", json_object_new_int64(d->exit));
	if (d->error)
		add_text(to, "errno", errno_name(d->error));
}

/* ---- what stands beyond the original, under names of its own (abi/extra.h) ---- */

/* "SEC.NSEC", with all nine digits. */
static void add_entered(struct json_object *to, const struct view *v)
{
	const char *point = memchr(v->p, '.', v->len);
	struct buf text = BUF_NULL;
	uint64_t sec, nsec;
	char whole[64];
	struct tm tm;
	time_t t;

	if (!point || v->p + v->len - point != 10 ||
		parse_u64(v->p, (size_t)(point - v->p), 10, &sec) < 0 || sec > INT64_MAX ||
		parse_u64(point + 1, 9, 10, &nsec) < 0)
		return;
	t = (time_t)sec;
	if (!gmtime_r(&t, &tm) || !strftime(whole, sizeof(whole), "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	buf_puts(&text, whole);
	buf_put(&text, point, 10);
	buf_putc(&text, 'Z');
	add_text(to, "entered", buf_cstr(&text));
	buf_deinit(&text);
}

static void add_number(
	struct json_object *to, const char *name, const struct log_record *rec, const char *field)
{
	uint64_t n;

	if (log_record_u64(rec, field, 10, &n))
		add(to, name, json_object_new_uint64(n));
}

static struct json_object *path_of(struct interpreter *in, const struct log_event *ev,
	const struct log_record *rec, const struct log_field *path)
{
	struct json_object *object = json_object_new_object();

	add_number(object, "item", rec, "item");
	add_number(object, "fd", rec, "fd");
	add_decoded(object, "path", in, ev, rec, path);
	return object;
}

static void add_extra(struct json_object *to, struct interpreter *in, const struct log_event *ev)
{
	struct json_object *paths = NULL;
	const struct log_record *rec;
	const struct log_field *field;

	for (size_t i = 0; (rec = log_event_record(ev, EXTRA_RECORD, i)); i++) {
		field = log_record_field(rec, "path");
		if (field) {
			paths = paths ? paths : json_object_new_array();
			(void)json_object_array_add(paths, path_of(in, ev, rec, field));
			continue;
		}
		field = log_record_field(rec, "time");
		if (field)
			add_entered(to, &field->value);
		add_number(to, "duration_ns", rec, "duration_ns");
		field = log_record_field(rec, "cgroup");
		if (field)
			add_decoded(to, "cgroup", in, ev, rec, field);
		add_number(to, "cgroup_id", rec, "cgroup_id");
	}
	if (paths)
		add(to, "paths", paths);
}

int json_event(struct buf *to, struct interpreter *in, const struct description *d,
	const struct log_event *ev)
{
	struct json_object *root = json_object_new_object(), *records = json_object_new_array();
	const char *text;

	if (!root || !records || !ev->n_records) {
		json_object_put(root);
		json_object_put(records);
		return root && records ? 0 : -ENOMEM;
	}
	add_time(root, &ev->records[0]);
	add(root, "serial", json_object_new_int64(ev->records[0].serial));
	add_text(root, "action", action_kind_name(d->kind));
	add_call(root, in, ev);
	add(root, "subject", subject_of(in, d, ev));
	if (d->object.len)
		add_bytes(root, "object", d->object.data, d->object.len);
	else
		add(root, "object", NULL);
	if (d->by_inode)
		add_text(root, "object_by", "inode");
	if (d->object2.len)
		add_bytes(root, "object2", d->object2.data, d->object2.len);
	if (d->n_argv)
		add(root, "argv", argv_of(d));
	add_result(root, d);
	if (*d->key)
		add_bytes(root, "key", d->key, strlen(d->key));
	else
		add(root, "key", NULL);
	add_extra(root, in, ev);
	for (size_t i = 0; i < ev->n_records; i++)
		(void)json_object_array_add(records, record_of(in, ev, &ev->records[i]));
	add(root, "records", records);
	text = json_object_to_json_string_ext(
		root, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text) {
		buf_puts(to, text);
		buf_putc(to, '\n');
	}
	json_object_put(root);
	return text ? buf_error(to) : -ENOMEM;
}
