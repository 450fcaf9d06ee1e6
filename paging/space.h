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

struct hoist_flush;   /* what must be flushed: flush.h */
struct hoist_reserve; /* frames for tables: reserve.h */

/* How a space reaches memory. One constant for any number of spaces. */
struct hoist_hooks {
    /*
     * Hands out one 4 KiB frame for a table; its content does not matter. False: there is none. The
     * frame belongs to the space until free_table gets it back.
     */
    bool (*allocate_table)(void *context, struct hoist_frame_4k *frame);

    /*
     * Takes a frame back that no table refers to any more, and that no CPU may still know. Frames
     * from hoist_space.frames come here too. NULL, as allocate_table may be, where nothing is freed
     * or allocated.
     */
    void (*free_table)(void *context, struct hoist_frame_4k frame);

    /*
     * Where the frame can be read and written. NULL instead of a function: at its physical address.
     */
    void *(*table_at)(void *context, struct hoist_frame_4k frame);

    /*
     * Makes every CPU that may use the tables forget what is listed, before it returns;
     * hoist_flush_this_cpu (cpu.h) does it for one. Called in the middle of a change where its
     * steps must not mix, and at the end of it unless the space collects (hoist_space.flush). NULL
     * instead of a function: no CPU uses the tables.
     */
    void (*flush)(void *context, const struct hoist_flush *what);

    /*
     * Reads the entry at this physical address, for tables that cannot be pointed at: a dump,
     * another machine. What it answers but HOIST_OK (HOIST_UNREADABLE, say) ends the look-up or
     * visit and is its result. A visit reads ahead; where that fails, the entry is asked for again
     * when its turn comes. Looking up and visiting use it, nothing else does. NULL: table_at is
     * used.
     */
    enum hoist_result (*read_entry)(void *context, struct hoist_pa pa, uint64_t *entry);

    /*
     * Whether a CPU has this root in its CR3; hoist_is_root_of_this_cpu (cpu.h) asks one. NULL:
     * none has.
     */
    bool (*is_root_in_use)(void *context, struct hoist_frame_4k root);
};

/* Who may change the upper half. */
enum hoist_upper_half {
    HOIST_UPPER_OWN = 0, /* this space alone has it */
    /*
     * Other spaces have copies of its root entries: those stay as they are. When the last of the
     * others is destroyed, the caller may set HOIST_UPPER_OWN again.
     */
    HOIST_UPPER_LENT,
    HOIST_UPPER_BORROWED, /* it is another space's, and is changed through that one only */
};

/* One address space. The library keeps nothing outside of it. */
struct hoist_space {
    uint64_t root; /* written like an entry that points to the root table; 0: no table yet */
    struct hoist_cpu cpu;
    const struct hoist_hooks *hooks; /* the caller's, and the same, as long as the space is used */
    void *context;                   /* handed to every hook */
    uint64_t root_flags;             /* that the root pointer will have */

    /*
     * The caller may set these three between calls. Where changes collect what must be flushed,
     * until hoist_flush_now or hoist_flush_done; NULL: hooks->flush is called at the end of each
     * change. A list that still holds something must not be taken away or replaced.
     */
    struct hoist_flush *flush;
    struct hoist_reserve *frames; /* for new tables; NULL: allocate_table is asked for them */
    bool keep_links; /* refuse with NARROW_LINK what would need an existing link to grant more */

    enum hoist_upper_half upper_half;
    uint64_t flush_number;  /* counts flushes, for hoist_stale (owned.h) */
    uint64_t change_number; /* counts frees and splits of tables, for hoist_cursor */
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

/*
 * An empty lower half below the upper half of `owner`, whose root entries are copied into a new
 * root table. From then on the owner's upper root entries cannot change any more, so map something
 * in each half-terabyte that will be used, or hoist_fill_upper_root, beforehand; what lies below
 * them is shared. Allocates one frame. NO_FRAME_FOR_PML4, _PML5; NOT_MAPPED: the owner has no root
 * table.
 */
HOIST_MUST_CHECK enum hoist_result hoist_space_init_sharing(struct hoist_space *space,
                                                            struct hoist_space *owner);

/*
 * Gives every empty entry in the upper half of the root an empty table: 256 frames at most, for a
 * kernel half that can grow anywhere after it was shared. NO_FRAME_FOR_...; SHARED_HALF.
 */
HOIST_MUST_CHECK enum hoist_result hoist_fill_upper_root(struct hoist_space *space);

/* Bits 63 down to the highest translated bit are all equal (SDM volume 1, section 3.3.7.1). */
static inline bool hoist_is_canonical(const struct hoist_space *space, uint64_t va)
{
    const unsigned unused_bits = 64 - hoist_level_shift(space->cpu.levels + 1u);

    if (!HOIST_FORMAT.is_sign_extended) {
        return va << unused_bits >> unused_bits == va;
    }
    return (uint64_t)((int64_t)(va << unused_bits) >> unused_bits) == va;
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
