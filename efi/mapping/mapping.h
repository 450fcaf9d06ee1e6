/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What page tables really map: read back from the raw tables, entry by entry, as a list of ranges.
 *
 * The loader reads the kernel's tables so before it leaves the firmware, and the firmware's own on
 * request; hoist-map reads tables out of memory dumps, or this structure out of a file
 * (docs/mapping-json.md). The rules (rules.h), the text and the JSON need nothing else.
 *
 * The reader shares no code with the library that builds tables (paging/).
 */
#ifndef MAPPING_H
#define MAPPING_H

#include "memory_map.h"
#include "mtrr.h"
#include "plan_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IA32_PAT after reset, and on a CPU without it (SDM volume 3, section 12.12.4). */
#define MAPPING_PAT_AFTER_RESET UINT64_C(0x0007040600070406)

/* What is known of the machine besides its tables. Arrays are the caller's. */
struct mapping_facts {
    uint8_t levels;        /* 4 or 5 */
    uint8_t physical_bits; /* 32 to 52 */
    bool has_1g_pages;
    bool has_nx;    /* and EFER.NXE is set when the tables are used */
    bool wx_strict; /* the entry asks for no alias that is writable of what is executable */
    uint64_t cr3;   /* physical address of the root table */
    uint64_t pat;   /* IA32_PAT */
    const struct mtrr *mtrr;         /* NULL: unknown, or a CPU without */
    const struct memory_map *memory; /* NULL: unknown */
    const struct plan_range *plan;   /* sorted by va; NULL: there is none */
    size_t plan_count;
    uint64_t tables_pa;         /* the frames that the maker of the tables reports as their own */
    uint64_t table_frame_count; /* 0: unknown */
};

enum mapping_kind {
    MAPPING_LEAVES,     /* memory */
    MAPPING_RECURSIVE,  /* an entry that leads back to a table above it */
    MAPPING_SHARED,     /* a table that was walked already, at another address: `shared_va` */
    MAPPING_UNREADABLE, /* a table that cannot be read */
};

/* What is odd about a range; a range holds only what has the same marks. */
#define MAPPING_MARK_RIGHTS   UINT8_C(0x01) /* the links above the leaf take rights away */
#define MAPPING_MARK_RESERVED UINT8_C(0x02) /* reserved bits are set, in the leaf or above it */
#define MAPPING_MARK_WIDE     UINT8_C(0x04) /* beyond the CPU's physical address width */
#define MAPPING_MARK_STRAY    UINT8_C(0x08) /* software bits or a protection key */
#define MAPPING_MARK_CLASSES  UINT8_C(0x10) /* one leaf over two classes of memory */
#define MAPPING_MARK_TYPES    UINT8_C(0x20) /* one leaf over two MTRR types */

/* A bit for each enum memory_kind in mapping_range.memory, and this one for what no map lists. */
#define MAPPING_MEMORY_UNLISTED (UINT32_C(1) << 31)

#define MAPPING_NO_PLAN UINT32_MAX

/*
 * Neighbours that go on from one another in the address space and in memory, and are alike in all
 * but the size of their leaves and the memory behind them.
 */
struct mapping_range {
    uint64_t va; /* canonical */
    uint64_t pa; /* of the first byte; of the table where kind is not MAPPING_LEAVES */
    uint64_t size_bytes;
    uint64_t leaf_count[HOIST_LEAF_1G + 1]; /* by enum hoist_leaf_size; [0] is unused */
    uint64_t shared_va;                     /* where a MAPPING_SHARED table was walked first */
    uint32_t memory;     /* what lies behind, as bits; 0 where no memory map is known */
    uint32_t plan;       /* index of the planned range around it, or MAPPING_NO_PLAN */
    uint8_t kind;        /* enum mapping_kind */
    uint8_t leaf_rights; /* HOIST_READ ... HOIST_GLOBAL (access.h), of the leaf by itself */
    uint8_t rights;      /* after the links above it; on a CPU without NX with HOIST_EXECUTE */
    uint8_t pat_index;
    uint8_t pat_type;  /* SDM volume 3, table 12-10: 0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC- */
    uint8_t mtrr_type; /* enum mtrr_type; MTRR_WRITE_BACK where no MTRRs are known */
    uint8_t cache;     /* enum mtrr_type: both taken together (mapping_cache_of) */
    uint8_t marks;
};

/* A table, once, however often it is reached. */
struct mapping_table {
    uint64_t pa;
    uint64_t va;    /* where it was reached first */
    uint16_t used;  /* present entries, of 512 */
    uint8_t level;  /* 1 = PT ... 5 = PML5 */
    uint8_t grants; /* rights that the links down to it leave */
    uint32_t next;  /* the reader's: another table in the same bucket */
};

/* Places that break a rule, counted while the tables are read. */
struct mapping_places {
    uint64_t count;
    uint64_t va; /* of the first */
    uint64_t pa;
};

#define MAPPING_BUCKETS 1024u

/* Some five KiB: keep it out of the stack. */
struct mapping {
    struct mapping_facts facts;

    struct mapping_range *ranges; /* ascending by va */
    size_t range_count;
    size_t range_capacity;
    uint64_t ranges_left_out; /* there was no room for them */

    struct mapping_table *tables; /* in the order of the walk */
    size_t table_count;
    size_t table_capacity;
    bool tables_left_out;  /* there was no room; what is below them was not read */
    uint64_t table_frames; /* different frames among them */
    uint32_t table_buckets[MAPPING_BUCKETS]; /* the reader's */

    uint64_t entry_count; /* present entries that were looked at */
    uint64_t leaf_count[HOIST_LEAF_1G + 1];
    struct mapping_places reserved; /* entries, links too, with reserved or too high bits */
    struct mapping_places across;   /* leaves over two classes of memory or two MTRR types */
    struct mapping_places outside;  /* tables outside of facts.tables_pa */
};

/* How the reader reaches memory. */
struct mapping_memory {
    /*
     * The 512 entries of the table at a physical address; NULL: it cannot be read. They stay valid
     * until the next call for the same level (1 to 5).
     */
    const uint64_t *(*table)(void *context, uint64_t pa, unsigned level);

    /*
     * Makes more room: ranges and range_capacity, tables and table_capacity, as asked. False, or
     * NULL instead of a function: there is none.
     */
    bool (*grow_ranges)(void *context, struct mapping *mapping);
    bool (*grow_tables)(void *context, struct mapping *mapping);

    void *context;
};

/*
 * Reads everything that is reachable from facts.cr3. The caller sets `facts` and the two arrays
 * (which may be empty where they can grow); all else is written. Ends whatever the tables hold:
 * each table is walked once for each level and each set of rights that it is reached with.
 */
void mapping_read(struct mapping *mapping, const struct mapping_memory *memory);

/* The type that the CPU uses, from a PAT type and an MTRR type (SDM volume 3, table 12-7). */
uint8_t mapping_cache_of(uint8_t pat_type, uint8_t mtrr_type);

/* Whether a range is of the direct map that the Limine protocol asks for, whatever our rules say. */
static inline bool mapping_is_hhdm(const struct mapping *mapping, const struct mapping_range *range)
{
    return range->plan != MAPPING_NO_PLAN &&
           mapping->facts.plan[range->plan].part == PLAN_PART_HHDM;
}

/* The type in one of the eight places of IA32_PAT. */
static inline uint8_t mapping_pat_type(uint64_t pat, unsigned index)
{
    return (uint8_t)(pat >> (8 * index)) & 7;
}

/* The name from the plan, or what a range is without one: "" for memory that no plan names. */
const char *mapping_range_name(const struct mapping *mapping, const struct mapping_range *range);

#endif
