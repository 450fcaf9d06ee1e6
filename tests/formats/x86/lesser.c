/* SPDX-License-Identifier: BSD-2-Clause */
/* A CPU that can do less than the format: no 4 MiB leaves (CR4.PSE off), or no NX (EFER.NXE off). */
#include "check.h"
#include "judge.h"

#define BASE UINT32_C(0x20000000)

void check_lesser_cpu(void)
{
    const struct hoist_tree_cpu cpu = {.large_levels = is_pae() ? 0 : 2,
                                       .has_no_no_execute = is_pae()};
    const uint8_t all = HOIST_READ | HOIST_WRITE | HOIST_EXECUTE;

    about(is_pae() ? "without NX" : "without PSE");
    begin(&cpu);
    map(BASE, FRAMES, large_bytes(), all);
    check_equal("the size of the leaf", raw(BASE, 2) & 0x80, is_pae() ? 0x80 : 0);
    for (uint32_t done = 0; done < large_bytes(); done += PAGE_BYTES) {
        check_frame("every page", BASE + done, FRAMES + done);
    }
    check_through("a fetch", KERNEL, EXECUTES, BASE + PLACE_CODE);
    check_equal("rights without it",
                map_as(BASE + large_bytes(), FRAMES, PAGE_BYTES,
                       hoist_access_of(HOIST_READ, HOIST_WRITE_BACK)),
                is_pae() ? HOIST_NO_NX : HOIST_NOT_EXPRESSIBLE);
    paging_off();
}
