/* SPDX-License-Identifier: BSD-2-Clause */
/* A flat model of a firmware's memory map. */
#include "memory_window.h"

#include "property.h"

struct memory_window window;

static bool cells_are_free(uint64_t base, uint64_t size_bytes)
{
    for (uint64_t at = base; at < base + size_bytes; at += PAGE) {
        if (window.kind[(at - window.origin) / PAGE] != MEMORY_FREE) {
            return false;
        }
    }
    return true;
}

void window_begin(void)
{
    static const unsigned widths[] = {36, 39, 40, 46, 52, 52};
    window.physical_bits = widths[random_below(6)];
    switch (random_below(5)) {
    case 0: window.origin = 0; break;
    case 1: window.origin = UINT64_C(0xfff80000); break;
    case 2: window.origin = END - WINDOW_PAGES * PAGE; break;
    case 3: window.origin = END - WINDOW_PAGES * PAGE / 2; break;
    default: window.origin = random_below(END / PAGE - WINDOW_PAGES) * PAGE;
    }
    for (unsigned cell = 0; cell < CELLS; cell++) {
        window.kind[cell] = NOTHING;
    }
    if (window.origin == 0) {
        window.kind[0] = MEMORY_RESERVED;
    }
}

uint64_t cell_base(unsigned cell)
{
    return window.origin + cell * PAGE;
}

bool cell_exists(unsigned cell)
{
    return cell_base(cell) < END;
}

bool cell_is_ram(int kind)
{
    return kind != NOTHING && kind <= MEMORY_ACPI_NVS;
}

void window_add(enum memory_kind kind, uint64_t base, uint64_t page_count)
{
    const uint64_t last = page_count - 1 > (UINT64_MAX - base) / PAGE
                              ? UINT64_MAX
                              : base + (page_count - 1) * PAGE + (PAGE - 1);

    if (page_count == 0) {
        return;
    }
    for (unsigned cell = 0; cell < CELLS; cell++) {
        const uint64_t first_byte = cell_base(cell);
        const uint64_t last_byte = cell == WINDOW_PAGES ? END - 1 : first_byte + (PAGE - 1);
        const bool whole = base <= first_byte && last >= last_byte;
        const bool some = base <= last_byte && last >= first_byte;

        if (cell_exists(cell) && (cell_is_ram((int)kind) ? whole : some) &&
            window.kind[cell] < (int)kind) {
            window.kind[cell] = (int)kind;
        }
    }
}

bool window_has_ram(void)
{
    for (unsigned cell = 0; cell < CELLS && cell_exists(cell); cell++) {
        if (cell_is_ram(window.kind[cell])) {
            return true;
        }
    }
    return false;
}

bool window_find_place(const struct memory_request *request, uint64_t *found)
{
    bool any = false;

    for (unsigned cell = 0; cell < WINDOW_PAGES; cell++) {
        const uint64_t base = cell_base(cell);
        const uint64_t window_end = cell_base(WINDOW_PAGES);

        if (base < request->lowest || base >= request->end ||
            request->size_bytes > request->end - base || request->size_bytes > window_end - base ||
            base % request->alignment_bytes != request->remainder_bytes ||
            !cells_are_free(base, request->size_bytes)) {
            continue;
        }
        *found = base;
        any = true;
        if (!request->from_top) {
            break;
        }
    }
    return any;
}

void window_take(uint64_t base, uint64_t size_bytes)
{
    for (uint64_t at = base; at < base + size_bytes; at += PAGE) {
        window.kind[(at - window.origin) / PAGE] = MEMORY_LOADER;
    }
}

void window_take_run(uint64_t address)
{
    const unsigned start = (unsigned)((address - window.origin) / PAGE);

    for (unsigned cell = start; cell > 0 && window.kind[cell - 1] == MEMORY_FREE; cell--) {
        window.kind[cell - 1] = MEMORY_LOADER;
    }
    for (unsigned cell = start; cell < CELLS && window.kind[cell] == MEMORY_FREE; cell++) {
        window.kind[cell] = MEMORY_LOADER;
    }
}
