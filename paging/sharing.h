/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether an address or an entry is shared with other spaces. Internal to the library. */
#ifndef HOIST_PAGING_SHARING_H
#define HOIST_PAGING_SHARING_H

#include "walk.h"

/* Whether an address lies in the half that a kernel usually has, and that spaces may share. */
HOIST_INLINE bool hoist_is_upper(const struct hoist_space *space, uint64_t va)
{
    return (va >> (hoist_level_shift(space->cpu.levels + 1u) - 1) & 1) != 0;
}

/* Whether only another space may change what is mapped at an address. */
HOIST_INLINE bool hoist_is_borrowed(const struct hoist_space *space, uint64_t va)
{
    return space->upper_half == HOIST_UPPER_BORROWED && hoist_is_upper(space, va);
}

/* Whether an entry of the root table has copies in other spaces, and so must stay. */
HOIST_INLINE bool hoist_is_lent(const struct hoist_space *space, unsigned level, uint64_t va)
{
    return space->upper_half != HOIST_UPPER_OWN && level == space->cpu.levels &&
           hoist_is_upper(space, va);
}

#endif
