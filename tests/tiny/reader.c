/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw tables, read and held against the model. */
#include "reader.h"

#include <string.h>

#define PRESENT  UINT64_C(0x1)
#define WRITE    UINT64_C(0x2)
#define USER     UINT64_C(0x4)
#define SIZE     UINT64_C(0x80)
#define PAT_4K   UINT64_C(0x80)
#define PAT_HIGH UINT64_C(0x1000)
#define GLOBAL   UINT64_C(0x100)
#define NX       (UINT64_C(1) << 63)
#define ADDRESS  UINT64_C(0x000ffffffffff000)
#define UNKNOWN  0xffu

#define PAGE_CODES (TINY_ACCESSES << 4)

/* By what the model writes for a page, and page; 0 is nothing mapped. */
static uint64_t leaves[PAGE_CODES][TINY_PAGES];

static uint64_t leaf_bits(unsigned level, unsigned number)
{
    const struct hoist_access access = tiny_access(number);
    uint64_t bits = PRESENT | (level > 1 ? SIZE : 0);

    bits |= (access.rights & HOIST_WRITE) != 0 ? WRITE : 0;
    bits |= (access.rights & HOIST_USER) != 0 ? USER : 0;
    bits |= (access.rights & HOIST_GLOBAL) != 0 ? GLOBAL : 0;
    bits |= (access.rights & HOIST_EXECUTE) != 0 ? 0 : NX;
    bits |= (uint64_t)(access.cache & 3) << 3;
    bits |= (access.cache & 4) == 0 ? 0 : level > 1 ? PAT_HIGH : PAT_4K;
    bits |= (uint64_t)(access.software & 7) << 9 | (uint64_t)(access.software >> 3) << 52;
    return bits | (uint64_t)access.protection_key << 59;
}

void tiny_reader_init(void)
{
    for (unsigned code = 1; code < PAGE_CODES; code++) {
        const unsigned level = tiny_level_of((uint8_t)code);
        const unsigned base = tiny_base_of((uint8_t)code);
        const unsigned access = tiny_access_of((uint8_t)code);

        for (unsigned page = 0; page < TINY_PAGES && level != 0 && base < TINY_BASES; page++) {
            leaves[code][page] = tiny_pa(base, tiny_block(page, level)) | leaf_bits(level, access);
        }
    }
}

uint64_t tiny_leaf(uint8_t mapped, unsigned page)
{
    return leaves[mapped][page];
}

uint64_t tiny_link(unsigned frame, uint8_t table)
{
    return (TINY_TABLES_PA + frame * TINY_PAGE_BYTES) | PRESENT | WRITE |
           (table == TINY_TABLE_USER ? USER : 0);
}

uint64_t tiny_widest(uint64_t link)
{
    return link | WRITE | USER;
}

/* One comparison on its way down. */
struct comparison {
    const struct tiny_memory *memory;
    const struct tiny_state *state;
    uint64_t seen; /* frames of tables */
    const char *complaint;
};

static inline bool is_uniform(const uint8_t *pages, unsigned level)
{
    return level == 1   ? true
           : level == 2 ? memcmp(pages, pages + 1, TINY_ENTRIES - 1) == 0
                        : memcmp(pages, pages + 1, TINY_ENTRIES * TINY_ENTRIES - 1) == 0;
}

static inline void compare_leaf(struct comparison *comparison, uint64_t entry, unsigned level,
                                unsigned page)
{
    const uint8_t wanted = comparison->state->page[page];

    if (entry != leaves[wanted][page]) {
        comparison->complaint = wanted == 0
                                    ? "something is mapped, or left, where nothing should be"
                                    : "a leaf is missing, or has another frame or other bits";
    } else if (!is_uniform(&comparison->state->page[page], level) ||
               (wanted != 0 && tiny_level_of(wanted) != level)) {
        comparison->complaint = "a leaf is larger than it should be, or smaller";
    }
}

/* Remembers the frame that a link points to. */
static unsigned enter(struct comparison *comparison, uint64_t entry, uint8_t table)
{
    const unsigned frame = tiny_frame_number(entry & ADDRESS);

    if (frame == TINY_FRAMES || (comparison->memory->held >> frame & 1) == 0 ||
        (comparison->seen >> frame & 1) != 0) {
        comparison->complaint = "a link to a table is missing, or points to a frame of others";
        return TINY_FRAMES;
    }
    if (entry != tiny_link(frame, table)) {
        comparison->complaint = "a link has other bits";
        return TINY_FRAMES;
    }
    comparison->seen |= UINT64_C(1) << frame;
    return frame;
}

/* Three levels, written out as three functions. */
static void compare_pt(struct comparison *comparison, unsigned frame, unsigned first)
{
    for (unsigned i = 0; i < TINY_ENTRIES; i++) {
        compare_leaf(comparison, comparison->memory->words[frame][i], 1, first + i);
    }
}

static void compare_pd(struct comparison *comparison, unsigned frame, unsigned first)
{
    for (unsigned i = 0; i < TINY_ENTRIES && comparison->complaint == NULL; i++) {
        const uint64_t entry = comparison->memory->words[frame][i];
        const unsigned page = first + i * tiny_span(2);
        const uint8_t table = comparison->state->table[tiny_table(page, 1)];

        if (table == 0) {
            compare_leaf(comparison, entry, 2, page);
        } else {
            const unsigned below = enter(comparison, entry, table);

            if (below != TINY_FRAMES) {
                compare_pt(comparison, below, page);
            }
        }
    }
}

static void compare_root(struct comparison *comparison, unsigned frame)
{
    for (unsigned i = 0; i < TINY_ENTRIES && comparison->complaint == NULL; i++) {
        const uint64_t entry = comparison->memory->words[frame][i];
        const unsigned page = i * tiny_span(3);
        const uint8_t table = comparison->state->table[tiny_table(page, 2)];

        if (table == 0) {
            compare_leaf(comparison, entry, 3, page);
        } else {
            const unsigned below = enter(comparison, entry, table);

            if (below != TINY_FRAMES) {
                compare_pd(comparison, below, page);
            }
        }
    }
}

const char *tiny_compare(const struct tiny_memory *memory, uint64_t root,
                         const struct tiny_state *state)
{
    struct comparison comparison = {memory, state, 0, NULL};

    if (state->table[0] == 0) {
        return root != 0 ? "there is a root table" : memory->held != 0 ? "a frame leaked" : NULL;
    }
    /* The root pointer grants all, for CR3 restricts nothing. */
    if (enter(&comparison, root, TINY_TABLE_USER) != TINY_FRAMES) {
        compare_root(&comparison, tiny_frame_number(root & ADDRESS));
    }
    if (comparison.complaint == NULL && comparison.seen != memory->held) {
        return "a frame leaked";
    }
    return comparison.complaint;
}

static uint8_t page_of(uint64_t entry, unsigned level, unsigned page)
{
    for (unsigned code = level; code < PAGE_CODES; code += 4) {
        if (entry == leaves[code][page]) {
            return (uint8_t)code;
        }
    }
    return UNKNOWN;
}

/*
 * The entry for the page in the table of this level that the link points to; 0 if that is no
 * table.
 */
static uint64_t entry_below(const struct tiny_memory *memory, uint64_t link, unsigned level,
                            unsigned page)
{
    const unsigned frame = tiny_frame_number(link & ADDRESS);

    return frame == TINY_FRAMES || (memory->held >> frame & 1) == 0
               ? 0
               : memory->words[frame][tiny_index(page, level)];
}

uint8_t tiny_look_up(const struct tiny_memory *memory, uint64_t link, unsigned level, unsigned page)
{
    uint64_t lets_through = WRITE | USER;
    uint64_t entry = link;

    for (unsigned below = level; (entry & PRESENT) != 0; below--) {
        lets_through &= entry;
        entry = entry_below(memory, entry, below, page);
        if ((entry & PRESENT) != 0 && (below == 1 || (entry & SIZE) != 0)) {
            return (entry & (WRITE | USER) & ~lets_through) != 0 ? UNKNOWN
                                                                 : page_of(entry, below, page);
        }
    }
    return 0;
}

uint64_t tiny_find_link(const struct tiny_memory *memory, uint64_t root, unsigned level,
                        unsigned page)
{
    uint64_t entry = root;

    for (unsigned above = TINY_LEVELS; above > level && (entry & PRESENT) != 0; above--) {
        entry = entry_below(memory, entry, above, page);
        entry = (entry & SIZE) == 0 ? entry : 0;
    }
    return (entry & PRESENT) != 0 ? entry : 0;
}
