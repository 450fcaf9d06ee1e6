/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for a mapping. */
#include "loaded.h"

#include <stdio.h>
#include <stdlib.h>

#include "room.h"

bool loaded_grow_ranges(void *context, struct mapping *mapping)
{
    struct mapping_range *ranges = room_for_more(mapping->ranges, &mapping->range_capacity,
                                                 LOADED_RANGES_LIMIT, sizeof(mapping->ranges[0]));

    (void)context;
    mapping->ranges = ranges == NULL ? mapping->ranges : ranges;
    return ranges != NULL;
}

bool loaded_grow_tables(void *context, struct mapping *mapping)
{
    struct mapping_table *tables = room_for_more(mapping->tables, &mapping->table_capacity,
                                                 LOADED_TABLES_LIMIT, sizeof(mapping->tables[0]));

    (void)context;
    mapping->tables = tables == NULL ? mapping->tables : tables;
    return tables != NULL;
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
