/* SPDX-License-Identifier: BSD-2-Clause */
/* A CPU that keeps whatever it may. */
#include "stale_cpu.h"

#include <string.h>

#include "property.h"
#include "raw_reader.h"
#include "space_model.h"

#define LEAF_LIMIT  65536u
#define KNOWN_LIMIT 131072u
#define ADDRESS     UINT64_C(0x000ffffffffff000)
#define STATE       UINT64_C(0x60) /* accessed, dirty */

struct leaves {
    struct raw_leaf leaves[LEAF_LIMIT];
    unsigned count;
};

struct known {
    struct raw_leaf leaf;
    bool is_pending; /* was not so any more when the change began: not this change's matter */
};

static struct arena *arena;
static struct hoist_space *space;
static struct leaves before;
static struct leaves current;
static struct known known[KNOWN_LIMIT];
static unsigned known_count;
static bool is_walked[ARENA_FRAME_COUNT]; /* tables that the CPU may still walk */
static bool is_reached[ARENA_FRAME_COUNT];

static const uint64_t *frame_at(void *context, uint64_t pa)
{
    return arena_at(context, pa);
}

static void add_leaf(void *context, const struct raw_leaf *leaf)
{
    (void)context;
    CHECK(current.count < LEAF_LIMIT);
    current.leaves[current.count++] = *leaf;
}

static void reach_table(void *context, const struct raw_table *table)
{
    (void)context;
    is_reached[(table->pa - ARENA_FIRST_PA) / ARENA_STRIDE] = true;
}

static void read_tables(void)
{
    struct raw_reader reader = {frame_at,
                                add_leaf,
                                reach_table,
                                arena,
                                model.cpu.levels,
                                model.cpu.physical_bits,
                                model.cpu.has_nx,
                                model.cpu.has_1g_pages,
                                0};

    current.count = 0;
    memset(is_reached, 0, sizeof is_reached);
    if (space->root != 0) {
        raw_read_all(&reader, space->root & ADDRESS);
    }
    for (unsigned i = 0; i < ARENA_FRAME_COUNT; i++) {
        CHECK(!is_walked[i] || arena->state[i] != ARENA_FREE);
        is_walked[i] = is_walked[i] || is_reached[i];
    }
}

static uint64_t last_of(const struct raw_leaf *leaf)
{
    return leaf->va + (leaf->size_bytes - 1);
}

/* Whether this one is the first leaf of a list that ends at or after va. */
static bool is_first_from(const struct leaves *list, unsigned i, uint64_t va)
{
    return i < list->count && last_of(&list->leaves[i]) >= va &&
           (i == 0 || last_of(&list->leaves[i - 1]) < va);
}

/* The first leaf of a list that ends at or after va; mostly the one behind the last asked for. */
static unsigned leaf_from(const struct leaves *list, uint64_t va)
{
    static unsigned hint;
    unsigned low = 0;
    unsigned high = list->count;

    for (unsigned i = 0; i < 2; i++) {
        if (is_first_from(list, hint + i, va)) {
            hint += i;
            return hint;
        }
    }

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (last_of(&list->leaves[middle]) < va) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    hint = low;
    return low;
}

static bool is_same_access(const struct raw_leaf *a, const struct raw_leaf *b)
{
    return a->may_be_written == b->may_be_written &&
           a->may_be_used_by_user == b->may_be_used_by_user &&
           a->may_be_executed == b->may_be_executed && a->global == b->global &&
           a->pat_index == b->pat_index && a->protection_key == b->protection_key &&
           a->software == b->software && a->writable == b->writable && a->user == b->user &&
           a->executable == b->executable;
}

/* Where both map something, they map it to the same frames with the same access. */
static bool is_same_meaning(const struct raw_leaf *a, const struct raw_leaf *b)
{
    return a->pa - a->va == b->pa - b->va && is_same_access(a, b);
}

static bool is_held(const struct raw_leaf *leaf)
{
    const unsigned i = leaf_from(&current, leaf->va);

    return i < current.count && current.leaves[i].va == leaf->va &&
           current.leaves[i].size_bytes == leaf->size_bytes &&
           is_same_meaning(&current.leaves[i], leaf);
}

/* Two sizes with two meanings: the CPU may make anything of it (section 4.10.2.4). */
static void check_sizes(const struct raw_leaf *old)
{
    for (unsigned i = leaf_from(&current, old->va);
         i < current.count && current.leaves[i].va <= last_of(old); i++) {
        CHECK(current.leaves[i].size_bytes == old->size_bytes ||
              is_same_meaning(&current.leaves[i], old));
    }
}

/* What the tables hold now is known too. */
static void learn(void)
{
    const unsigned old_count = known_count;
    static bool is_new[LEAF_LIMIT];

    memset(is_new, true, current.count);
    for (unsigned i = 0; i < old_count; i++) {
        if (is_held(&known[i].leaf)) {
            is_new[leaf_from(&current, known[i].leaf.va)] = false;
        }
    }
    for (unsigned i = 0; i < current.count; i++) {
        if (is_new[i]) {
            CHECK(known_count < KNOWN_LIMIT);
            known[known_count++] = (struct known){current.leaves[i], false};
        }
    }
}

/* An invlpg of what is listed falls into the leaf; a global one outlives anything less. */
static bool is_forgotten(const struct raw_leaf *leaf, const struct hoist_flush *what)
{
    if (leaf->global && !what->has_global) {
        return false;
    }
    for (unsigned i = 0; i < what->range_count; i++) {
        const struct hoist_flush_range *range = &what->ranges[i];
        const uint64_t to_leaf = leaf->va - range->va;
        const uint64_t pages = to_leaf / range->page_bytes + (to_leaf % range->page_bytes != 0);

        if (range->va - leaf->va < leaf->size_bytes ||
            (pages < range->page_count && pages * range->page_bytes - to_leaf < leaf->size_bytes)) {
            return true;
        }
    }
    return what->is_everything;
}

static void check_all_sizes(void)
{
    for (unsigned i = 0; i < known_count; i++) {
        if (!known[i].is_pending) {
            check_sizes(&known[i].leaf);
        }
    }
}

/* Told to forget, the CPU reads the tables anew at once. */
static void on_flush(void *context, const struct hoist_flush *what)
{
    unsigned kept = 0;

    (void)context;
    read_tables();
    check_all_sizes();
    for (unsigned i = 0; i < known_count; i++) {
        if (!is_forgotten(&known[i].leaf, what)) {
            known[kept++] = known[i];
        }
    }
    known_count = kept;
    learn();
    memcpy(is_walked, is_reached, sizeof is_walked);
}

void stale_cpu_begin(struct arena *tables, struct hoist_space *of)
{
    arena = tables;
    space = of;
    known_count = 0;
    memset(is_walked, 0, sizeof is_walked);
    arena->on_flush = on_flush;
}

void stale_cpu_forget(void)
{
    known_count = 0;
    memset(is_walked, 0, sizeof is_walked);
}

bool stale_cpu_is_full(void)
{
    return known_count > KNOWN_LIMIT / 4;
}

/* Sets accessed and dirty bits of the leaf, by a number that differs from leaf to leaf. */
static void use(struct raw_leaf *leaf, uint64_t salt)
{
    const uint64_t bits = (leaf->va / KIB4 + salt) * UINT64_C(0x9e3779b97f4a7c15) >> 60;
    uint64_t pa = space->root & ADDRESS;

    for (unsigned level = model.cpu.levels;; level--) {
        uint64_t *entry = &arena_at(arena, pa)[leaf->va / model_bytes_of(level) % 512];

        if (level == leaf->level) {
            *entry |= (bits == 0 ? 0x60u : 0u) | (bits < 3 ? 0x20u : 0u);
            leaf->entry = *entry;
            return;
        }
        pa = *entry & ADDRESS;
    }
}

void stale_cpu_look(uint64_t salt)
{
    read_tables();
    for (unsigned i = 0; i < known_count; i++) {
        known[i].is_pending = !is_held(&known[i].leaf);
    }
    learn();
    for (unsigned i = 0; i < current.count && salt != 0; i++) {
        use(&current.leaves[i], salt);
    }
    before.count = current.count;
    memcpy(before.leaves, current.leaves, current.count * sizeof current.leaves[0]);
}

/* A leaf has been used exactly if one of those was used that were there before. */
static void check_state(const struct raw_leaf *leaf)
{
    uint64_t state = 0;

    for (unsigned i = leaf_from(&before, leaf->va);
         i < before.count && before.leaves[i].va <= last_of(leaf); i++) {
        state |= before.leaves[i].entry & STATE;
    }
    CHECK((leaf->entry & STATE) == state);
}

void stale_cpu_check(bool is_flushed, bool keeps_state)
{
    read_tables();
    check_all_sizes();
    for (unsigned i = 0; i < known_count && is_flushed; i++) {
        CHECK(is_held(&known[i].leaf));
    }
    for (unsigned i = 0; i < current.count && keeps_state; i++) {
        check_state(&current.leaves[i]);
    }
    if (is_flushed) {
        known_count = 0;
        memcpy(is_walked, is_reached, sizeof is_walked);
    }
    learn();
}
