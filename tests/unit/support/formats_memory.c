/* SPDX-License-Identifier: BSD-2-Clause */
/* A made-up machine's memory. */
#include "formats_memory.h"

#include <string.h>

#include "table_entry.h"

struct formats_memory memory;

void memory_begin(const struct hoist_table_format *format)
{
    memset(&memory, 0, sizeof(memory));
    memset(memory.tables, 0xa5, sizeof(memory.tables)); /* an allocator promises no content */
    memset(memory.page_bytes, 0x5a, sizeof(memory.page_bytes));
    memory.page_size = UINT64_C(1) << format->page_shift;
    memory.table_size = hoist_format_table_bytes(format, 1);
    if (memory.table_size < hoist_format_table_bytes(format, format->levels)) {
        memory.table_size = hoist_format_table_bytes(format, format->levels);
    }
    memory.calls_left = memory.reads_left = UINT64_MAX;
}

/* Where `size_bytes` at a physical address are; NULL: no such memory. */
static uint8_t *at(uint64_t pa, uint64_t size_bytes)
{
    const uint64_t page = (pa - PAGES_BASE) / memory.page_size;
    const uint64_t offset = pa % memory.page_size;
    const uint64_t table = (pa - TABLES_BASE) / memory.page_size;

    if (pa >= TABLES_BASE && (table + 1) * memory.table_size <= TABLES_BYTES &&
        offset + size_bytes <= memory.table_size) {
        return &memory.tables[table * memory.table_size + offset];
    }
    if (pa >= PAGES_BASE && page < PAGES_MOST && offset + size_bytes <= 16) {
        return &memory.page_bytes[page][offset];
    }
    return NULL;
}

bool memory_entry(uint64_t pa, unsigned size_bytes, uint64_t *value)
{
    const uint8_t *bytes = at(pa, size_bytes);

    *value = 0;
    if (bytes == NULL) {
        return false;
    }
    memcpy(value, bytes, size_bytes);
    return true;
}

static bool allocate_table(void *context, uint64_t size_bytes, struct hoist_pa *table)
{
    (void)context;
    if (memory.calls_left == 0 || size_bytes > memory.table_size) {
        return false;
    }
    memory.calls_left--;
    for (unsigned i = 0; i < TABLES_MOST && (i + 1) * memory.table_size <= TABLES_BYTES; i++) {
        if (!memory.is_table[i]) {
            memory.is_table[i] = true;
            memory.table_count++;
            table->value = TABLES_BASE + i * memory.page_size;
            return true;
        }
    }
    return false;
}

static void free_table(void *context, uint64_t size_bytes, struct hoist_pa table)
{
    bool *is_table = &memory.is_table[(table.value - TABLES_BASE) / memory.page_size];

    (void)context;
    memory.gave_wrongly = memory.gave_wrongly || !*is_table || size_bytes > memory.table_size;
    *is_table = false;
    memory.table_count--;
}

static bool allocate_page(void *context, uint64_t size_bytes, struct hoist_pa *page)
{
    (void)context;
    if (memory.calls_left == 0 || size_bytes != memory.page_size) {
        return false;
    }
    memory.calls_left--;
    for (unsigned i = 0; i < PAGES_MOST; i++) {
        if (!memory.is_page[i]) {
            memory.is_page[i] = true;
            memory.page_count++;
            page->value = PAGES_BASE + i * size_bytes;
            return true;
        }
    }
    return false;
}

/* Pages that were mapped by the caller come back, too: those are nobody's. */
static void free_page(void *context, uint64_t size_bytes, struct hoist_pa page)
{
    const uint64_t number = (page.value - PAGES_BASE) / memory.page_size;

    (void)context;
    if (page.value < PAGES_BASE || number >= PAGES_MOST) {
        return;
    }
    memory.gave_wrongly =
        memory.gave_wrongly || !memory.is_page[number] || size_bytes != memory.page_size;
    memory.is_page[number] = false;
    memory.page_count--;
}

static void *memory_at(void *context, struct hoist_pa pa)
{
    (void)context;
    return at(pa.value, 1);
}

static enum hoist_result read_bytes(void *context, struct hoist_pa pa, void *bytes,
                                    uint64_t size_bytes)
{
    const uint8_t *from = at(pa.value, size_bytes);

    (void)context;
    if (memory.reads_left == 0 || from == NULL) {
        return HOIST_UNREADABLE;
    }
    memory.reads_left--;
    memory.reads++;
    memcpy(bytes, from, size_bytes);
    return HOIST_OK;
}

static enum hoist_result write_bytes(void *context, struct hoist_pa pa, const void *bytes,
                                     uint64_t size_bytes)
{
    uint8_t *to = at(pa.value, size_bytes);

    (void)context;
    if (to == NULL) {
        return HOIST_UNWRITABLE;
    }
    if (memory.writes++ == 0) {
        memory.reads_before_a_write = memory.reads;
    }
    memcpy(to, bytes, size_bytes);
    return HOIST_OK;
}

static void flush(void *context, struct hoist_range range)
{
    (void)context;
    (void)range;
    memory.flushes++;
}

const struct hoist_tree_hooks hooks_by_pointer = {.allocate_table = allocate_table,
                                                  .free_table = free_table,
                                                  .allocate_page = allocate_page,
                                                  .free_page = free_page,
                                                  .memory_at = memory_at,
                                                  .flush = flush};

const struct hoist_tree_hooks hooks_by_calls = {.allocate_table = allocate_table,
                                                .free_table = free_table,
                                                .allocate_page = allocate_page,
                                                .free_page = free_page,
                                                .read = read_bytes,
                                                .write = write_bytes,
                                                .flush = flush};
