/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flat model of a firmware's memory map: for each page of a small window of physical memory, what covers it.
 *
 * The window lies at 0, across the end of what the CPU can address, or somewhere between. What an endless
 * descriptor covers behind the window is one more cell. There is one model at a time.
 */
#ifndef TEST_MEMORY_WINDOW_H
#define TEST_MEMORY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "memory_map.h"

#define PAGE         UINT64_C(4096)
#define END          (UINT64_C(1) << window.physical_bits)
#define WINDOW_PAGES 384u
#define CELLS        (WINDOW_PAGES + 1) /* the last one: all from the window's end to END */
#define NOTHING      (-1)
#define ENDLESS      UINT64_MAX

struct memory_window {
    unsigned physical_bits; /* of the CPU: there is no memory beyond */
    uint64_t origin;
    int kind[CELLS];
};

extern struct memory_window window;

/* An empty window at a random place; page 0 is reserved from the start. */
void window_begin(void);

uint64_t cell_base(unsigned cell);

/* Whether the cell is one page or more of memory: none is above 2^52, so the last ones may be empty. */
bool cell_exists(unsigned cell);

/* Of a cell: memory of a kind that the CPU may cache and read without asking anybody. */
bool cell_is_ram(int kind);

/*
 * RAM covers the pages that it has whole, anything else the pages that it has a byte of. The last cell is covered
 * as a whole or not at all.
 */
void window_add(enum memory_kind kind, uint64_t base, uint64_t page_count);

bool window_has_ram(void);

/* Tries every page of the window. */
bool window_find_place(const struct memory_request *request, uint64_t *found);

/* Makes pages the loader's: exactly these, or the whole free run around an address. */
void window_take(uint64_t base, uint64_t size_bytes);
void window_take_run(uint64_t address);

#endif
