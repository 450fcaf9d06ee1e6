/* SPDX-License-Identifier: BSD-2-Clause */
/* One call for a 2 MiB page takes no 4 KiB frame. */
// expect-gcc: incompatible type for argument 3 of .hoist_map_2m.
// expect-clang: passing 'struct hoist_frame_4k' to parameter of incompatible type 'struct hoist_frame_2m'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_2m page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large);

enum hoist_result put(struct hoist_space *space, struct hoist_page_2m page,
                      struct hoist_frame_4k small, struct hoist_frame_2m large)
{
    (void)page;
    (void)small;
    (void)large;
#ifdef FIXED
    return hoist_map_2m(space, page, large, hoist_kernel_data());
#else
    return hoist_map_2m(space, page, small, hoist_kernel_data());
#endif
}
