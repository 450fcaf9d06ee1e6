/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls behind operations. */
#include "space_calls.h"

#include <string.h>

#include "property.h"
#include "space_change.h"

#define ADDRESS UINT64_C(0x000ffffffffff000)

/* What hoist_clear and hoist_destroy have handed back. */
static struct {
    uint64_t bytes;
    uint64_t sum; /* of the frames' addresses */
} handed_back;

void calls_begin(struct trial_space *trial, struct arena *arena)
{
    memset(trial, 0, sizeof *trial);
    trial->arena = arena;
    CHECK(hoist_space_init(&trial->space, &model.cpu, &arena_hooks, arena) == HOIST_OK);
    trial->cursor = hoist_cursor_of(&trial->space);
}

static struct hoist_extent extent_of(const struct operation *operation)
{
    return hoist_extent_of(hoist_va_of(operation->va), hoist_pa_of(operation->pa), operation->size);
}

static struct hoist_range range_of(const struct operation *operation)
{
    return hoist_range_of(hoist_va_of(operation->va), operation->size);
}

static enum hoist_result map_page(struct hoist_space *space, const struct operation *operation)
{
    const struct hoist_va va = hoist_va_of(operation->va);
    const struct hoist_pa pa = hoist_pa_of(operation->pa);
    struct hoist_page_4k small;
    struct hoist_page_2m middle;
    struct hoist_page_1g large;
    struct hoist_frame_4k small_frame;
    struct hoist_frame_2m middle_frame;
    struct hoist_frame_1g large_frame;

    if (operation->largest == 1) {
        CHECK(hoist_page_4k_at(space, va, &small) == HOIST_OK);
        CHECK(hoist_frame_4k_at(space, pa, &small_frame) == HOIST_OK);
        return hoist_map_4k(space, small, small_frame, operation->access);
    }
    if (operation->largest == 2) {
        CHECK(hoist_page_2m_at(space, va, &middle) == HOIST_OK);
        CHECK(hoist_frame_2m_at(space, pa, &middle_frame) == HOIST_OK);
        return hoist_map_2m(space, middle, middle_frame, operation->access);
    }
    CHECK(hoist_page_1g_at(space, va, &large) == HOIST_OK);
    CHECK(hoist_frame_1g_at(space, pa, &large_frame) == HOIST_OK);
    return hoist_map_1g(space, large, large_frame, operation->access);
}

static enum hoist_result cursor_call(struct trial_space *trial, const struct operation *operation)
{
    const struct hoist_page_4k page = {operation->va};
    const struct hoist_frame_4k frame = {operation->pa};

    if (operation->kind == OPERATION_CURSOR_MAP) {
        return hoist_cursor_map(&trial->cursor, page, frame, operation->access);
    }
    return hoist_cursor_protect(&trial->cursor, page, operation->access);
}

/* What the tables say that an address means now. */
static uint64_t pa_now(const struct trial_space *trial, uint64_t va)
{
    struct hoist_pa pa = {1};

    return hoist_translate(&trial->space, hoist_va_of(va), &pa) == HOIST_OK ? pa.value : 1;
}

static enum hoist_result cursor_unmap(struct trial_space *trial, const struct operation *operation)
{
    const struct hoist_page_4k page = {operation->va};
    const uint64_t pa = pa_now(trial, operation->va);
    struct hoist_frame_4k frame = {1};
    const enum hoist_result result = hoist_cursor_unmap(&trial->cursor, page, &frame);

    CHECK(frame.pa == (result == HOIST_OK ? pa : 1));
    return result;
}

static enum hoist_result give(struct hoist_space *space, const struct operation *operation)
{
    struct hoist_owned page = {{operation->pa}, (enum hoist_leaf_size)operation->largest, true};
    const enum hoist_result result =
        hoist_give(space, hoist_va_of(operation->va), &page, operation->access);

    CHECK(page.is_held == (result != HOIST_OK));
    return result;
}

/* A page that is taken can be used at once, or after the flush that the space collects for. */
static enum hoist_result take(struct trial_space *trial, const struct operation *operation)
{
    const uint64_t pa = pa_now(trial, operation->va);
    struct hoist_stale stale;
    struct hoist_owned page = {{1}, HOIST_LEAF_4K, false};
    const enum hoist_result result = hoist_take(&trial->space, hoist_va_of(operation->va), &stale);

    if (result != HOIST_OK) {
        return result;
    }
    if (trial->space.flush != NULL) {
        CHECK(hoist_stale_release(&trial->space, &stale, &page) == HOIST_NOT_FLUSHED);
        CHECK(!page.is_held);
        if (trial->taken_count < TAKEN_LIMIT) {
            trial->taken[trial->taken_count++] = stale;
        }
        return HOIST_OK;
    }
    CHECK(hoist_stale_release(&trial->space, &stale, &page) == HOIST_OK);
    CHECK(page.is_held && page.pa.value == pa);
    return HOIST_OK;
}

void calls_release(struct trial_space *trial)
{
    struct hoist_owned page;

    while (trial->taken_count != 0) {
        struct hoist_stale *stale = &trial->taken[--trial->taken_count];

        CHECK(hoist_stale_release(&trial->space, stale, &page) == HOIST_OK && page.is_held);
        CHECK(hoist_stale_release(&trial->space, stale, &page) == HOIST_NOT_OWNED);
    }
}

static void add_page(void *context, struct hoist_pa pa, enum hoist_leaf_size size)
{
    (void)context;
    handed_back.bytes += hoist_leaf_bytes(size);
    handed_back.sum += pa.value / KIB4;
}

static enum hoist_result add_given(void *context, const struct hoist_leaf *leaf)
{
    if ((leaf->leaf.software & HOIST_SOFTWARE_OWNED) != 0) {
        add_page(context, leaf->pa, leaf->size);
    }
    return HOIST_OK;
}

/* Just the pages that were given come back, each once. */
static enum hoist_result take_down(struct trial_space *trial, const struct operation *operation)
{
    const uint64_t last = operation->kind == OPERATION_CLEAR ? model_lower_end() - 1 : ~UINT64_C(0);
    const struct hoist_visitor visitor = {.leaf = add_given};
    uint64_t bytes;
    uint64_t sum;
    enum hoist_result result;

    memset(&handed_back, 0, sizeof handed_back);
    CHECK(hoist_visit(&trial->space, hoist_va_of(0), hoist_va_of(last), &visitor) == HOIST_OK);
    bytes = handed_back.bytes;
    sum = handed_back.sum;
    memset(&handed_back, 0, sizeof handed_back);
    result = operation->kind == OPERATION_CLEAR ? hoist_clear(&trial->space, add_page)
                                                : hoist_destroy(&trial->space, add_page);
    CHECK(handed_back.bytes == bytes && handed_back.sum == sum);
    return result;
}

enum hoist_result calls_carry_out(struct trial_space *trial, const struct operation *operation)
{
    struct hoist_space *space = &trial->space;
    const struct hoist_extent extent = extent_of(operation);
    const struct hoist_range range = range_of(operation);
    const enum hoist_leaf_size largest = (enum hoist_leaf_size)operation->largest;

    switch (operation->kind) {
    case OPERATION_MAP: return hoist_map(space, &extent, operation->access, largest);
    case OPERATION_MAP_EMPTY: return hoist_map_empty(space, &extent, operation->access, largest);
    case OPERATION_MAP_PAGE: return map_page(space, operation);
    case OPERATION_REMAP:
        return hoist_remap(space, &extent, operation->access, largest, operation->use);
    case OPERATION_PROTECT: return hoist_protect(space, &range, operation->access);
    case OPERATION_UNMAP: return hoist_unmap(space, &range, operation->tables);
    case OPERATION_SPLIT: return hoist_split(space, &range, largest);
    case OPERATION_MERGE: return hoist_merge(space, &range);
    case OPERATION_COLLAPSE: return hoist_collapse(space, &range);
    case OPERATION_CURSOR_UNMAP: return cursor_unmap(trial, operation);
    case OPERATION_GIVE: return give(space, operation);
    case OPERATION_TAKE: return take(trial, operation);
    case OPERATION_CLEAR:
    case OPERATION_DESTROY: return take_down(trial, operation);
    default: return cursor_call(trial, operation);
    }
}

bool calls_can_count(const struct operation *operation)
{
    return operation->kind == OPERATION_MAP || operation->kind == OPERATION_MAP_EMPTY ||
           operation->kind == OPERATION_REMAP || operation->kind == OPERATION_PROTECT ||
           operation->kind == OPERATION_UNMAP || operation->kind == OPERATION_SPLIT;
}

enum hoist_result calls_count(const struct trial_space *trial, const struct operation *operation,
                              uint64_t *frame_count, const uint64_t of_level[6])
{
    const struct hoist_space *space = &trial->space;
    const struct hoist_extent extent = extent_of(operation);
    const struct hoist_range range = range_of(operation);
    const enum hoist_leaf_size largest = (enum hoist_leaf_size)operation->largest;
    struct hoist_count count = {0};
    enum hoist_result result;

    switch (operation->kind) {
    case OPERATION_REMAP:
        return hoist_count_remap(space, &extent, operation->access, largest, frame_count);
    case OPERATION_PROTECT:
        return hoist_count_protect(space, &range, operation->access, frame_count);
    case OPERATION_UNMAP: return hoist_count_unmap(space, &range, frame_count);
    case OPERATION_SPLIT: return hoist_count_split(space, &range, largest, frame_count);
    default: break;
    }
    result = hoist_count_map(space, &count, &extent, operation->access, largest);
    *frame_count = count.frame_count;
    CHECK(result != HOIST_OK || memcmp(count.of_level, of_level, sizeof count.of_level) == 0);
    return result;
}

/*
 * The link to the table of this level above the address, if there is one. A cursor does not notice
 * that, so it begins anew.
 */
void calls_narrow(struct trial_space *trial, const struct operation *operation)
{
    const struct table *table = model_table(operation->va, operation->largest);
    uint64_t pa = trial->space.root & ADDRESS;

    trial->cursor = hoist_cursor_of(&trial->space);
    if (table == NULL || table->level == model.cpu.levels) {
        return;
    }
    for (unsigned level = model.cpu.levels;; level--) {
        uint64_t *entry = &arena_at(trial->arena, pa)[operation->va / model_bytes_of(level) % 512];

        if (level == table->level + 1) {
            *entry &= ~(UINT64_C(6) | UINT64_C(1) << 63);
            *entry |= ((table->rights & LINK_WRITE) != 0 ? 2u : 0u) |
                      ((table->rights & LINK_USER) != 0 ? 4u : 0u);
            *entry |= (table->rights & LINK_EXECUTE) == 0 ? UINT64_C(1) << 63 : 0;
            return;
        }
        pa = *entry & ADDRESS;
    }
}
