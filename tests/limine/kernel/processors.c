/* SPDX-License-Identifier: BSD-2-Clause */
/* The other processors: each is started, tells of its state, and counts up. */
#include "kernel.h"

#define PROCESSORS_LIMIT 256u
#define WAIT_ROUNDS      UINT64_C(2000000000)
#define MADT_LOCAL_APIC  0
#define MADT_USABLE      3u

static struct state states[PROCESSORS_LIMIT];
static volatile uint64_t arrived_count;
static volatile uint64_t go_on;
static volatile uint64_t count;

_Noreturn void processor_main(struct state *state, struct mp_info *info)
{
    read_registers(state);
    check_equal("RDI is the processor's own description", state->general[RDI], (uint64_t)info);
    check_local_apic(info->processor_id);
    __atomic_fetch_add(&arrived_count, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&go_on, __ATOMIC_SEQ_CST) == 0) {
        __asm__ volatile("pause");
    }
    for (unsigned i = 0; i < 1000; i++) {
        __atomic_fetch_add(&count, 1, __ATOMIC_SEQ_CST);
    }
    __atomic_fetch_add(&arrived_count, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

static bool wait_for(uint64_t arrived)
{
    for (uint64_t i = 0; i < WAIT_ROUNDS; i++) {
        if (__atomic_load_n(&arrived_count, __ATOMIC_SEQ_CST) >= arrived) {
            return true;
        }
        __asm__ volatile("pause");
    }
    return false;
}

static bool is_in_madt(const struct mp_info *one)
{
    const uint8_t *table = madt();

    for (uint32_t at = MADT_FIRST_ENTRY; at + 2 <= madt_bytes() && table[at + 1] >= 2;
         at += table[at + 1]) {
        const uint8_t *entry = table + at;

        if (entry[0] == MADT_LOCAL_APIC && (entry[4] & MADT_USABLE) != 0 &&
            entry[2] == one->processor_id && entry[3] == one->lapic_id) {
            return true;
        }
    }
    return false;
}

static void check_list(const struct mp_response *answer, struct mp_info *const *list)
{
    unsigned firsts = 0;
    uint32_t leaf[4];

    cpuid(1, leaf);
    check_equal("the first processor is the one that says so", answer->bsp_lapic_id, leaf[1] >> 24);
    check_equal("x2APIC is off", answer->flags, 0);
    for (uint64_t i = 0; i < answer->cpu_count; i++) {
        hold("description", is_handed_over((uint64_t)list[i], sizeof(struct mp_info)), i);
        hold("already on its way", list[i]->goto_address == 0, i);
        hold("not in the MADT", madt() == NULL || is_in_madt(list[i]), i);
        firsts += list[i]->lapic_id == answer->bsp_lapic_id;
        for (uint64_t j = 0; j < i; j++) {
            hold("twice", list[i]->lapic_id != list[j]->lapic_id, i);
        }
    }
    hold("first processor", firsts == 1, firsts);
    conclude("each processor is in the list, and in the MADT, once");
}

/* No two stacks share a byte. */
static void check_stacks(const struct state *first, uint64_t started)
{
    for (uint64_t i = 0; i < started; i++) {
        for (uint64_t j = 0; j <= i; j++) {
            uint64_t one = states[i].general[RSP];
            uint64_t other = j == i ? first->general[RSP] : states[j].general[RSP];

            hold("stack", one + stack_bytes <= other || other + stack_bytes <= one, one);
        }
    }
    conclude("each processor has a stack of its own");
}

void check_processors(const struct state *first)
{
    const struct mp_response *answer = response_to(MP);
    struct mp_info *const *list;
    uint64_t started = 0;

    if (answer == NULL) {
        return;
    }
    list = (struct mp_info *const *)answer->cpus;
    check_equal("there are as many processors as the machine has", answer->cpu_count,
                number_word("cpus", 1));
    if (!check("the list of processors lies in reclaimable memory",
               answer->cpu_count <= PROCESSORS_LIMIT &&
                   is_handed_over(answer->cpus, 8 * answer->cpu_count))) {
        return;
    }
    check_list(answer, list);
    for (uint64_t i = 0; i < answer->cpu_count; i++) {
        struct mp_info *one = list[i];

        if (one->lapic_id == answer->bsp_lapic_id) {
            continue;
        }
        one->extra_argument = (uint64_t)&states[started];
        __atomic_store_n(&one->goto_address, (uint64_t)processor_entry, __ATOMIC_SEQ_CST);
        if (!check("the processor starts", wait_for(started + 1))) {
            is_quiet = false;
            return;
        }
        check_other_state(first, &states[started]);
        started++;
        /* The others say what is wrong alone. */
        is_quiet = true;
    }
    is_quiet = false;
    if (started > 0) {
        check_stacks(first, started);
        __atomic_store_n(&go_on, 1, __ATOMIC_SEQ_CST);
        check("all processors go on", wait_for(2 * started));
        check_equal("all processors have counted up", count, 1000 * started);
    }
}
