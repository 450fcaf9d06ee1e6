/* SPDX-License-Identifier: BSD-2-Clause */
/* Which type an address has by the MTRRs, and up to where. */
#include "mtrr.h"

#define DEF_TYPE_ENABLE       (UINT64_C(1) << 11)
#define DEF_TYPE_FIXED_ENABLE (UINT64_C(1) << 10)
#define DEF_TYPE_MASK         UINT64_C(0xff)
#define BASE_TYPE_MASK        UINT64_C(0xff)
#define MASK_VALID            (UINT64_C(1) << 11)
#define PAGE_BITS             12

/* Where the fixed ranges get smaller, and where they end: SDM volume 3, table 12-9. */
#define FIXED_16K_START UINT64_C(0x80000)
#define FIXED_4K_START  UINT64_C(0xc0000)
#define FIXED_END       UINT64_C(0x100000)

/* The bits of an address that a register compares. */
static uint64_t compared(const struct mtrr *mtrr, uint64_t value)
{
    const uint64_t width = (UINT64_C(1) << mtrr->physical_bits) - 1;

    return value & width & ~((UINT64_C(1) << PAGE_BITS) - 1);
}

static bool is_on(const struct mtrr *mtrr, size_t index)
{
    return (mtrr->registers[index].mask & MASK_VALID) != 0;
}

/* The lowest bit that a register compares: the size of its range, where the mask has no gap. */
static uint64_t size_of(const struct mtrr *mtrr, size_t index)
{
    const uint64_t mask = compared(mtrr, mtrr->registers[index].mask);

    return mask == 0 ? UINT64_C(1) << mtrr->physical_bits : mask & (~mask + 1);
}

static bool has_gap(const struct mtrr *mtrr, size_t index)
{
    const uint64_t mask = compared(mtrr, mtrr->registers[index].mask);

    return mask + size_of(mtrr, index) != UINT64_C(1) << mtrr->physical_bits;
}

static uint64_t base_of(const struct mtrr *mtrr, size_t index)
{
    return compared(mtrr, mtrr->registers[index].base & mtrr->registers[index].mask);
}

static bool is_in_fixed(const struct mtrr *mtrr, uint64_t pa)
{
    return pa < FIXED_END && mtrr->has_fixed && (mtrr->default_type & DEF_TYPE_FIXED_ENABLE) != 0;
}

/* log2 of the size of the fixed range around an address. */
static unsigned fixed_bits(uint64_t pa)
{
    return pa < FIXED_16K_START ? 16 : pa < FIXED_4K_START ? 14 : PAGE_BITS;
}

/* Eight ranges to a register, a byte for each. */
static enum mtrr_type fixed_type(const struct mtrr *mtrr, uint64_t pa)
{
    const uint64_t start = pa < FIXED_16K_START  ? 0
                           : pa < FIXED_4K_START ? FIXED_16K_START
                                                 : FIXED_4K_START;
    const unsigned first = pa < FIXED_16K_START ? 0 : pa < FIXED_4K_START ? 1 : 3;
    const uint64_t range = (pa - start) >> fixed_bits(pa);

    return (enum mtrr_type)(mtrr->fixed[first + range / 8] >> (8 * (range % 8)) & BASE_TYPE_MASK);
}

/* SDM volume 3, section 12.11.4.1: uncached wins, write-through over write-back; else undefined. */
static enum mtrr_type combine(enum mtrr_type one, enum mtrr_type other)
{
    const bool has_through = one == MTRR_WRITE_THROUGH || other == MTRR_WRITE_THROUGH;
    const bool has_back = one == MTRR_WRITE_BACK || other == MTRR_WRITE_BACK;

    if (one == other) {
        return one;
    }
    if (one == MTRR_UNCACHED || other == MTRR_UNCACHED) {
        return MTRR_UNCACHED;
    }
    return has_through && has_back ? MTRR_WRITE_THROUGH : MTRR_UNDEFINED;
}

enum mtrr_type mtrr_type_at(const struct mtrr *mtrr, uint64_t pa)
{
    enum mtrr_type type = (enum mtrr_type)(mtrr->default_type & DEF_TYPE_MASK);
    bool found = false;

    if ((mtrr->default_type & DEF_TYPE_ENABLE) == 0) {
        return MTRR_UNCACHED;
    }
    if (is_in_fixed(mtrr, pa)) {
        return fixed_type(mtrr, pa);
    }
    for (size_t i = 0; i < mtrr->count; i++) {
        const uint64_t mask = mtrr->registers[i].mask;
        const enum mtrr_type own = (enum mtrr_type)(mtrr->registers[i].base & BASE_TYPE_MASK);

        if (is_on(mtrr, i) && compared(mtrr, pa & mask) == base_of(mtrr, i)) {
            type = found ? combine(type, own) : own;
            found = true;
        }
    }
    return type;
}

/* The lowest edge of any register's range in (pa, end); `end` where there is none. */
static uint64_t next_edge(const struct mtrr *mtrr, uint64_t pa, uint64_t end)
{
    uint64_t next = end;

    if (is_in_fixed(mtrr, pa)) {
        const uint64_t edge = ((pa >> fixed_bits(pa)) + 1) << fixed_bits(pa);

        next = edge < end ? edge : end;
    }
    for (size_t i = 0; i < mtrr->count; i++) {
        const uint64_t first = base_of(mtrr, i);
        const uint64_t last = first + size_of(mtrr, i);

        if (!is_on(mtrr, i) || has_gap(mtrr, i)) {
            continue;
        }
        next = first > pa && first < next ? first : next;
        next = last > pa && last < next ? last : next;
    }
    return next;
}

uint64_t mtrr_next_change(const struct mtrr *mtrr, uint64_t pa, uint64_t end)
{
    if (mtrr->count == 0 && !is_in_fixed(mtrr, pa)) {
        return end;
    }
    /* Held against what lies just below the edge: registers with a gap may have changed it since. */
    do {
        pa = next_edge(mtrr, pa, end);
    } while (pa < end && mtrr_type_at(mtrr, pa) == mtrr_type_at(mtrr, pa - 1));
    return pa;
}

uint64_t mtrr_granule(const struct mtrr *mtrr)
{
    uint64_t granule = 0;

    for (size_t i = 0; i < mtrr->count; i++) {
        if (is_on(mtrr, i) && has_gap(mtrr, i) && (granule == 0 || size_of(mtrr, i) < granule)) {
            granule = size_of(mtrr, i);
        }
    }
    return granule;
}
