/* SPDX-License-Identifier: MIT */
/*
 * What the distribution's libauparse makes of a log: every event, record and field, each field interpreted, and the event
 * normalised. One line a thing:
 *
 *   event SERIAL        record NAME        field NAME VALUE | INTERPRETED        normal WHAT VALUE
 *
 * Exit status 1 if the library reports an error; what it could not make anything of is said on standard error.
 */
#include <auparse.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failed;

static const char *or_none(const char *s)
{
	return s ? s : "(none)";
}

static void print_fields(auparse_state_t *au)
{
	do {
		const char *value = auparse_interpret_field(au);

		if (!value) {
			fprintf(stderr, "%lu: a field %s that is not interpreted\n",
				auparse_get_serial(au), or_none(auparse_get_field_name(au)));
			failed = 1;
		}
		printf("field %s %s | %s\n", or_none(auparse_get_field_name(au)),
			or_none(auparse_get_field_str(au)), or_none(value));
	} while (auparse_next_field(au) == 1);
}

static void print_records(auparse_state_t *au)
{
	if (auparse_first_record(au) != 1)
		failed = 1;
	do {
		printf("record %s\n", or_none(auparse_get_type_name(au)));
		if (auparse_first_field(au) == 1)
			print_fields(au);
	} while (auparse_next_record(au) == 1);
}

/* A position that the normaliser has found: then the library's cursor stands there. */
static void print_found(auparse_state_t *au, const char *what, int found)
{
	if (found == 1)
		printf("normal %s %s\n", what, or_none(auparse_interpret_field(au)));
	else if (found < 0)
		failed = 1;
}

static void print_normal(auparse_state_t *au)
{
	if (auparse_normalize(au, NORM_OPT_ALL)) {
		printf("normal none\n");
		return;
	}
	printf("normal kind %s\n", or_none(auparse_normalize_get_event_kind(au)));
	print_found(au, "subject", auparse_normalize_subject_primary(au));
	print_found(au, "subject2", auparse_normalize_subject_secondary(au));
	printf("normal subject-kind %s\n", or_none(auparse_normalize_subject_kind(au)));
	for (int r = auparse_normalize_subject_first_attribute(au); r == 1;
		r = auparse_normalize_subject_next_attribute(au))
		print_found(au, "subject-attribute", 1);
	printf("normal action %s\n", or_none(auparse_normalize_get_action(au)));
	print_found(au, "object", auparse_normalize_object_primary(au));
	print_found(au, "object2", auparse_normalize_object_secondary(au));
	print_found(au, "object-other", auparse_normalize_object_primary2(au));
	printf("normal object-kind %s\n", or_none(auparse_normalize_object_kind(au)));
	for (int r = auparse_normalize_object_first_attribute(au); r == 1;
		r = auparse_normalize_object_next_attribute(au))
		print_found(au, "object-attribute", 1);
	print_found(au, "result", auparse_normalize_get_results(au));
	printf("normal how %s\n", or_none(auparse_normalize_how(au)));
	print_found(au, "key", auparse_normalize_key(au));
}

int main(int argc, char **argv)
{
	auparse_state_t *au;
	int r;

	if (argc != 2) {
		fputs("usage: walk_log LOG\n", stderr);
		return 2;
	}
	au = auparse_init(AUSOURCE_FILE, argv[1]);
	if (!au) {
		perror(argv[1]);
		return 2;
	}
	while ((r = auparse_next_event(au)) > 0) {
		printf("event %lu\n", auparse_get_serial(au));
		print_records(au);
		print_normal(au);
	}
	if (r < 0) {
		fprintf(stderr, "the library stopped: %s\n", strerror(errno));
		failed = 1;
	}
	auparse_destroy(au);
	return failed;
}
