/* SPDX-License-Identifier: BSD-2-Clause */
/* A page directory cannot hold a 1 GiB leaf. */
// expect-gcc: incompatible type for argument 2 of .hoist_set_leaf_1g.
// expect-clang: passing 'struct hoist_pd' to parameter of incompatible type 'struct hoist_pdpt'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_pdpt pdpt,
                      struct hoist_page_1g page, struct hoist_frame_1g frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_pdpt pdpt,
                      struct hoist_page_1g page, struct hoist_frame_1g frame)
{
    (void)pd;
    (void)pdpt;
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf_1g(space, pdpt, page, frame, hoist_kernel_data());
#else
    return hoist_set_leaf_1g(space, pd, page, frame, hoist_kernel_data());
#endif
}
