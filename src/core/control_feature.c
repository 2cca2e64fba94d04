// SPDX-License-Identifier: MIT
/* AUDIT_GET_FEATURE and AUDIT_SET_FEATURE (spec kernel 1.10). What the features forbid is the kernel's to forbid. */
#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "core/control_state.h"
#include "core/kaudit_log.h"
#include "core/record.h"

static const char *const feature_names[] = {
	[AUDIT_FEATURE_ONLY_UNSET_LOGINUID] = "only_unset_loginuid",
	[AUDIT_FEATURE_LOGINUID_IMMUTABLE] = "loginuid_immutable",
};

int control_get_feature(struct control_call *call)
{
	struct audit_features features = {
		.vers = AUDIT_FEATURE_VERSION,
		.mask = UINT32_MAX,
		.features = call->control->features,
		.lock = call->control->features_locked,
	};

	(void)control_reply_data(call, AUDIT_GET_FEATURE, 0, &features, sizeof(features));
	return 0;
}

static void log_change(struct control_call *call, size_t feature,
	const struct audit_features *wanted, bool is_done)
{
	const struct control *control = call->control;
	struct audit_buffer *ab = control_log_start(call, AUDIT_FEATURE_CHANGE);
	uint32_t old_lock = control->features_locked >> feature & 1;

	if (!ab)
		return;
	record_task_info(ab, &call->who);
	kaudit_log_format(ab, " feature=%s old=%u new=%u old_lock=%u new_lock=%u res=%d",
		feature_names[feature], control->features >> feature & 1,
		wanted->features >> feature & 1, old_lock, old_lock | (wanted->lock >> feature & 1),
		is_done);
	control_log_end(call, ab);
}

int control_set_feature(struct control_call *call)
{
	struct control *control = call->control;
	struct audit_features wanted;
	uint32_t differs;
	size_t i;

	memcpy(&wanted, call->payload, sizeof(wanted));
	differs = wanted.mask & (wanted.features ^ control->features);
	for (i = 0; i < ARRAY_SIZE(feature_names); i++)
		if (differs & control->features_locked & AUDIT_FEATURE_TO_MASK(i)) {
			log_change(call, i, &wanted, false);
			return -EPERM;
		}
	for (i = 0; i < ARRAY_SIZE(feature_names); i++) {
		uint32_t bit = AUDIT_FEATURE_TO_MASK(i);

		if (!(wanted.mask & bit))
			continue;
		if (differs & bit)
			log_change(call, i, &wanted, true);
		control->features = (control->features & ~bit) | (wanted.features & bit);
		control->features_locked |= wanted.lock & bit;
	}
	return 0;
}
