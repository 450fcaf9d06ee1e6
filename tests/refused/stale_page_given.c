/* SPDX-License-Identifier: BSD-2-Clause */
/* A page that waits for its flush cannot be given away again. */
// expect-gcc: passing argument 3 of .hoist_give. from incompatible pointer type
// expect-clang: incompatible pointer types passing 'struct hoist_stale \*' to parameter of type 'struct hoist_owned \*'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_va va, struct hoist_stale *stale,
                      struct hoist_owned *page);

enum hoist_result put(struct hoist_space *space, struct hoist_va va, struct hoist_stale *stale,
                      struct hoist_owned *page)
{
    (void)va;
    (void)stale;
    (void)page;
#ifdef FIXED
    return hoist_give(space, va, page, hoist_kernel_data());
#else
    return hoist_give(space, va, stale, hoist_kernel_data());
#endif
}
