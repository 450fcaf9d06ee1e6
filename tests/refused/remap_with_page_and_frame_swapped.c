/* SPDX-License-Identifier: BSD-2-Clause */
/* Mapping again takes the page first, as mapping does. */
// expect-gcc: incompatible type for argument 2 of .hoist_remap_4k.
// expect-clang: passing 'struct hoist_frame_4k' to parameter of incompatible type 'struct hoist_page_4k'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k page,
                      struct hoist_frame_4k frame);

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k page,
                      struct hoist_frame_4k frame)
{
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_remap_4k(space, page, frame, hoist_kernel_data(), HOIST_RANGE_IDLE);
#else
    return hoist_remap_4k(space, frame, page, hoist_kernel_data(), HOIST_RANGE_IDLE);
#endif
}
