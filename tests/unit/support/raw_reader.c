/* SPDX-License-Identifier: BSD-2-Clause */
/* A second opinion on page tables. */
#include "raw_reader.h"

#include <stddef.h>

/* The rights that links have left over. */
struct rights {
    bool write;
    bool user;
    bool execute;
};

static bool bit(uint64_t word, unsigned number)
{
    return ((word >> number) & 1) != 0;
}

/* Bits first to last of a word, both inclusive, moved down. */
static uint64_t bits(uint64_t word, unsigned last, unsigned first)
{
    return (word >> first) & ((UINT64_C(2) << (last - first)) - 1);
}

static uint64_t sign_extended(uint64_t va, unsigned levels)
{
    const unsigned top = levels == 5 ? 56 : 47;

    return bit(va, top) ? va | (~UINT64_C(0) << top) : va;
}

static bool maps_memory(uint64_t entry, unsigned level)
{
    return level == 1 || ((level == 2 || level == 3) && bit(entry, 7));
}

/* Bytes behind one entry. */
static uint64_t reach_of(unsigned level)
{
    static const uint64_t reach[] = {
        0, 4096, 2097152, 1073741824, UINT64_C(549755813888), UINT64_C(281474976710656)};

    return reach[level];
}

static bool has_reserved_bit(const struct raw_reader *reader, uint64_t entry, unsigned level)
{
    if (bit(entry, 63) && !reader->has_nx) {
        return true;
    }
    if (reader->physical_bits < 52 && bits(entry, 51, reader->physical_bits) != 0) {
        return true;
    }
    if (level >= 4) {
        return bit(entry, 7);
    }
    if (level == 3 && bit(entry, 7)) {
        return !reader->has_1g_pages || bits(entry, 29, 13) != 0;
    }
    if (level == 2 && bit(entry, 7)) {
        return bits(entry, 20, 13) != 0;
    }
    return false;
}

static struct raw_leaf describe(uint64_t entry, unsigned level, uint64_t va, struct rights rights)
{
    const unsigned pat_bit = level == 1 ? 7 : 12;
    struct raw_leaf leaf;

    leaf.va = va;
    leaf.size_bytes = reach_of(level);
    leaf.pa = bits(entry, 51, 12) * 4096 / leaf.size_bytes * leaf.size_bytes;
    leaf.entry = entry;
    leaf.writable = bit(entry, 1);
    leaf.user = bit(entry, 2);
    leaf.executable = !bit(entry, 63);
    leaf.global = bit(entry, 8);
    leaf.may_be_written = leaf.writable && rights.write;
    leaf.may_be_used_by_user = leaf.user && rights.user;
    leaf.may_be_executed = leaf.executable && rights.execute;
    leaf.pat_index = 4u * bit(entry, pat_bit) + 2u * bit(entry, 4) + bit(entry, 3);
    leaf.protection_key = (unsigned)bits(entry, 62, 59);
    leaf.software = (unsigned)(bits(entry, 11, 9) + 8 * bits(entry, 58, 52));
    leaf.level = level;
    return leaf;
}

static struct rights narrowed(struct rights rights, uint64_t link)
{
    rights.write = rights.write && bit(link, 1);
    rights.user = rights.user && bit(link, 2);
    rights.execute = rights.execute && !bit(link, 63);
    return rights;
}

static void read_table(struct raw_reader *reader, const struct raw_table *table,
                       struct rights rights)
{
    const uint64_t *entries = reader->at(reader->context, table->pa);

    if (reader->table != NULL) {
        reader->table(reader->context, table);
    }
    for (unsigned i = 0; i < 512; i++) {
        const uint64_t entry = entries[i];
        uint64_t va;

        if ((entry & 1) == 0) {
            continue;
        }
        va = sign_extended(table->va + i * reach_of(table->level), reader->levels);
        reader->reserved_count += has_reserved_bit(reader, entry, table->level);
        if (maps_memory(entry, table->level)) {
            const struct raw_leaf leaf = describe(entry, table->level, va, rights);

            if (reader->leaf != NULL) {
                reader->leaf(reader->context, &leaf);
            }
        } else {
            const struct raw_table below = {va,
                                            bits(entry, 51, 12) * 4096,
                                            table->level - 1,
                                            bit(entry, 1),
                                            bit(entry, 2),
                                            !bit(entry, 63)};

            read_table(reader, &below, narrowed(rights, entry));
        }
    }
}

void raw_read_all(struct raw_reader *reader, uint64_t root_pa)
{
    const struct raw_table root = {0, root_pa, reader->levels, true, true, true};
    const struct rights all = {true, true, true};

    read_table(reader, &root, all);
}

bool raw_read_one(struct raw_reader *reader, uint64_t root_pa, uint64_t va, struct raw_leaf *leaf)
{
    struct rights rights = {true, true, true};
    uint64_t pa = root_pa;

    for (unsigned level = reader->levels;; level--) {
        const uint64_t entry = reader->at(reader->context, pa)[va / reach_of(level) % 512];

        if (!bit(entry, 0)) {
            return false;
        }
        if (maps_memory(entry, level)) {
            *leaf = describe(entry, level, va / reach_of(level) * reach_of(level), rights);
            return true;
        }
        rights = narrowed(rights, entry);
        pa = bits(entry, 51, 12) * 4096;
    }
}
