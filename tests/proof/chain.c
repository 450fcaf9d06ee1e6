/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ensure_chain, count_chain and set_leaf of each size. set_leaf gets handles as ensure_chain makes
 * them: the beginning of some table, and any numbers beside it.
 */
#include "any.h"

void prove_4k(void);
void prove_2m(void);
void prove_1g(void);

#define PROVE(size, table)                                                           \
    static void prove_##size##_of(uint8_t levels)                                    \
    {                                                                                \
        struct hoist_space space = any_space(levels, &any_hooks);                    \
        struct hoist_page_##size page;                                               \
        struct hoist_frame_##size frame;                                             \
        struct hoist_##table found;                                                  \
        struct hoist_##table handle = {any_table(), any, any};                       \
                                                                                     \
        if (hoist_page_##size##_at(&space, hoist_va_of(any), &page) != HOIST_OK) {   \
            return;                                                                  \
        }                                                                            \
        (void)hoist_count_chain_##size(&space, page);                                \
        (void)!hoist_ensure_chain_##size(&space, page, any_access(), &found);        \
        if (hoist_frame_##size##_at(&space, hoist_pa_of(any), &frame) == HOIST_OK) { \
            (void)!hoist_set_leaf_##size(&space, handle, page, frame, any_access()); \
        }                                                                            \
    }                                                                                \
                                                                                     \
    void prove_##size(void)                                                          \
    {                                                                                \
        prove_##size##_of(4);                                                        \
        prove_##size##_of(5);                                                        \
    }

PROVE(4k, pt)
PROVE(2m, pd)
PROVE(1g, pdpt)
