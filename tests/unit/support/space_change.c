/* SPDX-License-Identifier: BSD-2-Clause */
/* What operations do, leaf by leaf. */
#include "space_change.h"

#include <string.h>

#include "space_steps.h"

#define ALL_PIECES 20000u /* leaves that one operation may go through */

struct change change;

static struct model saved;
static unsigned piece_count;

/* A leaf whose tables are there and wide enough; its neighbours in the same table need no look. */
static struct {
    uint64_t va;
    unsigned level; /* 0: none */
} neighbour;

static void copy_model(struct model *to, const struct model *from)
{
    to->cpu = from->cpu;
    to->stretch_count = from->stretch_count;
    to->table_count = from->table_count;
    memcpy(to->stretches, from->stretches, from->stretch_count * sizeof from->stretches[0]);
    memcpy(to->tables, from->tables, from->table_count * sizeof from->tables[0]);
}

/* ---- map and remap ---- */

/* A leaf that is present where one should go. False: a new one is to be written. */
static bool is_settled(uint64_t va, uint64_t pa, unsigned level)
{
    const struct stretch *old = model_stretch_at(va);

    if (old->pa + (va - old->first) == pa && model_is_same_access(old->access, now->access)) {
        return true;
    }
    if (now->kind != OPERATION_REMAP) {
        refuse(HOIST_ALREADY_MAPPED);
        return true;
    }
    while (!is_over() && model_stretch_at(va)->level > level) {
        split_leaf(va, model_needed_rights(now->access));
    }
    return is_over();
}

static bool is_beside(uint64_t va, unsigned level)
{
    return neighbour.level == level &&
           first_of_leaf(neighbour.va, level + 1) == first_of_leaf(va, level + 1);
}

/* The tables above a leaf that is to be new. */
static void add_chain(uint64_t va, unsigned level)
{
    for (unsigned i = model.cpu.levels; i >= level && !is_over(); i--) {
        if (model_table(va, i) == NULL) {
            add_table(va, i, model_granted_rights(now->access));
        }
    }
}

static void place(uint64_t va, uint64_t pa, unsigned level)
{
    const uint64_t last = last_of_leaf(va, level);
    const bool has_chain = is_beside(va, level);

    if (!has_chain) {
        pass_links(va, level);
    }
    if (is_over()) {
        return;
    }
    if (!is_room() || piece_count++ == ALL_PIECES) {
        change.is_too_large = true;
        return;
    }
    if (level > 1 && model_table(va, level - 1) != NULL) {
        if (now->kind != OPERATION_REMAP) {
            for (uint64_t i = 0; i < 512; i++) {
                place(va + i * model_bytes_of(level - 1), pa + i * model_bytes_of(level - 1),
                      level - 1);
            }
            return;
        }
        if (now->use == HOIST_RANGE_LIVE) {
            refuse(HOIST_RANGE_IN_USE);
            return;
        }
        drop_tables(va, last, level);
    } else if (model_stretch_at(va) != NULL) {
        if (is_settled(va, pa, level)) {
            return;
        }
    } else if (!has_chain) {
        add_chain(va, level);
    }
    neighbour.va = va;
    neighbour.level = level;
    model_remove(va, last);
    model_add_leaf(va, pa, level, now->access);
}

static void map(void)
{
    const unsigned top = now->largest == 3 && !model.cpu.has_1g_pages ? 2 : now->largest;
    uint64_t va = now->va;
    uint64_t pa = now->pa;
    uint64_t left = now->size;

    while (left != 0 && !is_over()) {
        unsigned level = top;

        while (va % model_bytes_of(level) != 0 || pa % model_bytes_of(level) != 0 ||
               left < model_bytes_of(level)) {
            level--;
        }
        place(va, pa, level);
        va += model_bytes_of(level);
        pa += model_bytes_of(level);
        left -= model_bytes_of(level);
    }
}

/* One page of its own size: tables below it are in the way. */
static void map_page(void)
{
    if (now->largest > 1 && model_table(now->va, now->largest - 1) != NULL) {
        refuse(now->largest == 2 ? HOIST_TABLE_IN_THE_WAY_OF_2M : HOIST_TABLE_IN_THE_WAY_OF_1G);
        return;
    }
    if (now->kind == OPERATION_GIVE && model_stretch_at(now->va) != NULL) {
        refuse(HOIST_ALREADY_MAPPED);
        return;
    }
    place(now->va, now->pa, now->largest);
}

static void give(void)
{
    const struct operation *const plain = now;
    struct operation marked = *plain;

    marked.access.software |= HOIST_SOFTWARE_OWNED;
    now = &marked;
    map_page();
    now = plain;
}

/* ---- protect, unmap, split ---- */

/* Leaves from va on that are alike as far as links and access go; returns the last byte of them. */
static uint64_t protect_from(uint64_t va)
{
    const struct stretch *at = model_stretch_at(va);
    const uint64_t last_of_table = last_of_leaf(va, (at == NULL ? 1 : at->level) + 1);
    uint64_t last = last_of_range();

    pass_links(va, at == NULL ? 1 : at->level);
    if (at == NULL) {
        refuse(HOIST_NOT_MAPPED);
    }
    if (is_over()) {
        return last;
    }
    last = at->last < last ? at->last : last;
    last = last_of_table < last ? last_of_table : last;
    if (model_is_same_access(at->access, now->access)) {
        return last;
    }
    if (first_of_leaf(va, at->level) < now->va || last_of_leaf(va, at->level) > last_of_range()) {
        split_leaf(va, model_needed_rights(now->access));
        return va - 1;
    }
    if (last_of_leaf(last, at->level) > last_of_range()) {
        last = first_of_leaf(last, at->level) - 1;
    }
    model_cut_before(va);
    if (last + 1 != 0) {
        model_cut_before(last + 1);
    }
    model_stretch_at(va)->access = now->access;
    return last;
}

static void protect(void)
{
    uint64_t last = now->va - 1;

    do {
        last = is_room() ? protect_from(last + 1) : last;
    } while (last != last_of_range() && !is_over());
}

static void unmap(void)
{
    split_edge(now->va);
    split_edge(last_of_range());
    model_remove(now->va, last_of_range());
    if (now->tables == HOIST_DROP_TABLES) {
        drop_tables(now->va, last_of_range(), model.cpu.levels);
    }
}

static void unmap_page(void)
{
    if (model_stretch_at(now->va) == NULL) {
        refuse(HOIST_NOT_MAPPED);
        return;
    }
    split_edge(now->va);
    model_remove(now->va, last_of_range());
}

static void split(void)
{
    uint64_t va = now->va;

    while (va - 1 != last_of_range() && !is_over()) {
        const unsigned near = model_stretch_from(va);
        const struct stretch *at = &model.stretches[near];

        if (near == model.stretch_count || at->first > last_of_range()) {
            return;
        }
        va = at->first > va ? at->first : va;
        if (at->level > now->largest) {
            split_leaf(va, 0);
        } else {
            va = at->last < last_of_range() ? at->last + 1 : last_of_range() + 1;
        }
    }
}

/* ---- the rest ---- */

static void take(void)
{
    const struct stretch *at = model_stretch_at(now->va);

    if (at == NULL) {
        refuse(HOIST_NOT_MAPPED);
    } else if ((at->access.software & HOIST_SOFTWARE_OWNED) == 0) {
        refuse(HOIST_NOT_OWNED);
    } else if (now->va != first_of_leaf(now->va, at->level)) {
        refuse(HOIST_UNALIGNED_PAGE);
    } else {
        model_remove(now->va, last_of_leaf(now->va, at->level));
    }
}

static void narrow(void)
{
    struct table *table = model_table(now->va, now->largest);

    if (table != NULL && table->level < model.cpu.levels) {
        table->rights &=
            ~(LINK_WRITE | ((now->salt & 1) != 0 ? (unsigned)LINK_USER : 0u) |
              ((now->salt & 2) != 0 && model.cpu.has_nx ? (unsigned)LINK_EXECUTE : 0u));
    }
}

static void carry_out(void)
{
    switch (now->kind) {
    case OPERATION_MAP_PAGE: map_page(); break;
    case OPERATION_PROTECT:
    case OPERATION_CURSOR_PROTECT: protect(); break;
    case OPERATION_UNMAP: unmap(); break;
    case OPERATION_CURSOR_UNMAP: unmap_page(); break;
    case OPERATION_SPLIT: split(); break;
    case OPERATION_MERGE: merge(); break;
    case OPERATION_COLLAPSE: collapse(); break;
    case OPERATION_GIVE: give(); break;
    case OPERATION_TAKE: take(); break;
    case OPERATION_FLUSH: break;
    case OPERATION_NARROW: narrow(); break;
    case OPERATION_CLEAR:
        model_remove(0, model_lower_end() - 1);
        drop_tables(0, model_lower_end() - 1, model.cpu.levels);
        break;
    case OPERATION_DESTROY:
        model.stretch_count = 0;
        model.table_count = 0;
        break;
    default: map(); break;
    }
}

void change_apply(const struct operation *operation)
{
    copy_model(&saved, &model);
    change = (struct change){HOIST_OK, 0, {0}, false};
    piece_count = 0;
    neighbour.level = 0;
    now = operation;
    carry_out();
    if (is_over()) {
        change_undo();
    }
}

void change_undo(void)
{
    copy_model(&model, &saved);
}

enum hoist_result change_lacking(uint64_t n)
{
    return model_lacking_of(change.of_level, n);
}
