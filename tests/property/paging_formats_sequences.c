/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every sequence of two changes (of three, with LONG=1) of every range, on tables of two entries of
 * every format, from an empty address space on: what it answers, and what every page is mapped to
 * afterwards, by a reader of raw entries. The formats with flags where a small leaf's address would
 * be keep their tables, but for the root; of those and of deep ones a few pages are gone through.
 *
 * A change that is refused changes nothing, so what would follow it is what would have followed
 * without it: it is counted, and not tried again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format_list.h"
#include "formats_memory.h"
#include "formats_model.h"
#include "formats_tree.h"
#include "property.h"
#include "table_entry.h"
#include "tree_change.h"

#define PAGES_MOST_DEEP 8u /* of more than three levels, or of large tables: around the middle */
#define PAGES_MOST_ALL  8u
#define FRAMES          UINT64_C(0x10000000)

enum kind { MAP, MAP_BESIDE, PROTECT, UNMAP, FREE, KINDS };

static struct {
    struct formats_memory memory;
    struct hoist_tree tree;
    struct page pages[PAGES_LIMIT];
} saved[3];

static unsigned pages; /* that are gone through */
static uint64_t done;
static uint64_t refused;

static const struct hoist_access access_of_all = {HOIST_READ | HOIST_WRITE | HOIST_EXECUTE,
                                                  HOIST_WRITE_BACK, 0, 0};

static void begin(const struct hoist_table_format *format)
{
    struct hoist_table_format *small = &tree_model.format;

    model_begin(format);
    if (format->entry_bytes == 8) {
        small->index_bits = 1;
        small->root_index_bits = 1;
        small->large.address.mask =
            format->page.address.mask &
            ~((hoist_format_span(small, 2) - 1) >> format->page.address.shift_left);
    } else {
        small->root_index_bits = 1;
    }
    tree_model.shape.index_bits = small->index_bits;
    tree_model.shape.root_index_bits = small->root_index_bits;
    tree_model.page_count = 1u << (hoist_format_address_bits(small) - small->page_shift);
    pages = small->levels == 3 && format->entry_bytes == 8 ? PAGES_MOST_ALL : PAGES_MOST_DEEP;
    memory_begin(small);
    CHECK(hoist_tree_init(&tree_model.tree, small, NULL, &hooks_by_pointer, NULL) == HOIST_OK);
}

/*
 * The page of a number: from the middle of the address space on, so that all levels have borders
 * among them. Small pages of formats with large tables are at the end of one table and the
 * beginning of the next.
 */
static unsigned page_at(unsigned number)
{
    const unsigned half = tree_model.page_count / 2;

    return pages == tree_model.page_count ? number : half - pages / 2 + number;
}

static bool is_one_half(unsigned first, unsigned count)
{
    const unsigned half = tree_model.page_count / 2;

    return tree_model.format.extension != HOIST_EXTEND_SIGN || page_at(first) >= half ||
           page_at(first) + count <= half;
}

static enum hoist_result carry_out(enum kind kind, unsigned first, unsigned count)
{
    const struct hoist_range range = {{model_va(page_at(first))}, count * model_page_bytes()};
    const uint64_t pa =
        FRAMES + (page_at(first) + (kind == MAP_BESIDE ? 1u : 0u)) * model_page_bytes();
    const struct hoist_extent extent = {range.va, {pa}, range.size_bytes};

    switch (kind) {
    case PROTECT: return hoist_tree_protect(&tree_model.tree, &range, HOIST_WRITE, 0);
    case UNMAP: return hoist_tree_unmap(&tree_model.tree, &range);
    case FREE: return hoist_tree_free(&tree_model.tree, &range);
    default: return hoist_tree_map(&tree_model.tree, &extent, access_of_all, 0);
    }
}

static bool look_up(unsigned number, struct reader_page *seen)
{
    memset(seen, 0, sizeof(*seen));
    return !tree_model.tree.has_root ||
           reader_look_up(&tree_model.shape, tree_model.tree.root.value,
                          (uint64_t)number << tree_model.format.page_shift, seen);
}

/* Whether the leaf at a page reaches out of a range of pages. */
static bool reaches_out(unsigned number, unsigned first, unsigned count)
{
    struct reader_page seen;
    unsigned leaf_pages;

    CHECK(look_up(number, &seen));
    if (!seen.is_mapped) {
        return false;
    }
    leaf_pages = 1u << tree_model.format.index_bits * (seen.level - 1);
    return number / leaf_pages * leaf_pages < first ||
           (number / leaf_pages + 1) * leaf_pages > first + count;
}

static bool expect(enum kind kind, unsigned first, unsigned count)
{
    bool is_allowed = is_one_half(first, count);

    if (kind == FREE && is_allowed) {
        is_allowed = !reaches_out(page_at(first), page_at(first), count) &&
                     !reaches_out(page_at(first) + count - 1, page_at(first), count);
    }
    for (unsigned i = page_at(first); i < page_at(first) + count; i++) {
        struct page *page = &tree_model.pages[i];
        const uint64_t pa = FRAMES + (i + (kind == MAP_BESIDE ? 1u : 0u)) * model_page_bytes();

        if (kind == PROTECT) {
            is_allowed = is_allowed && page->is_mapped;
            page->access.rights = HOIST_READ | HOIST_EXECUTE;
        } else if (kind == UNMAP || kind == FREE) {
            page->is_mapped = false;
        } else {
            is_allowed = is_allowed && (!page->is_mapped ||
                                        (page->pa == pa && (page->access.rights & HOIST_WRITE)));
            *page = (struct page){true, pa, access_of_all};
        }
    }
    return is_allowed;
}

static void judge(void)
{
    for (unsigned i = 0; i < pages; i++) {
        const struct page *page = &tree_model.pages[page_at(i)];
        struct reader_page seen;

        CHECK(look_up(page_at(i), &seen));
        CHECK(seen.is_mapped == page->is_mapped);
        CHECK(!seen.is_mapped ||
              (seen.pa == page->pa &&
               ((seen.kernel & 2) != 0) == ((page->access.rights & HOIST_WRITE) != 0)));
    }
    CHECK(!memory.gave_wrongly);
}

static void keep(unsigned depth)
{
    saved[depth].memory = memory;
    saved[depth].tree = tree_model.tree;
    memcpy(saved[depth].pages, tree_model.pages, sizeof(tree_model.pages));
}

static void restore(unsigned depth)
{
    memory = saved[depth].memory;
    tree_model.tree = saved[depth].tree;
    memcpy(tree_model.pages, saved[depth].pages, sizeof(tree_model.pages));
}

/* All changes from here on; the depth counts down to 0, which is the last of a sequence. */
static void go_on(unsigned depth)
{
    keep(depth);
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (unsigned first = 0; first < pages; first++) {
            for (unsigned count = 1; count <= pages - first; count++) {
                const bool is_expected = expect((enum kind)kind, first, count);
                const enum hoist_result result = carry_out((enum kind)kind, first, count);

                CHECK((result == HOIST_OK) == is_expected);
                done++;
                refused += !is_expected;
                if (!is_expected) {
                    memcpy(tree_model.pages, saved[depth].pages, sizeof(tree_model.pages));
                    CHECK(memory.table_count == saved[depth].memory.table_count);
                }
                judge();
                if (is_expected && depth > 0) {
                    go_on(depth - 1);
                }
                restore(depth);
            }
        }
    }
}

int main(void)
{
    const char *is_long = getenv("LONG");
    const unsigned length = is_long != NULL && strcmp(is_long, "1") == 0 ? 3 : 2;

    property_begin("every sequence of changes of small trees of every format", 0);
    for (unsigned i = 0; i < hoist_format_count; i++) {
        property.step = hoist_formats[i]->name;
        begin(hoist_formats[i]);
        go_on(length - 1);
    }
    printf("# sequences of up to %u: %" PRIu64 " changes, %" PRIu64 " of them refused\n", length,
           done, refused);
    CHECK(done != refused && refused != 0);
    printf("ok 1 - %s\n", property.name);
    return 0;
}
