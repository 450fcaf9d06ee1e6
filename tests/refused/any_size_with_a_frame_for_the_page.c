/* SPDX-License-Identifier: BSD-2-Clause */
/* The door for any size opens for pages, not for frames. */
// expect-gcc: ._Generic. selector of type .struct hoist_frame_4k. is not compatible with any association
// expect-clang: controlling expression type 'struct hoist_frame_4k' not compatible with any generic association type
#include "hoist_paging.h"
#include "any_size.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k page,
                      struct hoist_frame_4k frame, struct hoist_pt *pt);

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k page,
                      struct hoist_frame_4k frame, struct hoist_pt *pt)
{
    (void)page;
    (void)frame;
    (void)pt;
#ifdef FIXED
    return hoist_ensure_chain(space, page, hoist_kernel_data(), pt);
#else
    return hoist_ensure_chain(space, frame, hoist_kernel_data(), pt);
#endif
}
