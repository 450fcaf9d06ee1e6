/* SPDX-License-Identifier: BSD-2-Clause */
/* The largest leaf size comes last in hoist_map. */
// expect-gcc: incompatible type for argument 3 of .hoist_map.
// expect-clang: to parameter of incompatible type 'struct hoist_access'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, const struct hoist_extent *extent);

enum hoist_result put(struct hoist_space *space, const struct hoist_extent *extent)
{
    (void)extent;
#ifdef FIXED
    return hoist_map(space, extent, hoist_kernel_data(), HOIST_LEAF_2M);
#else
    return hoist_map(space, extent, HOIST_LEAF_2M, hoist_kernel_data());
#endif
}
