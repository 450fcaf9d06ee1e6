/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of frames that a change will use. */
#include "reserve.h"

#include "walk.h"

static enum hoist_result no_frame_for(unsigned level)
{
    switch (level) {
    case HOIST_LEVEL_PT: return HOIST_NO_FRAME_FOR_PT;
    case HOIST_LEVEL_PD: return HOIST_NO_FRAME_FOR_PD;
    case HOIST_LEVEL_PDPT: return HOIST_NO_FRAME_FOR_PDPT;
    case HOIST_LEVEL_PML4: return HOIST_NO_FRAME_FOR_PML4;
    default: return HOIST_NO_FRAME_FOR_PML5;
    }
}

static void reserve_add(struct hoist_space *space, struct hoist_reserve *reserve, uint64_t pa)
{
    *hoist_reach(space, pa) = reserve->first_pa;
    reserve->first_pa = pa;
    reserve->frame_count++;
}

enum hoist_result hoist_reserve_fill(struct hoist_space *space, const uint64_t of_level[],
                                     struct hoist_reserve *reserve)
{
    reserve->first_pa = 0;
    reserve->frame_count = 0;
    for (unsigned level = HOIST_LEVELS_MAX; level >= HOIST_LEVEL_PT; level--) {
        for (uint64_t i = 0; i < of_level[level]; i++) {
            struct hoist_frame_4k frame;

            if (!space->hooks->allocate_table(space->context, &frame)) {
                hoist_reserve_return(space, reserve);
                return no_frame_for(level);
            }
            reserve_add(space, reserve, frame.pa);
        }
    }
    return HOIST_OK;
}

uint64_t *hoist_reserve_take(struct hoist_space *space, struct hoist_reserve *reserve, uint64_t *pa)
{
    uint64_t *table = hoist_reach(space, reserve->first_pa);

    *pa = reserve->first_pa;
    reserve->first_pa = *table;
    reserve->frame_count--;
    return table;
}

void hoist_reserve_return(struct hoist_space *space, struct hoist_reserve *reserve)
{
    while (reserve->frame_count != 0) {
        struct hoist_frame_4k frame;

        hoist_reserve_take(space, reserve, &frame.pa);
        space->hooks->free_table(space->context, frame);
    }
}
