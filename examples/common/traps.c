/* SPDX-License-Identifier: BSD-2-Clause */
/* The IDT: a page fault goes to the example, any other fault ends the run. */
#include "traps.h"

#include <stddef.h>

#include "console.h"

#define TRAPS_VECTORS    32
#define TRAPS_PAGE_FAULT 14
#define TRAPS_CODE       8
#define TRAPS_GATE       0x8e00 /* present, ring 0, interrupt gate */

/* A gate of the IDT in long mode (SDM volume 3, section 6.14.1). */
struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

_Static_assert(sizeof(struct gate) == 16, "layout of a gate");

extern const char traps_page_fault_entry[], traps_other_entry[];
extern const char probe_instruction[], probe_failed[];
void traps_load_gdt(void);
void traps_page_fault(uint64_t error_code, uint64_t *rip);
void traps_other(void);
void *memset(void *target, int value, size_t size_bytes);
void *memcpy(void *target, const void *source, size_t size_bytes);

static struct gate gates[TRAPS_VECTORS];

void traps_load(void)
{
    struct __attribute__((packed)) {
        uint16_t limit;
        const void *base;
    } pointer = {sizeof(gates) - 1, gates};

    traps_load_gdt();
    for (unsigned i = 0; i < TRAPS_VECTORS; i++) {
        const uint64_t offset =
            (uint64_t)(i == TRAPS_PAGE_FAULT ? traps_page_fault_entry : traps_other_entry);

        gates[i] = (struct gate){
            (uint16_t)offset,         TRAPS_CODE, TRAPS_GATE, (uint16_t)(offset >> 16),
            (uint32_t)(offset >> 32), 0};
    }
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

void traps_page_fault(uint64_t error_code, uint64_t *rip)
{
    uint64_t va;

    __asm__ volatile("mov %%cr2, %0" : "=r"(va));
    if (page_fault(va, error_code)) {
        return;
    }
    if (*rip != (uint64_t)probe_instruction) {
        print("FAIL unexpected page fault\n");
        finish(false);
    }
    *rip = (uint64_t)probe_failed;
}

void traps_other(void)
{
    print("FAIL unexpected fault\n");
    finish(false);
}

/* The compiler may call these two by itself. */
void *memset(void *target, int value, size_t size_bytes)
{
    void *place = target;

    __asm__ volatile("rep stosb" : "+D"(place), "+c"(size_bytes) : "a"(value) : "memory");
    return target;
}

void *memcpy(void *target, const void *source, size_t size_bytes)
{
    void *place = target;

    __asm__ volatile("rep movsb" : "+D"(place), "+S"(source), "+c"(size_bytes) : : "memory");
    return target;
}
