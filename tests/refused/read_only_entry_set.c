/* SPDX-License-Identifier: BSD-2-Clause */
/* An entry that was only to be looked at cannot be set. */
// expect-gcc: passing argument 2 of .hoist_entry_set. from incompatible pointer type
// expect-clang: incompatible pointer types passing 'struct hoist_entry \*' to parameter of type 'struct hoist_entry_mut \*'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_entry *seen,
                      struct hoist_entry_mut *entry, struct hoist_pa pa);

enum hoist_result put(struct hoist_space *space, struct hoist_entry *seen,
                      struct hoist_entry_mut *entry, struct hoist_pa pa)
{
    (void)seen;
    (void)entry;
    (void)pa;
#ifdef FIXED
    return hoist_entry_set(space, entry, pa, hoist_kernel_data());
#else
    return hoist_entry_set(space, seen, pa, hoist_kernel_data());
#endif
}
