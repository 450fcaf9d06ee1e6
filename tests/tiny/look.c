/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking up and visiting. */
#include "look.h"

#include "reader.h"
#include "report.h"

/* How far a visit has come. */
struct look {
    const struct tiny_state *state;
    unsigned next; /* page */
    unsigned tables;
};

static bool is_same_access(struct hoist_access one, struct hoist_access other)
{
    return one.rights == other.rights && one.cache == other.cache &&
           one.protection_key == other.protection_key && one.software == other.software;
}

static unsigned skip_holes(const struct tiny_state *state, unsigned page)
{
    while (page < TINY_PAGES && state->page[page] == 0) {
        page++;
    }
    return page;
}

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    struct look *look = context;
    const unsigned page = skip_holes(look->state, look->next);
    const uint8_t mapped = page < TINY_PAGES ? look->state->page[page] : 0;

    CHECK(mapped != 0, "a visit shows a leaf more than there are");
    CHECK(leaf->va.value == page * TINY_PAGE_BYTES && leaf->size == tiny_level_of(mapped) &&
              leaf->pa.value == tiny_pa(tiny_base_of(mapped), page) &&
              is_same_access(leaf->leaf, tiny_access(tiny_access_of(mapped))) &&
              is_same_access(leaf->effective, leaf->leaf),
          "a visit shows another leaf than the model");
    look->next = page + tiny_span(tiny_level_of(mapped));
    return HOIST_OK;
}

static enum hoist_result see_table(void *context, struct hoist_frame_4k frame, unsigned level)
{
    (void)frame;
    (void)level;
    ((struct look *)context)->tables++;
    return HOIST_OK;
}

static void visit(struct tiny_bench *bench, const struct tiny_state *state)
{
    struct look look = {state, 0, 0};
    const struct hoist_visitor visitor = {.leaf = see_leaf, .table = see_table, .context = &look};
    unsigned tables = 0;

    for (unsigned table = 0; table < TINY_TABLES; table++) {
        tables += state->table[table] != 0;
    }
    CHECK(hoist_visit(&bench->space, hoist_va_of(0), hoist_va_of(TINY_PAGES * TINY_PAGE_BYTES - 1),
                      &visitor) == HOIST_OK,
          "a visit fails");
    CHECK(skip_holes(state, look.next) == TINY_PAGES, "a visit leaves leaves out");
    CHECK(look.tables == tables, "a visit shows more tables, or fewer");
}

static void query(struct tiny_bench *bench, const struct tiny_state *state, unsigned page)
{
    const uint8_t mapped = state->page[page];
    const uint64_t offset = 0x123;
    const struct hoist_va va = hoist_va_of(page * TINY_PAGE_BYTES + offset);
    struct hoist_translation found;
    const enum hoist_result result = hoist_query(&bench->space, va, &found);

    if (mapped == 0) {
        CHECK(result == HOIST_NOT_MAPPED, "a page is found where none is mapped");
        return;
    }
    CHECK(result == HOIST_OK && found.size == tiny_level_of(mapped) &&
              found.pa.value == tiny_pa(tiny_base_of(mapped), page) + offset &&
              is_same_access(found.leaf, tiny_access(tiny_access_of(mapped))) &&
              is_same_access(found.effective, found.leaf),
          "a page is not found, or with other frames or access");
}

void tiny_look(struct tiny_bench *bench, const struct tiny_start *start)
{
    tiny_story.now = NULL;
    tiny_load(bench, &start->memory);
    for (unsigned page = 0; page < TINY_PAGES; page++) {
        query(bench, &start->state, page);
    }
    visit(bench, &start->state);
    CHECK(tiny_is_unchanged(bench, &start->memory), "looking has changed the tables");
}
