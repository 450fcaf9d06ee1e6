/* SPDX-License-Identifier: BSD-2-Clause */
/* A space collects in a flush list, not in a reserve of frames. */
// expect-gcc: assignment to .struct hoist_flush \*. from incompatible pointer type .struct hoist_reserve \*.
// expect-clang: incompatible pointer types assigning to 'struct hoist_flush \*' from 'struct hoist_reserve \*'
#include "hoist_paging.h"

void collect(struct hoist_space *space, struct hoist_flush *flush, struct hoist_reserve *reserve);

void collect(struct hoist_space *space, struct hoist_flush *flush, struct hoist_reserve *reserve)
{
    (void)flush;
    (void)reserve;
#ifdef FIXED
    space->flush = flush;
#else
    space->flush = reserve;
#endif
}
