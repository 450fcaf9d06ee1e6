/* SPDX-License-Identifier: BSD-2-Clause */
/* MTRRs as firmware writes them. */
#ifndef TEST_MTRR_FIXTURE_H
#define TEST_MTRR_FIXTURE_H

#include "mtrr.h"

#define PAGE UINT64_C(0x1000)
#define MIB  UINT64_C(0x100000)
#define GIB  UINT64_C(0x40000000)

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define ENABLED (UINT64_C(1) << 11) /* of IA32_MTRR_DEF_TYPE */
#define FIXED   (UINT64_C(1) << 10)
#define VALID   (UINT64_C(1) << 11) /* of a mask */

#define UC 0
#define WC 1
#define WT 4
#define WP 5
#define WB 6

static const uint8_t types[] = {UC, WC, WT, WP, WB};

static inline void add_pair(struct mtrr *mtrr, uint64_t base, uint64_t mask)
{
    mtrr->registers[mtrr->count++] = (struct mtrr_register){base, mask};
}

/* As firmware writes it: a power of two, on a multiple of itself. */
static inline void add(struct mtrr *mtrr, uint64_t base, uint64_t size_bytes, uint64_t type)
{
    const uint64_t width = (UINT64_C(1) << mtrr->physical_bits) - 1;

    add_pair(mtrr, base | type, (~(size_bytes - 1) & width) | VALID);
}

#endif
