/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking one address up. */
#include "query.h"

#include "walk.h"

enum hoist_result hoist_query(const struct hoist_space *space, struct hoist_va va,
                              struct hoist_translation *translation)
{
    struct hoist_step step;

    if (!hoist_is_canonical(space, va.value)) {
        return HOIST_NOT_CANONICAL;
    }
    step = hoist_walk(space, va.value, HOIST_LEVEL_PT);
    if (step.value == 0) {
        return HOIST_NOT_MAPPED;
    }
    translation->pa.value =
        hoist_leaf_pa(step.value, step.level) + (va.value & (hoist_entry_span(step.level) - 1));
    translation->size = (enum hoist_leaf_size)step.level;
    translation->leaf = hoist_decode_leaf(step.value, step.level);
    translation->effective = hoist_effective_access(step.value, step.level, step.grants);
    translation->entry = step.value;
    return HOIST_OK;
}
