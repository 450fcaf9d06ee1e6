/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of an entry are no access. */
// expect-gcc: incompatible type for argument 5 of .hoist_set_leaf_4k.
// expect-clang: passing 'int' to parameter of incompatible type 'struct hoist_access'
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
    return hoist_set_leaf_4k(space, pt, page, frame, 0x3);
#endif
}
