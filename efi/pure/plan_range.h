/* SPDX-License-Identifier: BSD-2-Clause */
/* One range of a plan: which addresses, which frames, which rights, and why. */
#ifndef PLAN_RANGE_H
#define PLAN_RANGE_H

#include "hoist.h"
#include "hoist_paging.h"

#include <stdint.h>

/* What a range is there for. */
enum plan_part {
    PLAN_PART_KERNEL,
    PLAN_PART_TRAMPOLINE,
    PLAN_PART_STACK,
    PLAN_PART_HANDOFF,
    PLAN_PART_REPORTER,
    PLAN_PART_FRAMEBUFFER,
    PLAN_PART_DIRECT_MAP,
    PLAN_PART_RUNTIME,
    PLAN_PART_HHDM, /* the direct map as the Limine protocol has it */
    PLAN_PART_COUNT
};

struct plan_range {
    char name[HOIST_MAPPING_NAME_BYTES]; /* terminated */
    enum plan_part part;
    uint64_t va;
    uint64_t pa;
    uint64_t size_bytes;
    struct hoist_access access;
    enum hoist_leaf_size largest; /* leaf that may be used */
};

#endif
