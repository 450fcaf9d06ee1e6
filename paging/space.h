/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space: a root table, what the CPU can do, and how tables are had and reached.
 *
 * A space starts empty, without even a root table; the first mapping makes one. It is plain data
 * with no hidden state: any number of them may be in use at once. The library takes no locks: calls
 * that change one space must not overlap with any other call on it.
 */
#ifndef HOIST_PAGING_SPACE_H
#define HOIST_PAGING_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "address.h"
#include "entry.h"
#include "result.h"

/* What the CPU can do. The library never asks the CPU itself. */
struct hoist_cpu {
    uint8_t levels;        /* 4, or 5 where CR4.LA57 is set */
    uint8_t physical_bits; /* CPUID.80000008H:EAX[7:0], 32 to 52 */
    bool has_1g_pages;     /* CPUID.80000001H:EDX[26] */
    bool has_nx; /* CPUID.80000001H:EDX[20], and EFER.NXE will be set when the tables are used */
    bool accept_missing_nx; /* without NX, map executable what should not be, rather than refuse */
};

/* How a space reaches memory. One constant for any number of spaces. */
struct hoist_hooks {
    /*
     * Hands out one 4 KiB frame for a table; its content does not matter. False: there is none. The
     * frame belongs to the space until free_table gets it back.
     */
    bool (*allocate_table)(void *context, struct hoist_frame_4k *frame);

    /* Takes a frame back that allocate_table handed out and that no table refers to any more. */
    void (*free_table)(void *context, struct hoist_frame_4k frame);

    /*
     * Where the frame can be read and written. NULL instead of a function: at its physical address.
     */
    void *(*table_at)(void *context, struct hoist_frame_4k frame);

    /*
     * Translations of this range that the CPU may have kept are out of date: invlpg each leaf in
     * it, or more. Called after the change. NULL instead of a function: the tables are not in use
     * by any CPU.
     */
    void (*flush)(void *context, struct hoist_va first, uint64_t size_bytes);
};

struct hoist_space {
    uint64_t root; /* written like an entry that points to the root table; 0: no table yet */
    struct hoist_cpu cpu;
    const struct hoist_hooks *hooks; /* the caller's, as long as the space is used */
    void *context;                   /* handed to every hook */
};

/*
 * Makes an empty space; allocates nothing. HOIST_BAD_CPU: levels other than 4 and 5, or a physical
 * width outside 32 to 52 bits. The library cannot map anything before this has succeeded.
 */
HOIST_MUST_CHECK enum hoist_result hoist_space_init(struct hoist_space *space,
                                                    const struct hoist_cpu *cpu,
                                                    const struct hoist_hooks *hooks, void *context);

/* Takes over existing tables, for example those in CR3. The frames stay whosever they are. */
HOIST_MUST_CHECK enum hoist_result hoist_space_open(struct hoist_space *space,
                                                    struct hoist_frame_4k root);

/*
 * The root table's frame, fit for CR3. HOIST_NOT_MAPPED: nothing was mapped yet, so there is none.
 */
HOIST_MUST_CHECK enum hoist_result hoist_space_root(const struct hoist_space *space,
                                                    struct hoist_frame_4k *root);

/* Bits 63 down to the highest translated bit are all equal (SDM volume 1, section 3.3.7.1). */
static inline bool hoist_is_canonical(const struct hoist_space *space, uint64_t va)
{
    const unsigned unused_bits = 64 - (hoist_level_shift(space->cpu.levels) + HOIST_INDEX_BITS);
    const int64_t extended = (int64_t)(va << unused_bits) >> unused_bits;

    return (uint64_t)extended == va;
}

/*
 * Whether an access can be expressed on this space's CPU: HOIST_OK, NO_READ, BAD_ACCESS or NO_NX.
 */
HOIST_MUST_CHECK enum hoist_result hoist_check_access(const struct hoist_space *space,
                                                      struct hoist_access access);

/*
 * Pages and frames, checked. UNALIGNED_PAGE, NOT_CANONICAL; UNALIGNED_FRAME, PA_TOO_WIDE (also
 * where only the frame's end does not fit); NO_1G_PAGES. On an error the result is not written.
 */
HOIST_MUST_CHECK enum hoist_result hoist_page_4k_at(const struct hoist_space *space,
                                                    struct hoist_va va, struct hoist_page_4k *page);
HOIST_MUST_CHECK enum hoist_result hoist_page_2m_at(const struct hoist_space *space,
                                                    struct hoist_va va, struct hoist_page_2m *page);
HOIST_MUST_CHECK enum hoist_result hoist_page_1g_at(const struct hoist_space *space,
                                                    struct hoist_va va, struct hoist_page_1g *page);
HOIST_MUST_CHECK enum hoist_result hoist_frame_4k_at(const struct hoist_space *space,
                                                     struct hoist_pa pa,
                                                     struct hoist_frame_4k *frame);
HOIST_MUST_CHECK enum hoist_result hoist_frame_2m_at(const struct hoist_space *space,
                                                     struct hoist_pa pa,
                                                     struct hoist_frame_2m *frame);
HOIST_MUST_CHECK enum hoist_result hoist_frame_1g_at(const struct hoist_space *space,
                                                     struct hoist_pa pa,
                                                     struct hoist_frame_1g *frame);

#endif
