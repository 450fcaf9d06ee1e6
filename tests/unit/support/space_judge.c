/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds an address space against the model. */
#include "space_judge.h"

#include <string.h>

#include "property.h"
#include "raw_reader.h"
#include "space_model.h"

#define LEAF_LIMIT 65536u

/* As judge_everything has found them. */
static struct raw_leaf leaves[LEAF_LIMIT];
static unsigned leaf_count;
static unsigned table_seen;

static const uint64_t *frame_at(void *context, uint64_t pa)
{
    return arena_at(context, pa);
}

static void collect_leaf(void *context, const struct raw_leaf *leaf)
{
    (void)context;
    CHECK(leaf_count < LEAF_LIMIT);
    leaves[leaf_count++] = *leaf;
}

static void check_table(void *context, const struct raw_table *table)
{
    const struct table *expected = model_table(table->va, table->level);
    const unsigned rights = (table->writable ? LINK_WRITE : 0u) | (table->user ? LINK_USER : 0u) |
                            (table->executable ? LINK_EXECUTE : 0u);

    (void)context;
    table_seen++;
    CHECK(expected != NULL);
    CHECK(table->level == model.cpu.levels || expected->rights == rights);
}

static struct raw_reader reader_of(struct arena *arena)
{
    const struct raw_reader reader = {frame_at,
                                      collect_leaf,
                                      check_table,
                                      arena,
                                      model.cpu.levels,
                                      model.cpu.physical_bits,
                                      model.cpu.has_nx,
                                      model.cpu.has_1g_pages,
                                      0};

    return reader;
}

static void check_leaf(const struct raw_leaf *leaf, const struct stretch *stretch)
{
    const struct hoist_access access = stretch->access;

    CHECK(leaf->level == stretch->level);
    CHECK(leaf->pa == stretch->pa + (leaf->va - stretch->first));
    CHECK(leaf->writable == ((access.rights & HOIST_WRITE) != 0));
    CHECK(leaf->user == ((access.rights & HOIST_USER) != 0));
    CHECK(leaf->global == ((access.rights & HOIST_GLOBAL) != 0));
    CHECK(leaf->executable == ((access.rights & HOIST_EXECUTE) != 0 || !model.cpu.has_nx));
    CHECK(leaf->pat_index == access.cache);
    CHECK(leaf->protection_key == access.protection_key);
    CHECK(leaf->software == access.software);
}

void judge_everything(struct arena *arena, const struct hoist_space *space, uint64_t waiting)
{
    struct raw_reader reader = reader_of(arena);
    unsigned at = 0;
    uint64_t next = 0;

    leaf_count = 0;
    table_seen = 0;
    CHECK(arena_held(arena) == model.table_count + waiting);
    if (model.table_count == 0) {
        CHECK(space->root == 0);
        return;
    }
    CHECK(space->root != 0);
    raw_read_all(&reader, space->root & UINT64_C(0x000ffffffffff000));
    CHECK(reader.reserved_count == 0);
    CHECK(table_seen == model.table_count);
    for (unsigned i = 0; i < leaf_count; i++) {
        CHECK(at < model.stretch_count);
        if (next == 0) {
            next = model.stretches[at].first;
        }
        CHECK(leaves[i].va == next);
        check_leaf(&leaves[i], &model.stretches[at]);
        next += leaves[i].size_bytes;
        if (next - 1 == model.stretches[at].last) {
            at++;
            next = at < model.stretch_count ? model.stretches[at].first : 0;
        }
    }
    CHECK(at == model.stretch_count);
}

struct seen {
    unsigned next_leaf;
    unsigned table_count;
    struct hoist_run last_run;
};

static bool is_same_leaf(const struct hoist_leaf *leaf, const struct raw_leaf *raw)
{
    return leaf->va.value == raw->va && leaf->pa.value == raw->pa && leaf->entry == raw->entry &&
           (unsigned)leaf->size == raw->level && leaf->leaf.cache == raw->pat_index &&
           leaf->leaf.software == raw->software &&
           leaf->leaf.protection_key == raw->protection_key &&
           ((leaf->leaf.rights & HOIST_WRITE) != 0) == raw->writable &&
           ((leaf->leaf.rights & HOIST_USER) != 0) == raw->user &&
           ((leaf->leaf.rights & HOIST_EXECUTE) != 0) == raw->executable &&
           ((leaf->leaf.rights & HOIST_GLOBAL) != 0) == raw->global &&
           ((leaf->effective.rights & HOIST_WRITE) != 0) == raw->may_be_written &&
           ((leaf->effective.rights & HOIST_USER) != 0) == raw->may_be_used_by_user &&
           ((leaf->effective.rights & HOIST_EXECUTE) != 0) == raw->may_be_executed;
}

static enum hoist_result see_leaf(void *context, const struct hoist_leaf *leaf)
{
    struct seen *seen = context;

    CHECK(seen->next_leaf < leaf_count);
    CHECK(is_same_leaf(leaf, &leaves[seen->next_leaf]));
    seen->next_leaf++;
    return HOIST_OK;
}

static enum hoist_result see_table(void *context, struct hoist_frame_4k frame, unsigned level)
{
    (void)frame;
    CHECK(level >= 1 && level <= model.cpu.levels);
    ((struct seen *)context)->table_count++;
    return HOIST_OK;
}

void judge_visit(const struct hoist_space *space)
{
    struct seen seen = {0};
    const struct hoist_visitor visitor = {.leaf = see_leaf, .table = see_table, .context = &seen};

    CHECK(hoist_visit(space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor) == HOIST_OK);
    CHECK(seen.next_leaf == leaf_count);
    CHECK(seen.table_count == table_seen);
}

static bool is_same_access(struct hoist_access a, struct hoist_access b)
{
    return a.rights == b.rights && a.cache == b.cache && a.protection_key == b.protection_key &&
           a.software == b.software;
}

/* Goes through the leaves that a run claims, and sees that the one behind them is not its own. */
static enum hoist_result see_run(void *context, const struct hoist_run *run)
{
    struct seen *seen = context;
    uint64_t count[HOIST_LEAF_1G + 1] = {0};
    uint64_t bytes = 0;

    while (bytes != run->size_bytes) {
        const struct raw_leaf *raw = &leaves[seen->next_leaf];
        const struct hoist_leaf leaf = {hoist_va_of(run->va.value + bytes),
                                        hoist_pa_of(run->pa.value + bytes),
                                        (enum hoist_leaf_size)raw->level,
                                        run->leaf,
                                        run->effective,
                                        raw->entry};

        CHECK(seen->next_leaf < leaf_count && is_same_leaf(&leaf, raw));
        count[raw->level]++;
        bytes += raw->size_bytes;
        seen->next_leaf++;
    }
    CHECK(memcmp(count, run->leaf_count, sizeof count) == 0);
    CHECK(seen->last_run.size_bytes == 0 ||
          seen->last_run.va.value + seen->last_run.size_bytes != run->va.value ||
          seen->last_run.pa.value + seen->last_run.size_bytes != run->pa.value ||
          !is_same_access(seen->last_run.leaf, run->leaf) ||
          !is_same_access(seen->last_run.effective, run->effective));
    seen->last_run = *run;
    return HOIST_OK;
}

void judge_runs(const struct hoist_space *space)
{
    struct seen seen = {0};
    const struct hoist_visitor visitor = {.run = see_run, .context = &seen};

    CHECK(hoist_visit(space, hoist_va_of(0), hoist_va_of(~UINT64_C(0)), &visitor) == HOIST_OK);
    CHECK(seen.next_leaf == leaf_count);
}

void judge_partial_visit(const struct hoist_space *space, uint64_t first, uint64_t last)
{
    struct seen seen = {0};
    const struct hoist_visitor visitor = {.leaf = see_leaf, .context = &seen};
    unsigned end;

    while (seen.next_leaf < leaf_count &&
           leaves[seen.next_leaf].va + (leaves[seen.next_leaf].size_bytes - 1) < first) {
        seen.next_leaf++;
    }
    for (end = seen.next_leaf; end < leaf_count && leaves[end].va <= last; end++) {
    }
    CHECK(hoist_visit(space, hoist_va_of(first), hoist_va_of(last), &visitor) == HOIST_OK);
    CHECK(seen.next_leaf == end);
}

void judge_query(struct arena *arena, const struct hoist_space *space, uint64_t va)
{
    const struct stretch *stretch = model_stretch_at(va);
    struct raw_reader reader = reader_of(arena);
    struct hoist_translation found;
    struct hoist_leaf leaf;
    struct raw_leaf raw;
    const enum hoist_result result = hoist_query(space, hoist_va_of(va), &found);

    if (va >= model_lower_end() && va < model_upper_start()) {
        CHECK(result == HOIST_NOT_CANONICAL);
        return;
    }
    CHECK(result == (stretch != NULL ? HOIST_OK : HOIST_NOT_MAPPED));
    if (stretch == NULL) {
        return;
    }
    CHECK(found.pa.value == stretch->pa + (va - stretch->first));
    CHECK(raw_read_one(&reader, space->root & UINT64_C(0x000ffffffffff000), va, &raw));
    leaf = (struct hoist_leaf){hoist_va_of(va & ~(raw.size_bytes - 1)),
                               hoist_pa_of(found.pa.value & ~(raw.size_bytes - 1)),
                               found.size,
                               found.leaf,
                               found.effective,
                               found.entry};
    CHECK(is_same_leaf(&leaf, &raw));
}

unsigned judge_leaf_count(void)
{
    return leaf_count;
}
