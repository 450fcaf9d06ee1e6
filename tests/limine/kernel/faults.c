/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own IDT. A fault that was not asked for ends the guest. */
#include "kernel.h"

#define VECTORS       32u
#define ENTRY_STRIDE  16u
#define GATE_PRESENT  UINT64_C(0x8e0000000000)
#define MACHINE_STATE 9u /* registers that start.S pushes */

struct frame {
    uint64_t registers[MACHINE_STATE];
    uint64_t vector;
    uint64_t code;
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
};

extern const uint8_t fault_entries[];
uint64_t fault_resume;
uint64_t fault_stack;
uint64_t fault_read(uint64_t va);
uint64_t fault_write(uint64_t va);
uint64_t fault_call(uint64_t va);
void fault_handle(struct frame *frame);

static uint64_t gates[VECTORS][2];
static struct fault last;

void fault_handle(struct frame *frame)
{
    uint64_t address;

    __asm__ volatile("movq %%cr2, %0" : "=r"(address));
    if (fault_resume == 0) {
        print("#");
        print_value("vector", frame->vector);
        print_value("code", frame->code);
        print_value("rip", frame->rip);
        print_value("cr2", address);
        print_value("image", (uint64_t)image_start);
        print("\n");
        check("no fault but those that are asked for", false);
        finish(false);
    }
    last = (struct fault){frame->vector, frame->code, address};
    frame->rip = fault_resume;
    frame->rsp = fault_stack;
}

void faults_open(void)
{
    struct table_register idtr = {sizeof(gates) - 1, (uint64_t)gates};
    uint16_t cs;

    __asm__ volatile("movw %%cs, %0" : "=r"(cs));
    for (unsigned i = 0; i < VECTORS; i++) {
        uint64_t entry = (uint64_t)fault_entries + (uint64_t)ENTRY_STRIDE * i;

        gates[i][0] = (entry & 0xffff) | (uint64_t)cs << 16 | GATE_PRESENT | entry >> 16 << 48;
        gates[i][1] = entry >> 32;
    }
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

struct fault try_read(uint64_t va)
{
    last = (struct fault){0};
    (void)fault_read(va);
    return last;
}

struct fault try_write(uint64_t va)
{
    last = (struct fault){0};
    (void)fault_write(va);
    return last;
}

struct fault try_call(uint64_t va)
{
    last = (struct fault){0};
    (void)fault_call(va);
    return last;
}
