/* SPDX-License-Identifier: BSD-2-Clause */
/* A number is no virtual address. */
// expect-gcc: incompatible type for argument 2 of .hoist_page_4k_at.
// expect-clang: passing 'uint64_t' .* to parameter of incompatible type 'struct hoist_va'
#include "hoist_paging.h"

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k *page, uint64_t number);

enum hoist_result put(struct hoist_space *space, struct hoist_page_4k *page, uint64_t number)
{
    (void)page;
    (void)number;
#ifdef FIXED
    return hoist_page_4k_at(space, hoist_va_of(number), page);
#else
    return hoist_page_4k_at(space, number, page);
#endif
}
