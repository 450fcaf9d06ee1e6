/* SPDX-License-Identifier: BSD-2-Clause */
/* A space that must not change hands out no entry that may be changed. */
// expect: passing .*discards .*qualifier
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, const struct hoist_space *fixed,
                      struct hoist_entry_mut *entry);

enum hoist_result put(struct hoist_space *space, const struct hoist_space *fixed,
                      struct hoist_entry_mut *entry)
{
    (void)space;
    (void)fixed;
    (void)entry;
#ifdef FIXED
    return hoist_entry_mut_at(space, hoist_va_of(0), 1, entry);
#else
    return hoist_entry_mut_at(fixed, hoist_va_of(0), 1, entry);
#endif
}
