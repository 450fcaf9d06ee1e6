/* SPDX-License-Identifier: BSD-2-Clause */
/* GDT, IDT and TSS of the fault reporter, read by the bits of the manual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "descriptors.h"

#define TEXT   UINT64_C(0xffffffff40017000)
#define DATA   UINT64_C(0xffffffff40019a40)
#define STACKS UINT64_C(0xffffffff4001b000)

static const uint64_t segments[DESCRIPTORS_SEGMENTS] = {0, 1, 2, 3, 4, 5, 6};

static struct reporter_data fill(void)
{
    const struct descriptors_places places = {TEXT, DATA, STACKS};
    struct reporter_data data;

    memset(&data, 0, sizeof(data));
    descriptors_fill(&data, &places, segments);
    return data;
}

static uint64_t stack_of(const struct reporter_data *data, unsigned vector)
{
    const struct reporter_address *address;

    assert_in_range(data->gates[vector].stack, 1, 7);
    address = &data->task.interrupt_stacks[data->gates[vector].stack - 1];
    return address->low | (uint64_t)address->high << 32;
}

static void the_gdt_has_the_segments_and_a_busy_task(void **state)
{
    const struct reporter_data data = fill();
    uint64_t copy[REPORTER_GDT_ENTRIES];
    const uint64_t low = data.gdt[REPORTER_TASK_SELECTOR / 8];
    const uint64_t high = data.gdt[REPORTER_TASK_SELECTOR / 8 + 1];

    (void)state;
    assert_memory_equal(data.gdt, segments, sizeof(segments));
    assert_int_equal(low & 0xffff, 103);
    assert_int_equal((low >> 40) & 0xff, 0x8b);
    assert_int_equal((low >> 48) & 0xff, 0);
    assert_true(((low >> 16 & 0xffffff) | (low >> 56) << 24 | high << 32) ==
                DATA + offsetof(struct reporter_data, task));
    descriptors_copy_available(copy, data.gdt);
    assert_int_equal((copy[REPORTER_TASK_SELECTOR / 8] >> 40) & 0xff, 0x89);
    copy[REPORTER_TASK_SELECTOR / 8] = low;
    assert_memory_equal(copy, data.gdt, sizeof(copy));
}

static void every_gate_leads_to_its_entry(void **state)
{
    const struct reporter_data data = fill();

    (void)state;
    for (unsigned vector = 0; vector < REPORTER_VECTORS; vector++) {
        const struct reporter_gate *gate = &data.gates[vector];

        assert_true((gate->offset_low | (uint64_t)gate->offset_middle << 16 |
                     (uint64_t)gate->offset_high << 32) == TEXT + 8 * vector);
        assert_int_equal(gate->selector, 0x28);
        assert_int_equal(gate->type, 0x8e);
        assert_int_equal(gate->reserved, 0);
    }
}

static void stacks_end_on_pages_of_their_own(void **state)
{
    const struct reporter_data data = fill();
    static const unsigned own[] = {2, 8, 13, 14, 18};

    (void)state;
    for (unsigned vector = 0; vector < REPORTER_VECTORS; vector++) {
        const uint64_t top = stack_of(&data, vector);

        assert_int_equal(top % REPORTER_STACK_BYTES, 0);
        assert_true(top > STACKS && top <= STACKS + REPORTER_STACKS * REPORTER_STACK_BYTES);
        for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
            assert_true(own[i] == vector || stack_of(&data, own[i]) != top);
        }
    }
    assert_int_equal(data.task.port_map_offset, 104);
    assert_int_equal(data.task.interrupt_stacks[REPORTER_STACKS].low, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gdt_has_the_segments_and_a_busy_task),
        cmocka_unit_test(every_gate_leads_to_its_entry),
        cmocka_unit_test(stacks_end_on_pages_of_their_own),
    };

    return cmocka_run_group_tests_name("the fault reporter's descriptors", tests, NULL, NULL);
}
