/* SPDX-License-Identifier: BSD-2-Clause */
/* From the MADT to processors that wait. */
#include "processors.h"

#include "acpi.h"
#include "apic.h"
#include "interrupts.h"
#include "local_apic.h"
#include "parking.h"
#include "port.h"

/* Real mode reaches no further, and page 0 is nobody's. */
#define PAGE_END_BYTES UINT64_C(0x100000)

#define LEAF_FEATURES      UINT32_C(1)
#define FEATURE_ECX_X2APIC (UINT32_C(1) << 21)
#define FEATURE_EDX_MTRR   (UINT32_C(1) << 12)

#define MSR_XAPIC_DISABLE_STATUS UINT32_C(0xbd)
#define XAPIC_DISABLE_LOCKED     UINT64_C(1)
#define MSR_ARCH_CAPABILITIES    UINT32_C(0x10a)
#define CAPABILITY_XAPIC_DISABLE (UINT64_C(1) << 21)
#define LEAF_EXTENDED            UINT32_C(7)
#define EXTENDED_EDX_ARCH        (UINT32_C(1) << 29)

#define MSR_MTRR_CAPABILITIES UINT32_C(0xfe)
#define MTRR_VARIABLE_COUNT   UINT64_C(0xff)
#define MTRR_HAS_FIXED        (UINT64_C(1) << 8)
#define MSR_MTRR_FIRST        UINT32_C(0x200)
#define MSR_MTRR_DEFAULT      UINT32_C(0x2ff)
#define MTRR_ENABLED          (UINT64_C(1) << 11)

#define MSR_EFER           UINT32_C(0xc0000080)
#define EFER_LMA           (UINT64_C(1) << 10)
#define MSR_PAT            UINT32_C(0x277)
#define MSR_FS_BASE        UINT32_C(0xc0000100)
#define MSR_GS_BASE        UINT32_C(0xc0000101)
#define MSR_KERNEL_GS_BASE UINT32_C(0xc0000102)

/* Edge-triggered, asserted. */
#define COMMAND_INIT     UINT32_C(0x4500)
#define COMMAND_START_UP UINT32_C(0x4600)

/* A TSC whose frequency is not known counts no faster. */
#define TSC_HZ_HIGHEST UINT64_C(8000000000)
#define INIT_WAITS     100u /* parts of a second */
#define START_UP_WAITS 100u
#define ARRIVAL_WAITS  1u /* where another machine emulates it, a processor may take long */
#define START_UP_TRIES 2u

static const uint32_t fixed_mtrrs[] = {0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
                                       0x26b, 0x26c, 0x26d, 0x26e, 0x26f};

static bool is_locked(void)
{
    return (cpuid(LEAF_EXTENDED).edx & EXTENDED_EDX_ARCH) != 0 &&
           (read_msr(MSR_ARCH_CAPABILITIES) & CAPABILITY_XAPIC_DISABLE) != 0 &&
           (read_msr(MSR_XAPIC_DISABLE_STATUS) & XAPIC_DISABLE_LOCKED) != 0;
}

/* Some firmware has a processor in an entry of each kind (ACPI 6.5, sections 5.2.12.2 and 5.2.12.12). */
static bool is_listed(const struct processors *processors, uint32_t apic_id)
{
    size_t i = 1;

    while (i < processors->count && processors->list[i].apic_id != apic_id) {
        i++;
    }
    return i < processors->count;
}

/* Reads the list, this processor first; returns the highest number. */
static uint32_t read_list(struct processors *processors, const struct madt *madt, uint32_t own_id)
{
    struct madt_processor processor;
    uint32_t highest = own_id;
    size_t cursor = 0;

    processors->list[0] = (struct madt_processor){0, own_id};
    processors->count = 1;
    while (processors->count < PROCESSORS_LIMIT && madt_next_processor(madt, &cursor, &processor)) {
        if (processor.apic_id == own_id) {
            processors->list[0] = processor;
        } else if (!is_listed(processors, processor.apic_id)) {
            processors->list[processors->count++] = processor;
        }
        highest = processor.apic_id > highest ? processor.apic_id : highest;
    }
    return highest;
}

/* Who cannot be reached is not there. */
static void drop_far(struct processors *processors)
{
    size_t count = 1;

    for (size_t i = 1; i < processors->count; i++) {
        if (processors->uses_x2apic || processors->list[i].apic_id <= APIC_NARROW_LAST) {
            processors->list[count++] = processors->list[i];
        }
    }
    processors->count = count;
}

bool processors_find(struct processors *processors, uint64_t rsdp, bool wants_x2apic,
                     struct pages_map *pages, struct problem *problem)
{
    const struct memory_request request = {
        .size_bytes = MEMORY_PAGE_BYTES,
        .alignment_bytes = MEMORY_PAGE_BYTES,
        .lowest = MEMORY_PAGE_BYTES,
        .end = PAGE_END_BYTES,
        .from_top = true,
    };
    struct apic_facts facts = {.has_x2apic = (cpuid(LEAF_FEATURES).ecx & FEATURE_ECX_X2APIC) != 0};
    struct madt *madt = &processors->madt;
    void *memory = NULL;

    if (!pages_take_anywhere(PROCESSORS_LIMIT *
                                 (sizeof(*processors->list) + sizeof(*processors->has_started)),
                             "list of processors", &memory, problem)) {
        return false;
    }
    processors->list = memory;
    processors->has_started = (bool *)&processors->list[PROCESSORS_LIMIT];
    processors->apic_base = read_msr(LOCAL_APIC_BASE_MSR);
    facts.is_on = (processors->apic_base & LOCAL_APIC_X2APIC) != 0;
    facts.is_locked = facts.is_on && is_locked();
    madt->table = acpi_find_table(rsdp, "APIC", &madt->size_bytes);
    facts.highest_id = read_list(processors, madt, local_apic_number(processors->apic_base));
    if (!apic_choose_mode(&facts, wants_x2apic, &processors->uses_x2apic)) {
        return problem_set(problem, PROBLEM_PROCESSORS_X2APIC, text_of(""), facts.highest_id, 0);
    }
    drop_far(processors);
    if (processors->count == 1) {
        return true;
    }
    processors->page.size_bytes = MEMORY_PAGE_BYTES;
    return pages_take(pages, &request, "page of waiting processors", &processors->page.pa, problem);
}

/* x2APIC mode is entered from the other, and left by way of none. */
static void switch_mode(struct processors *processors)
{
    const bool is_on = (processors->apic_base & LOCAL_APIC_X2APIC) != 0;

    if (is_on && !processors->uses_x2apic) {
        processors->apic_base &= ~(LOCAL_APIC_X2APIC | LOCAL_APIC_ENABLED);
        write_msr(LOCAL_APIC_BASE_MSR, processors->apic_base);
    }
    processors->apic_base |= LOCAL_APIC_ENABLED;
    if (processors->uses_x2apic && !is_on) {
        write_msr(LOCAL_APIC_BASE_MSR, processors->apic_base);
        processors->apic_base |= LOCAL_APIC_X2APIC;
    }
    write_msr(LOCAL_APIC_BASE_MSR, processors->apic_base);
}

static void add_msr(struct parking_state *state, uint32_t number, uint64_t value)
{
    struct parking_msr *list = (struct parking_msr *)(uintptr_t)state->msrs;

    if (state->msr_count < PARKING_MSR_LIMIT) {
        list[state->msr_count++] =
            (struct parking_msr){number, (uint32_t)value, (uint32_t)(value >> 32)};
    }
}

/* The first processor's, written while they are off. */
static void add_mtrrs(struct parking_state *state)
{
    const uint64_t capabilities = read_msr(MSR_MTRR_CAPABILITIES);
    const uint64_t standard = read_msr(MSR_MTRR_DEFAULT);

    add_msr(state, MSR_MTRR_DEFAULT, standard & ~MTRR_ENABLED);
    for (size_t i = 0;
         (capabilities & MTRR_HAS_FIXED) != 0 && i < sizeof(fixed_mtrrs) / sizeof(fixed_mtrrs[0]);
         i++) {
        add_msr(state, fixed_mtrrs[i], read_msr(fixed_mtrrs[i]));
    }
    for (uint32_t i = 0; i < 2 * (capabilities & MTRR_VARIABLE_COUNT); i++) {
        add_msr(state, MSR_MTRR_FIRST + i, read_msr(MSR_MTRR_FIRST + i));
    }
    add_msr(state, MSR_MTRR_DEFAULT, standard);
}

/* The same steps for each that switch_mode() has made for the first. */
static void add_apic_mode(struct parking_state *state, const struct processors *processors,
                          bool was_on)
{
    const uint64_t narrow =
        (processors->apic_base & ~(LOCAL_APIC_X2APIC | LOCAL_APIC_FIRST)) | LOCAL_APIC_ENABLED;

    if (was_on && !processors->uses_x2apic) {
        add_msr(state, LOCAL_APIC_BASE_MSR, narrow & ~LOCAL_APIC_ENABLED);
    }
    if (!was_on || !processors->uses_x2apic) {
        add_msr(state, LOCAL_APIC_BASE_MSR, narrow);
    }
    if (processors->uses_x2apic) {
        add_msr(state, LOCAL_APIC_BASE_MSR, narrow | LOCAL_APIC_X2APIC);
    }
}

/* How far a label of parking.S lies from the page's start. */
static uint32_t offset_of(const unsigned char *label)
{
    return (uint32_t)((uintptr_t)label - (uintptr_t)parking_start);
}

static uint32_t address_of(const struct processors *processors, const unsigned char *label)
{
    return (uint32_t)processors->page.pa + offset_of(label);
}

/* The page with all that is the same for everybody. */
static struct parking_state *write_page(const struct processors *processors,
                                        const struct processors_state *wanted, bool was_on)
{
    unsigned char *page = (unsigned char *)(uintptr_t)processors->page.pa;
    struct parking_state *state = (struct parking_state *)(void *)(page + offset_of(parking_state));
    const uint32_t lists = address_of(processors, parking_end);

    __builtin_memcpy(page, parking_start, offset_of(parking_end));
    *state = (struct parking_state){
        .cr0 = (uint32_t)wanted->cr0,
        .cr3 = (uint32_t)wanted->cr3,
        .cr4 = (uint32_t)wanted->cr4,
        .far_32 = {address_of(processors, parking_32), PARKING_CODE_32},
        .far_64 = {address_of(processors, parking_64), PARKING_CODE_64},
        .own_gdt_limit = (uint16_t)(offset_of(parking_state) - offset_of(parking_gdt) - 1),
        .own_gdt = address_of(processors, parking_gdt),
        .gdt_limit = wanted->gdt_limit,
        .gdt = wanted->gdt,
        .has_task = wanted->has_task,
        .away = wanted->page - processors->page.pa,
        .writes = lists,
        .msrs = lists + PARKING_WRITE_LIMIT * (uint32_t)sizeof(struct parking_write),
    };
    if ((cpuid(LEAF_FEATURES).edx & FEATURE_EDX_MTRR) != 0) {
        add_mtrrs(state);
    }
    if (wanted->pat != 0) {
        add_msr(state, MSR_PAT, wanted->pat);
    }
    add_apic_mode(state, processors, was_on);
    add_msr(state, MSR_FS_BASE, 0);
    add_msr(state, MSR_GS_BASE, 0);
    add_msr(state, MSR_KERNEL_GS_BASE, 0);
    add_msr(state, MSR_EFER, wanted->efer & ~EFER_LMA);
    return state;
}

/* A register of the local APIC: in x2APIC mode by an MSR, else by memory. */
static void add_register(const struct processors *processors, struct parking_state *state,
                         uint32_t offset, uint32_t value)
{
    struct parking_write *list = (struct parking_write *)(uintptr_t)state->writes;

    if (processors->uses_x2apic) {
        add_msr(state, LOCAL_APIC_FIRST_MSR + offset / 16, value);
    } else {
        list[state->write_count++] = (struct parking_write){
            (uint32_t)(processors->apic_base & LOCAL_APIC_ADDRESS) + offset, value};
    }
}

/* INIT has masked the vectors, and made them fixed ones; the task priority is 0. */
static void add_strict_apic(const struct processors *processors, struct parking_state *state,
                            uint32_t acpi_uid)
{
    const struct interrupts_lines lines = interrupts_find_lines(&processors->madt, acpi_uid);

    add_register(processors, state, LOCAL_APIC_SPURIOUS, LOCAL_APIC_SPURIOUS_ON);
    for (uint32_t line = 0; line < INTERRUPTS_LINES; line++) {
        if (lines.has_nmi[line]) {
            add_register(processors, state, LOCAL_APIC_LINT0 + 0x10 * line,
                         apic_nmi_line(APIC_MASKED, lines.flags[line]));
        }
    }
}

static bool wait(const volatile uint64_t *word, uint64_t ticks)
{
    const uint64_t start = read_tsc();

    while (read_tsc() - start < ticks) {
        if (word != NULL && *word != 0) {
            return true;
        }
        __builtin_ia32_pause();
    }
    return false;
}

static bool start_one(const struct processors *processors, uint32_t apic_id,
                      const volatile uint64_t *arrived, uint64_t tsc_hz)
{
    const uint32_t vector = (uint32_t)(processors->page.pa / MEMORY_PAGE_BYTES);
    bool is_there = false;

    for (unsigned i = 0; i < START_UP_TRIES && !is_there; i++) {
        local_apic_send(processors->apic_base, apic_id, COMMAND_START_UP | vector);
        is_there = wait(arrived, tsc_hz / (i == 0 ? START_UP_WAITS : ARRIVAL_WAITS));
    }
    /* Who comes late must not run on with what the page then has for the next one. */
    if (!is_there) {
        local_apic_send(processors->apic_base, apic_id, COMMAND_INIT);
    }
    return is_there;
}

void processors_start(struct processors *processors, const struct processors_state *wanted,
                      void (*place)(void *context, size_t index, struct processors_place *place),
                      void *context, uint64_t tsc_hz)
{
    const bool was_on = (processors->apic_base & LOCAL_APIC_X2APIC) != 0;
    struct parking_state *state;
    uint32_t msr_count;

    tsc_hz = tsc_hz != 0 ? tsc_hz : TSC_HZ_HIGHEST;
    switch_mode(processors);
    if (processors->count == 1) {
        return;
    }
    state = write_page(processors, wanted, was_on);
    msr_count = state->msr_count;
    for (size_t i = 1; i < processors->count; i++) {
        local_apic_send(processors->apic_base, processors->list[i].apic_id, COMMAND_INIT);
    }
    wait(NULL, tsc_hz / INIT_WAITS);
    for (size_t i = 1; i < processors->count; i++) {
        struct processors_place at;

        place(context, i, &at);
        state->goto_va = at.goto_va;
        state->argument_va = at.argument_va;
        state->stack_va = at.stack_va;
        state->arrived_va = at.arrived_va;
        state->msr_count = msr_count;
        state->write_count = 0;
        if (wanted->is_strict) {
            add_strict_apic(processors, state, processors->list[i].acpi_uid);
        }
        if (wanted->has_task) {
            *wanted->task &= ~PROCESSORS_TASK_BUSY;
        }
        processors->has_started[i] =
            start_one(processors, processors->list[i].apic_id, at.arrived, tsc_hz);
        *at.arrived = 0;
    }
    if (wanted->has_task) {
        *wanted->task &= ~PROCESSORS_TASK_BUSY;
    }
}
