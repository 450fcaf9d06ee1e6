/* SPDX-License-Identifier: BSD-2-Clause */
/* A cursor takes 4 KiB pages alone. */
// expect-gcc: incompatible type for argument 2 of .hoist_cursor_map.
// expect-clang: passing 'struct hoist_page_2m' to parameter of incompatible type 'struct hoist_page_4k'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_cursor *cursor, struct hoist_page_4k small,
                      struct hoist_page_2m large, struct hoist_frame_4k frame);

enum hoist_result put(struct hoist_cursor *cursor, struct hoist_page_4k small,
                      struct hoist_page_2m large, struct hoist_frame_4k frame)
{
    (void)small;
    (void)large;
    (void)frame;
#ifdef FIXED
    return hoist_cursor_map(cursor, small, frame, hoist_kernel_data());
#else
    return hoist_cursor_map(cursor, large, frame, hoist_kernel_data());
#endif
}
