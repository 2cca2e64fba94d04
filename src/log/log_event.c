// SPDX-License-Identifier: MIT
#include "log/log_event.h"
