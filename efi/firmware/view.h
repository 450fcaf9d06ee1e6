/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables as the dump shows them: read back from memory and judged. Of the kernel's, which were
 * just built, and of those that the firmware runs with.
 */
#ifndef VIEW_H
#define VIEW_H

#include "firmware.h"

#include "mapping.h"
#include "problem.h"
#include "rules.h"

struct boot;

struct view {
    struct mapping mapping;
    struct finding findings[RULE_COUNT];
    bool is_firmware;
};

/*
 * The kernel's tables. Broken rules are no failure, they are among the findings. Fails with
 * PROBLEM_MEMORY_ALLOCATE.
 */
bool view_kernel(struct view *view, const struct boot *boot, struct problem *problem);

/* The firmware's, of which no more is shown than there is room for. Fails likewise. */
bool view_firmware(struct view *view, const struct boot *boot, struct problem *problem);

/* The first rule that is broken, as a problem; false: none is. */
bool view_find_fault(const struct view *view, struct problem *problem);

#endif
