/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables are read one by one, not mapped into memory: a file that is cut off meanwhile, or a disk
 * that fails, is then a table that cannot be read.
 */
#include "physical_memory.h"

#include <inttypes.h>
#include <stdlib.h>

#define TABLE_BYTES 4096u

static int compare_pieces(const void *left, const void *right)
{
    const struct memory_piece *one = left;
    const struct memory_piece *other = right;

    return one->pa < other->pa ? -1 : one->pa > other->pa ? 1 : 0;
}

bool physical_memory_sort(struct physical_memory *memory, const char *name,
                          struct complaint *complaint)
{
    if (memory->count != 0) {
        qsort(memory->pieces, memory->count, sizeof(memory->pieces[0]), compare_pieces);
    }
    for (size_t i = 1; i < memory->count; i++) {
        const struct memory_piece *piece = &memory->pieces[i];

        if (piece->pa - piece[-1].pa < piece[-1].size_bytes) {
            return complain(complaint,
                            "%s: the memory at 0x%" PRIx64 " is there twice: the segments at "
                            "0x%" PRIx64 " and 0x%" PRIx64 " overlap",
                            name, piece->pa, piece[-1].pa, piece->pa);
        }
    }
    return true;
}

/* The last piece that does not begin above the address. */
static const struct memory_piece *piece_at(const struct physical_memory *memory, uint64_t pa)
{
    size_t low = 0;
    size_t high = memory->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (memory->pieces[middle].pa <= pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &memory->pieces[low - 1];
}

/* Dumps are of x86: the bytes of an entry are in the order of this machine, or the other one. */
static uint64_t from_little_endian(const unsigned char *bytes)
{
    uint64_t value = 0;

    for (unsigned i = 8; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

const uint64_t *physical_memory_table(void *context, uint64_t pa, unsigned level)
{
    struct physical_memory *memory = context;
    const struct memory_piece *piece = piece_at(memory, pa);
    unsigned char bytes[TABLE_BYTES];

    if (piece == NULL || pa - piece->pa >= piece->size_bytes ||
        piece->size_bytes - (pa - piece->pa) < TABLE_BYTES ||
        !bytes_read(&memory->bytes, piece->offset_bytes + (pa - piece->pa), bytes, sizeof(bytes))) {
        return NULL;
    }
    for (unsigned i = 0; i < PHYSICAL_MEMORY_ENTRIES; i++) {
        memory->entries[level][i] = from_little_endian(bytes + sizeof(uint64_t) * i);
    }
    return memory->entries[level];
}

void physical_memory_free(struct physical_memory *memory)
{
    free(memory->pieces);
    memory->pieces = NULL;
    memory->count = 0;
}
