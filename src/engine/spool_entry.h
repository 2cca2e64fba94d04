/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_ENGINE_SPOOL_ENTRY_H
#define UAUDIT_ENGINE_SPOOL_ENTRY_H

#include "base/buf.h"
#include "core/audit_buffer.h"
#include "core/audit_record.h"

/* Appends the entry of a record. */
void spool_entry_put(struct buf *to, const struct audit_record *record);

#endif
