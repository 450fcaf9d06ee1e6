/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of any format: a tree of tables, and how its memory is reached.
 *
 * For x86-64 alone hoist_paging.h does more, and faster: typed pages, splitting and merging, lists
 * of what must be flushed. A tree has what all formats have in common.
 *
 * A build that names one description as HOIST_TREE_FORMAT has it as a constant in all of this
 * folder's code, and the member `format` is not looked at. Otherwise each tree has its own.
 *
 * The library takes no locks: calls that change a tree must not overlap with other calls on it.
 */
#ifndef HOIST_TREE_H
#define HOIST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "address.h"
#include "result.h"
#include "table_format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the CPU can do of what the format allows. Zero means: all of it. */
struct hoist_tree_cpu {
    uint8_t physical_bits;  /* of a physical address */
    uint8_t large_levels;   /* bit n: leaves at level n, without a gap; 2 (bit 1): pages alone */
    uint8_t cache_types;    /* bit n: cache type n of access.h, such as 1 << HOIST_WRITE_BACK */
    bool has_no_no_execute; /* what is mapped can be executed: rights without it are refused */
};

/*
 * How a tree reaches memory. Any function may be NULL.
 *
 * Either tables and pages can be pointed at, then memory_at says where; or they are another
 * machine's or in a file, then read and write are all that is used. Entries are read and written
 * whole, in the byte order of the machine that the library runs on: for a live tree the pointer is
 * the way, for it makes one store of an entry.
 */
struct hoist_tree_hooks {
    /*
     * Hands out memory for a table, as large as it is aligned; its content does not matter. False:
     * there is none. It belongs to the tree until free_table gets it back.
     */
    bool (*allocate_table)(void *context, uint64_t size_bytes, struct hoist_pa *table);
    void (*free_table)(void *context, uint64_t size_bytes, struct hoist_pa table);

    /* The same for memory that is mapped: hoist_tree_allocate and hoist_tree_free use them. */
    bool (*allocate_page)(void *context, uint64_t size_bytes, struct hoist_pa *page);
    void (*free_page)(void *context, uint64_t size_bytes, struct hoist_pa page);

    /* Where the memory can be read and written. NULL: at its physical address. */
    void *(*memory_at)(void *context, struct hoist_pa pa);

    /*
     * Reads or writes size_bytes at this physical address: an entry, or bytes of one page. What
     * they answer but HOIST_OK (HOIST_UNREADABLE, HOIST_UNWRITABLE) ends the call and is its
     * result; where that happens while changing, what was written stays. Both or neither.
     */
    enum hoist_result (*read)(void *context, struct hoist_pa pa, void *bytes, uint64_t size_bytes);
    enum hoist_result (*write)(void *context, struct hoist_pa pa, const void *bytes,
                               uint64_t size_bytes);

    /*
     * Makes every CPU that may use the tables forget what it knows of these addresses, links
     * included, before it returns; the stores before it must be visible to table walks first (DSB
     * on Arm, SFENCE.VMA on RISC-V). Called after an entry that was present has changed, and, where
     * an entry that is present gets another size or table, in between, with the entry absent: the
     * break-before-make that Arm demands (Arm ARM D8.17.1, B3.10.1). What is absent at first is not
     * flushed for; RISC-V may keep absent entries (privileged specification, 4.2.1): there the
     * caller flushes after mapping, too. PAE's root entries are read by a load of CR3 alone (SDM
     * volume 3, section 4.4.1): there the caller loads it after mapping where a root entry may be
     * new, and the hook for ranges of 1 GiB or more. NULL: no CPU uses the tables.
     */
    void (*flush)(void *context, struct hoist_range range);
};

/* A tree: plain data, made by hoist_tree_init; any number of them may be in use at once. */
struct hoist_tree {
    const struct hoist_table_format *format;
    const struct hoist_tree_hooks *hooks; /* the caller's, the same as long as the tree is used */
    void *context;                        /* handed to every hook */
    struct hoist_pa root;
    bool has_root;
    struct hoist_tree_cpu cpu;
};

/*
 * An empty tree; allocates nothing: the first mapping makes the root table. `cpu` may be NULL: a
 * CPU that can do all that the format can. HOIST_BAD_CPU: more than the format can, or a gap in
 * the levels of leaves.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_init(struct hoist_tree *tree,
                                                   const struct hoist_table_format *format,
                                                   const struct hoist_tree_cpu *cpu,
                                                   const struct hoist_tree_hooks *hooks,
                                                   void *context);

/*
 * Takes over existing tables. HOIST_UNALIGNED_FRAME: the root is not aligned to its size;
 * HOIST_PA_TOO_WIDE.
 */
HOIST_MUST_CHECK enum hoist_result hoist_tree_open(struct hoist_tree *tree, struct hoist_pa root);

/* HOIST_OK where an access can be expressed; NOT_EXPRESSIBLE, BAD_ACCESS, NO_NX. */
HOIST_MUST_CHECK enum hoist_result hoist_tree_check_access(const struct hoist_tree *tree,
                                                           struct hoist_access access);

#ifdef __cplusplus
}
#endif

#endif
