/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every changing or looking function of the library answers.
 *
 * On any answer but HOIST_OK the tables are bit for bit what they were before the call, and no
 * frame is lost. The groups tell whose move it is: a wrong argument (the caller's code), a lack (of
 * memory or of a CPU feature), or a conflict with what is mapped already.
 */
#ifndef HOIST_PAGING_RESULT_H
#define HOIST_PAGING_RESULT_H

/* Before a function: a caller that does not look at its answer is warned by the compiler. */
#define HOIST_MUST_CHECK __attribute__((warn_unused_result))

/* Answers, by whose move it is. */
enum hoist_result {
    HOIST_OK = 0,

    /* The caller's arguments. */
    HOIST_UNALIGNED_PAGE = 0x10, /* a virtual address is no multiple of the page size */
    HOIST_UNALIGNED_FRAME,       /* a physical address is no multiple of the page size */
    HOIST_UNALIGNED_SIZE,        /* a length is no multiple of 4 KiB, or is zero */
    HOIST_NOT_CANONICAL, /* a virtual address, or part of a range, lies in the canonical hole */
    HOIST_PA_TOO_WIDE,   /* a physical address does not fit the CPU's physical-address width */
    HOIST_NO_READ,       /* rights without HOIST_READ: x86 cannot express them */
    HOIST_BAD_ACCESS,    /* an access with a member out of range */
    HOIST_BAD_LEAF_SIZE, /* none of enum hoist_leaf_size */
    HOIST_BAD_CPU,       /* levels or physical width that no x86-64 CPU has */
    HOIST_TABLE_OF_OTHER_PAGE, /* the table handle does not cover the page */
    HOIST_OUT_OF_ORDER,        /* counted ranges must ascend and not overlap */
    HOIST_NOT_EXPRESSIBLE,     /* the format has no such rights or cache type (formats/) */

    /* What is lacking. */
    HOIST_NO_FRAME_FOR_PT = 0x20, /* the allocator had no frame for a table of this level */
    HOIST_NO_FRAME_FOR_PD,
    HOIST_NO_FRAME_FOR_PDPT,
    HOIST_NO_FRAME_FOR_PML4,
    HOIST_NO_FRAME_FOR_PML5,
    HOIST_NO_1G_PAGES, /* the CPU has no 1 GiB pages */
    HOIST_NO_NX,       /* the CPU has no execute-disable, and the caller does not accept that */
    HOIST_UNREADABLE,  /* for the caller's read_entry hook: there is no such memory */
    HOIST_UNWRITABLE,  /* the same for writing (formats/) */
    HOIST_NO_FRAME_FOR_TABLE, /* the allocator had no memory for a table (formats/) */
    HOIST_NO_PAGE,            /* it had none to be mapped (formats/) */

    /* What is there already. */
    HOIST_ALREADY_MAPPED = 0x30,  /* a different mapping is in the way */
    HOIST_TABLE_IN_THE_WAY_OF_2M, /* a page table stands where the 2 MiB leaf should go */
    HOIST_TABLE_IN_THE_WAY_OF_1G, /* a page directory stands where the 1 GiB leaf should go */
    HOIST_NOT_MAPPED,             /* nothing is mapped at the address */
    HOIST_NARROW_LINK,  /* a link grants too little, and the space keeps its links as they are */
    HOIST_SHARED_HALF,  /* the upper half is another space's, or its root entries are shared */
    HOIST_RANGE_IN_USE, /* needs a moment without a mapping, and the caller uses the range */
    HOIST_SPACE_IN_USE, /* a CPU is running on the tables */
    HOIST_NOT_FLUSHED,  /* a CPU may still have the old translation of the page */
    HOIST_NOT_OWNED,    /* the page was not given to the space by hoist_give */
    HOIST_BAD_ENTRY,    /* an entry is present, and its format reserves what it holds (formats/) */
    HOIST_GROUPED_LEAF, /* leaves that map a block together would be changed in part (formats/) */

    /* How a visit can end early. */
    HOIST_STOPPED = 0x40, /* a visitor had seen enough */
    HOIST_TOO_MUCH /* the budget of entries is used up: tables that point at themselves, perhaps */
};

/*
 * A short English text for a result, static and never NULL; "unknown result" for a number that is
 * none.
 */
const char *hoist_result_text(enum hoist_result result);

#endif
