/* SPDX-License-Identifier: BSD-2-Clause */
/* A result has to be looked at. */
// expect-gcc: ignoring return value of .hoist_map. declared with attribute .warn_unused_result.
// expect-clang: ignoring return value of function declared with 'warn_unused_result' attribute
#include "hoist_paging.h"

void put(struct hoist_space *space, const struct hoist_extent *extent);

void put(struct hoist_space *space, const struct hoist_extent *extent)
{
#ifdef FIXED
    if (hoist_map(space, extent, hoist_kernel_data(), HOIST_LEAF_1G) != HOIST_OK)
        __builtin_trap();
#else
    hoist_map(space, extent, hoist_kernel_data(), HOIST_LEAF_1G);
#endif
}
