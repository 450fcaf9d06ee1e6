/* SPDX-License-Identifier: BSD-2-Clause */
/* Through the door for any size, a table still has to be of the page's size. */
// expect-gcc: incompatible type for argument 2 of .hoist_set_leaf_1g.
// expect-clang: passing 'struct hoist_pt' to parameter of incompatible type 'struct hoist_pdpt'
#include "hoist_paging.h"
#include "any_size.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pdpt pdpt,
                      struct hoist_page_1g page, struct hoist_frame_1g frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pdpt pdpt,
                      struct hoist_page_1g page, struct hoist_frame_1g frame)
{
    (void)pt;
    (void)pdpt;
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf(space, pdpt, page, frame, hoist_kernel_data());
#else
    return hoist_set_leaf(space, pt, page, frame, hoist_kernel_data());
#endif
}
