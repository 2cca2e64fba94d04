// SPDX-License-Identifier: MIT
#include "abi/abi.h"
