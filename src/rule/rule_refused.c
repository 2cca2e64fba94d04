// SPDX-License-Identifier: MIT
/* What is said when the kernel, or who stands in for it, refuses a rule that parsed. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "rule/rule_parse.h"

static const char *what(int error)
{
	switch (error) {
	case -EEXIST:
		return "Rule exists";
	default:
		return errno_text(-error) ? errno_text(-error) : "Unknown error";
	}
}

void rule_error_refused(struct rule_error *reterr, const struct rule_request *req, int error,
	const struct krule_fault *fault)
{
	const struct rule_field *field = NULL;

	*reterr = (struct rule_error){ .status = 255 };
	(void)snprintf(reterr->message, sizeof(reterr->message),
		"Error sending %s rule data request (%s)",
		req->kind == RULE_REQUEST_DELETE ? "delete" : "add", what(error));
	if (error == -EEXIST) {
		(void)snprintf(
			reterr->hint, sizeof(reterr->hint), "the same rule is there already");
	} else if (error == -ENOENT && req->kind == RULE_REQUEST_DELETE && !fault) {
		(void)snprintf(reterr->hint, sizeof(reterr->hint),
			"no rule equals it: list, action, syscalls, and all fields with their order and key must");
	} else if (fault && fault->field >= 0 && fault->reason) {
		uint32_t i = (uint32_t)fault->field;

		field = rule_field_by_nr(req->data->fields[i]);
		reterr->word = req->origin[i].word;
		reterr->column = req->origin[i].column;
		(void)snprintf(reterr->hint, sizeof(reterr->hint), "%s %s",
			field && field->name ? field->name : "the field", fault->reason);
	} else if (fault && fault->reason) {
		(void)snprintf(reterr->hint, sizeof(reterr->hint), "%s", fault->reason);
	}
}
