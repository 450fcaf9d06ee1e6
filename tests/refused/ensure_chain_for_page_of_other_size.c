/* SPDX-License-Identifier: BSD-2-Clause */
/* The chain for a 1 GiB page is not made by the function for 4 KiB pages. */
// expect-gcc: incompatible type for argument 2 of .hoist_ensure_chain_4k.
// expect-clang: passing 'struct hoist_page_1g' to parameter of incompatible type 'struct hoist_page_4k'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k small,
                      struct hoist_page_1g large, struct hoist_pt *pt);

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k small,
                      struct hoist_page_1g large, struct hoist_pt *pt)
{
    (void)small;
    (void)large;
    (void)pt;
#ifdef FIXED
    return hoist_ensure_chain_4k(space, small, hoist_kernel_data(), pt);
#else
    return hoist_ensure_chain_4k(space, large, hoist_kernel_data(), pt);
#endif
}
