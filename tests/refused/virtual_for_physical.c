/* SPDX-License-Identifier: BSD-2-Clause */
/* A frame is not made from a virtual address. */
// expect-gcc: incompatible type for argument 2 of .hoist_frame_4k_at.
// expect-clang: passing 'struct hoist_va' to parameter of incompatible type 'struct hoist_pa'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_frame_4k *frame, struct hoist_va va,
                      struct hoist_pa pa);

enum hoist_result put(struct hoist_space *space, struct hoist_frame_4k *frame, struct hoist_va va,
                      struct hoist_pa pa)
{
    (void)frame;
    (void)va;
    (void)pa;
#ifdef FIXED
    return hoist_frame_4k_at(space, pa, frame);
#else
    return hoist_frame_4k_at(space, va, frame);
#endif
}
