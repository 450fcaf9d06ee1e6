/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shapes of tables so small that every sequence of calls can be gone through. A build that
 * includes this file first and has one of these names as HOIST_FORMAT compiles the library for it,
 * unchanged.
 */
#ifndef TINY_FORMATS_H
#define TINY_FORMATS_H

#include "format.h"

/*
 * Three levels, so that leaves of three sizes, and what makes a step of two levels, are all there.
 */
static const struct hoist_format hoist_tiny_2 = {12, 1, 3, 3, false};
static const struct hoist_format hoist_tiny_4 = {12, 2, 3, 3, false};

#endif
