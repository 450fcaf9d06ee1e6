/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The MTRRs (SDM volume 3, section 12.11) as values: which memory type the firmware has given to a
 * physical address, and where that changes. A leaf of 2 MiB or 1 GiB must not reach over such a
 * change (SDM volume 3, section 12.11.9).
 */
#ifndef MTRR_H
#define MTRR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many as IA32_MTRRCAP can count. */
#define MTRR_LIMIT 255

/* Registers for the first MiB: one of 64 KiB ranges, two of 16 KiB, eight of 4 KiB. */
#define MTRR_FIXED_COUNT 11

/* Memory types, SDM volume 3, table 12-2, and what two registers that contradict each other give. */
enum mtrr_type {
    MTRR_UNCACHED = 0,
    MTRR_WRITE_COMBINING = 1,
    MTRR_WRITE_THROUGH = 4,
    MTRR_WRITE_PROTECTED = 5,
    MTRR_WRITE_BACK = 6,
    MTRR_UNDEFINED = 0xff
};

/* IA32_MTRR_PHYSBASEn and IA32_MTRR_PHYSMASKn as the CPU has them. */
struct mtrr_register {
    uint64_t base;
    uint64_t mask;
};

/* All zero: a CPU without MTRRs, on which every address has one type. */
struct mtrr {
    uint64_t default_type; /* IA32_MTRR_DEF_TYPE as the CPU has it */
    unsigned physical_bits;
    bool has_fixed;                   /* IA32_MTRRCAP.FIX */
    uint64_t fixed[MTRR_FIXED_COUNT]; /* IA32_MTRR_FIX*, by address; used if DEF_TYPE says so */
    size_t count;
    struct mtrr_register registers[MTRR_LIMIT];
};

/* Below 1 MiB the fixed ranges come first, SDM volume 3, section 12.11.2.1. */
enum mtrr_type mtrr_type_at(const struct mtrr *mtrr, uint64_t pa);

/* The lowest address above `pa` with another type than that at `pa`; `end` where there is none. */
uint64_t mtrr_next_change(const struct mtrr *mtrr, uint64_t pa, uint64_t end);

/*
 * The types change at multiples of this at most where a mask has a gap, such a register standing
 * for many ranges: mtrr_next_change() does not see those. Otherwise 0.
 */
uint64_t mtrr_granule(const struct mtrr *mtrr);

#endif
