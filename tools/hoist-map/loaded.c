/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for a mapping. */
#include "loaded.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_ROOM 64u

/* The room after `capacity`, or 0 where there is none. */
static size_t more_room(size_t capacity, size_t limit)
{
    return capacity == 0 ? FIRST_ROOM : capacity >= limit ? 0 : 2 * capacity;
}

bool loaded_grow_ranges(void *context, struct mapping *mapping)
{
    const size_t capacity = more_room(mapping->range_capacity, LOADED_RANGES_LIMIT);
    struct mapping_range *ranges;

    (void)context;
    if (capacity == 0) {
        return false;
    }
    ranges = realloc(mapping->ranges, capacity * sizeof(ranges[0]));
    if (ranges == NULL) {
        return false;
    }
    mapping->ranges = ranges;
    mapping->range_capacity = capacity;
    return true;
}

bool loaded_grow_tables(void *context, struct mapping *mapping)
{
    const size_t capacity = more_room(mapping->table_capacity, LOADED_TABLES_LIMIT);
    struct mapping_table *tables;

    (void)context;
    if (capacity == 0) {
        return false;
    }
    tables = realloc(mapping->tables, capacity * sizeof(tables[0]));
    if (tables == NULL) {
        return false;
    }
    mapping->tables = tables;
    mapping->table_capacity = capacity;
    return true;
}

bool loaded_judge(struct loaded *loaded, struct complaint *complaint)
{
    uint32_t *order = calloc(loaded->mapping.range_count + 1, sizeof(order[0]));

    if (order == NULL) {
        return complain(complaint, "out of memory");
    }
    rules_judge(&loaded->mapping, order, loaded->findings);
    free(order);
    return true;
}

void loaded_name(struct loaded *loaded, const char *maker, const char *space)
{
    snprintf(loaded->maker, sizeof(loaded->maker), "%s", maker);
    snprintf(loaded->space, sizeof(loaded->space), "%s", space);
    loaded->document = (struct mapping_document){loaded->maker, loaded->space};
}

void loaded_free(struct loaded *loaded)
{
    free(loaded->mapping.ranges);
    free(loaded->mapping.tables);
    free(loaded->memory.ranges);
    free(loaded->plan);
    loaded->mapping = (struct mapping){0};
    loaded->memory = (struct memory_map){0};
    loaded->plan = NULL;
}
