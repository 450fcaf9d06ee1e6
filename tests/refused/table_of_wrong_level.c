/* SPDX-License-Identifier: BSD-2-Clause */
/* A page table cannot hold a 2 MiB leaf. */
// expect-gcc: incompatible type for argument 2 of .hoist_set_leaf_2m.
// expect-clang: passing 'struct hoist_pt' to parameter of incompatible type 'struct hoist_pd'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pd pd,
                      struct hoist_page_2m page, struct hoist_frame_2m frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pd pd,
                      struct hoist_page_2m page, struct hoist_frame_2m frame)
{
    (void)pt;
    (void)pd;
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf_2m(space, pd, page, frame, hoist_kernel_data());
#else
    return hoist_set_leaf_2m(space, pt, page, frame, hoist_kernel_data());
#endif
}
