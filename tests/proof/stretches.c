/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs of entries at the end of a table, so that nothing behind it may be touched; and the entries
 * themselves.
 */
#include "any.h"
#include "fill.h"

void prove_stretches(void);
void prove_encoding(void);

/* Of this length, up to the last entry of the table. */
static void write_and_read(uint64_t count)
{
    hoist_fill_leaves(&first_table[512 - count], count, any, any);
    hoist_clear_entries(&first_table[512 - count], count);
    (void)hoist_count_absent(&other_table[512 - count], count);
    (void)hoist_count_equal(&other_table[512 - count], count, any, any);
}

/* All that is left behind blocks of 32, and after one of them; and a whole table. */
void prove_stretches(void)
{
    //@ loop unroll 65;
    for (uint64_t count = 0; count <= 64; count++) {
        write_and_read(count);
    }
    write_and_read(512);
}

void prove_encoding(void)
{
    for (unsigned level = 1; level <= 3; level++) {
        const struct hoist_access access = hoist_decode_leaf(any, level);

        (void)hoist_encode_leaf(any_access(), level, any_bool());
        (void)hoist_effective_access(access, any);
        (void)hoist_leaf_pa(any, level);
        (void)hoist_merge_leaf(any, level);
        if (level > 1) {
            (void)hoist_split_leaf(any, level, (unsigned)(any % 512));
        }
    }
}
