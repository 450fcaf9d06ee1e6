/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What page tables of an architecture look like, as data: one constant for each format.
 *
 * Levels are numbered from the leaves: 1 is the table of the smallest pages, `levels` the root.
 * All functions that read a description are in table_entry.h; where the description is a constant,
 * they fold to shifts and masks.
 */
#ifndef HOIST_TABLE_FORMAT_H
#define HOIST_TABLE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

/* The most levels of any format. */
#define HOIST_TREE_LEVELS_MAX 5u

/*
 * Rights as they come out of an entry: what the kernel may do in the low three bits, what user
 * programs may do in the next three.
 */
#define HOIST_KERNEL_READ    UINT8_C(0x01)
#define HOIST_KERNEL_WRITE   UINT8_C(0x02)
#define HOIST_KERNEL_EXECUTE UINT8_C(0x04)
#define HOIST_USER_READ      UINT8_C(0x08)
#define HOIST_USER_WRITE     UINT8_C(0x10)
#define HOIST_USER_EXECUTE   UINT8_C(0x20)
#define HOIST_ALL_MEANINGS   UINT8_C(0x3f)

/* In the small tables below: the format has no such combination. */
#define HOIST_NO_SUCH UINT8_C(0xff)

/* What the bits of an address above the translated ones must be. */
enum hoist_extension {
    HOIST_EXTEND_ZERO, /* all 0: AArch64 by TTBR0, and where an address has no more bits */
    HOIST_EXTEND_SIGN, /* like the highest translated one */
    HOIST_EXTEND_ONES, /* all 1: AArch64 by TTBR1 */
};

/* Where a physical address lies in an entry. */
struct hoist_address_field {
    uint64_t mask;           /* bits of the entry ... */
    uint8_t shift_left;      /* ... which are moved so far to be the address */
    uint64_t high_mask;      /* bits that hold its highest bits apart from the others; 0: none */
    uint8_t high_shift_left; /* how far those are moved */
};

/* A number whose bits lie scattered in an entry: bit i of the number is bit at[i] of the entry. */
struct hoist_scattered {
    uint8_t count;
    uint8_t at[5];
};

/* Entries that point to the table below. */
struct hoist_link_format {
    uint64_t mask; /* an entry is a link where its bits under the mask have the value */
    uint64_t value;
    uint64_t flags; /* that a new link has beside its address; it restricts nothing */
    struct hoist_address_field address;
    struct hoist_scattered rights; /* bits that restrict what lies below */
    uint8_t leaves[16];            /* by those bits: the rights that are left (HOIST_KERNEL_...) */
};

/* Entries that map memory: those of level 1, and those of the levels above. */
struct hoist_leaf_format {
    uint64_t mask; /* an entry that is no link is a leaf where these bits have the value */
    uint64_t value;
    uint64_t flags; /* that a new leaf has beside what its access asks for */
    uint64_t never; /* an entry with all of these bits is none; 0: no such bits */
    struct hoist_address_field address;
    struct hoist_scattered rights; /* an index into hoist_table_format.meaning */
    struct hoist_scattered cache;  /* one of hoist_table_format.cache, or a type without a name */
    struct hoist_scattered global; /* one bit, or none: the format has no global pages */
    struct hoist_scattered other;  /* bits that belong to a leaf but to none of the above */
};

/* Leaves of level 1 that together map one larger block, each holding the same address. */
struct hoist_group_format {
    uint64_t mask;      /* an entry belongs to a group where these bits are all set; 0: no groups */
    uint64_t size_mask; /* bits of the address that tell the size of the group ... */
    uint64_t size_value; /* ... the only one that there is ... */
    uint8_t order;       /* ... two to the power of this entries */
    uint64_t hint; /* a bit that says so without a change of the address: AArch64's Contiguous */
    uint8_t hint_order;       /* two to the power of this entries, at level 1 */
    uint8_t large_hint_order; /* the same above it */
};

/* A format: how its tables are shaped, and what their entries mean. */
struct hoist_table_format {
    const char *name; /* such as "aarch64-4k" */
    uint8_t levels;
    uint8_t entry_bytes; /* 4 or 8 */
    uint8_t page_shift;  /* bits of the offset into the smallest page */
    uint8_t index_bits;  /* bits of an address that pick an entry, below the root */
    uint8_t root_index_bits;
    uint8_t physical_bits; /* the widest physical address that an entry can hold */
    uint8_t large_levels;  /* bit n: level n may have leaves; level 1 has them anyway */
    enum hoist_extension extension;
    uint64_t present; /* an entry with none of these bits is absent, whatever else it holds */

    struct hoist_link_format link;
    struct hoist_link_format root_link; /* those of the root table, where they are others: */
    bool has_own_root_link;
    struct hoist_leaf_format large; /* above level 1 */
    struct hoist_leaf_format page;  /* of level 1 */
    struct hoist_group_format group;

    uint64_t
        state;     /* bits of a leaf that the CPU sets: they never count when leaves are compared */
    uint64_t same; /* bits that mean the same in a large leaf and in a page, at the same place */
    uint8_t
        global_value; /* of the global bit in a global leaf: 0 where the bit says "not global" */
    /* By the rights of an entry: what it allows. HOIST_NO_SUCH: reserved. */
    uint8_t meaning[32];
    bool has_reserved_rights; /* some of them are */
    /*
     * What user programs may write in the end, with what the links leave of it, the kernel never
     * executes. `meaning` is without this.
     */
    bool has_no_execute_of_user_writable;
    /*
     * By READ, WRITE, USER and EXECUTE of access.h: what stands for them in an entry, or
     * HOIST_NO_SUCH. Without USER, user programs may do nothing; with it, the rights are theirs,
     * and the kernel has what the format gives it beside.
     */
    uint8_t request[16];
    /*
     * By WRITE_BACK ... WRITE_COMBINING of access.h: what stands for it in an entry, or
     * HOIST_NO_SUCH.
     */
    uint8_t cache[6];
};

#endif
