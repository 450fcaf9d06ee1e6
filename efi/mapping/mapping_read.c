/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading tables, entry by entry, as SDM volume 3, section 4.5, tables 4-14 to 4-20 have them. The
 * bits are written down here once more: a mistake in the library's own must show.
 */
#include "mapping.h"

#include "places.h"

#define ENTRIES 512u

#define PRESENT       UINT64_C(0x1)
#define LARGE         UINT64_C(0x80) /* in a PD or PDPT entry; reserved above */
#define PAT_4K_BIT    7u
#define PAT_LARGE_BIT 12u
#define ADDRESS       UINT64_C(0x000ffffffffff000)
#define NX_BIT        63u
#define SOFTWARE      UINT64_C(0x07f0000000000e00) /* 58:52 and 11:9, ignored by the CPU */
#define KEY           UINT64_C(0x7800000000000000) /* 62:59 */

/* P, RW and US lie where HOIST_READ, _WRITE and _USER do. */
#define PLAIN_RIGHTS (HOIST_READ | HOIST_WRITE | HOIST_USER)
#define GLOBAL_SHIFT 4u /* from bit 8 to HOIST_GLOBAL */

#define LEVEL_PT   1u
#define LEVEL_PD   2u
#define LEVEL_PDPT 3u
#define LEVELS_MAX 5u

#define NO_TABLE UINT32_MAX

struct reader {
    struct mapping *mapping;
    const struct mapping_memory *memory;
    uint64_t path[LEVELS_MAX + 1]; /* the tables above, by level */
    struct mapping_range open;     /* the range that may still go on */
    bool has_open;
    struct places places; /* what is known of the memory around the last leaf */
    size_t plan;          /* the planned range that is next, or around */
};

/* Where the walk is: one entry of one table. */
struct spot {
    uint64_t va;
    uint64_t entry;
    unsigned level;
    uint8_t grants; /* of the links above */
    uint8_t marks;  /* likewise */
};

static uint64_t span_of(unsigned level)
{
    return UINT64_C(1) << (12 + 9 * (level - 1));
}

static void close_range(struct reader *reader)
{
    struct mapping *mapping = reader->mapping;
    const struct mapping_memory *memory = reader->memory;

    if (!reader->has_open) {
        return;
    }
    reader->has_open = false;
    if (mapping->range_count == mapping->range_capacity &&
        (memory->grow_ranges == NULL || !memory->grow_ranges(memory->context, mapping))) {
        mapping->ranges_left_out++;
        return;
    }
    mapping->ranges[mapping->range_count++] = reader->open;
}

/* Whether the range that is open goes on with this one. */
static bool goes_on(const struct mapping_range *open, const struct mapping_range *next)
{
    const bool is_memory = open->kind == MAPPING_LEAVES;

    return open->va + open->size_bytes == next->va && open->kind == next->kind &&
           next->pa - open->pa == (is_memory ? open->size_bytes : 0) &&
           open->shared_va == next->shared_va && open->plan == next->plan &&
           open->leaf_rights == next->leaf_rights && open->rights == next->rights &&
           open->pat_index == next->pat_index && open->mtrr_type == next->mtrr_type &&
           open->marks == next->marks &&
           places_classes(open->memory) == places_classes(next->memory);
}

static void add_range(struct reader *reader, const struct mapping_range *range)
{
    struct mapping_range *open = &reader->open;

    if (!reader->has_open || !goes_on(open, range)) {
        close_range(reader);
        *open = *range;
        reader->has_open = true;
        return;
    }
    open->size_bytes += range->size_bytes;
    open->memory |= range->memory;
    for (unsigned size = HOIST_LEAF_4K; size <= HOIST_LEAF_1G; size++) {
        open->leaf_count[size] += range->leaf_count[size];
    }
}

static void count_place(struct mapping_places *places, uint64_t va, uint64_t pa)
{
    if (places->count++ == 0) {
        places->va = va;
        places->pa = pa;
    }
}

/* Leaves arrive in ascending order, and so do the plan's ranges. */
static uint32_t planned_around(struct reader *reader, uint64_t va)
{
    const struct mapping_facts *facts = &reader->mapping->facts;
    const struct plan_range *plan = facts->plan;

    while (reader->plan < facts->plan_count && va >= plan[reader->plan].va &&
           va - plan[reader->plan].va >= plan[reader->plan].size_bytes) {
        reader->plan++;
    }
    return reader->plan < facts->plan_count && va >= plan[reader->plan].va ? (uint32_t)reader->plan
                                                                           : MAPPING_NO_PLAN;
}

/* The marks for bits that must be 0 in a present entry, here and on the way. */
static uint8_t bit_marks(const struct mapping_facts *facts, const struct spot *spot, bool is_leaf)
{
    const uint64_t below_width = (UINT64_C(1) << facts->physical_bits) - 1;
    const uint64_t large =
        spot->level > LEVEL_PDPT || (spot->level == LEVEL_PDPT && !facts->has_1g_pages) ? LARGE : 0;
    /* In a large leaf, all below its address but for the PAT bit. */
    const uint64_t low = is_leaf && spot->level > LEVEL_PT ? (span_of(spot->level) - 1) & ADDRESS &
                                                                 ~(UINT64_C(1) << PAT_LARGE_BIT)
                                                           : 0;
    const uint64_t no_execute = facts->has_nx ? 0 : UINT64_C(1) << NX_BIT;
    uint8_t marks = 0;

    if ((spot->entry & (large | low | no_execute)) != 0) {
        marks |= MAPPING_MARK_RESERVED;
    }
    if ((spot->entry & ADDRESS & ~below_width) != 0) {
        marks |= MAPPING_MARK_WIDE;
    }
    return marks;
}

static uint8_t rights_of(const struct mapping_facts *facts, uint64_t entry)
{
    const bool executable = !facts->has_nx || entry >> NX_BIT == 0;

    return (uint8_t)((entry & PLAIN_RIGHTS) | (executable ? HOIST_EXECUTE : 0));
}

static void read_leaf(struct reader *reader, const struct spot *spot)
{
    struct mapping *mapping = reader->mapping;
    const uint64_t size_bytes = span_of(spot->level);
    const unsigned pat_bit = spot->level == LEVEL_PT ? PAT_4K_BIT : PAT_LARGE_BIT;
    struct mapping_range range = {
        .va = spot->va,
        .pa = spot->entry & ADDRESS & ~(size_bytes - 1),
        .size_bytes = size_bytes,
        .kind = MAPPING_LEAVES,
        .plan = planned_around(reader, spot->va),
        .leaf_rights = rights_of(&mapping->facts, spot->entry) |
                       (uint8_t)(spot->entry >> GLOBAL_SHIFT & HOIST_GLOBAL),
        .pat_index = (uint8_t)((spot->entry >> 3 & 3) | (spot->entry >> pat_bit & 1) << 2),
        .marks = spot->marks,
    };

    range.rights = range.leaf_rights & (spot->grants | HOIST_GLOBAL);
    range.leaf_count[spot->level] = 1;
    mapping->leaf_count[spot->level]++;
    if (range.rights != range.leaf_rights) {
        range.marks |= MAPPING_MARK_RIGHTS;
    }
    if ((spot->entry & (SOFTWARE | KEY)) != 0) {
        range.marks |= MAPPING_MARK_STRAY;
    }
    places_look(&reader->places, &mapping->facts, &range);
    range.pat_type = mapping_pat_type(mapping->facts.pat, range.pat_index);
    range.cache = mapping_cache_of(range.pat_type, range.mtrr_type);
    if ((range.marks &
         (mapping_is_hhdm(mapping, &range) ? MAPPING_MARK_TYPES
                                           : MAPPING_MARK_CLASSES | MAPPING_MARK_TYPES)) != 0) {
        count_place(&mapping->across, range.va, range.pa);
    }
    add_range(reader, &range);
}

/* A link that is not followed. */
static void add_link(struct reader *reader, const struct spot *spot, enum mapping_kind kind,
                     uint64_t shared_va)
{
    add_range(reader, &(struct mapping_range){.va = spot->va,
                                              .pa = spot->entry & ADDRESS,
                                              .size_bytes = span_of(spot->level),
                                              .kind = (uint8_t)kind,
                                              .shared_va = shared_va,
                                              .plan = MAPPING_NO_PLAN,
                                              .leaf_rights = spot->grants,
                                              .rights = spot->grants,
                                              .mtrr_type = MTRR_WRITE_BACK,
                                              .marks = spot->marks});
}

static uint32_t *bucket_of(struct mapping *mapping, uint64_t pa)
{
    return &mapping->table_buckets[(pa >> 12 ^ pa >> 22) % MAPPING_BUCKETS];
}

/* The table walked before at this level, with these grants; *is_new_frame: at no other either. */
static uint32_t find_table(struct mapping *mapping, uint64_t pa, unsigned level, uint8_t grants,
                           bool *is_new_frame)
{
    *is_new_frame = true;
    for (uint32_t i = *bucket_of(mapping, pa); i != NO_TABLE; i = mapping->tables[i].next) {
        const struct mapping_table *table = &mapping->tables[i];

        if (table->pa == pa) {
            *is_new_frame = false;
            if (table->level == level && table->grants == grants) {
                return i;
            }
        }
    }
    return NO_TABLE;
}

static void check_place(struct mapping *mapping, const struct mapping_table *table)
{
    const struct mapping_facts *facts = &mapping->facts;

    if (facts->table_frame_count != 0 &&
        (table->pa < facts->tables_pa ||
         (table->pa - facts->tables_pa) / MEMORY_PAGE_BYTES >= facts->table_frame_count)) {
        count_place(&mapping->outside, table->va, table->pa);
    }
}

static uint32_t add_table(struct reader *reader, const struct mapping_table *table,
                          bool is_new_frame)
{
    struct mapping *mapping = reader->mapping;
    const struct mapping_memory *memory = reader->memory;
    uint32_t *bucket = bucket_of(mapping, table->pa);

    if (mapping->table_count == mapping->table_capacity &&
        (memory->grow_tables == NULL || !memory->grow_tables(memory->context, mapping))) {
        mapping->tables_left_out = true;
        return NO_TABLE;
    }
    mapping->tables[mapping->table_count] = *table;
    mapping->tables[mapping->table_count].next = *bucket;
    *bucket = (uint32_t)mapping->table_count;
    mapping->table_frames += is_new_frame ? 1 : 0;
    return (uint32_t)mapping->table_count++;
}

static bool is_above(const struct reader *reader, uint64_t pa, unsigned level)
{
    for (unsigned above = level + 1; above <= reader->mapping->facts.levels; above++) {
        if (reader->path[above] == pa) {
            return true;
        }
    }
    return false;
}

static void read_table(struct reader *reader, const struct spot *link);

static void read_entry(struct reader *reader, struct spot *spot)
{
    const struct mapping_facts *facts = &reader->mapping->facts;
    const bool is_leaf =
        spot->level == LEVEL_PT || (spot->level <= LEVEL_PDPT && (spot->entry & LARGE) != 0);
    const uint8_t marks = bit_marks(facts, spot, is_leaf);

    reader->mapping->entry_count++;
    if (marks != 0) {
        count_place(&reader->mapping->reserved, spot->va, spot->entry & ADDRESS);
        spot->marks |= marks;
    }
    if (is_leaf) {
        read_leaf(reader, spot);
        return;
    }
    spot->grants &= rights_of(facts, spot->entry);
    read_table(reader, spot);
}

/* The table that `link` points to, one level below it. */
static void read_table(struct reader *reader, const struct spot *link)
{
    struct mapping *mapping = reader->mapping;
    const unsigned level = link->level - 1;
    const struct mapping_table table = {.pa = link->entry & ADDRESS,
                                        .va = link->va,
                                        .level = (uint8_t)level,
                                        .grants = link->grants};
    const uint64_t *entries;
    uint32_t index;
    bool is_new_frame;
    uint16_t used = 0;

    if (is_above(reader, table.pa, level)) {
        add_link(reader, link, MAPPING_RECURSIVE, 0);
        return;
    }
    index = find_table(mapping, table.pa, level, table.grants, &is_new_frame);
    if (index != NO_TABLE) {
        add_link(reader, link, MAPPING_SHARED, mapping->tables[index].va);
        return;
    }
    if (is_new_frame) {
        check_place(mapping, &table);
    }
    entries = reader->memory->table(reader->memory->context, table.pa, level);
    index = entries == NULL ? NO_TABLE : add_table(reader, &table, is_new_frame);
    if (index == NO_TABLE) {
        add_link(reader, link, MAPPING_UNREADABLE, 0);
        return;
    }
    reader->path[level] = table.pa;
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct spot spot = {.va = link->va + i * span_of(level),
                            .entry = entries[i],
                            .level = level,
                            .grants = link->grants,
                            .marks = link->marks};

        if ((spot.entry & PRESENT) == 0) {
            continue;
        }
        if (level == mapping->facts.levels && i >= ENTRIES / 2) {
            spot.va |= ~(ENTRIES * span_of(level) - 1);
        }
        used++;
        read_entry(reader, &spot);
    }
    mapping->tables[index].used = used;
}

void mapping_read(struct mapping *mapping, const struct mapping_memory *memory)
{
    const struct mapping_facts *facts = &mapping->facts;
    const struct spot root = {.entry = facts->cr3 & ADDRESS,
                              .level = facts->levels + 1u,
                              .grants = PLAIN_RIGHTS | HOIST_EXECUTE};
    struct reader reader = {.mapping = mapping, .memory = memory};

    mapping->range_count = 0;
    mapping->ranges_left_out = 0;
    mapping->table_count = 0;
    mapping->tables_left_out = false;
    mapping->table_frames = 0;
    mapping->entry_count = 0;
    mapping->reserved = mapping->across = mapping->outside = (struct mapping_places){0};
    for (unsigned i = 0; i < MAPPING_BUCKETS; i++) {
        mapping->table_buckets[i] = NO_TABLE;
    }
    for (unsigned size = 0; size <= HOIST_LEAF_1G; size++) {
        mapping->leaf_count[size] = 0;
    }
    read_table(&reader, &root);
    close_range(&reader);
}

const char *mapping_range_name(const struct mapping *mapping, const struct mapping_range *range)
{
    switch (range->kind) {
    case MAPPING_RECURSIVE: return "page tables, recursive";
    case MAPPING_SHARED: return "shared page tables";
    case MAPPING_UNREADABLE: return "unreadable page table";
    default: break;
    }
    return range->plan == MAPPING_NO_PLAN ? "" : mapping->facts.plan[range->plan].name;
}
