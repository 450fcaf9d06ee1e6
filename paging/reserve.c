/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in a list through their first words. */
#include "reserve.h"

#include "walk.h"

void hoist_reserve_add(const struct hoist_space *space, struct hoist_reserve *reserve,
                       struct hoist_frame_4k frame)
{
    /*
     * An aligned address has the present bit clear: a CPU that still knows this frame as a table
     * finds nothing there.
     */
    hoist_store(hoist_reach(space, frame.pa), reserve->first_pa);
    reserve->first_pa = frame.pa;
    reserve->frame_count++;
}

bool hoist_reserve_take(const struct hoist_space *space, struct hoist_reserve *reserve,
                        struct hoist_frame_4k *frame)
{
    if (reserve->frame_count == 0) {
        return false;
    }
    frame->pa = reserve->first_pa;
    reserve->first_pa = hoist_load(hoist_reach(space, frame->pa));
    reserve->frame_count--;
    return true;
}
