/* SPDX-License-Identifier: BSD-2-Clause */
/* A 2 MiB frame does not go into a page table. */
// expect-gcc: incompatible type for argument 4 of .hoist_set_leaf_4k.
// expect-clang: passing 'struct hoist_frame_2m' to parameter of incompatible type 'struct hoist_frame_4k'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_page_4k page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large);

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_page_4k page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large)
{
    (void)small;
    (void)large;
#ifdef FIXED
    return hoist_set_leaf_4k(space, pt, page, small, hoist_kernel_data());
#else
    return hoist_set_leaf_4k(space, pt, page, large, hoist_kernel_data());
#endif
}
