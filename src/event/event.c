// SPDX-License-Identifier: MIT
#include "event/event.h"
