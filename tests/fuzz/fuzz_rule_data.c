// SPDX-License-Identifier: MIT
/* A rule in wire form, as a message of the control protocol brings it. */
#include "fuzz.h"

#include <string.h>

#include "rule/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out = BUF_NULL;
	struct audit_krule *rule = NULL;
	struct audit_rule_data *copy = malloc(size ? size : 1); /* aligned, and exactly as long */
	size_t len;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	rule_format(&out, copy, size);
	if (krule_from_data(&rule, copy, size, &(struct rule_env){ 0 }) == 0)
		free(krule_to_data(rule, &len));
	krule_free(rule);
	free(copy);
	buf_clear(&out);
	return 0;
}
