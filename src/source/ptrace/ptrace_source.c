// SPDX-License-Identifier: MIT
#include "source/ptrace/ptrace_source.h"
