/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks for every architecture need. */
#include "agree.h"
#include "arena.h"
#include "check.h"
#include "judge.h"

const struct hoist_table_format *const machine_format = &HOIST_TREE_FORMAT;
const bool machine_tells_denied = true;

static bool is_running;
static uint32_t fault_address;

static enum outcome outcome_of(struct ending ending)
{
    fault_address = ending.address;
    return ending.vector == CAME_THROUGH          ? ALLOWED
           : ending.vector != PAGE_FAULT          ? OTHER
           : (ending.error & FAULT_RESERVED) != 0 ? OTHER
           : (ending.error & FAULT_PRESENT) != 0  ? DENIED
                                                  : ABSENT;
}

static enum who who_is(bool is_user)
{
    return is_user ? USER : KERNEL;
}

enum outcome machine_load(bool as_user, uint64_t va, uint32_t *value)
{
    const struct ending ending = try_access(who_is(as_user), READS, (uint32_t)va, 0);

    *value = ending.value;
    return outcome_of(ending);
}

enum outcome machine_store(bool as_user, uint64_t va, uint32_t value)
{
    return outcome_of(try_access(who_is(as_user), WRITES, (uint32_t)va, value));
}

enum outcome machine_execute(bool as_user, uint64_t va)
{
    return outcome_of(try_access(who_is(as_user), EXECUTES, (uint32_t)va, 0));
}

void machine_write_code(uint64_t pa)
{
    *(volatile uint32_t *)(uint32_t)pa = INT_80;
}

uint64_t machine_fault_address(void)
{
    return fault_address;
}

void machine_use(const struct hoist_tree *used)
{
    if (is_running) {
        after_map();
        return;
    }
    is_running = true;
    map_itself(&agree_tree);
    paging_on((uint32_t)used->root.value, CR4_PGE | CR4_PSE | (is_pae() ? CR4_PAE : 0), is_pae());
}

void check_agreed(void)
{
    /* What is present can be read; and executed, where there is no NX. */
    const struct agree_places places = {0x80000000, 0xa0000000, is_pae() ? 8 : 12};

    agree_on_all(&places);
    check_kinds();
    paging_off();
}
