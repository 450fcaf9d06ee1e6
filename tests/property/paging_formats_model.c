/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random changes of small address spaces of every format, against a list of pages.
 *
 * Each format is made small: few entries to a table, all else as it is, so that every page can be
 * looked at after every change, by the library and by a reader of raw entries. Every allocation of
 * a change, and reads of it, are made to fail first.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many address spaces).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format_list.h"
#include "formats_memory.h"
#include "formats_reader.h"
#include "property.h"
#include "table_entry.h"
#include "tree_change.h"
#include "tree_walk.h"

#define PAGES_LIMIT 4096u
#define CHANGES     24u
#define FRAMES_BASE UINT64_C(0x10000000)

struct page {
    bool is_mapped;
    uint64_t pa;
    struct hoist_access access;
};

static struct {
    struct hoist_table_format format;
    struct reader_shape shape;
    struct hoist_tree tree;
    unsigned page_count;
    struct page pages[PAGES_LIMIT];
    struct page before[PAGES_LIMIT];
} model;

static struct {
    struct formats_memory memory;
    struct hoist_tree tree;
} saved;

static struct {
    uint64_t changes, refused, starved, unreadable, leaves;
} done;

/* ---- shapes ---- */

/* Few entries to a table. Where large leaves have flags in the way, few tables instead. */
static void make_small(const struct hoist_table_format *format)
{
    struct hoist_table_format *small = &model.format;
    const bool is_narrow = format->entry_bytes == 4;

    *small = *format;
    small->index_bits = is_narrow ? format->index_bits : 2;
    small->root_index_bits = format->root_index_bits < 2 ? format->root_index_bits : 2;
    if (!is_narrow) {
        small->large.address.mask =
            format->page.address.mask &
            ~((hoist_format_span(small, 2) - 1) >> format->page.address.shift_left);
    }
    model.shape.family = reader_family_of(format->name);
    model.shape.levels = small->levels;
    model.shape.page_shift = small->page_shift;
    model.shape.index_bits = small->index_bits;
    model.shape.root_index_bits = small->root_index_bits;
    model.page_count = 1u << (hoist_format_address_bits(small) - small->page_shift);
    memset(model.pages, 0, sizeof(model.pages));
}

static uint64_t page_bytes(void)
{
    return UINT64_C(1) << model.format.page_shift;
}

static uint64_t va_of(uint64_t page)
{
    return hoist_format_va(&model.format, page << model.format.page_shift);
}

/* ---- what is mapped ---- */

static unsigned of_rights(unsigned meaning)
{
    return meaning & 7;
}

static void check_page(unsigned number)
{
    const struct page *page = &model.pages[number];
    const uint64_t linear = (uint64_t)number << model.format.page_shift;
    struct hoist_tree_entry entry;
    struct reader_page seen = {0};
    const enum hoist_result result =
        hoist_tree_look_up(&model.tree, hoist_va_of(va_of(number) + 8), &entry);

    CHECK(result == (page->is_mapped ? HOIST_OK : HOIST_NOT_MAPPED));
    if (!model.tree.has_root) {
        return;
    }
    CHECK(reader_look_up(&model.shape, model.tree.root.value, linear + 8, &seen));
    CHECK(seen.is_mapped == page->is_mapped);
    if (page->is_mapped) {
        CHECK(seen.pa == page->pa + 8 && entry.target.value == seen.pa);
        CHECK(of_rights(entry.rights) == seen.kernel && entry.rights >> 3 == seen.user);
        CHECK(entry.leaf_rights == entry.rights && entry.level == seen.level);
        CHECK(seen.cache == page->access.cache);
        CHECK(seen.is_global == ((page->access.rights & HOIST_GLOBAL) != 0));
        CHECK(((page->access.rights & HOIST_USER) != 0) == (seen.user != 0));
    }
}

/* The rights that were asked for are those of whom they were asked for, to the letter. */
static void check_rights(const struct page *page, unsigned number)
{
    const unsigned rights = page->access.rights;
    const unsigned wanted = (rights & 3) | (rights & HOIST_EXECUTE) >> 1;
    struct hoist_tree_entry entry;

    CHECK(hoist_tree_look_up(&model.tree, hoist_va_of(va_of(number)), &entry) == HOIST_OK);
    CHECK((rights & HOIST_USER) != 0 ? entry.rights >> 3 == wanted : entry.rights == wanted);
}

/* A walk: entries follow one another without a gap, and hold what the pages do. */
struct tiling {
    uint64_t next; /* linear */
    uint64_t last;
    uint64_t tables;
};

static enum hoist_result tile(void *context, const struct hoist_tree_entry *entry)
{
    struct tiling *tiling = context;

    CHECK(hoist_format_linear(&model.format, entry->first.value) == tiling->next);
    tiling->next = hoist_format_linear(&model.format, entry->last.value) + 1;
    CHECK(tiling->next - 1 <= tiling->last);
    return HOIST_OK;
}

static enum hoist_result tile_leaf(void *context, const struct hoist_tree_entry *leaf)
{
    const uint64_t first = hoist_format_linear(&model.format, leaf->first.value);
    const struct page *page = &model.pages[first >> model.format.page_shift];

    CHECK(page->is_mapped && leaf->target.value == page->pa + (first & (page_bytes() - 1)));
    done.leaves++;
    return tile(context, leaf);
}

static enum hoist_result tile_hole(void *context, const struct hoist_tree_entry *hole)
{
    const uint64_t first = hoist_format_linear(&model.format, hole->first.value);

    CHECK(!model.pages[first >> model.format.page_shift].is_mapped && hole->target.value == 0);
    return tile(context, hole);
}

static enum hoist_result count_table(void *context, const struct hoist_tree_entry *link)
{
    struct tiling *tiling = context;

    (void)link;
    tiling->tables++;
    return HOIST_OK;
}

static void check_walk(void)
{
    const uint64_t end = (uint64_t)model.page_count << model.format.page_shift;
    struct tiling tiling = {0, end - 1, 0};
    const struct hoist_tree_visitor visitor = {
        .context = &tiling, .leaf = tile_leaf, .hole = tile_hole, .link = count_table};
    const struct hoist_tree_visitor after = {.context = &tiling, .after = count_table};
    uint64_t tables;

    if (!model.tree.has_root) {
        CHECK(memory.table_count == 0);
        return;
    }
    CHECK(hoist_tree_walk(&model.tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &visitor) ==
          HOIST_OK);
    CHECK(tiling.next == end);
    CHECK(memory.table_count == tiling.tables + 1);
    tables = tiling.tables;
    tiling.tables = 0;
    CHECK(hoist_tree_walk(&model.tree, hoist_va_of(0), hoist_va_of(UINT64_MAX), &after) ==
          HOIST_OK);
    CHECK(tiling.tables == tables);
    /* A part of it, from anywhere to anywhere. */
    tiling.next = random_below(end);
    tiling.last = tiling.next + random_below(end - tiling.next);
    CHECK(hoist_tree_walk(&model.tree, hoist_va_of(hoist_format_va(&model.format, tiling.next)),
                          hoist_va_of(hoist_format_va(&model.format, tiling.last)),
                          &visitor) == HOIST_OK);
    CHECK(tiling.next == tiling.last + 1);
}

static void check_all(void)
{
    for (unsigned i = 0; i < model.page_count; i++) {
        check_page(i);
    }
    check_walk();
    CHECK(!memory.gave_wrongly);
}

/* ---- changes ---- */

enum kind { MAP, PROTECT, UNMAP, ALLOCATE, FREE, KINDS };

struct change {
    enum kind kind;
    unsigned first; /* pages */
    unsigned count;
    uint64_t pa;
    struct hoist_access access;
    unsigned largest_level;
    uint8_t clear;
    uint8_t set;
};

static struct hoist_access random_access(void)
{
    const struct hoist_access usual = hoist_kernel_data();
    const struct hoist_access access = {(uint8_t)random_below(32), (uint8_t)random_below(6), 0, 0};

    return one_in(3) ? usual : access;
}

static struct change random_change(void)
{
    static const unsigned steps[] = {1, 4, 16, 64, 256};
    struct change change = {.kind = (enum kind)random_below(KINDS)};
    const unsigned align = steps[random_below(5)] % model.page_count;

    change.first = (unsigned)random_below(model.page_count);
    change.first -= align > 1 && !one_in(3) ? change.first % align : 0;
    change.count = 1 + (unsigned)random_below(one_in(2) ? 8 : model.page_count);
    change.count += align > 1 && one_in(2) ? align - change.count % align : 0;
    if (change.count > model.page_count - change.first) {
        change.count = model.page_count - change.first;
    }
    if (change.kind == ALLOCATE && change.count > 8) {
        change.count = 1 + change.count % 8;
    }
    change.pa = FRAMES_BASE + change.first * page_bytes() +
                (one_in(3) ? steps[random_below(5)] * page_bytes() : 0);
    change.access = random_access();
    change.largest_level = one_in(4) ? 1 + (unsigned)random_below(model.format.levels) : 0;
    change.clear = (uint8_t)random_below(32);
    change.set = (uint8_t)(random_below(32) & (one_in(2) ? HOIST_READ : 0x1f));
    return change;
}

static enum hoist_result carry_out(const struct change *change)
{
    const struct hoist_range range = {hoist_va_of(va_of(change->first)),
                                      change->count * page_bytes()};
    const struct hoist_extent extent = {range.va, hoist_pa_of(change->pa), range.size_bytes};

    switch (change->kind) {
    case MAP: return hoist_tree_map(&model.tree, &extent, change->access, change->largest_level);
    case PROTECT: return hoist_tree_protect(&model.tree, &range, change->clear, change->set);
    case UNMAP: return hoist_tree_unmap(&model.tree, &range);
    case ALLOCATE: return hoist_tree_allocate(&model.tree, &range, change->access);
    default: return hoist_tree_free(&model.tree, &range);
    }
}

static bool is_same(struct hoist_access a, struct hoist_access b)
{
    return a.rights == b.rights && a.cache == b.cache;
}

/* Whether the change should succeed; then the list of pages has it. */
static bool expect_map(const struct change *change)
{
    bool is_allowed = hoist_tree_check_access(&model.tree, change->access) == HOIST_OK;

    for (unsigned i = 0; i < change->count; i++) {
        struct page *page = &model.pages[change->first + i];
        const struct page mapped = {true, change->pa + i * page_bytes(), change->access};

        is_allowed =
            is_allowed && (!page->is_mapped || (change->kind == MAP && page->pa == mapped.pa &&
                                                is_same(page->access, mapped.access)));
        *page = mapped;
    }
    return is_allowed;
}

static bool expect_protect(const struct change *change)
{
    bool is_allowed = true;

    for (unsigned i = 0; i < change->count; i++) {
        struct page *page = &model.pages[change->first + i];
        struct hoist_access access = page->access;

        access.rights = (uint8_t)((access.rights & ~change->clear) | change->set);
        page->access = access;
        access.cache = HOIST_WRITE_BACK;
        is_allowed = is_allowed && page->is_mapped &&
                     hoist_tree_check_access(&model.tree, access) == HOIST_OK;
    }
    return is_allowed;
}

/* Whether a leaf reaches out of the range at this page of it. */
static bool reaches_out(const struct change *change, unsigned number)
{
    struct reader_page seen = {0};
    const uint64_t linear = (uint64_t)number << model.format.page_shift;
    uint64_t pages;
    uint64_t first;

    if (!model.pages[number].is_mapped ||
        !reader_look_up(&model.shape, model.tree.root.value, linear, &seen)) {
        return false;
    }
    pages = UINT64_C(1) << model.format.index_bits * (seen.level - 1);
    first = number / pages * pages;
    return first < change->first || first + pages > change->first + change->count;
}

static bool expect_unmap(const struct change *change)
{
    const bool is_allowed =
        change->kind == UNMAP || !(reaches_out(change, change->first) ||
                                   reaches_out(change, change->first + change->count - 1));

    for (unsigned i = 0; i < change->count; i++) {
        model.pages[change->first + i].is_mapped = false;
    }
    return is_allowed;
}

static bool expect(const struct change *change)
{
    const uint64_t half = model.page_count / 2;
    const bool is_within = model.format.extension != HOIST_EXTEND_SIGN || change->first >= half ||
                           change->first + change->count <= half;
    const bool is_allowed = change->kind == MAP || change->kind == ALLOCATE ? expect_map(change)
                            : change->kind == PROTECT                       ? expect_protect(change)
                                                                            : expect_unmap(change);

    return is_within && is_allowed;
}

/* Pages that the tables had and no table has now are the caller's to give back. */
static void drop_unmapped_pages(void)
{
    bool is_used[PAGES_MOST] = {false};

    for (unsigned i = 0; i < model.page_count; i++) {
        const uint64_t number = (model.pages[i].pa - PAGES_BASE) / page_bytes();

        if (model.pages[i].is_mapped && model.pages[i].pa >= PAGES_BASE && number < PAGES_MOST) {
            is_used[number] = true;
        }
    }
    for (unsigned i = 0; i < PAGES_MOST; i++) {
        memory.page_count -= memory.is_page[i] && !is_used[i];
        memory.is_page[i] = is_used[i];
    }
}

/* What was allocated is only known from the tables. */
static void learn_pages(const struct change *change)
{
    for (unsigned i = 0; i < change->count; i++) {
        struct page *page = &model.pages[change->first + i];
        struct reader_page seen = {0};
        const uint64_t linear = (uint64_t)(change->first + i) << model.format.page_shift;

        CHECK(reader_look_up(&model.shape, model.tree.root.value, linear, &seen));
        CHECK(seen.is_mapped && seen.level == 1 && seen.pa >= PAGES_BASE);
        CHECK(memory.is_page[(seen.pa - PAGES_BASE) / page_bytes()]);
        page->pa = seen.pa;
    }
}

/* Tables that are in use hold what they held. */
static void check_untouched(void)
{
    CHECK(model.tree.has_root == saved.tree.has_root &&
          memory.table_count == saved.memory.table_count &&
          memory.page_count == saved.memory.page_count);
    CHECK(memcmp(memory.is_table, saved.memory.is_table, sizeof(memory.is_table)) == 0);
    for (unsigned i = 0; i < TABLES_MOST; i++) {
        const uint64_t first = i * memory.table_size;

        if (memory.is_table[i]) {
            CHECK(memcmp(&memory.tables[first], &saved.memory.tables[first], memory.table_size) ==
                  0);
        }
    }
}

static void restore(void)
{
    memory = saved.memory;
    model.tree = saved.tree;
}

/* The change with too little memory, by one piece more each time; and with memory that fails. */
static void starve(const struct change *change)
{
    for (uint64_t pieces = 0; pieces < 40; pieces++) {
        enum hoist_result result;

        memory.calls_left = pieces;
        result = carry_out(change);
        if (result != HOIST_NO_FRAME_FOR_TABLE && result != HOIST_NO_PAGE) {
            break;
        }
        memory.calls_left = UINT64_MAX;
        check_untouched();
        done.starved++;
        restore();
    }
    restore();
    if (model.tree.hooks->read != NULL && model.tree.has_root) {
        enum hoist_result result;

        memory.reads = memory.writes = 0;
        memory.reads_left = random_below(12);
        result = carry_out(change);
        CHECK(result != HOIST_OK || memory.reads_left != 0 || memory.reads < 12);
        if (result == HOIST_UNREADABLE && memory.writes == 0) {
            memory.reads_left = UINT64_MAX;
            check_untouched();
            done.unreadable++;
        }
        restore();
    }
}

/* How many tables a map takes is told before. */
static void check_count(const struct change *change)
{
    const struct hoist_extent extent = {hoist_va_of(va_of(change->first)), hoist_pa_of(change->pa),
                                        change->count * page_bytes()};
    const uint64_t before = memory.table_count;
    uint64_t count = 0;

    if (change->kind == MAP && hoist_tree_count_map(&model.tree, &extent, change->access,
                                                    change->largest_level, &count) == HOIST_OK) {
        CHECK(carry_out(change) == HOIST_OK);
        CHECK(memory.table_count == before + count);
        restore();
    }
}

static void do_change(void)
{
    const struct change change = random_change();
    bool is_expected;
    enum hoist_result result;

    memcpy(model.before, model.pages, sizeof(model.before));
    saved.memory = memory;
    saved.tree = model.tree;
    is_expected = expect(&change);
    starve(&change);
    check_count(&change);
    result = carry_out(&change);
    CHECK((result == HOIST_OK) == is_expected || result == HOIST_NO_PAGE);
    done.changes++;
    if (result != HOIST_OK) {
        memcpy(model.pages, model.before, sizeof(model.before));
        check_untouched();
        done.refused++;
    } else if (change.kind == ALLOCATE) {
        learn_pages(&change);
    }
    drop_unmapped_pages();
    check_all();
    if (result == HOIST_OK && (change.kind == MAP || change.kind == ALLOCATE)) {
        check_rights(&model.pages[change.first], change.first);
    }
}

static void do_space(void)
{
    const struct hoist_table_format *format = hoist_formats[random_below(hoist_format_count)];

    property.step = format->name;
    make_small(format);
    memory_begin(&model.format);
    CHECK(hoist_tree_init(&model.tree, &model.format, NULL,
                          one_in(2) ? &hooks_by_pointer : &hooks_by_calls, NULL) == HOIST_OK);
    for (unsigned i = 0; i < CHANGES; i++) {
        do_change();
    }
}

int main(void)
{
    property_begin("trees of every format hold what was asked for", 2500);
    for (property.operation = 0; property.operation < property.operation_count;
         property.operation++) {
        do_space();
    }
    printf("# %" PRIu64 " changes, %" PRIu64 " refused, %" PRIu64 " without memory, %" PRIu64
           " unreadable, %" PRIu64 " leaves walked\n",
           done.changes, done.refused, done.starved, done.unreadable, done.leaves);
    CHECK(done.refused != 0 && done.starved != 0 && done.unreadable != 0);
    printf("ok 1 - %s\n", property.name);
    return 0;
}
