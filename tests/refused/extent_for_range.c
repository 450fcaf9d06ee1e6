/* SPDX-License-Identifier: BSD-2-Clause */
/* What is unmapped is a range of addresses, without frames. */
// expect-gcc: passing argument 2 of .hoist_unmap. from incompatible pointer type
// expect-clang: incompatible pointer types passing 'const struct hoist_extent \*' to parameter of type 'const struct hoist_range \*'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, const struct hoist_extent *extent,
                      const struct hoist_range *range);

enum hoist_result put(struct hoist_space *space, const struct hoist_extent *extent,
                      const struct hoist_range *range)
{
    (void)extent;
    (void)range;
#ifdef FIXED
    return hoist_unmap(space, range, HOIST_DROP_TABLES);
#else
    return hoist_unmap(space, extent, HOIST_DROP_TABLES);
#endif
}
