/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read from the tables: the tables themselves, ranges, and what was counted. */
#include <inttypes.h>
#include <string.h>

#include "mapping_parts.h"
#include "word_values.h"

static bool read_leaf_count(struct json *json, void *context, const char *name)
{
    uint64_t *leaf_count = context;
    unsigned size;

    return word_leaf(name, &size) ? json_number(json, &leaf_count[size]) : json_skip(json);
}

bool parts_leaves(struct json *json, void *leaf_count)
{
    return parts_object(json, leaf_count, read_leaf_count);
}

bool parts_index(struct json *json, uint32_t *index)
{
    uint64_t number;

    *index = MAPPING_NO_PLAN;
    if (json_null(json)) {
        return true;
    }
    if (!json_number(json, &number)) {
        return false;
    }
    if (number >= MAPPING_NO_PLAN) {
        return json_fail(json, "the plan has no range %" PRIu64, number);
    }
    *index = (uint32_t)number;
    return true;
}

static bool read_table(struct json *json, void *context, const char *name)
{
    struct mapping_table *table = context;
    uint64_t used = 0;

    if (strcmp(name, "pa") == 0) {
        return json_address(json, &table->pa);
    }
    if (strcmp(name, "va") == 0) {
        return json_address(json, &table->va);
    }
    if (strcmp(name, "level") == 0) {
        return parts_small(json, 5, &table->level);
    }
    if (strcmp(name, "grants") == 0) {
        return parts_rights(json, &table->grants);
    }
    if (strcmp(name, "used") != 0) {
        return json_skip(json);
    }
    if (!json_number(json, &used)) {
        return false;
    }
    table->used = (uint16_t)used;
    return used <= 512 || json_fail(json, "a table has %" PRIu64 " entries of 512", used);
}

static bool read_table_list(struct json *json, struct mapping *mapping)
{
    json_enter(json, '[');
    while (json_element(json)) {
        struct mapping_table table = {0};

        if (mapping->table_count == mapping->table_capacity && !loaded_grow_tables(NULL, mapping)) {
            return json_fail(json, "more than %" PRIu32 " tables, or out of memory",
                             LOADED_TABLES_LIMIT);
        }
        if (!parts_object(json, &table, read_table)) {
            return false;
        }
        if (table.level == 0) {
            return json_fail(json, "a table has no level from 1 to 5");
        }
        mapping->tables[mapping->table_count++] = table;
    }
    return !json->has_failed;
}

static bool read_tables(struct json *json, void *context, const char *name)
{
    struct mapping *mapping = context;

    return strcmp(name, "pa") == 0       ? json_address(json, &mapping->facts.tables_pa)
           : strcmp(name, "frames") == 0 ? json_number(json, &mapping->facts.table_frame_count)
           : strcmp(name, "list") == 0   ? read_table_list(json, mapping)
                                         : json_skip(json);
}

bool parts_tables(struct json *json, struct loaded *loaded)
{
    return parts_object(json, &loaded->mapping, read_tables);
}

static bool read_bits(struct json *json, uint32_t *bits, bool (*bit_of)(const char *, unsigned *))
{
    char word[PARTS_WORD_CAPACITY];
    unsigned bit;

    json_enter(json, '[');
    while (json_element(json)) {
        if (!json_string(json, word, sizeof(word))) {
            return false;
        }
        if (!bit_of(word, &bit)) {
            return json_fail(json, "\"%s\" is no kind of memory and no mark", word);
        }
        *bits |= UINT32_C(1) << bit;
    }
    return !json->has_failed;
}

static bool read_range_words(struct json *json, struct mapping_range *range, const char *name)
{
    char word[PARTS_WORD_CAPACITY];
    uint32_t marks = 0;
    unsigned kind;

    if (strcmp(name, "memory") == 0) {
        return read_bits(json, &range->memory, word_memory);
    }
    if (strcmp(name, "marks") == 0) {
        read_bits(json, &marks, word_mark);
        range->marks = (uint8_t)marks;
        return !json->has_failed;
    }
    if (strcmp(name, "kind") != 0 && strcmp(name, "mtrr") != 0 && strcmp(name, "cache") != 0) {
        return json_skip(json);
    }
    if (!json_string(json, word, sizeof(word))) {
        return false;
    }
    if (strcmp(name, "kind") == 0) {
        if (!word_kind(word, &kind)) {
            return json_fail(json, "\"%s\" is no kind of range", word);
        }
        range->kind = (uint8_t)kind;
        return true;
    }
    return (strcmp(name, "mtrr") == 0 ? word_type(word, &range->mtrr_type)
                                      : word_cache(word, &range->cache)) ||
           json_fail(json, "\"%s\" is no cache type", word);
}

static bool read_range(struct json *json, void *context, const char *name)
{
    struct mapping_range *range = context;
    const struct {
        const char *name;
        uint64_t *value;
    } addresses[] = {{"va", &range->va},
                     {"pa", &range->pa},
                     {"size", &range->size_bytes},
                     {"shared_va", &range->shared_va}};

    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        if (strcmp(name, addresses[i].name) == 0) {
            return json_address(json, addresses[i].value);
        }
    }
    if (strcmp(name, "rights") == 0) {
        return parts_rights(json, &range->rights);
    }
    if (strcmp(name, "leaf_rights") == 0) {
        return parts_rights(json, &range->leaf_rights);
    }
    if (strcmp(name, "pat_index") == 0) {
        return parts_small(json, 7, &range->pat_index);
    }
    if (strcmp(name, "plan") == 0) {
        return parts_index(json, &range->plan);
    }
    return strcmp(name, "leaves") == 0 ? parts_leaves(json, range->leaf_count)
                                       : read_range_words(json, range, name);
}

bool parts_ranges(struct json *json, struct loaded *loaded)
{
    struct mapping *mapping = &loaded->mapping;

    json_enter(json, '[');
    while (json_element(json)) {
        struct mapping_range range = {.plan = MAPPING_NO_PLAN};

        if (mapping->range_count == mapping->range_capacity && !loaded_grow_ranges(NULL, mapping)) {
            return json_fail(json, "more than %" PRIu32 " ranges, or out of memory",
                             LOADED_RANGES_LIMIT);
        }
        if (!parts_object(json, &range, read_range)) {
            return false;
        }
        mapping->ranges[mapping->range_count++] = range;
    }
    return !json->has_failed;
}

static bool read_places(struct json *json, void *context, const char *name)
{
    struct mapping_places *places = context;

    return strcmp(name, "count") == 0 ? json_number(json, &places->count)
           : strcmp(name, "va") == 0  ? json_address(json, &places->va)
           : strcmp(name, "pa") == 0  ? json_address(json, &places->pa)
                                      : json_skip(json);
}

static bool read_summary(struct json *json, void *context, const char *name)
{
    struct mapping *mapping = context;

    if (strcmp(name, "entries") == 0) {
        return json_number(json, &mapping->entry_count);
    }
    if (strcmp(name, "table_frames") == 0) {
        return json_number(json, &mapping->table_frames);
    }
    if (strcmp(name, "ranges_left_out") == 0) {
        return json_number(json, &mapping->ranges_left_out);
    }
    if (strcmp(name, "tables_left_out") == 0) {
        return json_boolean(json, &mapping->tables_left_out);
    }
    if (strcmp(name, "leaves") == 0) {
        return parts_leaves(json, mapping->leaf_count);
    }
    return strcmp(name, "reserved") == 0  ? parts_object(json, &mapping->reserved, read_places)
           : strcmp(name, "across") == 0  ? parts_object(json, &mapping->across, read_places)
           : strcmp(name, "outside") == 0 ? parts_object(json, &mapping->outside, read_places)
                                          : json_skip(json);
}

bool parts_summary(struct json *json, struct loaded *loaded)
{
    return parts_object(json, &loaded->mapping, read_summary);
}
