/* SPDX-License-Identifier: BSD-2-Clause */
/* A 4 KiB page has no leaf in a page directory. */
// expect-gcc: incompatible type for argument 3 of .hoist_set_leaf_2m.
// expect-clang: passing 'struct hoist_page_4k' to parameter of incompatible type 'struct hoist_page_2m'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_page_4k small,
                      struct hoist_page_2m large, struct hoist_frame_2m frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_page_4k small,
                      struct hoist_page_2m large, struct hoist_frame_2m frame)
{
    (void)pd;
    (void)small;
    (void)large;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf_2m(space, pd, large, frame, hoist_kernel_data());
#else
    return hoist_set_leaf_2m(space, pd, small, frame, hoist_kernel_data());
#endif
}
