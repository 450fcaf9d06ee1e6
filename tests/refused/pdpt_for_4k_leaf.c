/* SPDX-License-Identifier: BSD-2-Clause */
/* A page-directory-pointer table cannot hold a 4 KiB leaf. */
// expect-gcc: incompatible type for argument 2 of .hoist_set_leaf_4k.
// expect-clang: passing 'struct hoist_pdpt' to parameter of incompatible type 'struct hoist_pt'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pdpt pdpt,
                      struct hoist_page_4k page, struct hoist_frame_4k frame);

enum hoist_result put(struct hoist_space *space, struct hoist_pt pt, struct hoist_pdpt pdpt,
                      struct hoist_page_4k page, struct hoist_frame_4k frame)
{
    (void)pt;
    (void)pdpt;
    (void)page;
    (void)frame;
#ifdef FIXED
    return hoist_set_leaf_4k(space, pt, page, frame, hoist_kernel_data());
#else
    return hoist_set_leaf_4k(space, pdpt, page, frame, hoist_kernel_data());
#endif
}
