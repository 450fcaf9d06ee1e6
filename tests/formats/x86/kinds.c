/* SPDX-License-Identifier: BSD-2-Clause */
/* Entries of all kinds, in the tree of the checks for every architecture. */
#include "agree.h"
#include "check.h"
#include "entries.h"
#include "judge.h"

#define BASE UINT32_C(0xe0000000)

#define LARGE 0x80u

/* All that a page and a table's address have; PAE has more above the address. */
static const uint8_t page_bits[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 52, 62, 63};
static const uint8_t link_bits[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 52, 62, 63};
/* Bit 12 is PAT; those above are reserved as far as they are below the leaf's size. */
static const uint8_t large_bits[] = {0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 52, 62, 63};
#define WIDE_BITS 3

static void try_entries(const char *what, unsigned level, uint64_t value, const uint8_t *bits,
                        unsigned bit_count)
{
    const struct entries entries = {&agree_tree, BASE, level,
                                    value,       bits, bit_count - (is_pae() ? 0 : WIDE_BITS)};

    check_true("some of them map memory", check_entries(what, &entries) != 0);
}

/* The bits of a large leaf's address that must be 0, by the size of the leaf. */
static void try_reserved(const char *what, uint64_t block)
{
    static const uint8_t pae[] = {0, 1, 2, 63};
    const uint8_t first = is_pae() ? 13 : 21;
    const uint8_t last = is_pae() ? 20 : 21;

    for (uint8_t bit = first; bit <= last; bit++) {
        const uint64_t value = block | LARGE | UINT64_C(1) << bit;
        const struct entries entries = {&agree_tree, BASE, 2, value, pae, is_pae() ? 4 : 3};

        check_equal(what, check_entries("they all fault", &entries), 0);
    }
}

void check_kinds(void)
{
    const uint32_t block = FRAMES + large_bytes();
    const uint64_t page = agree_page(0x4321);
    uint64_t link = 0;
    uint64_t leaf = 0;

    about("entries");
    agree_mapped(FRAMES, FRAMES, FRAMES_BYTES, DATA);
    agree_mapped(BASE, page, PAGE_BYTES, HOIST_READ | HOIST_WRITE | HOIST_EXECUTE | HOIST_USER);
    check_quietly("the link", hoist_tree_get_entry(&agree_tree, hoist_va_of(BASE), 2, &link),
                  HOIST_OK);
    check_quietly("the page", hoist_tree_get_entry(&agree_tree, hoist_va_of(BASE), 1, &leaf),
                  HOIST_OK);
    try_entries("of level 1", 1, page, page_bits, sizeof(page_bits));
    check_quietly("back", hoist_tree_set_entry(&agree_tree, hoist_va_of(BASE), 1, leaf), HOIST_OK);
    try_entries("of level 2 with a table", 2, link & ~UINT64_C(0xfff), link_bits,
                sizeof(link_bits));
    machine_write_code(block + AGREE_CODE);
    try_entries("of level 2 with memory", 2, block | LARGE, large_bits, sizeof(large_bits));
    try_reserved("of level 2 with memory that is not aligned", block);
}
