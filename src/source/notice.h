/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_SOURCE_NOTICE_H
#define UAUDIT_SOURCE_NOTICE_H

#include "base/macros.h"
#include "source/source.h"

/* Tells the owner of a source something that the person who runs it should know, if it listens: one line, no newline. */
void source_notice(const struct source_callbacks *callbacks, const char *format, ...)
	_printf_(2, 3);

#endif
