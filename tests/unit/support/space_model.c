/* SPDX-License-Identifier: BSD-2-Clause */
/* What an address space should be. */
#include "space_model.h"

#include <string.h>

#include "property.h"

struct model model;
struct forecast forecast;

uint64_t model_bytes_of(unsigned level)
{
    static const uint64_t bytes[] = {1, KIB4, MIB2, GIB1, GIB1 * 512, GIB1 * 512 * 512};

    return bytes[level];
}

uint64_t model_lower_end(void)
{
    return UINT64_C(1) << (model.cpu.levels == 5 ? 56 : 47);
}

uint64_t model_upper_start(void)
{
    return -model_lower_end();
}

uint64_t model_table_first(const struct table *table)
{
    const uint64_t first = table->number * model_bytes_of(table->level) * 512;

    return first < model_lower_end() || table->level == model.cpu.levels
               ? first
               : first - model_lower_end() * 2;
}

/* Which table of this level covers the address. */
static uint64_t table_number(uint64_t va, unsigned level)
{
    const uint64_t translated = va & (model_lower_end() * 2 - 1);

    return level == model.cpu.levels ? 0 : translated / (model_bytes_of(level) * 512);
}

static struct table *find_table(struct table *tables, unsigned count, uint64_t number,
                                unsigned level)
{
    for (unsigned i = count; i-- > 0;) {
        if (tables[i].number == number && tables[i].level == level) {
            return &tables[i];
        }
    }
    return NULL;
}

struct table *model_table(uint64_t va, unsigned level)
{
    return find_table(model.tables, model.table_count, table_number(va, level), level);
}

unsigned model_stretch_from(uint64_t va)
{
    unsigned low = 0;
    unsigned high = model.stretch_count;

    while (low < high) {
        const unsigned middle = (low + high) / 2;

        if (model.stretches[middle].last < va) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct stretch *model_stretch_at(uint64_t va)
{
    const unsigned i = model_stretch_from(va);

    return i < model.stretch_count && model.stretches[i].first <= va ? &model.stretches[i] : NULL;
}

bool model_is_same_access(struct hoist_access a, struct hoist_access b)
{
    const uint8_t mask = model.cpu.has_nx ? 0xff : (uint8_t)~HOIST_EXECUTE;

    return ((a.rights ^ b.rights) & mask) == 0 && a.cache == b.cache &&
           a.protection_key == b.protection_key && a.software == b.software;
}

static void insert_stretch(unsigned at, struct stretch stretch)
{
    CHECK(model.stretch_count < STRETCH_LIMIT);
    memmove(&model.stretches[at + 1], &model.stretches[at],
            (model.stretch_count - at) * sizeof model.stretches[0]);
    model.stretches[at] = stretch;
    model.stretch_count++;
}

void model_add_leaf(uint64_t va, uint64_t pa, unsigned level, struct hoist_access access)
{
    const struct stretch stretch = {va, va + model_bytes_of(level) - 1, pa, access, level};
    const unsigned at = model_stretch_from(va);

    if (at > 0) {
        struct stretch *left = &model.stretches[at - 1];

        if (left->last + 1 == va && left->level == level &&
            model_is_same_access(left->access, access) && left->pa + (va - left->first) == pa) {
            left->last = stretch.last;
            return;
        }
    }
    insert_stretch(at, stretch);
}

void model_cut_before(uint64_t va)
{
    const unsigned at = model_stretch_from(va);
    struct stretch right;

    if (at == model.stretch_count || model.stretches[at].first >= va) {
        return;
    }
    right = model.stretches[at];
    right.pa += va - right.first;
    right.first = va;
    model.stretches[at].last = va - 1;
    insert_stretch(at + 1, right);
}

void model_remove(uint64_t first, uint64_t last)
{
    unsigned begin;
    unsigned end;

    model_cut_before(first);
    if (last + 1 != 0) {
        model_cut_before(last + 1);
    }
    begin = model_stretch_from(first);
    for (end = begin; end < model.stretch_count && model.stretches[end].first <= last; end++) {
    }
    memmove(&model.stretches[begin], &model.stretches[end],
            (model.stretch_count - end) * sizeof model.stretches[0]);
    model.stretch_count -= end - begin;
}

void model_add_table(uint64_t va, unsigned level, unsigned rights)
{
    CHECK(model.table_count < TABLE_LIMIT);
    model.tables[model.table_count++] = (struct table){table_number(va, level), level, rights};
}

unsigned model_needed_rights(struct hoist_access access)
{
    return ((access.rights & HOIST_WRITE) != 0 ? LINK_WRITE : 0u) |
           ((access.rights & HOIST_USER) != 0 ? LINK_USER : 0u) |
           ((access.rights & HOIST_EXECUTE) != 0 ? LINK_EXECUTE : 0u);
}

unsigned model_granted_rights(struct hoist_access access)
{
    return LINK_WRITE | LINK_EXECUTE | ((access.rights & HOIST_USER) != 0 ? LINK_USER : 0u);
}

static void widen_above(uint64_t va, unsigned level, struct hoist_access access)
{
    for (; level < model.cpu.levels; level++) {
        model_table(va, level)->rights |= model_needed_rights(access);
    }
}

/* Adds what is missing of the tables above an address, from the table of this level up. */
static void forecast_tables(uint64_t va, unsigned level, unsigned rights)
{
    for (; level <= model.cpu.levels; level++) {
        const uint64_t number = table_number(va, level);

        if (find_table(forecast.new_tables, forecast.new_count, number, level) != NULL ||
            model_table(va, level) != NULL) {
            return;
        }
        if (forecast.new_count == FRAME_BUDGET) {
            forecast.is_too_large = true;
            return;
        }
        forecast.new_tables[forecast.new_count++] = (struct table){number, level, rights};
        forecast.of_level[level]++;
    }
}

static void add_piece(uint64_t va, uint64_t pa, unsigned level, bool is_there)
{
    if (forecast.piece_count == PIECES_LIMIT) {
        forecast.is_too_large = true;
        return;
    }
    forecast.pieces[forecast.piece_count++] = (struct piece){va, pa, level, is_there};
}

/* One leaf of the ideal cut, against what is there. */
static void forecast_leaf(uint64_t va, uint64_t pa, unsigned level, struct hoist_access access)
{
    const struct stretch *old;

    if (forecast.result != HOIST_OK || forecast.is_too_large) {
        return;
    }
    if (level > 1 && model_table(va, level - 1) != NULL) {
        for (unsigned i = 0; i < 512; i++) {
            forecast_leaf(va + i * model_bytes_of(level - 1), pa + i * model_bytes_of(level - 1),
                          level - 1, access);
        }
        return;
    }
    old = model_stretch_at(va);
    if (old != NULL) {
        if (old->pa + (va - old->first) != pa || !model_is_same_access(old->access, access)) {
            forecast.result = HOIST_ALREADY_MAPPED;
        }
        add_piece(va, pa, old->level, true);
        return;
    }
    add_piece(va, pa, level, false);
    forecast_tables(va, level, model_granted_rights(access));
}

void model_forecast_map(uint64_t va, uint64_t pa, uint64_t size, struct hoist_access access,
                        unsigned largest)
{
    const unsigned top = largest == 3 && !model.cpu.has_1g_pages ? 2 : largest;

    while (size != 0 && !forecast.is_too_large && forecast.result == HOIST_OK) {
        unsigned level = top;

        while (va % model_bytes_of(level) != 0 || pa % model_bytes_of(level) != 0 ||
               size < model_bytes_of(level)) {
            level--;
        }
        forecast_leaf(va, pa, level, access);
        va += model_bytes_of(level);
        pa += model_bytes_of(level);
        size -= model_bytes_of(level);
    }
}

void model_forecast_begin(void)
{
    forecast.result = HOIST_OK;
    forecast.piece_count = 0;
    forecast.new_count = 0;
    forecast.is_too_large = false;
    memset(forecast.of_level, 0, sizeof forecast.of_level);
}

static void apply_tables(void)
{
    for (unsigned i = 0; i < forecast.new_count; i++) {
        CHECK(model.table_count < TABLE_LIMIT);
        model.tables[model.table_count++] = forecast.new_tables[i];
    }
}

void model_apply_map(struct hoist_access access)
{
    apply_tables();
    for (unsigned i = 0; i < forecast.piece_count; i++) {
        const struct piece *piece = &forecast.pieces[i];

        if (!piece->is_there) {
            model_add_leaf(piece->va, piece->pa, piece->level, access);
        }
        widen_above(piece->va, piece->level, access);
    }
}

enum hoist_result model_lacking_of(const uint64_t of_level[], uint64_t n)
{
    static const enum hoist_result name[] = {HOIST_OK,
                                             HOIST_NO_FRAME_FOR_PT,
                                             HOIST_NO_FRAME_FOR_PD,
                                             HOIST_NO_FRAME_FOR_PDPT,
                                             HOIST_NO_FRAME_FOR_PML4,
                                             HOIST_NO_FRAME_FOR_PML5};

    for (unsigned level = 5; level >= 1; level--) {
        if (n <= of_level[level]) {
            return name[level];
        }
        n -= of_level[level];
    }
    return HOIST_OK;
}

enum hoist_result model_lacking(uint64_t n)
{
    return model_lacking_of(forecast.of_level, n);
}

/* Tables that ensure_chain makes on the way to level `target`, and a large leaf that it splits. */
void model_forecast_chain(uint64_t va, unsigned target, struct hoist_access access)
{
    const struct stretch *old = model_stretch_at(va);
    unsigned rights = model_granted_rights(access);

    model_forecast_begin();
    if (old != NULL && old->level > target && (old->access.rights & HOIST_USER) != 0) {
        rights |= LINK_USER;
    }
    forecast_tables(va, target, rights);
}

unsigned model_apply_chain(uint64_t va, unsigned target, struct hoist_access access)
{
    const struct stretch *old = model_stretch_at(va);
    const unsigned level = old == NULL ? 0 : old->level;

    apply_tables();
    widen_above(va, target, access);
    for (unsigned i = level; i > target; i--) {
        const uint64_t first = va & ~(model_bytes_of(i) - 1);

        model_cut_before(first);
        if (first + model_bytes_of(i) != 0) {
            model_cut_before(first + model_bytes_of(i));
        }
        model_stretch_at(first)->level = i - 1;
    }
    return level > target ? level - target : 0;
}

enum hoist_result model_forecast_leaf(uint64_t va, uint64_t pa, unsigned target,
                                      struct hoist_access access)
{
    const struct stretch *old = model_stretch_at(va);

    if (target > 1 && model_table(va, target - 1) != NULL) {
        return target == 2 ? HOIST_TABLE_IN_THE_WAY_OF_2M : HOIST_TABLE_IN_THE_WAY_OF_1G;
    }
    if (old == NULL) {
        return HOIST_OK;
    }
    return old->pa + (va - old->first) == pa && model_is_same_access(old->access, access)
               ? HOIST_OK
               : HOIST_ALREADY_MAPPED;
}
