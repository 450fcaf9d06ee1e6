/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments, gates, and accesses that may trap. */
#include "check.h"
#include "cpu.h"
#include "selectors.h"

#define GATE_COUNT 0x81u

struct table_pointer {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));

/* SDM volume 3, figure 8-2: of all of it only the stack for traps out of ring 3 counts. */
struct task_segment {
    uint32_t link;
    uint32_t esp0;
    uint32_t ss0;
    uint32_t others[23];
};

struct gate {
    uint16_t offset_low;
    uint16_t selector;
    uint16_t flags;
    uint16_t offset_high;
};

extern char stack_end[];
extern const uint32_t trap_gates[32];
void trap_int80(void);
void load_tables(const struct table_pointer *gdt, const struct table_pointer *idt);
_Noreturn void trap_unexpected(void);

extern void touch_read(void);
extern void touch_write(void);
extern void touch_execute(void);
void touch(uint32_t piece, uint32_t va, uint32_t value, uint32_t in_user);

extern uint32_t trap_vector;
extern uint32_t trap_error;
extern uint32_t trap_place;
extern uint32_t trap_address;
extern uint32_t trap_value;

static char trap_stack[4096] __attribute__((aligned(16)));
static struct task_segment task;
static struct gate gates[GATE_COUNT];
/* Flat code and data of ring 0, the same of ring 3, and the task's (SDM volume 3, 3.4.5). */
static uint64_t segments[] = {0,
                              UINT64_C(0x00cf9b000000ffff),
                              UINT64_C(0x00cf93000000ffff),
                              UINT64_C(0x00cffb000000ffff),
                              UINT64_C(0x00cff3000000ffff),
                              0};

static void set_gate(uint32_t vector, uint32_t offset, uint16_t flags)
{
    const struct gate gate = {(uint16_t)offset, KERNEL_CODE, flags, (uint16_t)(offset >> 16)};

    gates[vector] = gate;
}

void traps_begin(void)
{
    const struct table_pointer gdt = {sizeof(segments) - 1, (uint32_t)segments};
    const struct table_pointer idt = {sizeof(gates) - 1, (uint32_t)gates};
    const uint64_t base = (uint32_t)&task;

    task.ss0 = KERNEL_DATA;
    task.esp0 = (uint32_t)trap_stack + sizeof(trap_stack);
    segments[TASK / 8] =
        (sizeof(task) - 1) | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 | base >> 24 << 56;
    for (uint32_t vector = 0; vector < 32; vector++) {
        set_gate(vector, trap_gates[vector], 0x8e00);
    }
    set_gate(CAME_THROUGH, (uint32_t)trap_int80, 0xee00); /* ring 3 may call it */
    load_tables(&gdt, &idt);
}

void trap_unexpected(void)
{
    say("NOT OK trap ");
    say_number(trap_vector);
    say(" error code ");
    say_number(trap_error);
    say(" CR2 ");
    say_number(trap_address);
    say(" at ");
    say_number(trap_place);
    say("\n");
    check_finish();
}

struct ending try_access(enum who who, enum deed deed, uint32_t va, uint32_t value)
{
    const uint32_t piece = deed == READS    ? (uint32_t)touch_read
                           : deed == WRITES ? (uint32_t)touch_write
                                            : (uint32_t)touch_execute;
    struct ending ending;

    touch(piece, va, value, who == USER);
    ending.vector = trap_vector;
    ending.error = trap_error;
    ending.address = trap_address;
    ending.value = trap_value;
    return ending;
}
