/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shape of the tables as a constant: everything that depends on it folds away when it is
 * compiled.
 *
 * A build may name another constant as HOIST_FORMAT; the tests do, to try the same code on tables
 * so small that every sequence of calls can be gone through (tests/tiny/).
 */
#ifndef HOIST_PAGING_FORMAT_H
#define HOIST_PAGING_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

struct hoist_format {
    uint8_t page_shift;    /* bits of the offset into the smallest page */
    uint8_t index_bits;    /* bits of an address that pick an entry, the same at every level */
    uint8_t levels_min;    /* depths that a space may have */
    uint8_t levels_max;    /* at most HOIST_LEVELS_MAX */
    bool is_sign_extended; /* the bits above the translated ones repeat the highest of them, or are
                              0 */
};

/* Intel SDM volume 3, section 4.5: 4-level and 5-level paging. */
static const struct hoist_format hoist_x86_64 = {12, 9, 4, 5, true};

#ifndef HOIST_FORMAT
#define HOIST_FORMAT hoist_x86_64
#endif

#endif
