/* SPDX-License-Identifier: BSD-2-Clause */
/* A space that must not change cannot be mapped into. */
// expect: passing .*discards .*qualifier
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, const struct hoist_space *fixed,
                      const struct hoist_extent *extent);

enum hoist_result put(struct hoist_space *space, const struct hoist_space *fixed,
                      const struct hoist_extent *extent)
{
    (void)space;
    (void)fixed;
    (void)extent;
#ifdef FIXED
    return hoist_map(space, extent, hoist_kernel_data(), HOIST_LEAF_4K);
#else
    return hoist_map(fixed, extent, hoist_kernel_data(), HOIST_LEAF_4K);
#endif
}
