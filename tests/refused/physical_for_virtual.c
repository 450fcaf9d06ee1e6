/* SPDX-License-Identifier: BSD-2-Clause */
/* A physical address cannot be looked up. */
// expect-gcc: incompatible type for argument 2 of .hoist_query.
// expect-clang: passing 'struct hoist_pa' to parameter of incompatible type 'struct hoist_va'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_va va, struct hoist_pa pa,
                      struct hoist_translation *found);

enum hoist_result put(struct hoist_space *space, struct hoist_va va, struct hoist_pa pa,
                      struct hoist_translation *found)
{
    (void)va;
    (void)pa;
    (void)found;
#ifdef FIXED
    return hoist_query(space, va, found);
#else
    return hoist_query(space, pa, found);
#endif
}
