/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks tables that nobody has made: memory from the input, in which tables point at themselves, at
 * each other and at frames that there are not. Reading never writes (the memory is read-only then),
 * never touches anything but the frames that table_at hands out, ends within its budget, and sees
 * what a reader that shares no code with the library sees. Changing leaves with a budget
 * (hoist_edit) writes to tables alone.
 *
 * The input: levels, addresses, then lines of eight bytes that fill the frames (see fill_frames).
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hoist_paging.h"
#include "hostile_frames.h"
#include "raw_reader.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LEAVES_MOST 3000u
#define HEAD_BYTES  32u

static uint64_t reach_count;
static bool is_outside_zero; /* what is absent reads as zero, or as links to itself */

static struct raw_leaf leaves[LEAVES_MOST];
static unsigned leaf_count;
static jmp_buf enough;

static void *at(void *context, uint64_t pa)
{
    const uint64_t number = (pa - FIRST_PA) / FRAME_BYTES;

    (void)context;
    return frame(number < FRAMES ? (unsigned)number : FRAMES);
}

static const uint64_t *raw_at(void *context, uint64_t pa)
{
    return at(context, pa);
}

static void *table_at(void *context, struct hoist_frame_4k wanted)
{
    REQUIRE(wanted.pa % FRAME_BYTES == 0 && wanted.pa >> 52 == 0);
    reach_count++;
    return at(context, wanted.pa);
}

static enum hoist_result read_entry(void *context, struct hoist_pa pa, uint64_t *entry)
{
    REQUIRE(pa.value % 8 == 0);
    reach_count++;
    if (!is_outside_zero && (pa.value - FIRST_PA) / FRAME_BYTES >= FRAMES) {
        return HOIST_UNREADABLE;
    }
    memcpy(entry, (uint8_t *)at(context, pa.value) + pa.value % FRAME_BYTES, sizeof *entry);
    return HOIST_OK;
}

static bool allocate_table(void *context, struct hoist_frame_4k *wanted)
{
    (void)context;
    (void)wanted;
    return false;
}

static void free_table(void *context, struct hoist_frame_4k freed)
{
    (void)context;
    (void)freed;
    abort();
}

static const struct hoist_hooks by_table = {
    .allocate_table = allocate_table, .free_table = free_table, .table_at = table_at};
static const struct hoist_hooks by_entry = {.allocate_table = allocate_table,
                                            .free_table = free_table,
                                            .table_at = table_at,
                                            .read_entry = read_entry};

static void add_leaf(void *context, const struct raw_leaf *leaf)
{
    (void)context;
    if (leaf_count == LEAVES_MOST) {
        longjmp(enough, 1);
    }
    leaves[leaf_count++] = *leaf;
}

static void count_table(void *context, const struct raw_table *table)
{
    (void)table;
    if (++*(unsigned *)context == 200) {
        longjmp(enough, 1);
    }
}

static struct raw_reader reader_of(const struct hoist_space *space, unsigned *tables)
{
    const struct raw_reader reader = {raw_at, add_leaf, count_table, tables, space->cpu.levels,
                                      52,     true,     true,        0};

    return reader;
}

static bool is_same(const struct raw_leaf *raw, const struct hoist_leaf *leaf)
{
    return leaf->va.value == raw->va && leaf->pa.value == raw->pa && leaf->entry == raw->entry &&
           (unsigned)leaf->size == raw->level && leaf->leaf.cache == raw->pat_index &&
           leaf->leaf.software == raw->software &&
           leaf->leaf.protection_key == raw->protection_key &&
           ((leaf->effective.rights & HOIST_WRITE) != 0) == raw->may_be_written &&
           ((leaf->effective.rights & HOIST_USER) != 0) == raw->may_be_used_by_user &&
           ((leaf->effective.rights & HOIST_EXECUTE) != 0) == raw->may_be_executed;
}

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    unsigned *seen = context;

    REQUIRE(*seen >= leaf_count || is_same(&leaves[*seen], leaf));
    ++*seen;
    return HOIST_OK;
}

static enum hoist_result see_run(void *context, const struct hoist_run *run)
{
    (void)context;
    REQUIRE(run->va.value + (run->size_bytes - 1) >= run->va.value);
    return HOIST_OK;
}

static void require_visits(const struct hoist_space *space, uint64_t budget)
{
    unsigned tables = 0;
    volatile bool is_all = true;
    unsigned seen = 0;
    const struct hoist_visitor by_leaf = {
        .leaf = see_leaf, .context = &seen, .budget_entries = budget};
    const struct hoist_visitor by_run = {.run = see_run, .budget_entries = budget};
    const struct hoist_va last = hoist_va_of(~UINT64_C(0));
    struct raw_reader reader = reader_of(space, &tables);
    enum hoist_result result;

    leaf_count = 0;
    if (setjmp(enough) == 0) {
        raw_read_all(&reader, space->root & UINT64_C(0x000ffffffffff000));
    } else {
        is_all = false;
    }
    reach_count = 0;
    result = hoist_visit(space, hoist_va_of(0), last, &by_leaf);
    REQUIRE(reach_count <= 16 * budget + 16);
    REQUIRE(result == HOIST_OK || result == HOIST_TOO_MUCH || result == HOIST_UNREADABLE);
    REQUIRE(result != HOIST_OK || !is_all || seen == leaf_count);
    REQUIRE(!is_all || seen <= leaf_count);
    reach_count = 0;
    result = hoist_visit(space, hoist_va_of(0), last, &by_run);
    REQUIRE(reach_count <= 16 * budget + 16);
    REQUIRE(result == HOIST_OK || result == HOIST_TOO_MUCH || result == HOIST_UNREADABLE);
}

static void require_look_ups(const struct hoist_space *space, uint64_t va)
{
    unsigned tables = 0;
    struct raw_reader reader = reader_of(space, &tables);
    struct hoist_translation found;
    struct hoist_entry entry;
    struct raw_leaf raw;
    struct hoist_pa pa;
    enum hoist_result result;
    bool is_mapped;

    va = (uint64_t)((int64_t)(va << (space->cpu.levels == 5 ? 7 : 16)) >>
                    (space->cpu.levels == 5 ? 7 : 16));
    is_mapped = raw_read_one(&reader, space->root & UINT64_C(0x000ffffffffff000), va, &raw);
    reach_count = 0;
    result = hoist_query(space, hoist_va_of(va), &found);
    REQUIRE(reach_count <= space->cpu.levels);
    REQUIRE(result == HOIST_UNREADABLE || (result == HOIST_OK) == is_mapped);
    REQUIRE(hoist_translate(space, hoist_va_of(va), &pa) == result);
    if (result == HOIST_OK) {
        const struct hoist_leaf leaf = {hoist_va_of(va & ~(raw.size_bytes - 1)),
                                        hoist_pa_of(found.pa.value & ~(raw.size_bytes - 1)),
                                        found.size,
                                        found.leaf,
                                        found.effective,
                                        found.entry};

        REQUIRE(is_same(&raw, &leaf) && pa.value == found.pa.value);
    }
    for (unsigned level = 0; level <= 6; level++) {
        if (hoist_entry_at(space, hoist_va_of(va), level, &entry) == HOIST_OK) {
            REQUIRE(level >= 1 && level <= space->cpu.levels);
            REQUIRE(!is_mapped || level != raw.level || entry.value == raw.entry);
        }
    }
}

static enum hoist_result edit_leaf(void *context, const struct hoist_leaf *leaf,
                                   enum hoist_edit *edit, struct hoist_access *access)
{
    *edit = (enum hoist_edit)((leaf->entry >> 12) % 3);
    access->rights ^= *(const uint8_t *)context & HOIST_WRITE;
    return HOIST_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct hoist_cpu cpu = {size != 0 && (data[0] & 1) != 0 ? 5 : 4, 52, true, true, false};
    const struct hoist_frame_4k root = {FIRST_PA};
    struct hoist_space space;
    uint64_t words[HEAD_BYTES / 8];

    if (size < HEAD_BYTES) {
        return 0;
    }
    open_frames();
    memcpy(words, data, sizeof words);
    is_outside_zero = (data[0] & 2) != 0;
    protect_frames(PROT_READ | PROT_WRITE);
    fill_frames(data + HEAD_BYTES, size - HEAD_BYTES, is_outside_zero);
    protect_frames(PROT_READ);
    REQUIRE(hoist_space_init(&space, &cpu, (data[0] & 4) != 0 ? &by_entry : &by_table, NULL) ==
            HOIST_OK);
    REQUIRE(hoist_space_open(&space, root) == HOIST_OK);
    for (unsigned i = 1; i < HEAD_BYTES / 8; i++) {
        space.hooks = i % 2 != 0 ? &by_entry : &by_table;
        require_look_ups(&space, words[i]);
    }
    space.hooks = (data[0] & 4) != 0 ? &by_entry : &by_table;
    require_visits(&space, 1 + (words[0] >> 8) % 6000);
    protect_frames(PROT_READ | PROT_WRITE);
    if ((data[0] & 8) != 0) {
        uint8_t salt = data[7];
        const struct hoist_editor editor = {edit_leaf, &salt, 5000};
        const enum hoist_result result =
            hoist_edit(&space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &editor);

        REQUIRE(result == HOIST_OK || result == HOIST_TOO_MUCH || result == HOIST_NARROW_LINK);
    }
    return 0;
}
