/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of the checks. */
#include "check.h"
#include "judge.h"

int main(void);

int main(void)
{
    const uint8_t physical_bits = read_physical_bits();
    const struct hoist_tree_cpu cpu = {.physical_bits = physical_bits};

    traps_begin();
    fill_frames();
    check_true("the CPU has what is judged here", physical_bits >= 36);
    check_agreed();
    begin(&cpu);
    check_translations();
    check_large_leaves();
    check_high_memory();
    check_rights();
    check_links();
    check_state();
    check_reserved();
    check_changes();
    check_splits();
    check_pages();
    check_everywhere();
    report();
    paging_off();
    check_lesser_cpu();
    check_finish();
}
