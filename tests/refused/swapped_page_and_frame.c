/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame where the page should be, and the other way round. */
// expect-gcc: incompatible type for argument 3 of .hoist_set_leaf_4k.
// expect-clang: passing 'struct hoist_frame_4k' to parameter of incompatible type 'struct hoist_page_4k'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_page_4k page,
                      struct hoist_frame_4k frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_page_4k page,
                      struct hoist_frame_4k frame)
{
    (void)pt;
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf_4k(space, pt, page, frame, hoist_kernel_data());
#else
    return hoist_set_leaf_4k(space, pt, frame, page, hoist_kernel_data());
#endif
}
