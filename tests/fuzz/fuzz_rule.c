// SPDX-License-Identifier: MIT
/* A rule file. A rule that is accepted is listed, and its wire form survives another round unchanged. */
#include "fuzz.h"

#include <errno.h>

#include "rule/rule_parse.h"

static void check(const struct rule_request *req, struct buf *out)
{
	struct audit_krule *rule = NULL, *again = NULL;
	struct audit_rule_data *data;
	size_t len;

	rule_format(out, req->data, req->data_len);
	if (krule_from_data(&rule, req->data, req->data_len, &(struct rule_env){ 0 }) < 0)
		return;
	data = krule_to_data(rule, &len);
	if (data && krule_from_data(&again, data, len, &(struct rule_env){ 0 }) == -EINVAL)
		abort();
	free(data);
	krule_free(rule);
	krule_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out = BUF_NULL;
	struct rule_env env = { 0 };
	struct rule_request req;
	struct rule_error error;
	unsigned line = 0;
	size_t at = 0;
	int ret;

	while ((ret = rule_parse_line(&req, (const char *)data, size, &at, &line, &env, &error))) {
		if (ret > 0 && req.data)
			check(&req, &out);
		rule_request_deinit(&req);
	}
	buf_clear(&out);
	return 0;
}
