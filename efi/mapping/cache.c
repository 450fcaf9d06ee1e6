/* SPDX-License-Identifier: BSD-2-Clause */
/* One memory type out of two. */
#include "mapping.h"

/* A page's type in the PAT, SDM volume 3, table 12-10. The others have the MTRRs' numbers. */
#define PAT_UNCACHED_MINUS 7u

/*
 * SDM volume 3, table 12-7, row by row: what a write-back page of the PAT is the MTRR alone, and
 * write-combining asks nobody. Uncached minus gives way to write-combining in the MTRR, and to
 * write-protected as well.
 */
uint8_t mapping_cache_of(uint8_t pat_type, uint8_t mtrr_type)
{
    if (pat_type == MTRR_WRITE_COMBINING || pat_type == MTRR_UNCACHED) {
        return pat_type;
    }
    if (mtrr_type == MTRR_UNDEFINED || pat_type == 2 || pat_type == 3) {
        return MTRR_UNDEFINED;
    }
    if (pat_type == MTRR_WRITE_BACK) {
        return mtrr_type;
    }
    if (pat_type == PAT_UNCACHED_MINUS) {
        return mtrr_type == MTRR_WRITE_COMBINING || mtrr_type == MTRR_WRITE_PROTECTED
                   ? MTRR_WRITE_COMBINING
                   : MTRR_UNCACHED;
    }
    /* Write-through and write-protected pages. */
    if (mtrr_type == MTRR_UNCACHED || mtrr_type == MTRR_WRITE_COMBINING) {
        return MTRR_UNCACHED;
    }
    return pat_type;
}
