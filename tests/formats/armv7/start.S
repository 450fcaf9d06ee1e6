/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine part in assembly: entry in SVC mode, and accesses that may abort. Whatever is taken
 * as an exception, the function that made the access returns its kind (bits 19:16: 1 undefined, 2
 * SVC, 3 prefetch abort, 4 data abort) and the fault status.
 */
    .syntax unified
    .arch armv7-a
    .arm
    .section .text.start, "ax"
    .globl _start
_start:
    mrc p15, 0, r0, c0, c0, 5
    ands r0, r0, #0xff
1:  bne 1b
    cpsid aif, #0x13
    ldr sp, =stack_end
    ldr r0, =vectors
    mcr p15, 0, r0, c12, c0, 0 /* VBAR */
    isb
    bl main
2:  b 2b

    .text
/* The functions below can be left in their middle: what the caller expects to keep is put away. */
.macro SAVE
    ldr r12, =context
    stmia r12, {r4-r11, sp, lr}
.endm

/* B1.8.1: the vectors. */
    .balign 32
vectors:
    b .
    b undefined
    b supervisor
    b prefetch_abort
    b data_abort
    b .
    b .
    b .

undefined:
    mov r0, #0x10000
    b back
supervisor:
    mov r0, #0x20000
    b back
prefetch_abort:
    mrc p15, 0, r0, c5, c0, 1 /* IFSR */
    mrc p15, 0, r1, c6, c0, 2 /* IFAR */
    ldr r2, =trap_address
    str r1, [r2]
    orr r0, r0, #0x30000
    b back
data_abort:
    mrc p15, 0, r0, c5, c0, 0 /* DFSR */
    mrc p15, 0, r1, c6, c0, 0 /* DFAR */
    ldr r2, =trap_address
    str r1, [r2]
    orr r0, r0, #0x40000
back:
    cps #0x13
    ldr r12, =context
    ldmia r12, {r4-r11, sp, lr}
    bx lr

/* uint32_t try_load(uint32_t va, uint32_t *value): 0, or kind and status. */
    .globl try_load
try_load:
    SAVE
    ldr r2, [r0]
    str r2, [r1]
    mov r0, #0
    bx lr

/* uint32_t try_store(uint32_t va, uint32_t value) */
    .globl try_store
try_store:
    SAVE
    str r1, [r0]
    dsb
    mov r0, #0
    bx lr

/* The same with the rights of user mode. */
    .globl try_load_as_user
try_load_as_user:
    SAVE
    ldrt r2, [r0]
    str r2, [r1]
    mov r0, #0
    bx lr

    .globl try_store_as_user
try_store_as_user:
    SAVE
    strt r1, [r0]
    dsb
    mov r0, #0
    bx lr

/* uint32_t try_execute(uint32_t va): SVC stands there. */
    .globl try_execute
try_execute:
    SAVE
    bx r0

/* The same in user mode. */
    .globl try_execute_as_user
try_execute_as_user:
    SAVE
    mov r1, #0x1d0 /* user mode, all masked */
    msr spsr_cxsf, r1
    movs pc, r0

/* PSCI's SYSTEM_OFF. */
    .globl power_off
power_off:
    ldr r0, =0x84000008
    .inst 0xe1400070 /* hvc #0 */
3:  b 3b

    .ltorg

    .bss
    .balign 8
context:
    .skip 40
    .globl trap_address
trap_address:
    .skip 8
    .balign 16
    .skip 32768
stack_end:
