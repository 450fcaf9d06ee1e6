/* SPDX-License-Identifier: BSD-2-Clause */
/* Through the door for any size, a frame still has to be of the page's size. */
// expect-gcc: incompatible type for argument 4 of .hoist_set_leaf_2m.
// expect-clang: passing 'struct hoist_frame_4k' to parameter of incompatible type 'struct hoist_frame_2m'
#include "hoist_paging.h"
#include "any_size.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_page_2m page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large);

enum hoist_result put(struct hoist_space *space, struct hoist_pd pd, struct hoist_page_2m page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large)
{
    (void)pd;
    (void)page;
    (void)small;
    (void)large;
#ifdef FIXED
    return hoist_set_leaf(space, pd, page, large, hoist_kernel_data());
#else
    return hoist_set_leaf(space, pd, page, small, hoist_kernel_data());
#endif
}
