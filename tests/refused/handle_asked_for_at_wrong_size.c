/* SPDX-License-Identifier: BSD-2-Clause */
/* ensure_chain for a 2 MiB page hands out a page directory, not a page table. */
// expect-gcc: passing argument 4 of .hoist_ensure_chain_2m. from incompatible pointer type
// expect-clang: incompatible pointer types passing 'struct hoist_pt \*' to parameter of type 'struct hoist_pd \*'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_2m page, struct hoist_pt *pt,
                      struct hoist_pd *pd);

enum hoist_result put(struct hoist_space *space, struct hoist_page_2m page, struct hoist_pt *pt,
                      struct hoist_pd *pd)
{
    (void)page;
    (void)pt;
    (void)pd;
#ifdef FIXED
    return hoist_ensure_chain_2m(space, page, hoist_kernel_data(), pd);
#else
    return hoist_ensure_chain_2m(space, page, hoist_kernel_data(), pt);
#endif
}
