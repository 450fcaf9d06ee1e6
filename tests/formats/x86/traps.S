/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps, and accesses that may trap.
 *
 * An access is a few instructions of the section .user, run in ring 0 or 3. They end with INT 80h;
 * so do the pages that are executed. Whatever trap comes first, touch returns.
 */
#include "selectors.h"

    .section .user, "ax"
    .globl touch_read, touch_write, touch_execute
touch_read:
    movl (%edx), %eax
    int $0x80
touch_write:
    movl %eax, (%edx)
    int $0x80
touch_execute:
    jmp *%edx

    .text
/* void touch(uint32_t piece, uint32_t va, uint32_t value, uint32_t in_user) */
    .globl touch
touch:
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %ebp
    movl 20(%esp), %ecx
    movl 24(%esp), %edx
    movl 28(%esp), %eax
    movl 32(%esp), %ebx
    movl %esp, touch_stack
    testl %ebx, %ebx
    jnz 1f
    jmp *%ecx
1:  movl $(USER_DATA | 3), %ebx
    movl %ebx, %ds
    movl %ebx, %es
    pushl %ebx /* SS */
    pushl $0   /* ESP: never used */
    pushl $2   /* EFLAGS */
    pushl $(USER_CODE | 3)
    pushl %ecx
    iret

/* Saves what a trap is about, and goes on at the end of touch. */
trap:
    movl $KERNEL_DATA, %ecx
    movl %ecx, %ds
    movl %ecx, %es
    movl %eax, trap_value
    movl %cr2, %eax
    movl %eax, trap_address
    popl trap_vector
    popl trap_error
    popl trap_place
    movl touch_stack, %ecx
    jecxz 1f
    movl %ecx, %esp
    movl $0, touch_stack
    popl %ebp
    popl %edi
    popl %esi
    popl %ebx
    ret
1:  movl $stack_end, %esp
    call trap_unexpected

/* Vectors 8, 10 to 14, 17 and 21 come with an error code. */
.macro GATE number
trap_\number:
.if !(\number == 8 || (\number >= 10 && \number <= 14) || \number == 17 || \number == 21)
    pushl $0
.endif
    pushl $\number
    jmp trap
    .section .rodata.gates, "a"
    .long trap_\number
    .text
.endm

    .section .rodata.gates, "a"
    .balign 4
    .globl trap_gates
trap_gates:
    .text
.altmacro
.set number, 0
.rept 32
    GATE %number
    .set number, number + 1
.endr
.noaltmacro

    .globl trap_int80
trap_int80:
    pushl $0
    pushl $0x80
    jmp trap

/* void load_tables(const void *gdt, const void *idt): both as LGDT and LIDT want it. */
    .globl load_tables
load_tables:
    movl 4(%esp), %eax
    lgdt (%eax)
    movl 8(%esp), %eax
    lidt (%eax)
    ljmp $KERNEL_CODE, $1f
1:  movl $KERNEL_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $TASK, %eax
    ltr %ax
    ret

    .bss
    .balign 4
    .globl trap_vector, trap_error, trap_place, trap_address, trap_value
trap_vector:
    .skip 4
trap_error:
    .skip 4
trap_place:
    .skip 4
trap_address:
    .skip 4
trap_value:
    .skip 4
touch_stack:
    .skip 4

    .section .note.GNU-stack, "", @progbits
