// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macros.h"
#include "core/execve.h"
#include "event_builder.h"

#define RECORDS_MAX 64

/* The records of one exec, as text. */
struct records {
	char *text[RECORDS_MAX];
	size_t n;
};

static void records_deinit(struct records *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->text[i]);
	r->n = 0;
}

static void format_all(struct records *to, uint32_t argc, const char *strings, size_t len)
{
	struct evt_hdr hdr = builder_header(59, 0);
	struct event_builder b = { 0 };
	struct execve_cursor c = { 0 };
	const struct event *ev;

	builder_begin(&b, &hdr);
	event_put_execve(&b.w, argc, strings, len);
	ev = builder_done(&b);
	do {
		struct audit_buffer ab = { BUF_NULL };

		execve_format(&ab, &c, ev);
		assert_in_range(to->n, 0, RECORDS_MAX - 1);
		to->text[to->n] = strdup(buf_cstr(&ab.text));
		assert_non_null(to->text[to->n++]);
		buf_deinit(&ab.text);
	} while (execve_has_more(&c, ev));
	builder_deinit(&b);
}

/* "xt" and an argument of n times c. */
static void format_long(struct records *to, size_t n, char c)
{
	char *strings = malloc(n + 4);

	assert_non_null(strings);
	memcpy(strings, "xt", 3);
	memset(strings + 3, c, n);
	strings[n + 3] = '\0';
	format_all(to, 2, strings, n + 4);
	free(strings);
}

static void short_arguments(void **state)
{
	static const char strings[] = "xt\0plain\0sp ace\0\0q\"uote\0tab\t\0ut\xc3\xa9\0single'q";
	struct records r = { 0 };

	(void)state;
	format_all(&r, 8, strings, sizeof(strings));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.text[0],
		"argc=8 a0=\"xt\" a1=\"plain\" a2=737020616365 a3=\"\" a4=7122756F7465 a5=74616209 a6=7574C3A9 "
		"a7=\"single'q\"");
	records_deinit(&r);

	format_all(&r, 0, "", 0);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.text[0], "argc=0");
	records_deinit(&r);
}

/* The figures measured on Linux 6.18 (spec kernel 8.5). */
static void measured_lengths(void **state)
{
	static const struct {
		size_t len;
		const char *first; /* of the first record */
		size_t pieces[4];  /* bytes of the argument in each */
		bool is_hex;
	} cases[] = {
		{ 7390, "argc=2 a0=\"xt\" a1=\"", { 7390 }, false },
		{ 7400, "argc=2 a0=\"xt\" a1_len=7400 a1[0]=\"", { 7400 }, false },
		{ 7490, "argc=2 a0=\"xt\" a1_len=7490 a1[0]=\"", { 7471, 19 }, false },
		{ 7499, "argc=2 a0=\"xt\" a1_len=7499 a1[0]=\"", { 7471, 28 }, false },
		{ 7500, "argc=2 a0=\"xt\" a1_len=15000 a1[0]=", { 3736, 3746, 18 }, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct records r = { 0 };
		size_t first_len = strlen(cases[i].first), n;

		format_long(&r, cases[i].len, 'y');
		for (n = 0; n < r.n; n++) {
			char head[32];
			const char *at;
			size_t bytes;

			(void)snprintf(head, sizeof(head), n ? " a1[%zu]=" : "%.0zu", n);
			at = n ? r.text[n] + strlen(head) : r.text[0] + first_len;
			assert_memory_equal(
				r.text[n], n ? head : cases[i].first, n ? strlen(head) : first_len);
			if (n && !cases[i].is_hex)
				assert_int_equal(*at++, '"');
			bytes = cases[i].is_hex ? strlen(at) / 2 : strspn(at, "y");
			if (!cases[i].is_hex)
				assert_string_equal(at + bytes, "\"");
			assert_int_equal(bytes, cases[i].pieces[n]);
		}
		assert_true(n == ARRAY_SIZE(cases[i].pieces) || cases[i].pieces[n] == 0);
		records_deinit(&r);
	}
}

/* To the byte: what still counts as fitting, and what is left over for the next argument. */
static void boundaries(void **state)
{
	static const struct {
		size_t len;
		const char *first;
		size_t n_records; /* with "b" as a second argument */
	} cases[] = {
		{ 7390, "argc=2 a0=\"y",
			1 }, /* 104 bytes of room are left, as many as a piece wants */
		{ 7391, "argc=2 a0=\"y", 2 },
		{ 7402, "argc=2 a0=\"y", 2 }, /* with its quotes and 96 bytes it fills the room */
		{ 7403, "argc=2 a0_len=7403 a0[0]=\"y", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct records r = { 0 };
		char strings[8000];

		memset(strings, 'y', cases[i].len);
		memcpy(strings + cases[i].len, "\0b", 3);
		format_all(&r, 2, strings, cases[i].len + 3);
		assert_memory_equal(r.text[0], cases[i].first, strlen(cases[i].first));
		assert_int_equal(r.n, cases[i].n_records);
		assert_non_null(strstr(r.text[r.n - 1], " a1=\"b\""));
		records_deinit(&r);
	}
}

static void many_short_arguments(void **state)
{
	struct records r = { 0 };
	char *strings = malloc((size_t)2000 * 8);
	size_t len = 3;

	(void)state;
	assert_non_null(strings);
	memcpy(strings, "xt", 3);
	for (unsigned i = 1; i < 2000; i++)
		len += (size_t)sprintf(strings + len, "arg%u", i) + 1;
	format_all(&r, 2000, strings, len);
	assert_int_equal(r.n, 5);
	assert_memory_equal(r.text[0], "argc=2000 a0=\"xt\" a1=\"arg1\"", 27);
	for (size_t i = 0; i + 1 < r.n;
		i++) /* 104 bytes of room are not enough for another argument */
		assert_in_range(strlen(r.text[i]), 7500 - 103, 7500);
	for (size_t i = 1; i < r.n; i++)
		assert_memory_equal(r.text[i], " a", 2);
	assert_non_null(strstr(r.text[4], " a1999=\"arg1999\""));
	records_deinit(&r);
	free(strings);
}

/* Put together again by a reader, every argument is what it was, whatever its length. */
static void nothing_is_lost(void **state)
{
	static const size_t lengths[] = { 1, 3600, 3700, 3750, 7380, 7388, 7395, 7498, 7499, 7500,
		7501, 11236, 14999, 15000, 15001, 131071 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths) * 2; i++) {
		size_t len = lengths[i / 2], bytes = 0, announced = 0;
		bool blank = i % 2;
		struct records r = { 0 };

		format_long(&r, len, blank ? ' ' : 'y');
		for (size_t n = 0; n < r.n; n++) {
			const char *at = strstr(r.text[n], " a1"), *eq;

			assert_non_null(at);
			if (sscanf(at, " a1_len=%zu", &announced) == 1)
				at = strstr(at, " a1[");
			eq = strchr(at, '=') + 1;
			bytes += *eq == '"' ? 2 * (strlen(eq) - 2) : strlen(eq);
			assert_in_range(strlen(r.text[n]), 1, 7500 + sizeof("argc=2"));
		}
		assert_int_equal(bytes, 2 * len);
		if (announced)
			assert_int_equal(announced, blank || len >= 7500 ? 2 * len : len);
		records_deinit(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_arguments),
		cmocka_unit_test(measured_lengths),
		cmocka_unit_test(boundaries),
		cmocka_unit_test(many_short_arguments),
		cmocka_unit_test(nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
