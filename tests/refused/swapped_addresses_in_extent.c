/* SPDX-License-Identifier: BSD-2-Clause */
/* An extent names its virtual address first. */
// expect-gcc: incompatible type for argument 1 of .hoist_extent_of.
// expect-clang: passing 'struct hoist_pa' to parameter of incompatible type 'struct hoist_va'
#include "hoist_paging.h"

struct hoist_extent make(struct hoist_va va, struct hoist_pa pa);

struct hoist_extent make(struct hoist_va va, struct hoist_pa pa)
{
#ifdef FIXED
    return hoist_extent_of(va, pa, HOIST_SIZE_2M);
#else
    return hoist_extent_of(pa, va, HOIST_SIZE_2M);
#endif
}
