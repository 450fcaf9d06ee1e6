/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random changes of small address spaces of every format, against a list of pages.
 *
 * Every page is looked at after every change, by the library and by a reader of raw entries. Every
 * allocation of a change, and reads of it, are made to fail first.
 *
 * Environment: HOIST_SEED (any number), HOIST_OPERATIONS (how many address spaces).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format_list.h"
#include "formats_memory.h"
#include "formats_model.h"
#include "formats_reader.h"
#include "property.h"
#include "tree_change.h"

#define CHANGES     24u
#define FRAMES_BASE UINT64_C(0x10000000)

static struct page pages_before[PAGES_LIMIT];

static struct {
    struct formats_memory memory;
    struct hoist_tree tree;
} saved;

static struct {
    uint64_t changes, refused, starved, unreadable;
} done;

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
    const unsigned align = steps[random_below(5)] % tree_model.page_count;

    change.first = (unsigned)random_below(tree_model.page_count);
    change.first -= align > 1 && !one_in(3) ? change.first % align : 0;
    change.count = 1 + (unsigned)random_below(one_in(2) ? 8 : tree_model.page_count);
    change.count += align > 1 && one_in(2) ? align - change.count % align : 0;
    if (change.count > tree_model.page_count - change.first) {
        change.count = tree_model.page_count - change.first;
    }
    if (change.kind == ALLOCATE && change.count > 8) {
        change.count = 1 + change.count % 8;
    }
    change.pa = FRAMES_BASE + change.first * model_page_bytes() +
                (one_in(3) ? steps[random_below(5)] * model_page_bytes() : 0);
    change.access = random_access();
    change.largest_level = one_in(4) ? 1 + (unsigned)random_below(tree_model.format.levels) : 0;
    change.clear = (uint8_t)random_below(32);
    change.set = (uint8_t)(random_below(32) & (one_in(2) ? HOIST_READ : 0x1f));
    return change;
}

static enum hoist_result carry_out(const struct change *change)
{
    const struct hoist_range range = {hoist_va_of(model_va(change->first)),
                                      change->count * model_page_bytes()};
    const struct hoist_extent extent = {range.va, hoist_pa_of(change->pa), range.size_bytes};

    switch (change->kind) {
    case MAP:
        return hoist_tree_map(&tree_model.tree, &extent, change->access, change->largest_level);
    case PROTECT: return hoist_tree_protect(&tree_model.tree, &range, change->clear, change->set);
    case UNMAP: return hoist_tree_unmap(&tree_model.tree, &range);
    case ALLOCATE: return hoist_tree_allocate(&tree_model.tree, &range, change->access);
    default: return hoist_tree_free(&tree_model.tree, &range);
    }
}

static bool is_same(struct hoist_access a, struct hoist_access b)
{
    return a.rights == b.rights && a.cache == b.cache;
}

/* Whether the change should succeed; then the list of pages has it. */
static bool expect_map(const struct change *change)
{
    bool is_allowed = hoist_tree_check_access(&tree_model.tree, change->access) == HOIST_OK;

    for (unsigned i = 0; i < change->count; i++) {
        struct page *page = &tree_model.pages[change->first + i];
        const struct page mapped = {true, change->pa + i * model_page_bytes(), change->access};

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
        struct page *page = &tree_model.pages[change->first + i];
        struct hoist_access access = page->access;

        access.rights = (uint8_t)((access.rights & ~change->clear) | change->set);
        page->access = access;
        access.cache = HOIST_WRITE_BACK;
        is_allowed = is_allowed && page->is_mapped &&
                     hoist_tree_check_access(&tree_model.tree, access) == HOIST_OK;
    }
    return is_allowed;
}

/* Whether a leaf reaches out of the range at this page of it. */
static bool reaches_out(const struct change *change, unsigned number)
{
    struct reader_page seen = {0};
    const uint64_t linear = (uint64_t)number << tree_model.format.page_shift;
    uint64_t pages;
    uint64_t first;

    if (!tree_model.pages[number].is_mapped ||
        !reader_look_up(&tree_model.shape, tree_model.tree.root.value, linear, &seen)) {
        return false;
    }
    pages = UINT64_C(1) << tree_model.format.index_bits * (seen.level - 1);
    first = number / pages * pages;
    return first < change->first || first + pages > change->first + change->count;
}

static bool expect_unmap(const struct change *change)
{
    const bool is_allowed =
        change->kind == UNMAP || !(reaches_out(change, change->first) ||
                                   reaches_out(change, change->first + change->count - 1));

    for (unsigned i = 0; i < change->count; i++) {
        tree_model.pages[change->first + i].is_mapped = false;
    }
    return is_allowed;
}

static bool expect(const struct change *change)
{
    const uint64_t half = tree_model.page_count / 2;
    const bool is_within = tree_model.format.extension != HOIST_EXTEND_SIGN ||
                           change->first >= half || change->first + change->count <= half;
    const bool is_allowed = change->kind == MAP || change->kind == ALLOCATE ? expect_map(change)
                            : change->kind == PROTECT                       ? expect_protect(change)
                                                                            : expect_unmap(change);

    return is_within && is_allowed;
}

/* Pages that the tables had and no table has now are the caller's to give back. */
static void drop_unmapped_pages(void)
{
    bool is_used[PAGES_MOST] = {false};

    for (unsigned i = 0; i < tree_model.page_count; i++) {
        const uint64_t number = (tree_model.pages[i].pa - PAGES_BASE) / model_page_bytes();

        if (tree_model.pages[i].is_mapped && tree_model.pages[i].pa >= PAGES_BASE &&
            number < PAGES_MOST) {
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
        struct page *page = &tree_model.pages[change->first + i];
        struct reader_page seen = {0};
        const uint64_t linear = (uint64_t)(change->first + i) << tree_model.format.page_shift;

        CHECK(reader_look_up(&tree_model.shape, tree_model.tree.root.value, linear, &seen));
        CHECK(seen.is_mapped && seen.level == 1 && seen.pa >= PAGES_BASE);
        CHECK(memory.is_page[(seen.pa - PAGES_BASE) / model_page_bytes()]);
        page->pa = seen.pa;
    }
}

/* Tables that are in use hold what they held. */
static void check_untouched(void)
{
    CHECK(tree_model.tree.has_root == saved.tree.has_root &&
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
    tree_model.tree = saved.tree;
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
    if (tree_model.tree.hooks->read != NULL && tree_model.tree.has_root) {
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
    const struct hoist_extent extent = {hoist_va_of(model_va(change->first)),
                                        hoist_pa_of(change->pa),
                                        change->count * model_page_bytes()};
    const uint64_t before = memory.table_count;
    uint64_t count = 0;

    if (change->kind == MAP && hoist_tree_count_map(&tree_model.tree, &extent, change->access,
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

    memcpy(pages_before, tree_model.pages, sizeof(pages_before));
    saved.memory = memory;
    saved.tree = tree_model.tree;
    is_expected = expect(&change);
    starve(&change);
    check_count(&change);
    result = carry_out(&change);
    CHECK((result == HOIST_OK) == is_expected || result == HOIST_NO_PAGE);
    done.changes++;
    if (result != HOIST_OK) {
        memcpy(tree_model.pages, pages_before, sizeof(pages_before));
        check_untouched();
        done.refused++;
    } else if (change.kind == ALLOCATE) {
        learn_pages(&change);
    }
    drop_unmapped_pages();
    model_check();
    if (result == HOIST_OK && (change.kind == MAP || change.kind == ALLOCATE)) {
        model_check_rights(&tree_model.pages[change.first], change.first);
    }
}

static void do_space(void)
{
    const struct hoist_table_format *format = hoist_formats[random_below(hoist_format_count)];

    property.step = format->name;
    model_begin(format);
    memory_begin(&tree_model.format);
    CHECK(hoist_tree_init(&tree_model.tree, &tree_model.format, NULL,
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
           done.changes, done.refused, done.starved, done.unreadable, tree_model.leaves);
    CHECK(done.refused != 0 && done.starved != 0 && done.unreadable != 0);
    printf("ok 1 - %s\n", property.name);
    return 0;
}
