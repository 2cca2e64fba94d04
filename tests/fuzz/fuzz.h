/* SPDX-License-Identifier: MIT */
#ifndef UAUDIT_TESTS_FUZZ_FUZZ_H
#define UAUDIT_TESTS_FUZZ_FUZZ_H

/* What every fuzz target defines: called by libFuzzer, or by replay_main.c where there is none. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
