/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of the results. */
#include "result.h"

const char *hoist_result_text(enum hoist_result result)
{
    /* clang-format off */
    switch (result) {
    case HOIST_OK:                     return "done";
    case HOIST_UNALIGNED_PAGE:         return "virtual address not aligned to the page size";
    case HOIST_UNALIGNED_FRAME:        return "physical address not aligned to the page size";
    case HOIST_UNALIGNED_SIZE:         return "length zero or not a multiple of 4 KiB";
    case HOIST_NOT_CANONICAL:          return "virtual address not canonical";
    case HOIST_PA_TOO_WIDE:            return "physical address wider than the CPU's";
    case HOIST_NO_READ:                return "rights without read";
    case HOIST_BAD_ACCESS:             return "access with a member out of range";
    case HOIST_BAD_LEAF_SIZE:          return "no such leaf size";
    case HOIST_BAD_CPU:                return "no CPU has these levels or this physical width";
    case HOIST_TABLE_OF_OTHER_PAGE:    return "table handle does not cover the page";
    case HOIST_OUT_OF_ORDER:           return "counted ranges do not ascend";
    case HOIST_NOT_EXPRESSIBLE:        return "the format has no such rights or cache type";
    case HOIST_NO_FRAME_FOR_PT:        return "no frame for a page table (PT)";
    case HOIST_NO_FRAME_FOR_PD:        return "no frame for a page directory (PD)";
    case HOIST_NO_FRAME_FOR_PDPT:      return "no frame for a page-directory-pointer table (PDPT)";
    case HOIST_NO_FRAME_FOR_PML4:      return "no frame for a PML4 table";
    case HOIST_NO_FRAME_FOR_PML5:      return "no frame for a PML5 table";
    case HOIST_NO_1G_PAGES:            return "the CPU has no 1 GiB pages";
    case HOIST_NO_NX:                  return "the CPU has no execute-disable";
    case HOIST_UNREADABLE:             return "table memory cannot be read";
    case HOIST_UNWRITABLE:             return "table memory cannot be written";
    case HOIST_NO_FRAME_FOR_TABLE:     return "no memory for a table";
    case HOIST_NO_PAGE:                return "no memory to map";
    case HOIST_ALREADY_MAPPED:         return "a different mapping is in the way";
    case HOIST_TABLE_IN_THE_WAY_OF_2M: return "a page table is in the way of a 2 MiB leaf";
    case HOIST_TABLE_IN_THE_WAY_OF_1G: return "a page directory is in the way of a 1 GiB leaf";
    case HOIST_NOT_MAPPED:             return "not mapped";
    case HOIST_NARROW_LINK:            return "a link grants too little and may not be widened";
    case HOIST_SHARED_HALF:            return "the upper half is shared with other spaces";
    case HOIST_RANGE_IN_USE:           return "a range in use would lose its mapping for a moment";
    case HOIST_SPACE_IN_USE:           return "a CPU is running on these tables";
    case HOIST_NOT_FLUSHED:            return "the old translation is not flushed yet";
    case HOIST_NOT_OWNED:              return "the page was not given to this space";
    case HOIST_BAD_ENTRY:              return "an entry that the format reserves";
    case HOIST_GROUPED_LEAF:           return "part of leaves that map a block together";
    case HOIST_STOPPED:                return "stopped by the visitor";
    case HOIST_TOO_MUCH:               return "more entries than the budget allows";
    }
    /* clang-format on */
    return "unknown result";
}
