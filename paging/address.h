/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses as types, so that the compiler refuses to mix them.
 *
 * A virtual address, a physical address, and a page and a frame of each size are structs of their
 * own. Pages and frames are made by functions that check them (space.h), so whoever holds one need
 * not check it again. A page is virtual, a frame is physical.
 */
#ifndef HOIST_PAGING_ADDRESS_H
#define HOIST_PAGING_ADDRESS_H

#include <stdint.h>

/* The sizes of pages, in bytes. */
#define HOIST_SIZE_4K UINT64_C(0x1000)
#define HOIST_SIZE_2M UINT64_C(0x200000)
#define HOIST_SIZE_1G UINT64_C(0x40000000)

/* A virtual address; any number. */
struct hoist_va {
    uint64_t value;
};

/* A physical address; any number. */
struct hoist_pa {
    uint64_t value;
};

/* A page of each size: aligned to it, and canonical. */
struct hoist_page_4k {
    uint64_t va;
};
struct hoist_page_2m {
    uint64_t va;
};
struct hoist_page_1g {
    uint64_t va;
};

/* A frame of each size: aligned to it, and within the physical width of the CPU. */
struct hoist_frame_4k {
    uint64_t pa;
};
struct hoist_frame_2m {
    uint64_t pa;
};
struct hoist_frame_1g {
    uint64_t pa;
};

/*
 * A stretch of the address space and the frames behind it. The end, va + size_bytes, may be 2^64.
 */
struct hoist_extent {
    struct hoist_va va;
    struct hoist_pa pa;
    uint64_t size_bytes;
};

/* A stretch of the address space by itself, with the same rule for its end. */
struct hoist_range {
    struct hoist_va va;
    uint64_t size_bytes;
};

/* Any number is an address; what it may be used for is checked where it is used. */
static inline struct hoist_va hoist_va_of(uint64_t value)
{
    struct hoist_va va = {value};

    return va;
}

/* The same for physical ones. */
static inline struct hoist_pa hoist_pa_of(uint64_t value)
{
    struct hoist_pa pa = {value};

    return pa;
}

/* For C++ and for code without designated initialisers; nothing is checked. */
static inline struct hoist_extent hoist_extent_of(struct hoist_va va, struct hoist_pa pa,
                                                  uint64_t size_bytes)
{
    struct hoist_extent extent = {va, pa, size_bytes};

    return extent;
}

/* The same without frames. */
static inline struct hoist_range hoist_range_of(struct hoist_va va, uint64_t size_bytes)
{
    struct hoist_range range = {va, size_bytes};

    return range;
}

#endif
