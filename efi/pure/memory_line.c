/* SPDX-License-Identifier: BSD-2-Clause */
/* The columns of a memory map. Boot tests read them, so a change here is a change there. */
#include "memory_line.h"

#include "print.h"

size_t memory_line(const struct memory_range *range, char *buffer, size_t capacity)
{
    char size[PRINT_SIZE_CAPACITY];

    print_size(size, sizeof(size), range->size_bytes);
    return print_to(buffer, capacity, "%016" PRINT_64 "x %016" PRINT_64 "x %12s  %s", range->base,
                    range->base + (range->size_bytes - 1), size, memory_kind_name(range->kind));
}
