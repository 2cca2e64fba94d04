// SPDX-License-Identifier: MIT
#include "core/kaudit.h"
