/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine part in assembly: entry at EL1, and accesses that may fault. Whatever is taken as an
 * exception, the function that made the access returns the syndrome (ESR_EL1).
 */
    .section .text.start, "ax"
    .globl _start
_start:
    mrs x0, mpidr_el1
    and x0, x0, #0xff
1:  cbnz x0, 1b
    adrp x0, stack_end
    add x0, x0, :lo12:stack_end
    mov sp, x0
    adrp x0, vectors
    add x0, x0, :lo12:vectors
    msr vbar_el1, x0
    isb
    bl main
1:  b 1b

    .text
/* The functions below can be left in their middle: what the caller expects to keep is put away. */
.macro SAVE
    adrp x9, context
    add x9, x9, :lo12:context
    stp x19, x20, [x9, #0]
    stp x21, x22, [x9, #16]
    stp x23, x24, [x9, #32]
    stp x25, x26, [x9, #48]
    stp x27, x28, [x9, #64]
    stp x29, x30, [x9, #80]
    mov x10, sp
    str x10, [x9, #96]
.endm

trap:
    adrp x9, context
    add x9, x9, :lo12:context
    ldp x19, x20, [x9, #0]
    ldp x21, x22, [x9, #16]
    ldp x23, x24, [x9, #32]
    ldp x25, x26, [x9, #48]
    ldp x27, x28, [x9, #64]
    ldp x29, x30, [x9, #80]
    ldr x10, [x9, #96]
    mov sp, x10
    mrs x10, far_el1
    str x10, [x9, #104]
    mrs x0, esr_el1
    ret

/* D1.3: 16 vectors, 128 bytes apart. */
    .balign 2048
vectors:
    .rept 16
    .balign 128
    b trap
    .endr

/* uint64_t try_load(uint64_t va, uint32_t *value): 0, or the syndrome. */
    .globl try_load
try_load:
    SAVE
    ldr w10, [x0]
    str w10, [x1]
    mov x0, #0
    ret

/* uint64_t try_store(uint64_t va, uint32_t value) */
    .globl try_store
try_store:
    SAVE
    str w1, [x0]
    dsb sy
    mov x0, #0
    ret

/* The same with the rights of EL0. */
    .globl try_load_as_user
try_load_as_user:
    SAVE
    ldtr w10, [x0]
    str w10, [x1]
    mov x0, #0
    ret

    .globl try_store_as_user
try_store_as_user:
    SAVE
    sttr w1, [x0]
    dsb sy
    mov x0, #0
    ret

/* uint64_t try_execute(uint64_t va): SVC stands there. */
    .globl try_execute
try_execute:
    SAVE
    br x0

/* The same at EL0. */
    .globl try_execute_as_user
try_execute_as_user:
    SAVE
    msr elr_el1, x0
    mov x10, #0x3c0 /* EL0, all masked */
    msr spsr_el1, x10
    eret

    .bss
    .balign 16
context:
    .skip 104
    .globl trap_address
trap_address:
    .skip 8
    .balign 16
    .skip 32768
stack_end:
