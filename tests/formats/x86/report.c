/* SPDX-License-Identifier: BSD-2-Clause */
/* All addresses, as the library sees them and as the CPU does; and what the monitor is asked. */
#include "check.h"
#include "judge.h"
#include "leaves.h"

/* Read alone: what is written or run at any address could be this program. */
static bool can_read(enum who who, uint32_t va)
{
    return try_access(who, READS, va, 0).vector == CAME_THROUGH;
}

static void check_address(uint32_t va)
{
    struct hoist_tree_entry entry = {0};
    const enum hoist_result result = hoist_tree_look_up(&tree, hoist_va_of(va), &entry);
    const uint8_t rights = result == HOIST_OK ? entry.rights : 0;

    check_quietly("mapped or a hole", result == HOIST_OK || result == HOIST_NOT_MAPPED, true);
    check_quietly("the kernel reads", can_read(KERNEL, va), (rights & HOIST_KERNEL_READ) != 0);
    check_quietly("a user reads", can_read(USER, va), (rights & HOIST_USER_READ) != 0);
}

/* Every 64 KiB, at a page that is another one each time. */
void check_everywhere(void)
{
    about("everywhere");
    for (uint32_t i = 0; i < 0x10000; i++) {
        check_address(i << 16 | (i * 7 & 0xf) << 12);
    }
    check_true("a page of every 64 KiB", true);
}

/* What lies behind 4 GiB was written through the tables: let it be read without them. */
void report(void)
{
    const uint64_t high = FRAMES_HIGH + large_bytes() + 0x10000;

    about("report");
    say_leaves(&tree);
    say("WORD");
    say_field(high);
    say_field(mark_of(high));
    say("\nLOOK\n");
    wait_for_character();
}
