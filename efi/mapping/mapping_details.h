/* SPDX-License-Identifier: BSD-2-Clause */
/* A mapping as the kernel is told of it. */
#ifndef MAPPING_DETAILS_H
#define MAPPING_DETAILS_H

#include "hoist.h"
#include "mapping.h"

/*
 * Adds what was read to the details of each planned range, which are as many as the plan has ranges
 * and all 0 before. What no plan names is left out.
 */
void mapping_details(const struct mapping *mapping, struct hoist_mapping_detail *details);

#endif
