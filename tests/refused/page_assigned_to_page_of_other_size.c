/* SPDX-License-Identifier: BSD-2-Clause */
/* A page does not become one of another size by assignment. */
// expect-gcc: invalid initializer
// expect-clang: initializing 'const struct hoist_page_2m' with an expression of incompatible type 'struct hoist_page_4k'
#include "hoist_paging.h"

uint64_t start(struct hoist_page_4k small, struct hoist_page_2m large);

uint64_t start(struct hoist_page_4k small, struct hoist_page_2m large)
{
    (void)small;
    (void)large;
#ifdef FIXED
    const struct hoist_page_2m page = large;
#else
    const struct hoist_page_2m page = small;
#endif
    return page.va;
}
